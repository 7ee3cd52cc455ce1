import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/22", enableDnsHostnames: true });
const s = new aws.ec2.Subnet("s", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
const sg = new aws.ec2.SecurityGroup("tasks", {
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, self: true }],
  egress: [
    { protocol: "tcp", fromPort: 443, toPort: 443, self: true },
    {
      protocol: "tcp",
      fromPort: 443,
      toPort: 443,
      prefixListIds: [aws.ec2.getManagedPrefixListOutput({ name: "com.amazonaws.eu-west-1.s3" }).id],
    },
  ],
});
["ecr.api", "ecr.dkr", "logs", "ssm"].forEach(
  (x) =>
    void new aws.ec2.VpcEndpoint(x, {
      vpcId: vpc.id,
      vpcEndpointType: "Interface",
      serviceName: `com.amazonaws.eu-west-1.${x}`,
      subnetIds: [s.id],
      securityGroupIds: [sg.id],
      privateDnsEnabled: true,
    }),
);
new aws.ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: "com.amazonaws.eu-west-1.s3",
  routeTableIds: [vpc.mainRouteTableId],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: { type: "FARGATE", maxVcpus: 4, subnets: [s.id], securityGroupIds: [sg.id] },
});
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
new aws.batch.JobDefinition("plain", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: JSON.stringify({
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1",
    executionRoleArn: "arn:aws:iam::123456789012:role/x",
    secrets: [
      { name: "A", valueFrom: "arn:aws:ssm:eu-west-1:123456789012:parameter/app/a" },
      { name: "B", valueFrom: "/app/b" },
    ],
    resourceRequirements: [
      { type: "VCPU", value: "0.25" },
      { type: "MEMORY", value: "512" },
    ],
  }),
});
new aws.batch.JobDefinition("secret", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: JSON.stringify({
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1",
    executionRoleArn: "arn:aws:iam::123456789012:role/x",
    secrets: [
      { name: "PGPASSWORD", valueFrom: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password::" },
    ],
    logConfiguration: { logDriver: "awslogs" },
    resourceRequirements: [
      { type: "VCPU", value: "0.25" },
      { type: "MEMORY", value: "512" },
    ],
  }),
});
