import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// translated from terraform-aws-modules/vpc, examples/simple
const name = `ex-${pulumi.getProject()}`;
const vpcCidr = "10.0.0.0/16";
const azs = aws.getAvailabilityZonesOutput({ state: "available" }).names.apply((n) => n.slice(0, 3));
const tags = { Example: name, GithubRepo: "terraform-aws-vpc", GithubOrg: "terraform-aws-modules" };
const singleNatGateway = true;
const oneNatGatewayPerAz = false;

const publicSubnets = ["10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24"];
const privateSubnets = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"];
const databaseSubnets = ["10.0.201.0/24", "10.0.202.0/24", "10.0.203.0/24"];

const vpc = new aws.ec2.Vpc("this", {
  cidrBlock: vpcCidr,
  enableDnsHostnames: true,
  enableDnsSupport: true,
  tags: { Name: name, ...tags },
});
const igw = new aws.ec2.InternetGateway("this", { vpcId: vpc.id, tags: { Name: name } });

new aws.ec2.DefaultSecurityGroup("this", { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: `${name}-default` } });
new aws.ec2.DefaultNetworkAcl(
  "this",
  {
    defaultNetworkAclId: vpc.defaultNetworkAclId,
    ingress: [
      { action: "allow", cidrBlock: "0.0.0.0/0", fromPort: 0, protocol: "-1", ruleNo: 100, toPort: 0 },
      { action: "allow", ipv6CidrBlock: "::/0", fromPort: 0, protocol: "-1", ruleNo: 101, toPort: 0 },
    ],
    egress: [
      { action: "allow", cidrBlock: "0.0.0.0/0", fromPort: 0, protocol: "-1", ruleNo: 100, toPort: 0 },
      { action: "allow", ipv6CidrBlock: "::/0", fromPort: 0, protocol: "-1", ruleNo: 101, toPort: 0 },
    ],
  },
  { ignoreChanges: ["subnetIds"] },
);
new aws.ec2.DefaultRouteTable("default", { defaultRouteTableId: vpc.defaultRouteTableId, routes: [] });

const pub = publicSubnets.map(
  (cidrBlock, i) =>
    new aws.ec2.Subnet(`public-${i}`, {
      vpcId: vpc.id,
      cidrBlock,
      availabilityZone: azs[i],
      mapPublicIpOnLaunch: false,
    }),
);
const publicTable = new aws.ec2.RouteTable("public", { vpcId: vpc.id });
pub.forEach(
  (s, i) => void new aws.ec2.RouteTableAssociation(`public-${i}`, { subnetId: s.id, routeTableId: publicTable.id }),
);
new aws.ec2.Route(
  "public_internet_gateway",
  { routeTableId: publicTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: igw.id },
  { customTimeouts: { create: "5m" } },
);

const natGatewayCount = singleNatGateway ? 1 : oneNatGatewayPerAz ? 3 : privateSubnets.length;
const priv = privateSubnets.map(
  (cidrBlock, i) => new aws.ec2.Subnet(`private-${i}`, { vpcId: vpc.id, cidrBlock, availabilityZone: azs[i] }),
);
const privateTables = [...Array(natGatewayCount).keys()].map(
  (i) => new aws.ec2.RouteTable(`private-${i}`, { vpcId: vpc.id }),
);
priv.forEach(
  (s, i) =>
    void new aws.ec2.RouteTableAssociation(`private-${i}`, {
      subnetId: s.id,
      routeTableId: privateTables[singleNatGateway ? 0 : i]!.id,
    }),
);
const eips = privateTables.map((_, i) => new aws.ec2.Eip(`nat-${i}`, { domain: "vpc" }, { dependsOn: [igw] }));
const nats = eips.map(
  (eip, i) =>
    new aws.ec2.NatGateway(
      `this-${i}`,
      { allocationId: eip.id, subnetId: pub[singleNatGateway ? 0 : i]!.id },
      { dependsOn: [igw] },
    ),
);
nats.forEach(
  (nat, i) =>
    void new aws.ec2.Route(`private_nat_gateway-${i}`, {
      routeTableId: privateTables[i]!.id,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: nat.id,
    }),
);

const db = databaseSubnets.map(
  (cidrBlock, i) => new aws.ec2.Subnet(`db-${i}`, { vpcId: vpc.id, cidrBlock, availabilityZone: azs[i] }),
);
db.forEach(
  (s, i) =>
    void new aws.ec2.RouteTableAssociation(`database-${i}`, { subnetId: s.id, routeTableId: privateTables[0]!.id }),
);
const group = new aws.rds.SubnetGroup("database", { name, subnetIds: db.map((s) => s.id) });

const batchSg = new aws.ec2.SecurityGroup("batch", {
  vpcId: vpc.id,
  egress: [{ fromPort: 0, toPort: 0, protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }],
});
const dbSg = new aws.ec2.SecurityGroup("db", {
  vpcId: vpc.id,
  ingress: [{ fromPort: 5432, toPort: 5432, protocol: "tcp", cidrBlocks: privateSubnets }],
});
const database = new aws.rds.Instance("db", {
  engine: "postgres",
  instanceClass: "db.t4g.micro",
  allocatedStorage: 20,
  dbSubnetGroupName: group.name,
  vpcSecurityGroupIds: [dbSg.id],
  username: "app",
  manageMasterUserPassword: true,
  skipFinalSnapshot: true,
});

const assume = (Service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service } }],
  });
const instanceRole = new aws.iam.Role("ecs_instance_role", { assumeRolePolicy: assume("ec2.amazonaws.com") });
new aws.iam.RolePolicyAttachment("ecs_instance_role", {
  role: instanceRole.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
});
const profile = new aws.iam.InstanceProfile("ecs_instance_role", { role: instanceRole.name });
const serviceRole = new aws.iam.Role("aws_batch_service_role", { assumeRolePolicy: assume("batch.amazonaws.com") });
const attach = new aws.iam.RolePolicyAttachment("aws_batch_service_role", {
  role: serviceRole.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole",
});

const ce = new aws.batch.ComputeEnvironment(
  "a_ec2",
  {
    namePrefix: "ec2-",
    type: "MANAGED",
    state: "ENABLED",
    serviceRole: serviceRole.arn,
    computeResources: {
      type: "EC2",
      minVcpus: 0,
      maxVcpus: 16,
      desiredVcpus: 0,
      instanceTypes: ["m5.large", "r5.large"],
      instanceRole: profile.arn,
      securityGroupIds: [batchSg.id],
      subnets: priv.map((s) => s.id),
    },
  },
  { dependsOn: [attach] },
);
const queue = new aws.batch.JobQueue("low", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
new aws.batch.JobDefinition("example", {
  type: "container",
  platformCapabilities: ["EC2"],
  containerProperties: pulumi.jsonStringify({
    command: ["ls", "-la"],
    image: "public.ecr.aws/runecast/busybox:1.33.1",
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "1024" },
    ],
    environment: [{ name: "PGHOST", value: database.address }],
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": "/aws/batch/example", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ec2" },
    },
  }),
});
export const queueArn = queue.arn;
