import type { JobDetail } from "@aws-sdk/client-batch";
import type { Job, JobAttempt } from "../jobs/job.ts";

/** What `node batch` and the pipeline have said of a job; whatever else is in its environment may be a secret. */
const own = /^BATCH_PREFLIGHT_/;

/**
 * A job as `aws batch describe-jobs` shows it (API_JobDetail), wherever it runs; of its environment the variables that begin
 * with BATCH_PREFLIGHT_. Of a child of a long array attempts and stream are missing where a list told it.
 */
export function jobJson(job: Job): JobDetail {
  const { jobId, jobName, jobQueue, status, statusReason, createdAt, startedAt, stoppedAt } = job;
  const { index, array } = job;
  const environment = Object.entries(job.environment).filter(([name]) => own.test(name));
  return {
    jobName,
    jobId,
    jobQueue,
    status,
    attempts: job.attempts.map((attempt) => {
      const { startedAt, stoppedAt, statusReason } = attempt;
      return { container: containerOf(attempt), startedAt, stoppedAt, statusReason };
    }),
    statusReason,
    createdAt,
    startedAt,
    stoppedAt,
    dependsOn: job.dependsOn.map((dependency) => ({ ...dependency })),
    jobDefinition: job.jobDefinition,
    container: { ...containerOf(job), environment: environment.map(([name, value]) => ({ name, value })) },
    ...(array === undefined && index === undefined
      ? {}
      : { arrayProperties: array === undefined ? { index } : { ...array, statusSummary: { ...array.statusSummary } } }),
  };
}

const containerOf = ({
  exitCode,
  reason,
  logStreamName,
}: Pick<JobAttempt, "exitCode" | "reason" | "logStreamName">) => ({
  exitCode,
  reason,
  logStreamName,
});
