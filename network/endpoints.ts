import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface EndpointsArgs {
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
  /** Names of services, as in `com.amazonaws.REGION.NAME`. */
  readonly interfaceEndpoints: readonly string[];
  readonly gatewayEndpoints: readonly string[];
  /** Where the interface endpoints listen: one subnet a zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Tables of the subnets that use the gateway endpoints. */
  readonly routeTableIds: readonly pulumi.Input<string>[];
  /** Group of those who may use the endpoints. */
  readonly clientSecurityGroupId: pulumi.Input<string>;
  /** By service: its endpoint's policy, as JSON; an endpoint without one lets all through. */
  readonly policies: Readonly<Record<string, string>>;
}

/**
 * VPC endpoints and the rules that let clients use them, and nothing else. Interface endpoints answer at private addresses
 * under the service's own name (`privateDnsEnabled`): ECR's and ECS's agents know no other.
 */
export class Endpoints extends pulumi.ComponentResource {
  /** By service. */
  readonly endpoints: Readonly<Record<string, aws.ec2.VpcEndpoint>>;
  /** Of the interface endpoints; undefined where there are none. */
  readonly securityGroup: aws.ec2.SecurityGroup | undefined;

  constructor(name: string, args: EndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:network:Endpoints", name, {}, opts);
    const parent = { parent: this };
    const { region, vpcId, interfaceEndpoints, gatewayEndpoints, clientSecurityGroupId } = args;
    const endpoints: Record<string, aws.ec2.VpcEndpoint> = {};
    const policyOf = (service: string) => {
      const policy = args.policies[service];
      return policy === undefined ? {} : { policy };
    };

    if (interfaceEndpoints.length > 0) {
      const group = new aws.ec2.SecurityGroup(
        name,
        { description: "Interface endpoints: HTTPS from jobs", vpcId, tags: { Name: name } },
        parent,
      );
      this.securityGroup = group;
      const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-jobs`,
        {
          ...https,
          description: "HTTPS from jobs",
          securityGroupId: group.id,
          referencedSecurityGroupId: clientSecurityGroupId,
        },
        parent,
      );
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-from-jobs-out`,
        {
          ...https,
          description: "HTTPS to the interface endpoints",
          securityGroupId: clientSecurityGroupId,
          referencedSecurityGroupId: group.id,
        },
        parent,
      );
      for (const service of interfaceEndpoints) {
        endpoints[service] = new aws.ec2.VpcEndpoint(
          `${name}-${service}`,
          {
            vpcId,
            serviceName: serviceNameOf(service, region),
            vpcEndpointType: "Interface",
            subnetIds: [...args.subnetIds],
            securityGroupIds: [group.id],
            privateDnsEnabled: true,
            ...policyOf(service),
            tags: { Name: `${name}-${service}` },
          },
          parent,
        );
      }
    }

    for (const service of gatewayEndpoints) {
      const endpoint = new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId,
          serviceName: serviceNameOf(service, region),
          vpcEndpointType: "Gateway",
          routeTableIds: [...args.routeTableIds],
          ...policyOf(service),
          tags: { Name: `${name}-${service}` },
        },
        parent,
      );
      endpoints[service] = endpoint;
      // A gateway endpoint leaves the service its public addresses: a group that names none of them lets nothing out.
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-${service}-out`,
        {
          ipProtocol: "tcp",
          fromPort: 443,
          toPort: 443,
          description: `HTTPS to ${service}`,
          securityGroupId: clientSecurityGroupId,
          prefixListId: endpoint.prefixListId,
        },
        parent,
      );
    }

    this.endpoints = endpoints;
    this.registerOutputs({});
  }
}

/** China's interface endpoints begin with cn.com.amazonaws, but for those that came early (endpoint service names). */
function serviceNameOf(service: string, region: string): string {
  const isEarly = ["s3", "dynamodb", "logs", "ecs", "ecs-agent", "ecs-telemetry", "monitoring"].includes(service);
  return `${region.startsWith("cn-") && !isEarly ? "cn." : ""}com.amazonaws.${region}.${service}`;
}
