import * as aws from "@pulumi/aws";

const region = aws.getRegionOutput().name;
const vpc = new aws.ec2.Vpc("this", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const secondary = ["100.64.0.0/16"].map(
  (cidrBlock, i) => new aws.ec2.VpcIpv4CidrBlockAssociation(`this-${i}`, { vpcId: vpc.id, cidrBlock }),
);
const vpcId = secondary[0]!.vpcId;
const intra = [0, 1].map(
  (i) =>
    new aws.ec2.Subnet(`intra-${i}`, { vpcId, cidrBlock: `100.64.${i}.0/24`, availabilityZone: `eu-west-1${"ab"[i]}` }),
);
const rt = new aws.ec2.RouteTable("intra", { vpcId });
intra.forEach((s, i) => void new aws.ec2.RouteTableAssociation(`intra-${i}`, { subnetId: s.id, routeTableId: rt.id }));
const epSg = new aws.ec2.SecurityGroup("endpoints", {
  vpcId,
  ingress: [{ description: "TLS from VPC", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [vpc.cidrBlock] }],
});
for (const s of ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"])
  new aws.ec2.VpcEndpoint(s, {
    vpcId,
    serviceName: region.apply((r) => `com.amazonaws.${r}.${s}`),
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds: intra.map((x) => x.id),
    securityGroupIds: [epSg.id],
  });
new aws.ec2.VpcEndpoint("s3", {
  vpcId,
  serviceName: region.apply((r) => `com.amazonaws.${r}.s3`),
  routeTableIds: [rt.id],
});
const sg = new aws.ec2.SecurityGroup("batch", {
  vpcId,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }],
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: intra.map((s) => s.id),
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
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app",
    vcpus: 1,
    memory: 512,
  }),
});
