import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
const subnet = new aws.ec2.Subnet("subnet", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true });
const table = aws.ec2.RouteTable.get("main", vpc.mainRouteTableId);
new aws.ec2.Route("out", { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: igw.id });
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
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
