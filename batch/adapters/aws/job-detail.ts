import type { AttemptDetail, JobDetail, JobSummary } from "@aws-sdk/client-batch";
import type { Job, JobAttempt } from "../../jobs/job.ts";

/** What a child has of its array, which a list does not tell. */
export type Inherited = Pick<Job, "dependsOn" | "environment" | "jobQueue" | "jobDefinition">;

/** A job that API_DescribeJobs tells. */
export function jobOf(detail: JobDetail): Job {
  const { container, dependsOn = [], arrayProperties, jobQueue = "", jobDefinition = "" } = detail;
  const attempts = (detail.attempts ?? []).map(attemptOf);
  const last = attempts.at(-1);
  const size = arrayProperties?.size;
  return {
    ...common(detail),
    dependsOn: dependsOn.map(({ jobId, type }) => ({ ...(jobId && { jobId }), ...(type && { type }) })),
    attempts,
    ...(size === undefined ? {} : { array: { size, statusSummary: arrayProperties?.statusSummary ?? {} } }),
    ...indexOf(detail.jobId, arrayProperties?.index),
    ...told("exitCode", container?.exitCode ?? last?.exitCode),
    ...told("reason", container?.reason ?? last?.reason),
    environment: Object.fromEntries(
      (container?.environment ?? []).flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? ""]])),
    ),
    jobQueue,
    jobDefinition,
    ...told("logStreamName", container?.logStreamName ?? last?.logStreamName),
  };
}

/** A child that API_ListJobs tells. */
export function childOf(summary: JobSummary, inherited: Inherited): Job {
  return {
    ...common(summary),
    ...inherited,
    attempts: [],
    ...indexOf(summary.jobId, summary.arrayProperties?.index),
    ...told("exitCode", summary.container?.exitCode),
    ...told("reason", summary.container?.reason),
  };
}

function common(job: JobDetail | JobSummary): Pick<Job, "jobId" | "jobName" | "status" | "createdAt"> {
  return {
    jobId: job.jobId ?? "",
    jobName: job.jobName ?? "",
    status: job.status ?? "SUBMITTED",
    ...told("statusReason", job.statusReason),
    createdAt: job.createdAt ?? 0,
    ...told("startedAt", job.startedAt),
    ...told("stoppedAt", job.stoppedAt),
  };
}

function attemptOf({ container, startedAt, stoppedAt, statusReason }: AttemptDetail): JobAttempt {
  return {
    ...told("startedAt", startedAt),
    ...told("stoppedAt", stoppedAt),
    ...told("statusReason", statusReason),
    ...told("exitCode", container?.exitCode),
    ...told("reason", container?.reason),
    ...told("logStreamName", container?.logStreamName),
  };
}

/** A child's id is `PARENT:INDEX`. */
function indexOf(jobId = "", index = Number(/:(\d+)$/.exec(jobId)?.[1] ?? Number.NaN)): Pick<Job, "index"> {
  return Number.isNaN(index) ? {} : { index };
}

/** A field that is told: neither absent nor empty. */
function told<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return value === undefined || value === null || value === "" ? {} : ({ [name]: value } as { [Key in Name]?: Value });
}
