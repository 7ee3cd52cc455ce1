import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const without = new pulumi.Config().require("without");

const zones = await aws.getAvailabilityZones({ state: "available" });
const { region } = await aws.getRegion({});

const vpc = new aws.ec2.Vpc("jobs", { cidrBlock: "10.20.0.0/16", enableDnsSupport: true, enableDnsHostnames: true });
const routeTable = new aws.ec2.RouteTable("private", { vpcId: vpc.id });
const subnets = [0, 1].map((index) => {
  const subnet = new aws.ec2.Subnet(`private-${index}`, {
    vpcId: vpc.id,
    cidrBlock: `10.20.${index * 16}.0/20`,
    availabilityZone: zones.names[index] as string,
  });
  if (without !== "association" || index === 0) {
    new aws.ec2.RouteTableAssociation(`private-${index}`, { subnetId: subnet.id, routeTableId: routeTable.id });
  }
  return subnet;
});

const jobs = new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.id, description: "Jobs" });
const endpoints = new aws.ec2.SecurityGroup("endpoints", { vpcId: vpc.id, description: "Endpoints" });
new aws.vpc.SecurityGroupIngressRule("endpoints", {
  securityGroupId: endpoints.id,
  referencedSecurityGroupId: jobs.id,
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
});
const s3 = new aws.ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: `com.amazonaws.${region}.s3`,
  vpcEndpointType: "Gateway",
  routeTableIds: [routeTable.id],
});
if (without !== "egress") {
  new aws.vpc.SecurityGroupEgressRule("endpoints", {
    securityGroupId: jobs.id,
    referencedSecurityGroupId: endpoints.id,
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
  });
}
new aws.vpc.SecurityGroupEgressRule("s3", {
  securityGroupId: jobs.id,
  prefixListId: s3.prefixListId,
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
});
for (const service of ["ecr.api", "ecr.dkr", "logs"]) {
  if (without === "endpoint" && service === "ecr.api") continue;
  new aws.ec2.VpcEndpoint(service, {
    vpcId: vpc.id,
    serviceName: `com.amazonaws.${region}.${service}`,
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds: subnets.map((subnet) => subnet.id),
    securityGroupIds: [endpoints.id],
  });
}

const images = new aws.ecr.Repository("worker", { forceDelete: true });
const role = new aws.iam.Role("execution", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRole"],
        principals: [{ type: "Service", identifiers: ["ecs-tasks.amazonaws.com"] }],
      },
    ],
  }).json,
});
new aws.iam.RolePolicyAttachment("execution", {
  role: role.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
});
const computeEnvironment = new aws.batch.ComputeEnvironment("jobs", {
  type: "MANAGED",
  computeResources: {
    type: "FARGATE",
    maxVcpus: 4,
    subnets: subnets.map((subnet) => subnet.id),
    securityGroupIds: [jobs.id],
  },
});
const queue = new aws.batch.JobQueue("jobs", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: computeEnvironment.arn }],
});
const definition = new aws.batch.JobDefinition("job", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: pulumi.jsonStringify({
    image: pulumi.interpolate`${images.repositoryUrl}:1`,
    executionRoleArn: role.arn,
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "2048" },
    ],
    networkConfiguration: { assignPublicIp: "DISABLED" },
    logConfiguration: { logDriver: "awslogs" },
  }),
});

export const jobQueueArn = queue.arn;
export const jobDefinitionArn = definition.arn;
