import * as aws from "@pulumi/aws";

const region = "eu-west-1";
const tgw = new aws.ec2transitgateway.TransitGateway("hub");
const mkVpc = (name: string, second: number) => {
  const vpc = new aws.ec2.Vpc(name, {
    cidrBlock: `10.${second}.0.0/16`,
    enableDnsHostnames: true,
    enableDnsSupport: true,
  });
  const subnets = ["a", "b"].map(
    (z, i) =>
      new aws.ec2.Subnet(`${name}-${z}`, {
        vpcId: vpc.id,
        cidrBlock: `10.${second}.${i}.0/24`,
        availabilityZone: region + z,
      }),
  );
  const att = new aws.ec2transitgateway.VpcAttachment(name, {
    transitGatewayId: tgw.id,
    vpcId: vpc.id,
    subnetIds: subnets.map((s) => s.id),
  });
  const rt = new aws.ec2.DefaultRouteTable(
    name,
    { defaultRouteTableId: vpc.defaultRouteTableId, routes: [{ cidrBlock: "10.0.0.0/8", transitGatewayId: tgw.id }] },
    { dependsOn: [att] },
  );
  return { vpc, subnets, rt };
};
const shared = mkVpc("shared", 0),
  work = mkVpc("work", 7);
const epSg = new aws.ec2.SecurityGroup("endpoints", {
  vpcId: shared.vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }],
});
for (const s of ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"]) {
  const ep = new aws.ec2.VpcEndpoint(s, {
    vpcId: shared.vpc.id,
    serviceName: `com.amazonaws.${region}.${s}`,
    vpcEndpointType: "Interface",
    subnetIds: shared.subnets.map((x) => x.id),
    securityGroupIds: [epSg.id],
    privateDnsEnabled: false,
  });
  const host: Record<string, string> = {
    "ecs-agent": "ecs-a",
    "ecs-telemetry": "ecs-t",
    "ecr.api": "api.ecr",
    "ecr.dkr": "dkr.ecr",
  };
  const zone = new aws.route53.Zone(s, {
    name: `${host[s] ?? s}.${region}.amazonaws.com`,
    vpcs: [{ vpcId: work.vpc.id }, { vpcId: shared.vpc.id }],
  });
  for (const name of s === "ecr.dkr" ? ["", "*."] : [""])
    new aws.route53.Record(`${name}${s}`, {
      zoneId: zone.zoneId,
      name: `${name}${host[s] ?? s}.${region}.amazonaws.com`,
      type: "A",
      aliases: [
        { name: ep.dnsEntries[0]!.dnsName, zoneId: ep.dnsEntries[0]!.hostedZoneId, evaluateTargetHealth: true },
      ],
    });
}
new aws.ec2.VpcEndpoint("s3", {
  vpcId: work.vpc.id,
  serviceName: `com.amazonaws.${region}.s3`,
  routeTableIds: [work.rt.id],
});
const sg = new aws.ec2.SecurityGroup("jobs", {
  vpcId: work.vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: work.subnets.map((s) => s.id),
    securityGroupIds: [sg.id],
  },
});
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
new aws.batch.JobDefinition("jd", {
  type: "container",
  containerProperties: JSON.stringify({
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1",
    vcpus: 1,
    memory: 512,
  }),
});
