import type { RetryRule } from "../retry-strategy.ts";

/** In the order in which a job goes through them (Batch user guide, Job states). */
export const jobStatuses = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** What is submitted: as API_SubmitJob takes it, in its terms, before anything of the job definition is looked at. */
export interface JobRequest {
  readonly jobName: string;
  /** Arguments of the worker: `["--env", "aws", "--only", "flights"]`. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** 2 to 10,000; absent: one job without children. */
  readonly arraySize?: number;
  /** 20 at most. `N_TO_N`: child I waits for child I of the other; `SEQUENTIAL` (without an id): for child I - 1 of its own. */
  readonly dependsOn: readonly JobDependency[];
  /** Absent: the job definition's. */
  readonly attempts?: number;
  readonly evaluateOnExit?: readonly RetryRule[];
  /** Seconds from the start of each attempt, 60 at least; absent: the job definition's. */
  readonly timeout?: number;
  readonly vcpu?: number;
  /** In MiB. */
  readonly memory?: number;
  /** Of a queue with fair shares, 0 to 9999. */
  readonly priority?: number;
}

export interface JobDependency {
  readonly jobId?: string;
  readonly type?: "N_TO_N" | "SEQUENTIAL";
}

/** A job, or a child of an array: what API_DescribeJobs tells, without its nesting. Times are milliseconds since 1970. */
export interface Job {
  readonly jobId: string;
  readonly jobName: string;
  readonly status: JobStatus;
  readonly statusReason?: string;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly dependsOn: readonly JobDependency[];
  readonly attempts: readonly JobAttempt[];
  /** Of the parent of an array: how many children are in each state. */
  readonly array?: { readonly size: number; readonly statusSummary: Readonly<Partial<Record<JobStatus, number>>> };
  /** Of a child of an array. */
  readonly index?: number;
  /** Of the last attempt. */
  readonly exitCode?: number;
  readonly reason?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The queue's and the definition's ARN, or what stands for them. */
  readonly jobQueue: string;
  readonly jobDefinition: string;
  /** Where the lines of the current attempt go. */
  readonly logStreamName?: string;
}

export interface JobAttempt {
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly statusReason?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly logStreamName?: string;
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

export const isEnded = (status: JobStatus): boolean => status === "SUCCEEDED" || status === "FAILED";
