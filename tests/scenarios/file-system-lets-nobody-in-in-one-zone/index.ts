import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
new aws.ec2.Route("out", {
  routeTableId: vpc.mainRouteTableId,
  destinationCidrBlock: "0.0.0.0/0",
  gatewayId: igw.id,
});
const jobs = new aws.ec2.SecurityGroup("jobs", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const files = new aws.efs.FileSystem("files", { encrypted: true });
const subnets = Object.entries({ a: 2049, b: 111 }).map(([zone, port], i) => {
  const subnet = new aws.ec2.Subnet(zone, {
    vpcId: vpc.id,
    cidrBlock: `10.0.${i}.0/24`,
    availabilityZone: `eu-west-1${zone}`,
    mapPublicIpOnLaunch: true,
  });
  const group = new aws.ec2.SecurityGroup(`files-${zone}`, {
    vpcId: vpc.id,
    ingress: [{ protocol: "tcp", fromPort: port, toPort: port, securityGroups: [jobs.id] }],
  });
  new aws.efs.MountTarget(zone, { fileSystemId: files.id, subnetId: subnet.id, securityGroups: [group.id] });
  return subnet;
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: subnets.map((s) => s.id),
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
    volumes: [{ name: "files", efsVolumeConfiguration: { fileSystemId: files.id } }],
    mountPoints: [{ sourceVolume: "files", containerPath: "/files" }],
  }),
});
