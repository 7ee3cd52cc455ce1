import type { Job, JobRequest, JobStatus, LogEvent } from "./job.ts";

/**
 * Where jobs run: AWS Batch, or this machine as Batch would. Every method may throw a `Failure` (`usage` for what a person
 * can mend, such as an id that there is not; `failed` for what is wrong out there), one sentence each; throttling is waited for.
 */
export interface JobService {
  /** @returns the job's id */
  submit(request: JobRequest): Promise<string>;
  /** Jobs by their ids, in that order; a child's id is `PARENT:INDEX`. 100 at a time. @throws Failure `usage` for one that there is not */
  describe(jobIds: readonly string[]): Promise<Job[]>;
  /** Children of an array in a state, without their attempts where the service does not tell them in a list. */
  children(jobId: string, status: JobStatus): AsyncIterable<Job>;
  /** Jobs of that name that have not ended: a second submit of what runs already is told. */
  running(jobName: string): Promise<Job[]>;
  /** Lines of a job's stream in the order of time, from `after` (a token that was given with the last page; absent: the first). */
  logs(logStreamName: string, after?: string): Promise<{ events: LogEvent[]; next: string }>;
  /** Ends what has not started and what runs (API_TerminateJob); an array with its children. */
  terminate(jobId: string, reason: string): Promise<void>;
}
