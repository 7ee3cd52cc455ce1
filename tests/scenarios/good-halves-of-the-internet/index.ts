import * as aws from "@pulumi/aws";

const halves = ["0.0.0.0/1", "128.0.0.0/1"];
const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
const subnet = new aws.ec2.Subnet("subnet", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true });
const table = new aws.ec2.RouteTable("table", {
  vpcId: vpc.id,
  routes: halves.map((cidrBlock) => ({ cidrBlock, gatewayId: igw.id })),
});
new aws.ec2.RouteTableAssociation("table", { subnetId: subnet.id, routeTableId: table.id });
const rules = (fromPort: number, toPort: number) =>
  halves.map((cidrBlock, i) => ({ ruleNo: 10 + i, protocol: "tcp", action: "allow", cidrBlock, fromPort, toPort }));
new aws.ec2.NetworkAcl("acl", {
  vpcId: vpc.id,
  subnetIds: [subnet.id],
  egress: rules(443, 443),
  ingress: rules(1024, 65535),
});
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: vpc.id,
  egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: halves }],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: [subnet.id],
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
  containerProperties: JSON.stringify({ image: "alpine", vcpus: 1, memory: 512 }),
});
