import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
const azs = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];
const priv = azs.map(
  (availabilityZone, k) =>
    new aws.ec2.Subnet(`private-${k}`, { vpcId: vpc.id, cidrBlock: `10.0.${k + 1}.0/24`, availabilityZone }),
);
const pub = azs.map(
  (availabilityZone, k) =>
    new aws.ec2.Subnet(`public-${k}`, { vpcId: vpc.id, cidrBlock: `10.0.${k + 101}.0/24`, availabilityZone }),
);
const pubRt = new aws.ec2.RouteTable("public", {
  vpcId: vpc.id,
  routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: igw.id }],
});
const nat = new aws.ec2.NatGateway("nat", { allocationId: new aws.ec2.Eip("nat").allocationId, subnetId: pub[0]!.id });
const privRt = new aws.ec2.RouteTable("private", {
  vpcId: vpc.id,
  routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: nat.id }],
});
pub.forEach(
  (s, k) => void new aws.ec2.RouteTableAssociation(`public-${k}`, { subnetId: s.id, routeTableId: pubRt.id }),
);
priv.forEach(
  (s, k) => void new aws.ec2.RouteTableAssociation(`private-${k}`, { subnetId: s.id, routeTableId: privRt.id }),
);
const epSg = new aws.ec2.SecurityGroup("vpc-endpoints", {
  vpcId: vpc.id,
  description: "Security group for VPC endpoints",
});
new aws.ec2.SecurityGroupRule("ingress_https", {
  securityGroupId: epSg.id,
  type: "ingress",
  protocol: "tcp",
  fromPort: 443,
  toPort: 443,
  sourceSecurityGroupId: epSg.id,
  description: "Container to VPC endpoint service",
});
for (const service of ["ecr.api", "ecr.dkr", "ecs", "ssm"])
  new aws.ec2.VpcEndpoint(service.replace(".", "_"), {
    vpcId: vpc.id,
    serviceName: `com.amazonaws.eu-west-1.${service}`,
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds: priv.map((s) => s.id),
    securityGroupIds: [epSg.id],
  });
new aws.ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: "com.amazonaws.eu-west-1.s3",
  vpcEndpointType: "Gateway",
  routeTableIds: [privRt.id],
});
const roleOf = (n: string, s: string) =>
  new aws.iam.Role(n, {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: s } }],
    }),
  });
const profile = new aws.iam.InstanceProfile("instance", { role: roleOf("instance", "ec2.amazonaws.com").name });
const common = {
  minVcpus: 0,
  maxVcpus: 16,
  desiredVcpus: 4,
  instanceTypes: ["m5.large", "r5.large"],
  instanceRole: profile.arn,
  securityGroupIds: [epSg.id],
  subnets: priv.map((s) => s.id),
};
const ec2 = new aws.batch.ComputeEnvironment("a_ec2", {
  type: "MANAGED",
  computeResources: { type: "EC2", ...common },
});
const spot = new aws.batch.ComputeEnvironment("b_ec2_spot", {
  type: "MANAGED",
  computeResources: { type: "SPOT", ...common, bidPercentage: 20 },
});
new aws.batch.JobQueue("low_priority", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: spot.arn }],
});
new aws.batch.JobQueue("high_priority", {
  state: "ENABLED",
  priority: 99,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ec2.arn }],
});
new aws.batch.JobDefinition("example", {
  type: "container",
  propagateTags: true,
  timeout: { attemptDurationSeconds: 60 },
  retryStrategy: {
    attempts: 3,
    evaluateOnExits: [
      { action: "RETRY", onExitCode: "1" },
      { action: "EXIT", onExitCode: "0" },
    ],
  },
  containerProperties: JSON.stringify({
    command: ["ls", "-la"],
    image: "public.ecr.aws/runecast/busybox:1.33.1",
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "1024" },
    ],
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": "/aws/batch/example", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ec2" },
    },
  }),
});
