import * as aws from "@pulumi/aws";

// terraform-aws-modules/vpc, examples/network-acls
const networkAcls = {
  default_inbound: [
    { ruleNumber: 900, ruleAction: "allow", fromPort: 1024, toPort: 65535, protocol: "tcp", cidrBlock: "0.0.0.0/0" },
  ],
  default_outbound: [
    { ruleNumber: 900, ruleAction: "allow", fromPort: 32768, toPort: 65535, protocol: "tcp", cidrBlock: "0.0.0.0/0" },
  ],
  public_inbound: [
    { ruleNumber: 100, ruleAction: "allow", fromPort: 80, toPort: 80, protocol: "tcp", cidrBlock: "0.0.0.0/0" },
    { ruleNumber: 110, ruleAction: "allow", fromPort: 443, toPort: 443, protocol: "tcp", cidrBlock: "0.0.0.0/0" },
    { ruleNumber: 120, ruleAction: "allow", fromPort: 22, toPort: 22, protocol: "tcp", cidrBlock: "0.0.0.0/0" },
  ],
  public_outbound: [
    { ruleNumber: 100, ruleAction: "allow", fromPort: 80, toPort: 80, protocol: "tcp", cidrBlock: "0.0.0.0/0" },
    { ruleNumber: 110, ruleAction: "allow", fromPort: 443, toPort: 443, protocol: "tcp", cidrBlock: "0.0.0.0/0" },
  ],
};
const vpc = new aws.ec2.Vpc("this", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const igw = new aws.ec2.InternetGateway("this", { vpcId: vpc.id });
const publicSubnets = ["10.0.101.0/24", "10.0.102.0/24"].map(
  (cidrBlock, i) =>
    new aws.ec2.Subnet(`public-${i}`, { vpcId: vpc.id, cidrBlock, availabilityZone: `eu-west-1${"ab"[i]}` }),
);
const privateSubnets = ["10.0.1.0/24", "10.0.2.0/24"].map(
  (cidrBlock, i) =>
    new aws.ec2.Subnet(`private-${i}`, { vpcId: vpc.id, cidrBlock, availabilityZone: `eu-west-1${"ab"[i]}` }),
);
const publicRt = new aws.ec2.RouteTable("public", { vpcId: vpc.id });
new aws.ec2.Route("public", { routeTableId: publicRt.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: igw.id });
const privateRt = new aws.ec2.RouteTable("private", { vpcId: vpc.id });
const eip = new aws.ec2.Eip("nat", {});
const nat = new aws.ec2.NatGateway("nat", { allocationId: eip.id, subnetId: publicSubnets[0]!.id });
new aws.ec2.Route("private", { routeTableId: privateRt.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id });
for (const [i, s] of publicSubnets.entries())
  new aws.ec2.RouteTableAssociation(`public-${i}`, { subnetId: s.id, routeTableId: publicRt.id });
for (const [i, s] of privateSubnets.entries())
  new aws.ec2.RouteTableAssociation(`private-${i}`, { subnetId: s.id, routeTableId: privateRt.id });
const publicAcl = new aws.ec2.NetworkAcl("public", { vpcId: vpc.id, subnetIds: publicSubnets.map((s) => s.id) });
const inbound = networkAcls.public_inbound; // forgot ...networkAcls.default_inbound
const outbound = [...networkAcls.default_outbound, ...networkAcls.public_outbound];
inbound.forEach(
  (rule, i) =>
    void new aws.ec2.NetworkAclRule(`public_inbound-${i}`, { networkAclId: publicAcl.id, egress: false, ...rule }),
);
outbound.forEach(
  (rule, i) =>
    void new aws.ec2.NetworkAclRule(`public_outbound-${i}`, { networkAclId: publicAcl.id, egress: true, ...rule }),
);
const sg = new aws.ec2.SecurityGroup("jobs", {
  vpcId: vpc.id,
  egress: [{ fromPort: 443, toPort: 443, protocol: "tcp", cidrBlocks: ["0.0.0.0/0"] }],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: privateSubnets.map((s) => s.id),
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
