import * as aws from "@pulumi/aws";

const azs = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];
const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.1.0.0/16", enableDnsHostnames: true });
const igw = new aws.ec2.InternetGateway("main", { vpcId: vpc.id });
const publicRt = new aws.ec2.RouteTable("public", { vpcId: vpc.id });
const publicRoute = new aws.ec2.Route("public", {
  routeTableId: publicRt.id,
  destinationCidrBlock: "0.0.0.0/0",
  gatewayId: igw.id,
});
const privateSubnets: aws.ec2.Subnet[] = [];
for (const [index, az] of azs.entries()) {
  const pub = new aws.ec2.Subnet(`public-${az}`, {
    vpcId: vpc.id,
    cidrBlock: `10.1.${100 + index}.0/24`,
    availabilityZone: az,
    mapPublicIpOnLaunch: true,
  });
  new aws.ec2.RouteTableAssociation(`public-${az}`, { subnetId: pub.id, routeTableId: publicRt.id });
  const priv = new aws.ec2.Subnet(`private-${az}`, {
    vpcId: vpc.id,
    cidrBlock: `10.1.${index}.0/24`,
    availabilityZone: az,
  });
  const rt = new aws.ec2.RouteTable(`private-${az}`, { vpcId: vpc.id });
  new aws.ec2.RouteTableAssociation(`private-${az}`, { subnetId: priv.id, routeTableId: rt.id });
  const eip = new aws.ec2.Eip(`nat-${az}`, { domain: "vpc" });
  const nat = new aws.ec2.NatGateway(
    `nat-${az}`,
    { allocationId: eip.id, subnetId: pub.id },
    { dependsOn: [publicRoute] },
  );
  if (index < 2)
    new aws.ec2.Route(`nat-${az}`, { routeTableId: rt.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id });
  privateSubnets.push(priv);
}
const sg = new aws.ec2.SecurityGroup("batch", { vpcId: vpc.id });
new aws.vpc.SecurityGroupEgressRule("batch-all", { securityGroupId: sg.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });
const spotRole = new aws.iam.Role("spot-fleet", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "spotfleet.amazonaws.com" }),
});
const role = new aws.iam.Role("instance", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ec2.amazonaws.com" }),
});
const profile = new aws.iam.InstanceProfile("instance", { role: role.name });
const ce = new aws.batch.ComputeEnvironment("spot", {
  type: "MANAGED",
  computeResources: {
    type: "SPOT",
    allocationStrategy: "SPOT_CAPACITY_OPTIMIZED",
    bidPercentage: 100,
    spotIamFleetRole: spotRole.arn,
    instanceRole: profile.arn,
    instanceTypes: ["optimal"],
    minVcpus: 0,
    maxVcpus: 256,
    subnets: privateSubnets.map((s) => s.id),
    securityGroupIds: [sg.id],
  },
});
const queue = new aws.batch.JobQueue("spot", {
  state: "ENABLED",
  priority: 10,
  computeEnvironmentOrders: [{ order: 0, computeEnvironment: ce.arn }],
});
const current = aws.getCallerIdentityOutput();
new aws.batch.JobDefinition("etl", {
  type: "container",
  containerProperties: current.accountId.apply((id) =>
    JSON.stringify({ image: `${id}.dkr.ecr.eu-west-1.amazonaws.com/etl:latest`, vcpus: 1, memory: 512 }),
  ),
});
export const queueName = queue.name;
