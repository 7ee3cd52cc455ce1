import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
const pub = new aws.ec2.Subnet("pub", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true });
const priv = new aws.ec2.Subnet("priv", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
const nat = new aws.ec2.NatGateway("nat", { subnetId: pub.id, allocationId: new aws.ec2.Eip("nat").id });
const t = (n: string, s: aws.ec2.Subnet, route: object) => {
  const rt = new aws.ec2.RouteTable(n, { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0", ...route }] });
  new aws.ec2.RouteTableAssociation(n, { subnetId: s.id, routeTableId: rt.id });
};
t("pub", pub, { gatewayId: igw.id });
t("priv", priv, { natGatewayId: nat.id });
const sg = new aws.ec2.SecurityGroup("mpi", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const placement = new aws.ec2.PlacementGroup("mpi", { strategy: "cluster" });
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 96,
    instanceTypes: ["c5n.18xlarge"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    placementGroup: placement.name,
    subnets: [priv.id],
    securityGroupIds: [sg.id],
  },
});
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
const repo = new aws.ecr.Repository("mpi");
new aws.batch.JobDefinition("mpi", {
  type: "multinode",
  nodeProperties: pulumi.jsonStringify({
    mainNode: 0,
    numNodes: 4,
    nodeRangeProperties: [
      {
        targetNodes: "0:",
        container: {
          image: pulumi.interpolate`${repo.repositoryUrl}:latest`,
          vcpus: 36,
          memory: 60000,
          command: ["/run.sh"],
        },
      },
    ],
  }),
});
