import type { CopyColumn } from "../binary-copy/column.ts";

/** What the sub-processes know of the database. Errors are Failures, except bugs. */

/** What makes two steps the same one, whoever runs it and when (Spring Batch: a job instance's identifying parameters). */
export interface StepIdentity {
  name: string;
  source: string;
  sourceVersion: string;
  /** Rows of the source to read; null: all. */
  limit: number | null;
  shard: number;
  shards: number;
}

/** The rows of the source from `first` up to, not including, `end`. */
export interface RowRange {
  first: number;
  end: number;
}

/** The rows of a step; `toEnd`: the source has none after them, and what an earlier version had there is the step's too. */
export interface StepRange extends RowRange {
  toEnd: boolean;
}

/** Why a step's rows are deleted before it begins. */
export type ClearReason = "fresh" | "newVersion" | "overlap";

/** Spring Batch's BatchStatus, where we need it: a killed one stays `started`. */
export type StepStatus = "started" | "completed" | "stopped" | "failed";

export interface Counts {
  /** Rows of the source. */
  read: number;
  /** Rows of the table, inserted or replaced. */
  written: number;
  /** Bad records that went to quarantine. */
  skipped: number;
}

export interface StepState extends Counts {
  id: number;
  status: StepStatus;
  /** Checkpoint: the first row that is not committed. */
  nextRow: number;
  range: RowRange;
  /** Seconds worked in all executions, for rate and ETA. */
  seconds: number;
}

/** Rows ready to be written, with what the checkpoint says once they are. */
export interface Chunk {
  /** First row read. */
  first: number;
  /** First row not read. */
  next: number;
  /** Rows that `data` holds. */
  rows: number;
  /** Binary COPY data. */
  data: Uint8Array;
  bad: readonly { row: number; reason: string; record: unknown }[];
}

/** One step in one session of the database; the step's lock lives as long as the session. */
export interface StepSession {
  /** Columns that `Chunk.data` must have. */
  readonly columns: readonly CopyColumn[];
  /** Takes the step's lock, waiting for whoever has it; creates the step when it is new; reads its state. */
  open(identity: StepIdentity, range: StepRange, wait: WaitOptions): Promise<StepState>;
  /** Starts an execution of the opened step: from here on nobody who claimed it earlier can commit. */
  claim(jobExecution: number): Promise<void>;
  /**
   * Deletes the step's rows, quarantine and checkpoint, and the checkpoints of the steps that its rows overlap with,
   * in one transaction; nothing where somebody else has claimed the step since.
   */
  clear(): Promise<void>;
  /**
   * Whether the step is at its beginning and has to be cleared: rows of another version of its source lie in its range
   * (`newVersion`), or rows of other limits or shards that can't be recognised by their key (`overlap`).
   */
  mustClear(): Promise<Exclude<ClearReason, "fresh"> | undefined>;
  /** Commits rows, quarantine, checkpoint and counts in one transaction. @returns the new state */
  commit(chunk: Chunk): Promise<StepState>;
  /**
   * Runs `derive` and moves the checkpoint to the end in one transaction. The signal cancels the statement that runs.
   * @returns the new state; undefined when the signal came first, and nothing was done
   */
  commitDerived(
    derive: (tables: DerivedTables) => Promise<{ read: number; written: number }>,
    stop: AbortSignal,
  ): Promise<StepState | undefined>;
  finish(status: StepStatus, message?: string): Promise<void>;
  /** Whether the step has written rows by its record, and the table has none of them. */
  hasLostRows(): Promise<boolean>;
  close(): Promise<void>;
}

export interface WaitOptions {
  signal: AbortSignal;
  onWait: (holder: string) => void;
}

/** The tables that are made out of others, each by one statement. */
export interface DerivedTables {
  rebuildRouteStats(options: {
    limit: number | null;
    onTimeBelowMinutes: number;
  }): Promise<{ read: number; written: number }>;
}

/** Which code a job runs and which job of AWS Batch it is; null: nobody said so. */
export interface JobOrigin {
  /** SHA-256 of the bundle, hexadecimal; without one it is the copy that is there. */
  bundle: string | null;
  /** Of Git. */
  commit: string | null;
  /** Whether files differed from the commit. */
  dirty: boolean | null;
  /** Of an array's child: `ID:INDEX`. */
  batchJob: string | null;
  /** From 1. */
  attempt: number | null;
}

export interface JobParameters {
  origin: JobOrigin;
  environment: string;
  host: string;
  pid: number;
  version: string;
  parameters: object;
}

/** A past or present execution of a step, for `node worker runs`. */
export interface StepExecutionRecord extends Counts, JobOrigin {
  job: number;
  environment: string;
  host: string;
  startedAt: Date;
  name: string;
  shard: number;
  shards: number;
  limit: number | null;
  /** `abandoned`: its worker went away without a word. */
  status: StepStatus | "abandoned";
  seconds: number;
  message: string | null;
}

/** Job executions, and what one asks of the bookkeeping. */
export interface Jobs {
  /** Records that a job execution begins; it counts as alive as long as this session does. @returns its id */
  start(job: JobParameters): Promise<number>;
  finish(id: number, status: StepStatus, exitCode: number): Promise<void>;
  /** What a derived table is made from: `version` changes whenever a load of the inputs does something. */
  inputs(names: readonly string[]): Promise<{ version: string; empty: readonly string[] }>;
  /** How many of the step's shards are complete. */
  completeShards(step: Omit<StepIdentity, "shard">): Promise<number>;
  /** The latest step executions, newest first. */
  history(most: number): Promise<StepExecutionRecord[]>;
  close(): Promise<void>;
}
