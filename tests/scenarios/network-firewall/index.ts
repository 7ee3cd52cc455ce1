import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
const fwSubnet = new aws.ec2.Subnet("firewall", { vpcId: vpc.id, cidrBlock: "10.0.0.0/28" });
const pub = new aws.ec2.Subnet("pub", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24", mapPublicIpOnLaunch: true });
const policy = new aws.networkfirewall.FirewallPolicy("p", {
  firewallPolicy: { statelessDefaultActions: ["aws:pass"], statelessFragmentDefaultActions: ["aws:pass"] },
});
const fw = new aws.networkfirewall.Firewall("fw", {
  vpcId: vpc.id,
  firewallPolicyArn: policy.arn,
  subnetMappings: [{ subnetId: fwSubnet.id }],
});
const ep = fw.firewallStatuses.apply((s) => s[0]!.syncStates[0]!.attachments[0]!.endpointId);
const pubRt = new aws.ec2.RouteTable("pub", { vpcId: vpc.id });
new aws.ec2.Route("pub", { routeTableId: pubRt.id, destinationCidrBlock: "0.0.0.0/0", vpcEndpointId: ep });
new aws.ec2.RouteTableAssociation("pub", { subnetId: pub.id, routeTableId: pubRt.id });
const fwRt = new aws.ec2.RouteTable("fw", { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: igw.id }] });
new aws.ec2.RouteTableAssociation("fw", { subnetId: fwSubnet.id, routeTableId: fwRt.id });
const edge = new aws.ec2.RouteTable("edge", {
  vpcId: vpc.id,
  routes: [{ cidrBlock: "10.0.1.0/24", vpcEndpointId: ep }],
});
new aws.ec2.RouteTableAssociation("edge", { gatewayId: igw.id, routeTableId: edge.id });
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
    subnets: [pub.id],
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
