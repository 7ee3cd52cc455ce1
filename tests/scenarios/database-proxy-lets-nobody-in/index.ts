import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
new aws.ec2.Route("default", {
  routeTableId: vpc.mainRouteTableId,
  destinationCidrBlock: "0.0.0.0/0",
  gatewayId: igw.id,
});
const isolated = new aws.ec2.RouteTable("isolated", { vpcId: vpc.id });
const pub = ["a", "b"].map(
  (z, i) =>
    new aws.ec2.Subnet(`pub-${z}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${i}.0/24`,
      availabilityZone: `eu-west-1${z}`,
      mapPublicIpOnLaunch: true,
    }),
);
const data = ["a", "b"].map((z, i) => {
  const s = new aws.ec2.Subnet(`data-${z}`, {
    vpcId: vpc.id,
    cidrBlock: `10.0.1${i}.0/24`,
    availabilityZone: `eu-west-1${z}`,
  });
  new aws.ec2.RouteTableAssociation(`data-${z}`, { subnetId: s.id, routeTableId: isolated.id });
  return s;
});
const jobs = new aws.ec2.SecurityGroup("jobs", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const proxySg = new aws.ec2.SecurityGroup("proxy", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
}); // no ingress
const dbSg = new aws.ec2.SecurityGroup("db", { vpcId: vpc.id });
new aws.vpc.SecurityGroupIngressRule("db-from-proxy", {
  securityGroupId: dbSg.id,
  referencedSecurityGroupId: proxySg.id,
  ipProtocol: "tcp",
  fromPort: 5432,
  toPort: 5432,
});
const group = new aws.rds.SubnetGroup("g", { subnetIds: data.map((s) => s.id) });
const cluster = new aws.rds.Cluster("c", {
  engine: "aurora-postgresql",
  masterUsername: "app",
  manageMasterUserPassword: true,
  dbSubnetGroupName: group.name,
  vpcSecurityGroupIds: [dbSg.id],
  skipFinalSnapshot: true,
});
new aws.rds.ClusterInstance("c0", {
  clusterIdentifier: cluster.id,
  instanceClass: "db.r6g.large",
  engine: "aurora-postgresql",
});
const secretArn = new aws.secretsmanager.Secret("app").arn;
const proxy = new aws.rds.Proxy("p", {
  engineFamily: "POSTGRESQL",
  roleArn: "arn:aws:iam::123456789012:role/p",
  vpcSubnetIds: data.map((s) => s.id),
  vpcSecurityGroupIds: [proxySg.id],
  auths: [{ authScheme: "SECRETS", secretArn, iamAuth: "DISABLED" }],
  requireTls: true,
});
new aws.rds.ProxyDefaultTargetGroup("p", {
  dbProxyName: proxy.name,
  connectionPoolConfig: { maxConnectionsPercent: 90 },
});
new aws.rds.ProxyTarget("p", { dbProxyName: proxy.name, targetGroupName: "default", dbClusterIdentifier: cluster.id });
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: pub.map((s) => s.id),
    securityGroupIds: [jobs.id],
  },
});
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
new aws.batch.JobDefinition("jd", {
  type: "container",
  containerProperties: pulumi.all({ host: proxy.endpoint, secret: secretArn }).apply(({ host, secret }) =>
    JSON.stringify({
      image: "postgres:16",
      vcpus: 1,
      memory: 512,
      environment: [
        { name: "DATABASE_HOST", value: host },
        { name: "PGPORT", value: "5432" },
      ],
      secrets: [{ name: "DB_PASSWORD", valueFrom: `${secret}:password::` }],
    }),
  ),
});
