import { isEnded, type Job, type JobAttempt, type JobRequest, type JobStatus } from "./job.ts";
import { statusReasons } from "./status-reasons.ts";

/** A job, or a child of an array, comes into a state: what a record is made of, one after the other. */
export interface Transition {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of a child of an array. */
  readonly index?: number;
  readonly status: JobStatus;
  readonly statusReason?: string;
  /** Of the attempt that ended. */
  readonly exitCode?: number;
  readonly reason?: string;
  /** Of the attempt that starts. */
  readonly logStreamName?: string;
}

/** What can run: a job without children, or a child. */
interface Unit {
  status: JobStatus;
  startedAt: number | undefined;
  stoppedAt: number | undefined;
  statusReason: string | undefined;
  /** Of the attempts that ended and the one under way. */
  attempts: JobAttempt[];
}

export interface RecordFacts {
  readonly jobId: string;
  readonly request: JobRequest;
  readonly createdAt: number;
  readonly jobQueue: string;
  readonly jobDefinition: string;
}

/** What is known of one submitted job and its children: the sum of its transitions, the same for whoever reads them. */
export class JobRecord {
  readonly facts: RecordFacts;
  private readonly units: Unit[];
  private readonly counts = new Map<JobStatus, number>();
  /** When the first child started and the last one ended. */
  private firstStart: number | undefined;
  private lastStop: number | undefined;
  private wasRunnable = false;

  constructor(facts: RecordFacts) {
    this.facts = facts;
    this.units = Array.from({ length: facts.request.arraySize ?? 1 }, () => ({
      status: "SUBMITTED",
      startedAt: undefined,
      stoppedAt: undefined,
      statusReason: undefined,
      attempts: [],
    }));
    this.counts.set("SUBMITTED", this.units.length);
  }

  get size(): number {
    return this.units.length;
  }

  get isArray(): boolean {
    return this.facts.request.arraySize !== undefined;
  }

  count(status: JobStatus): number {
    return this.counts.get(status) ?? 0;
  }

  get isEnded(): boolean {
    return this.count("SUCCEEDED") + this.count("FAILED") === this.size;
  }

  /**
   * "The parent array job can enter a SUBMITTED, PENDING, FAILED, or SUCCEEDED status. An array parent job is updated to
   * PENDING when any child job is updated to RUNNABLE" (user guide, array_jobs).
   */
  get status(): JobStatus {
    if (!this.isArray) return this.statusOf(0);
    if (this.isEnded) return this.count("FAILED") > 0 ? "FAILED" : "SUCCEEDED";
    return this.wasRunnable ? "PENDING" : "SUBMITTED";
  }

  statusOf(index: number): JobStatus {
    return this.unit(index).status;
  }

  /** Of the attempt that is under way or was the last, from 1; 0 before the first. */
  attemptOf(index: number): number {
    return this.unit(index).attempts.length;
  }

  apply({ at, index = 0, status, statusReason, exitCode, reason, logStreamName }: Transition): void {
    const unit = this.unit(index);
    const wasOpen = unit.status === "STARTING" || unit.status === "RUNNING";
    this.counts.set(unit.status, this.count(unit.status) - 1);
    this.counts.set(status, this.count(status) + 1);
    unit.status = status;
    unit.statusReason = statusReason;
    const last = unit.attempts.length - 1;
    if (status === "STARTING") unit.attempts.push(logStreamName === undefined ? {} : { logStreamName });
    else if (status === "RUNNING") {
      unit.startedAt = at;
      unit.attempts[last] = { ...unit.attempts[last], startedAt: at };
      this.firstStart ??= at;
    } else if (wasOpen) {
      unit.attempts[last] = { ...unit.attempts[last], stoppedAt: at, ...given({ statusReason, exitCode, reason }) };
    }
    if (status === "RUNNABLE") this.wasRunnable = true;
    if (isEnded(status)) {
      unit.stoppedAt = at;
      this.lastStop = Math.max(at, this.lastStop ?? at);
    }
  }

  /** The job as it is now; of an array the parent. */
  describe(): Job {
    if (!this.isArray) return this.describeUnit(0);
    const statusReason = this.status === "FAILED" ? statusReasons.child : undefined;
    return {
      ...this.common(),
      status: this.status,
      ...given({ statusReason, startedAt: this.firstStart, stoppedAt: this.isEnded ? this.lastStop : undefined }),
      attempts: [],
      array: { size: this.size, statusSummary: Object.fromEntries([...this.counts].filter(([, count]) => count > 0)) },
    };
  }

  describeChild(index: number): Job {
    return { ...this.describeUnit(index), jobId: `${this.facts.jobId}:${index}`, index };
  }

  private describeUnit(index: number): Job {
    const { status, startedAt, stoppedAt, statusReason, attempts } = this.unit(index);
    const { exitCode, reason, logStreamName } = attempts.at(-1) ?? {};
    return {
      ...this.common(),
      status,
      ...given({ statusReason, startedAt, stoppedAt }),
      attempts,
      ...given({ exitCode, reason, logStreamName }),
    };
  }

  private common() {
    const { request, jobId, createdAt, jobQueue, jobDefinition } = this.facts;
    const { jobName, dependsOn, environment } = request;
    return { jobId, jobName, createdAt, dependsOn, environment, jobQueue, jobDefinition };
  }

  private unit(index: number): Unit {
    const unit = this.units[index];
    if (unit === undefined) throw new RangeError(`job ${this.facts.jobId} has no child ${index}`);
    return unit;
  }
}

/** The properties that have a value: an absent one and an undefined one are not the same in JSON's types. */
export function given<Values extends object>(
  values: Values,
): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
