import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A database in a VPC of another account, whose side of the peering an accepter stands for. */
export function acceptedPeering({ autoAccept = true, publiclyAccessible = false } = {}): void {
  const app = new aws.ec2.Vpc("app", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
  const data = new aws.ec2.Vpc("data", { cidrBlock: "10.1.0.0/16", enableDnsHostnames: true });
  const pcx = new aws.ec2.VpcPeeringConnection("pcx", {
    vpcId: app.id,
    peerVpcId: data.id,
    peerOwnerId: "210987654321",
  });
  const accepted = new aws.ec2.VpcPeeringConnectionAccepter("peer", { vpcPeeringConnectionId: pcx.id, autoAccept });
  const igw = new aws.ec2.InternetGateway("igw", { vpcId: app.id });
  const rt = new aws.ec2.RouteTable("app", {
    vpcId: app.id,
    routes: [
      { cidrBlock: "0.0.0.0/0", gatewayId: igw.id },
      { cidrBlock: "10.1.0.0/16", vpcPeeringConnectionId: accepted.vpcPeeringConnectionId },
    ],
  });
  const s = new aws.ec2.Subnet("app", { vpcId: app.id, cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true });
  new aws.ec2.RouteTableAssociation("app", { subnetId: s.id, routeTableId: rt.id });
  const dataRt = new aws.ec2.RouteTable("data", {
    vpcId: data.id,
    routes: [{ cidrBlock: app.cidrBlock, vpcPeeringConnectionId: pcx.id }],
  });
  const dbSubnets = ["a", "b"].map((z, i) => {
    const x = new aws.ec2.Subnet(`data-${z}`, {
      vpcId: data.id,
      cidrBlock: `10.1.${i}.0/24`,
      availabilityZone: `eu-west-1${z}`,
    });
    new aws.ec2.RouteTableAssociation(`data-${z}`, { subnetId: x.id, routeTableId: dataRt.id });
    return x;
  });
  const dbGroup = new aws.rds.SubnetGroup("db", { subnetIds: dbSubnets.map((x) => x.id) });
  const dbSg = new aws.ec2.SecurityGroup("db", {
    vpcId: data.id,
    ingress: [{ protocol: "tcp", fromPort: 3306, toPort: 3306, cidrBlocks: ["10.0.0.0/16"] }],
  });
  const db = new aws.rds.Instance("db", {
    engine: "mysql",
    instanceClass: "db.t3.small",
    allocatedStorage: 20,
    dbSubnetGroupName: dbGroup.name,
    vpcSecurityGroupIds: [dbSg.id],
    publiclyAccessible,
    username: "root",
    password: "correct-horse",
  });
  const sg = new aws.ec2.SecurityGroup("jobs", {
    vpcId: app.id,
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
  });
  const ce = new aws.batch.ComputeEnvironment("ce", {
    type: "MANAGED",
    computeResources: {
      type: "EC2",
      maxVcpus: 4,
      instanceTypes: ["c5"],
      instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
      subnets: [s.id],
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
    containerProperties: pulumi.interpolate`{"image":"alpine","vcpus":1,"memory":512,"environment":[{"name":"DB_HOST","value":"${db.address}"}]}`,
  });
}
