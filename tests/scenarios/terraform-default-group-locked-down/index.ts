import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("this", { cidrBlock: "10.2.0.0/16" });
const igw = new aws.ec2.InternetGateway("this", { vpcId: vpc.id });
new aws.ec2.DefaultSecurityGroup("this", { vpcId: vpc.id });
const pub = new aws.ec2.Subnet("public", { vpcId: vpc.id, cidrBlock: "10.2.0.0/24", mapPublicIpOnLaunch: true });
new aws.ec2.DefaultRouteTable("this", {
  defaultRouteTableId: vpc.mainRouteTableId,
  routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: igw.id }],
});
const ce = new aws.batch.ComputeEnvironment("main", {
  type: "MANAGED",
  serviceRole: "arn:aws:iam::123456789012:role/batch",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: [pub.id],
    securityGroupIds: [vpc.defaultSecurityGroupId],
  },
});
new aws.batch.JobQueue("main", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
new aws.batch.JobDefinition("hello", {
  type: "container",
  containerProperties: JSON.stringify({
    image: "busybox",
    command: ["echo", "hi"],
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "128" },
    ],
  }),
});
