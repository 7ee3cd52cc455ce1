import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16" });
const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
const rt = new aws.ec2.RouteTable("rt", { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: igw.id }] });
const s = new aws.ec2.Subnet("s", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
new aws.ec2.RouteTableAssociation("s", { subnetId: s.id, routeTableId: rt.id });
const sg = new aws.ec2.SecurityGroup("sg", {
  vpcId: vpc.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const lt = new aws.ec2.LaunchTemplate("lt", {
  updateDefaultVersion: true,
  vpcSecurityGroupIds: [sg.id],
  blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 100 } }],
  metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 },
});
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: [s.id],
    launchTemplate: { launchTemplateId: lt.id, version: lt.latestVersion.apply(String) },
  },
});
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
new aws.batch.JobDefinition("jd", {
  type: "container",
  containerProperties: JSON.stringify({ image: "quay.io/biocontainers/samtools:1.9", vcpus: 1, memory: 512 }),
});
