import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", {});
new aws.ec2.InternetGatewayAttachment("igw", { vpcId: vpc.id, internetGatewayId: igw.id });
const pub = new aws.ec2.Subnet("pub", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", availabilityZone: "eu-west-1c" });
const priv = ["10.0.1.0/24", "10.0.2.0/24"].map(
  (c, i) => new aws.ec2.Subnet(`priv${i}`, { vpcId: vpc.id, cidrBlock: c, availabilityZone: `eu-west-1${"ab"[i]}` }),
);
const pubRt = new aws.ec2.RouteTable("pub", { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: igw.id }] });
new aws.ec2.RouteTableAssociation("pub", { subnetId: pub.id, routeTableId: pubRt.id });
const nat = new aws.ec2.NatGateway("nat", {
  subnetId: pub.id,
  allocationId: new aws.ec2.Eip("nat", { domain: "vpc" }).id,
});
const mainRt = new aws.ec2.RouteTable("main", {
  vpcId: vpc.id,
  routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: nat.id }],
});
new aws.ec2.MainRouteTableAssociation("main", { vpcId: vpc.id, routeTableId: mainRt.id });
const anywhere = new aws.ec2.ManagedPrefixList("anywhere", {
  addressFamily: "IPv4",
  maxEntries: 2,
  entries: [{ cidr: "0.0.0.0/1" }, { cidr: "128.0.0.0/1" }],
});
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: vpc.id,
  egress: [{ protocol: "tcp", fromPort: 0, toPort: 65535, prefixListIds: [anywhere.id] }],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: priv.map((s) => s.id),
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
  containerProperties: JSON.stringify({ image: "docker.io/library/alpine", vcpus: 1, memory: 512 }),
});
