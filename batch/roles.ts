import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { partitionOf, readingActions, readingRequests, type SourceLocation } from "./required-flows.ts";
import { repositoryArnOf } from "./workload.ts";

export interface RolesArgs {
  readonly region: string;
  /** Whether jobs run on instances, which need a role too. */
  readonly onInstances: boolean;
  readonly image: pulumi.Input<string>;
  readonly logGroupArn: pulumi.Input<string>;
  /** Secrets that job definitions hand over. */
  readonly secretArns: readonly pulumi.Input<string>[];
  /** ARN of the objects that are the jobs' code. */
  readonly bundlesArn: pulumi.Input<string>;
  /** Where jobs read their sources. */
  readonly sourceLocations: readonly SourceLocation[];
}

/** Who may do what: the instance, the agent that starts the container, and the job itself (reads its code and sources). */
export class Roles extends pulumi.ComponentResource {
  /** Of the instances; undefined on Fargate. */
  readonly instanceProfileArn: pulumi.Output<string> | undefined;
  readonly executionRoleArn: pulumi.Output<string>;
  readonly jobRoleArn: pulumi.Output<string>;
  /** Until these are there, a role may nothing. */
  readonly permissions: readonly pulumi.Resource[];

  constructor(name: string, args: RolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:Roles", name, {}, opts);
    const parent = { parent: this };
    const permissions: pulumi.Resource[] = [];
    const role = (suffix: string, service: string, description: string) =>
      new aws.iam.Role(
        `${name}-${suffix}`,
        { description, assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: service }) },
        parent,
      );

    if (args.onInstances) {
      const instanceRole = role("instance", "ec2.amazonaws.com", "Instances of AWS Batch: join their ECS cluster");
      permissions.push(
        new aws.iam.RolePolicyAttachment(
          `${name}-instance`,
          {
            role: instanceRole.name,
            policyArn: `arn:${partitionOf(args.region)}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role`,
          },
          parent,
        ),
      );
      this.instanceProfileArn = new aws.iam.InstanceProfile(
        `${name}-instance`,
        { role: instanceRole.name },
        parent,
      ).arn;
    }

    const execution = role("execution", "ecs-tasks.amazonaws.com", "ECS agent: pull the image, hand over secrets, log");
    permissions.push(
      new aws.iam.RolePolicy(`${name}-execution`, { role: execution.id, policy: executionPolicy(args) }, parent),
    );
    this.executionRoleArn = execution.arn;

    const job = role("job", "ecs-tasks.amazonaws.com", "Jobs of AWS Batch: read their code and sources");
    const read = { Effect: "Allow", Action: "s3:GetObject", Resource: args.bundlesArn };
    const sources = readingStatements(args);
    permissions.push(
      new aws.iam.RolePolicy(
        `${name}-job`,
        { role: job.id, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [read, ...sources] }) },
        parent,
      ),
    );
    this.jobRoleArn = job.arn;
    this.permissions = permissions;
    this.registerOutputs({});
  }
}

/**
 * No leave to list the buckets (`s3:ListBucket`), which would tell a missing object from a denied one, and the names of all
 * the others: the worker's sentence names both reasons.
 */
function readingStatements({ region, sourceLocations }: RolesArgs) {
  const requests = sourceLocations.flatMap((location) => readingRequests(location, partitionOf(region)));
  const resources = [...new Set(requests.map(({ resource }) => resource))];
  return resources.length === 0 ? [] : [{ Effect: "Allow", Action: readingActions, Resource: resources }];
}

function executionPolicy({ region, image, logGroupArn, secretArns }: RolesArgs): pulumi.Output<string> {
  const partition = String(partitionOf(region));
  const repository = pulumi.output(image).apply((uri) => repositoryArnOf(uri, partition));
  const pull = repository.apply((arn) =>
    arn === undefined
      ? []
      : [
          { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
          {
            Effect: "Allow",
            Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            Resource: arn,
          },
        ],
  );
  const handOver = secretArns.flatMap((arn) => [
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn },
    // A secret may be under a key of its owner's, which nobody here knows; AWS's own key asks for no permission.
    {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: {
        StringLike: { "kms:ViaService": "secretsmanager.*" },
        StringEquals: { "kms:EncryptionContext:SecretARN": arn },
      },
    },
  ]);
  const log = {
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: pulumi.interpolate`${logGroupArn}:*`,
  };
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: pull.apply((statements) => pulumi.all([...statements, log, ...handOver])),
  });
}
