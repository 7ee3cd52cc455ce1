import type { Job, JobRequest, JobStatus, LogEvent } from "./job.ts";

/** Which lines of a stream. */
export interface LogPage {
  /** A token that was given as `next`; absent: from the first line. */
  readonly after?: string;
  /** Milliseconds since 1970: none before that. */
  readonly since?: number;
  /** As many lines at most, 10,000 at most; fewer may come though others follow. */
  readonly limit?: number;
}

/**
 * Where jobs run: AWS Batch, or this machine as Batch would. Every method may throw a `Failure` (`usage` for what a person
 * can mend, such as an id that there is not; `failed` for what is wrong out there), one sentence each; throttling is waited for.
 */
export interface JobService {
  /** @returns the job's id */
  submit(request: JobRequest): Promise<string>;
  /** Jobs by their ids, in that order; a child's id is `PARENT:INDEX`. 100 at a time. @throws Failure `usage` for one that there is not */
  describe(jobIds: readonly string[]): Promise<Job[]>;
  /** As `describe`, without those that there are not (or not yet: children are there a moment after their array). */
  find(jobIds: readonly string[]): Promise<Job[]>;
  /** Children of an array in a state, without their attempts where the service does not tell them in a list. */
  children(jobId: string, status: JobStatus): AsyncIterable<Job>;
  /** Jobs of that name that have not ended: a second submit of what runs already is told. */
  running(jobName: string): Promise<Job[]>;
  /**
   * Lines of a job's stream in the order of time. A page may be empty though others follow: the end is where `next` is what
   * was given as `after`, or is empty: the stream is not there (yet).
   */
  logs(logStreamName: string, page?: LogPage): Promise<{ events: LogEvent[]; next: string }>;
  /**
   * The last lines of a stream, or those before `before` (a `previous`), in the order of time; the first line is reached as
   * the end is in `logs`. `next` is for `logs`.
   */
  lastLogs(
    logStreamName: string,
    page: Omit<LogPage, "after"> & { readonly before?: string },
  ): Promise<{ events: LogEvent[]; previous: string; next: string }>;
  /** Ends what has not started and what runs (API_TerminateJob); an array with its children. */
  terminate(jobId: string, reason: string): Promise<void>;
}
