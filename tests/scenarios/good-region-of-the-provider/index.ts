import * as aws from "@pulumi/aws";

const p = new aws.Provider("p", {
  region: "eu-north-1",
  assumeRoles: [{ roleArn: "arn:aws:iam::999988887777:role/deploy" }],
});
const o = { provider: p };
const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true }, o);
const subnet = new aws.ec2.Subnet("s", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" }, o);
const sg = new aws.ec2.SecurityGroup(
  "sg",
  {
    vpcId: vpc.id,
    ingress: [{ self: true, protocol: "-1", fromPort: 0, toPort: 0 }],
    egress: [
      { protocol: "-1", fromPort: 0, toPort: 0, self: true },
      { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
    ],
  },
  o,
);
const region = aws.getRegionOutput({}, o).name;
for (const s of ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"])
  new aws.ec2.VpcEndpoint(
    s,
    {
      vpcId: vpc.id,
      vpcEndpointType: "Interface",
      serviceName: region.apply((r) => `com.amazonaws.${r}.${s}`),
      subnetIds: [subnet.id],
      securityGroupIds: [sg.id],
      privateDnsEnabled: true,
    },
    o,
  );
new aws.ec2.VpcEndpoint(
  "s3",
  { vpcId: vpc.id, serviceName: "com.amazonaws.eu-north-1.s3", routeTableIds: [vpc.mainRouteTableId] },
  o,
);
const ce = new aws.batch.ComputeEnvironment(
  "ce",
  {
    type: "MANAGED",
    computeResources: {
      type: "EC2",
      maxVcpus: 4,
      instanceTypes: ["c5"],
      instanceRole: "arn:aws:iam::999988887777:instance-profile/ecs",
      subnets: [subnet.id],
      securityGroupIds: [sg.id],
    },
  },
  o,
);
new aws.batch.JobQueue(
  "q",
  { state: "ENABLED", priority: 1, computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }] },
  o,
);
new aws.batch.JobDefinition(
  "jd",
  {
    type: "container",
    containerProperties: JSON.stringify({
      image: "999988887777.dkr.ecr.eu-north-1.amazonaws.com/app:1",
      vcpus: 1,
      memory: 512,
    }),
  },
  o,
);
