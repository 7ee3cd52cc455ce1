import * as aws from "@pulumi/aws";

const vpc = aws.ec2.Vpc.get("shared", "vpc-0123456789abcdef0");
const subnet = new aws.ec2.Subnet("jobs", { vpcId: vpc.id, cidrBlock: "10.4.7.0/24" });
const rt = new aws.ec2.RouteTable("jobs", {
  vpcId: vpc.id,
  routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-0123456789abcdef0" }],
});
new aws.ec2.RouteTableAssociation("jobs", { subnetId: subnet.id, routeTableId: rt.id });
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
  containerProperties: JSON.stringify({
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1",
    vcpus: 1,
    memory: 512,
  }),
});
