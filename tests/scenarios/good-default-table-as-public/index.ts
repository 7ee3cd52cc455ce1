import * as aws from "@pulumi/aws";

const azs = await aws.getAvailabilityZones({
  state: "available",
  filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
});
const vpc = new aws.ec2.Vpc("main", { cidrBlock: "192.168.0.0/16", enableDnsHostnames: true });
const igw = new aws.ec2.InternetGateway("main", { vpcId: vpc.id });
new aws.ec2.DefaultRouteTable("main", {
  defaultRouteTableId: vpc.defaultRouteTableId,
  routes: [
    { cidrBlock: "0.0.0.0/0", gatewayId: igw.id },
    { ipv6CidrBlock: "::/0", gatewayId: igw.id },
  ],
});
const subnets = azs.names.slice(0, 2).map(
  (az, i) =>
    new aws.ec2.Subnet(az, {
      vpcId: vpc.id,
      availabilityZone: az,
      cidrBlock: `192.168.${i}.0/24`,
      mapPublicIpOnLaunch: true,
    }),
);
const sg = new aws.ec2.SecurityGroup("jobs", {
  vpcId: vpc.id,
  egress: [
    { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
    { protocol: "udp", fromPort: 53, toPort: 53, cidrBlocks: ["0.0.0.0/0"] },
  ],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: subnets.map((s) => s.id),
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
  containerProperties: JSON.stringify({ image: "ghcr.io/acme/job:1", vcpus: 1, memory: 512 }),
});
