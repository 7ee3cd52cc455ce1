import * as aws from "@pulumi/aws";

const home = new aws.ec2.Vpc("home", { cidrBlock: "10.0.0.0/16" });
const work = new aws.ec2.Vpc("work", { cidrBlock: "10.1.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: work.id });
const subnet = new aws.ec2.Subnet("subnet", { vpcId: work.id, cidrBlock: "10.1.0.0/24" });
new aws.ec2.Route("out", {
  routeTableId: work.defaultRouteTableId,
  destinationCidrBlock: "0.0.0.0/0",
  gatewayId: igw.id,
});
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: home.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const shared = new aws.vpc.SecurityGroupVpcAssociation("shared", { securityGroupId: sg.id, vpcId: work.id });
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: { type: "FARGATE", maxVcpus: 4, subnets: [subnet.id], securityGroupIds: [shared.securityGroupId] },
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
    executionRoleArn: "arn:aws:iam::123456789012:role/jobs",
    networkConfiguration: { assignPublicIp: "ENABLED" },
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "2048" },
    ],
  }),
});
