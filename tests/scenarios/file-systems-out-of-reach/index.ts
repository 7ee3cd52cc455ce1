import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
new aws.ec2.Route("default", {
  routeTableId: vpc.mainRouteTableId,
  destinationCidrBlock: "0.0.0.0/0",
  gatewayId: igw.id,
});
const subnets = ["a", "b"].map(
  (z, i) =>
    new aws.ec2.Subnet(z, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${i}.0/24`,
      availabilityZone: `eu-west-1${z}`,
      mapPublicIpOnLaunch: true,
    }),
);
const sg = new aws.ec2.SecurityGroup("jobs", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const good = new aws.ec2.SecurityGroup("nfs", {
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 2049, toPort: 2049, securityGroups: [sg.id] }],
});
const bad = new aws.ec2.SecurityGroup("nfs-closed", { vpcId: vpc.id });
const one = new aws.efs.FileSystem("one", { encrypted: true });
new aws.efs.MountTarget("one-a", { fileSystemId: one.id, subnetId: subnets[0]!.id, securityGroups: [good.id] });
const two = new aws.efs.FileSystem("two", {});
subnets.forEach(
  (s, i) =>
    void new aws.efs.MountTarget(`two-${i}`, { fileSystemId: two.id, subnetId: s.id, securityGroups: [bad.id] }),
);
const ap = new aws.efs.AccessPoint("two", { fileSystemId: two.id });
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
  containerProperties: pulumi.all([one.id, two.id, ap.id]).apply(([a, b, p]) =>
    JSON.stringify({
      image: "alpine",
      vcpus: 1,
      memory: 512,
      volumes: [
        { name: "one", efsVolumeConfiguration: { fileSystemId: a, rootDirectory: "/" } },
        {
          name: "two",
          efsVolumeConfiguration: {
            fileSystemId: b,
            transitEncryption: "ENABLED",
            authorizationConfig: { accessPointId: p, iam: "ENABLED" },
          },
        },
      ],
      mountPoints: [
        { sourceVolume: "one", containerPath: "/one" },
        { sourceVolume: "two", containerPath: "/two" },
      ],
    }),
  ),
});
