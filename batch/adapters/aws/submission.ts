import type { RetryStrategy, SubmitJobCommandInput } from "@aws-sdk/client-batch";
import { Failure } from "../../../worker/failure.ts";
import type { JobRequest } from "../../jobs/job.ts";
import { containerOverrides, overridesFault } from "../../jobs/overrides.ts";
import { type JobPlatform, vcpuFault } from "../../jobs/vcpu.ts";
import { queueNameOf, queueTag } from "../../queue-tag.ts";

/** The queue and the definition, as far as a submission depends on them. */
export interface Target {
  readonly jobQueue: string;
  readonly jobDefinition: string;
  /** The definition's own; undefined: it has none. */
  readonly retryStrategy?: RetryStrategy | undefined;
  /** Whether the queue has a scheduling policy: then each job belongs to a share. */
  readonly hasShares: boolean;
  /** What the definition's jobs run on; undefined: not known. */
  readonly platform?: JobPlatform | undefined;
  /** What the definition gives its jobs. */
  readonly environment: Readonly<Record<string, string>>;
}

/** In a job's environment: which call has made it. */
export const submissionVariable = "BATCH_PREFLIGHT_SUBMISSION";

/** All jobs of one queue with shares belong to this one: among them their priority decides. */
const share = "worker";

/**
 * A request in the terms of API_SubmitJob.
 * @throws Failure `usage` for one that is taken and then fails
 */
export function submissionOf(request: JobRequest, target: Target, submission: string): SubmitJobCommandInput {
  const { jobName, environment, arraySize, dependsOn, timeout, priority } = request;
  const overrides = containerOverrides({
    ...request,
    environment: { ...environment, [submissionVariable]: submission },
  });
  const fault = overridesFault(overrides);
  const ofVcpu = request.vcpu === undefined ? undefined : vcpuFault(request.vcpu, target.platform);
  const faults = [fault, ofVcpu && `vcpu is ${request.vcpu}; it ${ofVcpu}`].filter((one) => one !== undefined);
  if (faults.length > 0) {
    throw new Failure("usage", `The job "${jobName}" can't be submitted: ${faults.join("; ")}.`);
  }
  const retryStrategy = retryStrategyOf(request, target.retryStrategy);
  return {
    jobName,
    jobQueue: target.jobQueue,
    jobDefinition: target.jobDefinition,
    containerOverrides: overrides,
    ...(arraySize === undefined ? {} : { arrayProperties: { size: arraySize } }),
    ...(dependsOn.length === 0 ? {} : { dependsOn: dependsOn.map((one) => ({ ...one })) }),
    ...(retryStrategy === undefined ? {} : { retryStrategy }),
    ...(timeout === undefined ? {} : { timeout: { attemptDurationSeconds: timeout } }),
    ...(target.hasShares ? { shareIdentifier: share } : {}),
    ...(priority === undefined ? {} : { schedulingPriorityOverride: priority }),
    tags: { [queueTag]: queueNameOf(target.jobQueue) },
  };
}

/** One given here replaces the definition's altogether, and rules are never without attempts (API_RetryStrategy): what is not asked for stays. */
function retryStrategyOf(
  { attempts, evaluateOnExit }: JobRequest,
  own: RetryStrategy | undefined,
): RetryStrategy | undefined {
  if (attempts === undefined && evaluateOnExit === undefined) return undefined;
  const rules = evaluateOnExit?.map((rule) => ({ ...rule })) ?? own?.evaluateOnExit;
  return { attempts: attempts ?? own?.attempts ?? 1, ...(rules === undefined ? {} : { evaluateOnExit: rules }) };
}
