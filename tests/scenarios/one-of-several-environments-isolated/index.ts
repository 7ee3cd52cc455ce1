import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
const rt = new aws.ec2.RouteTable("rt", { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: igw.id }] });
const pub = new aws.ec2.Subnet("pub", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true });
new aws.ec2.RouteTableAssociation("pub", { subnetId: pub.id, routeTableId: rt.id });
const iso = new aws.ec2.Subnet("iso", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const mk = (name: string, type: string, subnet: aws.ec2.Subnet, state = "ENABLED") =>
  new aws.batch.ComputeEnvironment(name, {
    type: "MANAGED",
    state,
    computeResources: {
      type,
      maxVcpus: 4,
      instanceTypes: ["c5"],
      instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
      subnets: [subnet.id],
      securityGroupIds: [sg.id],
    },
  });
const envs = [mk("on-demand", "EC2", pub), mk("spot", "SPOT", iso), mk("old", "EC2", iso, "DISABLED")];
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: envs.map((e, order) => ({ order, computeEnvironment: e.arn })),
});
new aws.batch.JobQueue("empty", {
  state: "ENABLED",
  priority: 2,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: envs[0]!.arn }],
});
new aws.batch.JobDefinition("jd", {
  type: "container",
  containerProperties: JSON.stringify({ image: "alpine", vcpus: 1, memory: 512 }),
});
