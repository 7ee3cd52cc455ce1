import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const rts = [0, 1].map((i) => new aws.ec2.RouteTable(`rt${i}`, { vpcId: vpc.id }));
const subnets = rts.map((rt, i) => {
  const s = new aws.ec2.Subnet(`s${i}`, {
    vpcId: vpc.id,
    cidrBlock: `10.0.${i}.0/24`,
    availabilityZone: `eu-west-1${"ab"[i]}`,
  });
  new aws.ec2.RouteTableAssociation(`s${i}`, { subnetId: s.id, routeTableId: rt.id });
  return s;
});
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: vpc.id,
  ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }],
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
for (const s of ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"])
  new aws.ec2.VpcEndpoint(s, {
    vpcId: vpc.id,
    vpcEndpointType: "Interface",
    serviceName: `com.amazonaws.eu-west-1.${s}`,
    subnetIds: subnets.map((x) => x.id),
    securityGroupIds: [sg.id],
    privateDnsEnabled: true,
  });
const s3 = new aws.ec2.VpcEndpoint("s3", { vpcId: vpc.id, serviceName: "com.amazonaws.eu-west-1.s3" });
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
const app = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1";
new aws.ec2.VpcEndpointRouteTableAssociation("s3-0", { vpcEndpointId: s3.id, routeTableId: rts[0]!.id });
new aws.batch.JobDefinition("jd", {
  type: "container",
  containerProperties: JSON.stringify({ image: app, vcpus: 1, memory: 512 }),
});
