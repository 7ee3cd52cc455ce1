import * as aws from "@pulumi/aws";

const vpc = aws.ec2.getVpcOutput({ default: true });
const subnet = aws.ec2.getSubnetOutput({ vpcId: vpc.id, availabilityZone: "eu-west-1a" });
const sg = new aws.ec2.SecurityGroup("batch", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: { type: "FARGATE", maxVcpus: 4, subnets: [subnet.id], securityGroupIds: [sg.id] },
});
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
new aws.batch.JobDefinition("jd", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: JSON.stringify({
    image: "alpine",
    executionRoleArn: "arn:aws:iam::123456789012:role/x",
    networkConfiguration: { assignPublicIp: "ENABLED" },
    resourceRequirements: [
      { type: "VCPU", value: "0.25" },
      { type: "MEMORY", value: "512" },
    ],
  }),
});
