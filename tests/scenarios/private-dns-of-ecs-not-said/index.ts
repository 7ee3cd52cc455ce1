import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const cfg = new pulumi.Config("aws");
const region = cfg.require("region");
const vpc = new aws.ec2.Vpc("batch-vpc", {
  cidrBlock: "172.20.0.0/20",
  enableDnsSupport: true,
  enableDnsHostnames: true,
});
const a = new aws.ec2.Subnet("private-a", {
  vpcId: vpc.id,
  cidrBlock: "172.20.0.0/24",
  availabilityZone: `${region}a`,
});
const b = new aws.ec2.Subnet("private-b", {
  vpcId: vpc.id,
  cidrBlock: "172.20.1.0/24",
  availabilityZone: `${region}b`,
});
const jobs = new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.id });
const vpce = new aws.ec2.SecurityGroup("vpce", { vpcId: vpc.id });
new aws.vpc.SecurityGroupEgressRule("jobs-to-vpce", {
  securityGroupId: jobs.id,
  referencedSecurityGroupId: vpce.id,
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
});
new aws.vpc.SecurityGroupIngressRule("vpce-from-jobs", {
  securityGroupId: vpce.id,
  referencedSecurityGroupId: jobs.id,
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
});
const s3 = new aws.ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: `com.amazonaws.${region}.s3`,
  vpcEndpointType: "Gateway",
  routeTableIds: [vpc.mainRouteTableId],
});
new aws.vpc.SecurityGroupEgressRule("jobs-to-s3", {
  securityGroupId: jobs.id,
  prefixListId: s3.prefixListId,
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
});
const iface = (name: string, service: string, privateDnsEnabled?: boolean) =>
  new aws.ec2.VpcEndpoint(name, {
    vpcId: vpc.id,
    serviceName: `com.amazonaws.${region}.${service}`,
    vpcEndpointType: "Interface",
    subnetIds: [a.id, b.id],
    securityGroupIds: [vpce.id],
    privateDnsEnabled,
  });
iface("ecs", "ecs"); // forgot privateDnsEnabled
iface("ecs-agent", "ecs-agent", true);
iface("ecs-telemetry", "ecs-telemetry", true);
iface("ecr-api", "ecr.api", true);
iface("ecr-dkr", "ecr.dkr", true);
iface("logs", "logs", true);
const ce = new aws.batch.ComputeEnvironment("ce", {
  type: "MANAGED",
  computeResources: {
    type: "EC2",
    maxVcpus: 4,
    instanceTypes: ["c5"],
    instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
    subnets: [a.id, b.id],
    securityGroupIds: [jobs.id],
  },
});
new aws.batch.JobQueue("q", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
const repo = new aws.ecr.Repository("app", { forceDelete: true });
const lg = new aws.cloudwatch.LogGroup("jobs");
new aws.batch.JobDefinition("jd", {
  type: "container",
  containerProperties: pulumi.jsonStringify({
    image: pulumi.interpolate`${repo.repositoryUrl}:v1`,
    vcpus: 1,
    memory: 512,
    logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": lg.name, "awslogs-region": region } },
  }),
});
