import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const VPC = new aws.ec2.Vpc("VPC", { cidrBlock: "10.20.0.0/16", enableDnsSupport: true, enableDnsHostnames: true });
const Subnet1 = new aws.ec2.Subnet("Subnet1", {
  vpcId: VPC.id,
  cidrBlock: "10.20.0.0/24",
  availabilityZone: "eu-west-1a",
  mapPublicIpOnLaunch: true,
});
const Subnet2 = new aws.ec2.Subnet("Subnet2", {
  vpcId: VPC.id,
  cidrBlock: "10.20.1.0/24",
  availabilityZone: "eu-west-1b",
  mapPublicIpOnLaunch: true,
});
const InternetGateway = new aws.ec2.InternetGateway("InternetGateway");
const VPCGatewayAttachment = new aws.ec2.InternetGatewayAttachment("VPCGatewayAttachment", {
  vpcId: VPC.id,
  internetGatewayId: InternetGateway.id,
});
const RouteTable = new aws.ec2.RouteTable("RouteTable", { vpcId: VPC.id });
new aws.ec2.RouteTableAssociation("SubnetRouteTableAssociation1", {
  routeTableId: RouteTable.id,
  subnetId: Subnet1.id,
});
new aws.ec2.RouteTableAssociation("SubnetRouteTableAssociation2", {
  routeTableId: RouteTable.id,
  subnetId: Subnet2.id,
});
new aws.ec2.Route(
  "PublicRoute",
  { routeTableId: RouteTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: InternetGateway.id },
  { dependsOn: [VPCGatewayAttachment] },
);
const bucket = new aws.s3.BucketV2("MetaflowS3Bucket", { forceDestroy: true });
const BatchExecutionRole = new aws.iam.Role("BatchExecutionRole", { assumeRolePolicy: "{}" });
const EcsInstanceRole = new aws.iam.Role("ECSInstanceRole", { assumeRolePolicy: "{}" });
const Profile = new aws.iam.InstanceProfile("ECSInstanceProfile", { role: EcsInstanceRole.name });
const ComputeEnvironment = new aws.batch.ComputeEnvironment("ComputeEnvironment", {
  type: "MANAGED",
  serviceRole: BatchExecutionRole.arn,
  computeResources: {
    maxVcpus: 64,
    securityGroupIds: [VPC.defaultSecurityGroupId],
    type: "EC2",
    subnets: [Subnet1.id],
    minVcpus: 8,
    instanceRole: Profile.arn,
    instanceTypes: ["c4.large", "c4.xlarge"],
    desiredVcpus: 8,
  },
});
new aws.batch.JobQueue("JobQueue", {
  priority: 1,
  state: "ENABLED",
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ComputeEnvironment.arn }],
});
const Fargate = new aws.batch.ComputeEnvironment("FargateEnvironment", {
  type: "MANAGED",
  serviceRole: BatchExecutionRole.arn,
  computeResources: {
    maxVcpus: 64,
    type: "FARGATE",
    securityGroupIds: [VPC.defaultSecurityGroupId],
    subnets: [Subnet2.id],
  },
});
new aws.batch.JobQueue("FargateQueue", {
  priority: 1,
  state: "ENABLED",
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: Fargate.arn }],
});
new aws.batch.JobDefinition("BatchJobDef", {
  type: "container",
  containerProperties: pulumi.jsonStringify({
    image: "python:3.11",
    command: ["true"],
    jobRoleArn: "arn:aws:iam::123456789012:role/x",
    environment: [{ name: "METAFLOW_DATASTORE_SYSROOT_S3", value: pulumi.interpolate`s3://${bucket.bucket}/metaflow` }],
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "4096" },
    ],
  }),
});
new aws.batch.JobDefinition("FargateJobDef", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: JSON.stringify({
    image: "python:3.11",
    executionRoleArn: "arn:aws:iam::123456789012:role/x",
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "4096" },
    ],
  }),
});
