import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const priv = [1, 2].map(
  (k) =>
    new aws.ec2.Subnet(`private-${k}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${k}.0/24`,
      availabilityZone: `eu-west-1${"xab"[k]}`,
    }),
);
const epSg = new aws.ec2.SecurityGroup("vpc-endpoints", {
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: priv.map((s) => s.cidrBlock.apply((c) => c!)) }],
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
  routeTableIds: [vpc.defaultRouteTableId],
});
const sg = new aws.ec2.SecurityGroup("batch", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const ec2 = new aws.batch.ComputeEnvironment("ec2", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 16,
    instanceTypes: ["m5.large"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    securityGroupIds: [sg.id],
    subnets: priv.map((s) => s.id),
  },
});
const fargate = new aws.batch.ComputeEnvironment("fargate", {
  type: "MANAGED",
  computeResources: { type: "FARGATE", maxVcpus: 16, securityGroupIds: [sg.id], subnets: priv.map((s) => s.id) },
});
new aws.batch.JobQueue("ec2", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ec2.arn }],
});
new aws.batch.JobQueue("fargate", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: fargate.arn }],
});
const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1";
new aws.batch.JobDefinition("on-ec2", {
  type: "container",
  platformCapabilities: ["EC2"],
  containerProperties: JSON.stringify({ image, vcpus: 1, memory: 512, logConfiguration: { logDriver: "json-file" } }),
});
new aws.batch.JobDefinition("on-fargate", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: JSON.stringify({
    image,
    executionRoleArn: "arn:aws:iam::123456789012:role/x",
    resourceRequirements: [
      { type: "VCPU", value: "0.25" },
      { type: "MEMORY", value: "512" },
    ],
    fargatePlatformConfiguration: { platformVersion: "LATEST" },
  }),
});
