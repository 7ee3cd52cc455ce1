import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

function makeVpc(cidr: string): {
  vpcId: pulumi.Output<string>;
  privateSubnetIds: pulumi.Output<string[]>;
  publicSubnetIds: pulumi.Output<string[]>;
} {
  const vpc = new aws.ec2.Vpc("v", { cidrBlock: cidr, enableDnsHostnames: true });
  const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
  const mk = (kind: string, n: number) =>
    new aws.ec2.Subnet(`${kind}-${n}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${kind === "public" ? n : 100 + n}.0/24`,
      mapPublicIpOnLaunch: kind === "public",
    });
  const pub = [0, 1].map((n) => mk("public", n)),
    priv = [0, 1].map((n) => mk("private", n));
  const table = (kind: string, subnets: aws.ec2.Subnet[], target: object) => {
    const t = new aws.ec2.RouteTable(kind, { vpcId: vpc.id });
    new aws.ec2.Route(kind, { routeTableId: t.id, destinationCidrBlock: "0.0.0.0/0", ...target });
    subnets.forEach(
      (s, i) =>
        void new aws.ec2.RouteTableAssociation(`${kind}-${i}`, {
          subnetId: s.id.apply((id) => id),
          routeTableId: t.id,
        }),
    );
  };
  table("public", pub, { gatewayId: igw.id });
  const nat = new aws.ec2.NatGateway("nat", { allocationId: new aws.ec2.Eip("nat").id, subnetId: pub[0]!.id });
  table("private", priv, { natGatewayId: nat.id });
  return {
    vpcId: vpc.id,
    privateSubnetIds: pulumi.all(priv.map((s) => s.id)).apply((ids) => ids.sort()),
    publicSubnetIds: pulumi.output(pub.map((s) => s.id)),
  };
}
const net = makeVpc("10.0.0.0/16");
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: net.vpcId.apply((id) => `${id}`),
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: net.privateSubnetIds,
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
