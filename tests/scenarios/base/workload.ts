import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Recipe } from "./recipe.ts";
import type { VpcParts } from "./vpc.ts";

const role = "arn:aws:iam::123456789012:role/jobs";
const instanceProfile = "arn:aws:iam::123456789012:instance-profile/jobs";

/**
 * Jobs that use a private image, CloudWatch Logs, a secret and a database. `container` is what the job definition says of the
 * container, to be changed by that name.
 */
export function makeWorkload<Parts extends VpcParts>(
  recipe: Recipe<Parts>,
  vpc: VpcParts,
  type: "EC2" | "FARGATE",
): void {
  const repository = recipe.make(aws.ecr.Repository, "repository", { name: "work" });
  const secret = recipe.make(aws.secretsmanager.Secret, "secret", { name: "database" });
  const databaseSubnets = recipe.make(aws.rds.SubnetGroup, "databaseSubnets", {
    subnetIds: [vpc.databaseA.id, vpc.databaseB.id],
  });
  const database = recipe.make(aws.rds.Instance, "database", {
    engine: "postgres",
    instanceClass: "db.t4g.micro",
    allocatedStorage: 20,
    dbSubnetGroupName: databaseSubnets.name,
    vpcSecurityGroupIds: [vpc.databaseGroup.id],
    port: 5432,
  });
  const environment = recipe.make(aws.batch.ComputeEnvironment, "environment", {
    type: "MANAGED",
    computeResources: recipe.changed("computeResources", {
      type,
      maxVcpus: 16,
      subnets: [vpc.computeA.id, vpc.computeB.id],
      securityGroupIds: [vpc.jobs.id],
      ...(type === "EC2" ? { instanceTypes: ["m7g.large"], instanceRole: instanceProfile } : {}),
    }),
  });
  recipe.make(aws.batch.JobQueue, "queue", {
    state: "ENABLED",
    priority: 1,
    computeEnvironmentOrders: [{ order: 1, computeEnvironment: environment.arn }],
  });
  const container = recipe.changed("container", {
    image: pulumi.interpolate`${repository.repositoryUrl}:1`,
    executionRoleArn: role,
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "2048" },
    ],
    environment: [{ name: "DATABASE_HOST", value: database.address }],
    secrets: [{ name: "DATABASE_SECRET", valueFrom: secret.arn }],
    logConfiguration: { logDriver: "awslogs" },
  });
  recipe.make(aws.batch.JobDefinition, "job", {
    type: "container",
    platformCapabilities: [type],
    containerProperties: pulumi.jsonStringify(container),
  });
}
