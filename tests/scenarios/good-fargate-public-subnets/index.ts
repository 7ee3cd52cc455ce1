import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const azs = ["eu-west-1a", "eu-west-1b"];
const provider = new aws.Provider("paris", { region: "eu-west-1" });
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  type.startsWith("aws:")
    ? {
        props:
          type.includes("Association") || type.includes("Rule") || type.includes(":Route")
            ? props
            : { ...props, tags: { ...props.tags, owner: "me" } },
        opts: pulumi.mergeOptions(opts, { provider }),
      }
    : undefined,
);
const vpc = new aws.ec2.Vpc("net", { cidrBlock: "10.77.0.0/16" }, { protect: true, aliases: [{ name: "old-net" }] });
const igw = new aws.ec2.InternetGateway("net", { vpcId: vpc.id }, { parent: vpc });
const rt = new aws.ec2.RouteTable("net", { vpcId: vpc.id }, { parent: vpc, ignoreChanges: ["tags"] });
new aws.ec2.Route("net", { routeTableId: rt.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: igw.id }, { parent: rt });
const subnets = azs.map((az, i) => {
  const s = new aws.ec2.Subnet(
    az,
    { vpcId: vpc.id, availabilityZone: az, cidrBlock: `10.77.${i}.0/24` },
    { parent: vpc },
  );
  new aws.ec2.RouteTableAssociation(az, { subnetId: s.id, routeTableId: rt.id }, { parent: s });
  return s;
});
const sg = new aws.ec2.SecurityGroup("tasks", { vpcId: vpc.id });
new aws.ec2.SecurityGroupRule("https", {
  securityGroupId: sg.id,
  type: "egress",
  protocol: "tcp",
  fromPort: 443,
  toPort: 443,
  cidrBlocks: ["0.0.0.0/0"],
});
const spot = new aws.batch.ComputeEnvironment("spot", {
  type: "MANAGED",
  computeResources: {
    type: "FARGATE_SPOT",
    maxVcpus: 16,
    subnets: subnets.map((s) => s.id),
    securityGroupIds: [sg.id],
  },
});
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: spot.arn }],
});
new aws.batch.JobDefinition("jd", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: pulumi.jsonStringify({
    image: "docker.io/library/node:22",
    executionRoleArn: "arn:aws:iam::123456789012:role/execution",
    networkConfiguration: { assignPublicIp: "ENABLED" },
    resourceRequirements: [
      { type: "VCPU", value: "0.5" },
      { type: "MEMORY", value: "1024" },
    ],
  }),
});
