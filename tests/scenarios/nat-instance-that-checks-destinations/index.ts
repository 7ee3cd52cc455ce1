import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
const pub = new aws.ec2.Subnet("pub", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true });
const priv = new aws.ec2.Subnet("priv", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
const pubRt = new aws.ec2.RouteTable("pub", { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: igw.id }] });
new aws.ec2.RouteTableAssociation("pub", { subnetId: pub.id, routeTableId: pubRt.id });
const natSg = new aws.ec2.SecurityGroup("nat", {
  vpcId: vpc.id,
  ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/16"] }],
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const nat = new aws.ec2.Instance("nat", {
  ami: "ami-0123456789abcdef0",
  instanceType: "t4g.nano",
  subnetId: pub.id,
  vpcSecurityGroupIds: [natSg.id],
  associatePublicIpAddress: true,
});
const privRt = new aws.ec2.RouteTable("priv", { vpcId: vpc.id });
new aws.ec2.Route("priv", {
  routeTableId: privRt.id,
  destinationCidrBlock: "0.0.0.0/0",
  networkInterfaceId: nat.primaryNetworkInterfaceId,
});
new aws.ec2.RouteTableAssociation("priv", { subnetId: priv.id, routeTableId: privRt.id });
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
    subnets: [priv.id],
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
  containerProperties: JSON.stringify({
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1",
    vcpus: 1,
    memory: 512,
  }),
});
