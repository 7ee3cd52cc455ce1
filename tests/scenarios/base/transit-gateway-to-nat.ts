import * as aws from "@pulumi/aws";

/** Jobs in a spoke VPC, whose way to the internet is a transit gateway and the NAT gateways of another VPC. */
export function transitGatewayToNat({ hasWayBack = true }: { hasWayBack?: boolean } = {}): void {
  const tgw = new aws.ec2transitgateway.TransitGateway("tgw", {
    defaultRouteTableAssociation: "disable",
    defaultRouteTablePropagation: "disable",
  });
  const spokeVpc = new aws.ec2.Vpc("spoke", { cidrBlock: "10.1.0.0/16", enableDnsHostnames: true });
  const spokeSubnets = ["a", "b"].map(
    (z, i) =>
      new aws.ec2.Subnet(`spoke-${z}`, {
        vpcId: spokeVpc.id,
        cidrBlock: `10.1.${i}.0/24`,
        availabilityZone: `eu-west-1${z}`,
      }),
  );
  const spokeTgwSubnets = ["a", "b"].map(
    (z, i) =>
      new aws.ec2.Subnet(`spoke-tgw-${z}`, {
        vpcId: spokeVpc.id,
        cidrBlock: `10.1.255.${i * 16}/28`,
        availabilityZone: `eu-west-1${z}`,
      }),
  );
  const egressVpc = new aws.ec2.Vpc("egress", { cidrBlock: "10.0.0.0/16" });
  const igw = new aws.ec2.InternetGateway("egress", { vpcId: egressVpc.id });
  const pubSubnets = ["a", "b"].map(
    (z, i) =>
      new aws.ec2.Subnet(`egress-public-${z}`, {
        vpcId: egressVpc.id,
        cidrBlock: `10.0.${i}.0/24`,
        availabilityZone: `eu-west-1${z}`,
      }),
  );
  const attSubnets = ["a", "b"].map(
    (z, i) =>
      new aws.ec2.Subnet(`egress-tgw-${z}`, {
        vpcId: egressVpc.id,
        cidrBlock: `10.0.255.${i * 16}/28`,
        availabilityZone: `eu-west-1${z}`,
      }),
  );
  const spokeAtt = new aws.ec2transitgateway.VpcAttachment("spoke", {
    transitGatewayId: tgw.id,
    vpcId: spokeVpc.id,
    subnetIds: spokeTgwSubnets.map((s) => s.id),
    transitGatewayDefaultRouteTableAssociation: false,
    transitGatewayDefaultRouteTablePropagation: false,
  });
  const egressAtt = new aws.ec2transitgateway.VpcAttachment("egress", {
    transitGatewayId: tgw.id,
    vpcId: egressVpc.id,
    subnetIds: attSubnets.map((s) => s.id),
    transitGatewayDefaultRouteTableAssociation: false,
    transitGatewayDefaultRouteTablePropagation: false,
  });
  const spokeTable = new aws.ec2transitgateway.RouteTable("spokes", { transitGatewayId: tgw.id });
  const egressTable = new aws.ec2transitgateway.RouteTable("egress", { transitGatewayId: tgw.id });
  new aws.ec2transitgateway.RouteTableAssociation("spoke", {
    transitGatewayAttachmentId: spokeAtt.id,
    transitGatewayRouteTableId: spokeTable.id,
  });
  new aws.ec2transitgateway.RouteTableAssociation("egress", {
    transitGatewayAttachmentId: egressAtt.id,
    transitGatewayRouteTableId: egressTable.id,
  });
  new aws.ec2transitgateway.Route("spokes-default", {
    destinationCidrBlock: "0.0.0.0/0",
    transitGatewayAttachmentId: egressAtt.id,
    transitGatewayRouteTableId: spokeTable.id,
  });
  new aws.ec2transitgateway.RouteTablePropagation("spoke-to-egress", {
    transitGatewayAttachmentId: spokeAtt.id,
    transitGatewayRouteTableId: egressTable.id,
  });
  const spokeRt = new aws.ec2.RouteTable(
    "spoke",
    { vpcId: spokeVpc.id, routes: [{ cidrBlock: "0.0.0.0/0", transitGatewayId: tgw.id }] },
    { dependsOn: [spokeAtt] },
  );
  spokeSubnets.forEach(
    (s, i) => void new aws.ec2.RouteTableAssociation(`spoke-${i}`, { subnetId: s.id, routeTableId: spokeRt.id }),
  );
  ["a", "b"].forEach((z, i) => {
    const nat = new aws.ec2.NatGateway(`egress-${z}`, {
      subnetId: pubSubnets[i]!.id,
      allocationId: new aws.ec2.Eip(`egress-${z}`).id,
    });
    const t = new aws.ec2.RouteTable(`egress-tgw-${z}`, {
      vpcId: egressVpc.id,
      routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: nat.id }],
    });
    new aws.ec2.RouteTableAssociation(`egress-tgw-${z}`, { subnetId: attSubnets[i]!.id, routeTableId: t.id });
    const p = new aws.ec2.RouteTable(`egress-public-${z}`, { vpcId: egressVpc.id });
    new aws.ec2.Route(`egress-public-${z}`, {
      routeTableId: p.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: igw.id,
    });
    if (hasWayBack)
      new aws.ec2.Route(`egress-back-${z}`, {
        routeTableId: p.id,
        destinationCidrBlock: "10.1.0.0/16",
        transitGatewayId: tgw.id,
      });
    new aws.ec2.RouteTableAssociation(`egress-public-${z}`, { subnetId: pubSubnets[i]!.id, routeTableId: p.id });
  });
  const sg = new aws.ec2.SecurityGroup("sg", {
    vpcId: spokeVpc.id,
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
  });
  const ce = new aws.batch.ComputeEnvironment("ce", {
    type: "MANAGED",
    computeResources: {
      type: "EC2",
      maxVcpus: 4,
      instanceTypes: ["c5"],
      instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
      subnets: spokeSubnets.map((s) => s.id),
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
}
