import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("v", {
  cidrBlock: "10.0.0.0/16",
  assignGeneratedIpv6CidrBlock: true,
  enableDnsHostnames: true,
});
const eigw = new aws.ec2.EgressOnlyInternetGateway("eigw", { vpcId: vpc.id });
const rt = new aws.ec2.RouteTable("rt", { vpcId: vpc.id });
new aws.ec2.Route("v6", { routeTableId: rt.id, destinationIpv6CidrBlock: "::/0", egressOnlyGatewayId: eigw.id });
const subnets = [0, 1].map((i) => {
  const s = new aws.ec2.Subnet(`native${i}`, {
    vpcId: vpc.id,
    cidrBlock: `10.0.${i}.0/24`,
    assignIpv6AddressOnCreation: true,
    enableResourceNameDnsAaaaRecordOnLaunch: true,
    ipv6CidrBlock: vpc.ipv6CidrBlock.apply((c) => c.replace("00::/56", `0${i}::/64`)),
  });
  new aws.ec2.RouteTableAssociation(`native${i}`, { subnetId: s.id, routeTableId: rt.id });
  return s;
});
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlocks: ["::/0"] }],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: subnets.map((s) => s.id),
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
