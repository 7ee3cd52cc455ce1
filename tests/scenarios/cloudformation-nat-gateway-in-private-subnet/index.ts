import { batch, ec2, iam } from "@pulumi/aws";

const Mappings = {
  SubnetConfig: {
    VPC: { CIDR: "10.0.0.0/16" },
    PublicOne: { CIDR: "10.0.0.0/24" },
    PrivateOne: { CIDR: "10.0.100.0/24" },
    PrivateTwo: { CIDR: "10.0.101.0/24" },
  },
};
const VPC = new ec2.Vpc("VPC", {
  cidrBlock: Mappings.SubnetConfig.VPC.CIDR,
  enableDnsSupport: true,
  enableDnsHostnames: true,
});
const PublicSubnetOne = new ec2.Subnet("PublicSubnetOne", {
  vpcId: VPC.id,
  cidrBlock: Mappings.SubnetConfig.PublicOne.CIDR,
  mapPublicIpOnLaunch: true,
  availabilityZone: "eu-west-1a",
});
const PrivateSubnetOne = new ec2.Subnet("PrivateSubnetOne", {
  vpcId: VPC.id,
  cidrBlock: Mappings.SubnetConfig.PrivateOne.CIDR,
  availabilityZone: "eu-west-1a",
});
const PrivateSubnetTwo = new ec2.Subnet("PrivateSubnetTwo", {
  vpcId: VPC.id,
  cidrBlock: Mappings.SubnetConfig.PrivateTwo.CIDR,
  availabilityZone: "eu-west-1b",
});
const InternetGateway = new ec2.InternetGateway("InternetGateway", {});
const GatewayAttachement = new ec2.InternetGatewayAttachment("GatewayAttachement", {
  vpcId: VPC.id,
  internetGatewayId: InternetGateway.id,
});
const PublicRouteTable = new ec2.RouteTable("PublicRouteTable", { vpcId: VPC.id });
new ec2.Route(
  "PublicRoute",
  { routeTableId: PublicRouteTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: InternetGateway.id },
  { dependsOn: GatewayAttachement },
);
new ec2.RouteTableAssociation("PublicSubnetOneRouteTableAssociation", {
  subnetId: PublicSubnetOne.id,
  routeTableId: PublicRouteTable.id,
});
const NatGatewayOneAttachment = new ec2.Eip(
  "NatGatewayOneAttachment",
  { domain: "vpc" },
  { dependsOn: GatewayAttachement },
);
const NatGatewayOne = new ec2.NatGateway("NatGatewayOne", {
  allocationId: NatGatewayOneAttachment.allocationId,
  subnetId: PrivateSubnetOne.id,
});
const PrivateRouteTableOne = new ec2.RouteTable("PrivateRouteTableOne", { vpcId: VPC.id });
new ec2.Route("PrivateRouteOne", {
  routeTableId: PrivateRouteTableOne.id,
  destinationCidrBlock: "0.0.0.0/0",
  natGatewayId: NatGatewayOne.id,
});
new ec2.RouteTableAssociation("PrivateRouteTableOneAssociation", {
  routeTableId: PrivateRouteTableOne.id,
  subnetId: PrivateSubnetOne.id,
});
new ec2.RouteTableAssociation("PrivateRouteTableTwoAssociation", {
  routeTableId: PrivateRouteTableOne.id,
  subnetId: PrivateSubnetTwo.id,
});
const ContainerSecurityGroup = new ec2.SecurityGroup("ContainerSecurityGroup", {
  description: "Access to containers",
  vpcId: VPC.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const EC2Role = new iam.Role("EC2Role", {
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  },
});
const Profile = new iam.InstanceProfile("InstanceProfile", { role: EC2Role });
const ComputeEnvironment = new batch.ComputeEnvironment("ComputeEnvironment", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    minVcpus: 0,
    desiredVcpus: 0,
    maxVcpus: 64,
    instanceTypes: ["optimal"],
    subnets: [PrivateSubnetOne.id, PrivateSubnetTwo.id],
    securityGroupIds: [ContainerSecurityGroup.id],
    instanceRole: Profile.arn,
  },
});
new batch.JobQueue("JobQueue", {
  priority: 1,
  state: "ENABLED",
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ComputeEnvironment.arn }],
});
new batch.JobDefinition("JobDefinition", {
  type: "container",
  containerProperties: `{"image": "amazonlinux:2", "vcpus": 2, "memory": 2000, "command": ["echo", "Ref::word"]}`,
  parameters: { word: "hi" },
  retryStrategy: { attempts: 1 },
});
