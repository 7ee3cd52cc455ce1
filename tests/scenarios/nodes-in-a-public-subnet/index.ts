import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("hpc", { cidrBlock: "10.0.0.0/16" });
const gateway = new aws.ec2.InternetGateway("hpc", { vpcId: vpc.id });
const subnet = new aws.ec2.Subnet("hpc", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true });
const table = new aws.ec2.RouteTable("hpc", {
  vpcId: vpc.id,
  routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }],
});
new aws.ec2.RouteTableAssociation("hpc", { subnetId: subnet.id, routeTableId: table.id });
const all = [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }];
const group = new aws.ec2.SecurityGroup("hpc", {
  vpcId: vpc.id,
  ingress: all,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const queue = new aws.sqs.Queue("results", { name: "results" });
const environment = new aws.batch.ComputeEnvironment("hpc", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 96,
    instanceTypes: ["hpc6a.48xlarge"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: [subnet.id],
    securityGroupIds: [group.id],
  },
});
new aws.batch.JobQueue("hpc", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: environment.arn }],
});
const container = {
  image: "public.ecr.aws/hpc/mpi:4",
  vcpus: 96,
  memory: 300000,
  environment: [{ name: "RESULTS", value: "results" }],
};
new aws.batch.JobDefinition("mpi", {
  type: "multinode",
  nodeProperties: JSON.stringify({ mainNode: 0, numNodes: 2, nodeRangeProperties: [{ targetNodes: "0:", container }] }),
  parameters: { queue: queue.url },
});
