import * as aws from "@pulumi/aws";

const west = new aws.Provider("west", { region: "us-west-2" });
const o = { provider: west };
const { name: region } = aws.getRegionOutput(); // the default provider's: eu-west-1
const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true }, o);
const subnet = new aws.ec2.Subnet("s", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" }, o);
const sg = new aws.ec2.SecurityGroup(
  "sg",
  {
    vpcId: vpc.id,
    ingress: [{ self: true, protocol: "tcp", fromPort: 443, toPort: 443 }],
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
  },
  o,
);
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
  { vpcId: vpc.id, serviceName: "com.amazonaws.us-west-2.s3", routeTableIds: [vpc.mainRouteTableId] },
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
      instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
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
      image: "123456789012.dkr.ecr.us-west-2.amazonaws.com/app:1",
      vcpus: 1,
      memory: 512,
    }),
  },
  o,
);
