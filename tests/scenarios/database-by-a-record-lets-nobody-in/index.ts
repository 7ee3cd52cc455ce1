import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
new aws.ec2.Route("out", {
  routeTableId: vpc.mainRouteTableId,
  destinationCidrBlock: "0.0.0.0/0",
  gatewayId: igw.id,
});
const subnets = ["a", "b"].map(
  (zone, i) =>
    new aws.ec2.Subnet(zone, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${i}.0/24`,
      availabilityZone: `eu-west-1${zone}`,
      mapPublicIpOnLaunch: true,
    }),
);
const subnetIds = subnets.map((s) => s.id);
const jobs = new aws.ec2.SecurityGroup("jobs", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const databaseGroup = new aws.ec2.SecurityGroup("databaseGroup", { vpcId: vpc.id });
const db = new aws.rds.Instance("db", {
  engine: "mysql",
  instanceClass: "db.t4g.small",
  allocatedStorage: 20,
  username: "root",
  password: "correct-horse",
  vpcSecurityGroupIds: [databaseGroup.id],
  dbSubnetGroupName: new aws.rds.SubnetGroup("db", { subnetIds }).name,
});
const zone = new aws.route53.Zone("zone", { name: "internal.acme", vpcs: [{ vpcId: vpc.id }] });
const record = new aws.route53.Record("record", {
  zoneId: zone.zoneId,
  name: "db.internal.acme",
  type: "CNAME",
  ttl: 60,
  records: [db.address],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: subnetIds,
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
  containerProperties: pulumi.jsonStringify({
    image: "alpine",
    vcpus: 1,
    memory: 512,
    environment: [{ name: "DATABASE_HOST", value: record.fqdn }],
  }),
});
