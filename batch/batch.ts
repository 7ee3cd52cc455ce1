import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { JobNetwork } from "../network/network.ts";
import type { BundleBucket } from "./bundle-bucket.ts";
import { ComputeEnvironment, type LaunchType, runsOnInstances } from "./compute-environment.ts";
import { JobDefinition, type JobLimits, type JobSize } from "./job-definition.ts";
import { JobQueue } from "./job-queue.ts";
import { type SourceLocation, sourcesVariable } from "./required-flows.ts";
import { Roles } from "./roles.ts";
import { SubmitPolicy } from "./submit-policy.ts";

export interface BatchArgs extends JobSize, JobLimits {
  readonly region: string;
  readonly network: JobNetwork;
  /** In the order in which jobs are placed; Fargate stands alone. */
  readonly launchTypes: readonly LaunchType[];
  readonly instanceTypes: readonly string[];
  readonly minvCpus: number;
  /** Of each compute environment. */
  readonly maxvCpus: number;
  readonly assignPublicIp: boolean;
  readonly image: pulumi.Input<string>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
  /** The secrets that `secrets` takes its values from. */
  readonly secretArns: readonly pulumi.Input<string>[];
  readonly logRetentionInDays: number;
  /** Where jobs find their code. */
  readonly bundles: BundleBucket;
  /** Where jobs read their sources. */
  readonly sourceLocations: readonly SourceLocation[];
}

/** Where jobs run, wait and log, and what a job is. */
export class Batch extends pulumi.ComponentResource {
  readonly computeEnvironmentArns: readonly pulumi.Output<string>[];
  readonly jobQueueArn: pulumi.Output<string>;
  readonly jobDefinitionArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  /** Of the policy for those who submit. */
  readonly submitPolicyArn: pulumi.Output<string>;

  constructor(name: string, args: BatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:Batch", name, {}, opts);
    const parent = { parent: this };
    const { region, network, launchTypes, image, bundles } = args;

    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-jobs`,
      { retentionInDays: args.logRetentionInDays, tags: { Name: `${name}-jobs` } },
      parent,
    );
    const roles = new Roles(
      name,
      {
        region,
        onInstances: launchTypes.some(runsOnInstances),
        image,
        logGroupArn: logGroup.arn,
        secretArns: args.secretArns,
        sourceLocations: args.sourceLocations,
        bundlesArn: pulumi.interpolate`${bundles.arn}/${bundles.prefix}/*`,
      },
      parent,
    );
    const computeEnvironments = launchTypes.map(
      (launchType) =>
        new ComputeEnvironment(
          `${name}-${launchType}`,
          {
            launchType,
            instanceTypes: args.instanceTypes,
            minvCpus: args.minvCpus,
            maxvCpus: args.maxvCpus,
            jobTimeoutSeconds: args.timeoutSeconds,
            subnetIds: network.computeSubnetIds,
            securityGroupId: network.jobSecurityGroup.id,
            instanceProfileArn: roles.instanceProfileArn,
          },
          { ...parent, dependsOn: [...network.ready, ...roles.permissions] },
        ),
    );
    const queue = new JobQueue(name, { computeEnvironmentArns: computeEnvironments.map(({ arn }) => arn) }, parent);
    const definition = new JobDefinition(
      name,
      {
        ...args,
        onFargate: !launchTypes.some(runsOnInstances),
        command: ["--env", "aws"],
        parameters:
          args.sourceLocations.length === 0
            ? {}
            : { [sourcesVariable]: args.sourceLocations.map(({ text }) => text).join(" ") },
        environment: {
          ...args.environment,
          // Instances, unlike Fargate, don't tell it to their containers.
          AWS_REGION: region,
          // What a job may fetch, for those who submit by the definition alone, and for the proof that jobs reach it.
          BATCH_PREFLIGHT_BUNDLE_STORE: pulumi.interpolate`s3://${bundles.name}/${bundles.prefix}`,
          // AWS Batch has the size of an array in the submission alone.
          ...(args.arraySize > 1 ? { BATCH_PREFLIGHT_SHARDS: String(args.arraySize) } : {}),
        },
        logGroupName: logGroup.name,
        executionRoleArn: roles.executionRoleArn,
        jobRoleArn: roles.jobRoleArn,
      },
      { ...parent, dependsOn: [...roles.permissions, ...bundles.ready] },
    );
    const submitPolicy = new SubmitPolicy(
      name,
      {
        bundleBucketArn: bundles.arn,
        bundlePrefix: bundles.prefix,
        jobQueueArn: queue.arn,
        jobDefinitionArnPrefix: definition.arnPrefix,
        logGroupArn: logGroup.arn,
      },
      parent,
    );

    this.computeEnvironmentArns = computeEnvironments.map(({ arn }) => arn);
    this.jobQueueArn = queue.arn;
    this.jobDefinitionArn = definition.arn;
    this.logGroupName = logGroup.name;
    this.submitPolicyArn = submitPolicy.arn;
    this.registerOutputs({ jobQueueArn: this.jobQueueArn, jobDefinitionArn: this.jobDefinitionArn });
  }
}
