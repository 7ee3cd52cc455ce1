import * as pulumi from "@pulumi/pulumi";

/** What becomes of the inputs of a resource, by the fault that the config asks for. */
const faults: Readonly<Record<string, (type: string, name: string, props: pulumi.Inputs) => pulumi.Inputs>> = {
  "a port that nobody listens on": (type, name, props) =>
    type.endsWith(":SecurityGroupEgressRule") && name.includes("endpoints")
      ? { ...props, fromPort: 444, toPort: 444 }
      : props,
  "an endpoint of another service": (type, name, props) =>
    type.endsWith(":VpcEndpoint") && name.endsWith("ecs-agent")
      ? { ...props, serviceName: "com.amazonaws.eu-west-1.sqs" }
      : props,
  "a gateway endpoint that no route leads to": (type, _, props) =>
    type.endsWith(":VpcEndpoint") && props.vpcEndpointType === "Gateway" ? { ...props, routeTableIds: [] } : props,
};

const fault = faults[new pulumi.Config("test").get("broken") ?? ""];
if (fault) {
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => ({
    props: fault(type, name, props),
    opts,
  }));
}
