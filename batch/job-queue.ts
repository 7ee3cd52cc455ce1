import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface JobQueueArgs {
  /** In the order in which jobs are placed. */
  readonly computeEnvironmentArns: readonly pulumi.Input<string>[];
}

/**
 * Jobs that can never run are cancelled rather than kept for ever: AWS Batch can tell these causes, and no others
 * (API_JobStateTimeLimitAction; 10 minutes to a day).
 */
const timeLimits = [
  ["MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", 600],
  ["MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE", 600],
  ["CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", 86_400],
] as const;

/** Where jobs wait. */
export class JobQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { computeEnvironmentArns }: JobQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:JobQueue", name, {}, opts);
    const queue = new aws.batch.JobQueue(
      name,
      {
        state: "ENABLED",
        priority: 1,
        computeEnvironmentOrders: computeEnvironmentArns.map((computeEnvironment, index) => ({
          order: index + 1,
          computeEnvironment,
        })),
        jobStateTimeLimitActions: timeLimits.map(([reason, maxTimeSeconds]) => ({
          state: "RUNNABLE",
          action: "CANCEL",
          reason,
          maxTimeSeconds,
        })),
        tags: { Name: name },
      },
      { parent: this },
    );
    this.arn = queue.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
