import { isEnded, type JobRequest, type JobStatus } from "./job.ts";
import { given, type JobRecord, type Transition } from "./job-record.ts";
import { type AttemptEnd, decideAfter } from "./retry-decision.ts";
import { statusReasons } from "./status-reasons.ts";

/** A job without children, or a child of an array. */
export interface Place {
  readonly jobId: string;
  /** 0 where there are no children. */
  readonly index: number;
}

/** What is to be done with processes now. */
export type Action = Place &
  ({ readonly do: "start"; readonly attempt: number } | { readonly do: "terminate" } | { readonly do: "kill" });

export interface SchedulerOptions {
  /** vCPUs that there are: what runs at once takes no more. Counted in thousandths. */
  readonly capacity: number;
  /** Told each transition when it has happened. */
  readonly record: (jobId: string, transition: Transition) => void;
}

/** "If the container is still running after 30 seconds, a SIGKILL signal is sent" (user guide, job_timeouts). */
export const graceMilliseconds = 30_000;

/** An attempt that is under way. */
interface Attempt {
  readonly place: Place;
  /** Thousandths of a vCPU. */
  readonly share: number;
  /** Its timeout's end; none before it runs. */
  deadline: number;
  stopping: { readonly by: "timeout" | "termination"; readonly statusReason: string; killAt: number } | undefined;
}

interface Entry {
  readonly record: JobRecord;
  /** Of each child: how many dependencies have not succeeded yet. */
  readonly unmet: Uint16Array;
  /** Jobs that wait for all of this one. */
  readonly dependants: Entry[];
  /** Arrays whose children wait for the like of this one. */
  readonly nToN: Entry[];
  readonly isSequential: boolean;
}

/**
 * Takes jobs through their states as Batch's scheduler does (user guide, job_states, array_jobs, job_dependencies): a pure
 * state machine that is told the time. First come, first served: a job that does not fit yet lets nobody past.
 */
export class Scheduler {
  private readonly options: SchedulerOptions;
  private readonly entries = new Map<string, Entry>();
  private readonly runnable = new Queue<Place>();
  private readonly attempts = new Map<string, Attempt>();
  private readonly signals: Action[] = [];
  /** Ended since the last `tick`. */
  private readonly finished = new Set<string>();
  private readonly capacity: number;
  /** Of the capacity; whole numbers, as sums of fractions do not come out even. */
  private free: number;

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.capacity = thousandths(options.capacity);
    this.free = this.capacity;
  }

  /** Nothing runs, and nothing can come to run. */
  get isIdle(): boolean {
    return this.entries.size === this.finished.size;
  }

  /** Whether the job has not ended, or has since the last `tick`: nobody waits for those that ended before, and they are forgotten. */
  has(jobId: string): boolean {
    return this.entries.has(jobId);
  }

  /**
   * A job in state SUBMITTED, or one that ended before and that others depend on. Those that it depends on come first, since
   * the last `tick` where they have ended.
   */
  add(record: JobRecord, now: number): void {
    const { jobId, request } = record.facts;
    const others = request.dependsOn.flatMap(({ jobId: id, type }) =>
      id === undefined ? [] : [{ type, entry: this.entry(id) }],
    );
    const isSequential = request.dependsOn.some(({ jobId: id, type }) => id === undefined && type === "SEQUENTIAL");
    const entry: Entry = {
      record,
      unmet: new Uint16Array(record.size),
      dependants: [],
      nToN: [],
      isSequential,
    };
    this.entries.set(jobId, entry);
    if (record.isEnded) {
      this.finished.add(jobId);
      return;
    }
    for (const { type, entry: other } of others) (type === "N_TO_N" ? other.nToN : other.dependants).push(entry);
    for (let index = 0; index < record.size; index += 1) {
      const states = others.map(({ type, entry: { record: other } }) =>
        type === "N_TO_N" ? other.statusOf(index) : other.status,
      );
      const open = states.filter((status) => status !== "SUCCEEDED").length + (isSequential && index > 0 ? 1 : 0);
      entry.unmet[index] = open;
      if (isEnded(record.statusOf(index))) continue;
      if (states.includes("FAILED")) this.end([[entry, index]], statusReasons.dependency, now);
      else this.move(entry, index, { at: now, status: open > 0 ? "PENDING" : "RUNNABLE" });
    }
  }

  /** The process of a `start` runs: its timeout begins. */
  running(place: Place, now: number): void {
    const attempt = this.attempts.get(keyOf(place));
    if (attempt === undefined) return;
    const entry = this.entry(place.jobId);
    this.move(entry, place.index, { at: now, status: "RUNNING" });
    const { timeout } = entry.record.facts.request;
    attempt.deadline = timeout === undefined ? Number.POSITIVE_INFINITY : now + timeout * 1000;
  }

  /** The process of a `start` is gone, or never came to be. */
  ended(place: Place, { exitCode, reason, statusReason }: Omit<AttemptEnd, "endedBy">, now: number): void {
    const attempt = this.attempts.get(keyOf(place));
    if (attempt === undefined) return;
    this.attempts.delete(keyOf(place));
    this.free += attempt.share;
    const entry = this.entry(place.jobId);
    const { stopping } = attempt;
    const why = stopping?.statusReason ?? statusReason ?? statusReasons.exited;
    const end = { ...given({ exitCode, reason, endedBy: stopping?.by }), statusReason: why };
    const { request } = entry.record.facts;
    const next = decideAfter(end, entry.record.attemptOf(place.index), strategyOf(request));
    const status = next === "succeeded" ? "SUCCEEDED" : next === "failed" ? "FAILED" : "RUNNABLE";
    this.move(entry, place.index, { at: now, status, statusReason: why, ...given({ exitCode, reason }) });
    if (status !== "RUNNABLE") this.passOn([[entry, place.index]], now);
  }

  /**
   * "Jobs that are in the STARTING or RUNNING state are terminated, which causes them to transition to FAILED. Jobs that
   * have not progressed to the STARTING state are cancelled" (API_TerminateJob).
   * @param index of a child; absent: the job with all its children
   */
  terminate(jobId: string, index: number | undefined, reason: string, now: number): void {
    const entry = this.entry(jobId);
    const indexes = index === undefined ? Array.from({ length: entry.record.size }, (_, each) => each) : [index];
    const waiting: [Entry, number][] = [];
    for (const each of indexes) {
      const attempt = this.attempts.get(keyOf({ jobId, index: each }));
      if (attempt !== undefined) this.stop(attempt, "termination", reason, now);
      else if (!isEnded(entry.record.statusOf(each))) waiting.push([entry, each]);
    }
    this.end(waiting, reason, now);
  }

  /** What is due: timeouts, kills of what did not stop in time, and starts as far as there is room. */
  tick(now: number): Action[] {
    for (const attempt of this.attempts.values()) {
      const { place, stopping } = attempt;
      if (stopping === undefined) {
        if (attempt.deadline <= now) this.stop(attempt, "timeout", statusReasons.timeout, now);
      } else if (stopping.killAt <= now) {
        this.signals.push({ ...place, do: "kill" });
        stopping.killAt = Number.POSITIVE_INFINITY;
      }
    }
    for (const jobId of this.finished) this.entries.delete(jobId);
    this.finished.clear();
    return [...this.signals.splice(0), ...this.starts(now)];
  }

  /** The clock was set, or the machine has slept: attempts have as long left as they had. */
  clockMoved(by: number): void {
    for (const attempt of this.attempts.values()) {
      attempt.deadline += by;
      if (attempt.stopping !== undefined) attempt.stopping.killAt += by;
    }
  }

  /** When `tick` has something to do even if nothing happens till then. */
  get nextDeadline(): number {
    const times = [...this.attempts.values()].map(({ deadline, stopping }) => stopping?.killAt ?? deadline);
    return Math.min(Number.POSITIVE_INFINITY, ...times);
  }

  private starts(now: number): Action[] {
    const actions: Action[] = [];
    for (let place = this.runnable.first; place !== undefined; place = this.runnable.first) {
      const entry = this.entries.get(place.jobId);
      // Ended while it waited in line.
      if (entry?.record.statusOf(place.index) !== "RUNNABLE") {
        this.runnable.shift();
        continue;
      }
      // One that asks for more than there is would wait for ever on Batch; here it has the machine for itself.
      const share = Math.min(thousandths(entry.record.facts.request.vcpu ?? 1), this.capacity);
      if (share > this.free) break;
      this.runnable.shift();
      this.free -= share;
      const attempt = entry.record.attemptOf(place.index) + 1;
      this.attempts.set(keyOf(place), { place, share, deadline: Number.POSITIVE_INFINITY, stopping: undefined });
      const logStreamName = logStreamOf(entry.record, place.index, attempt);
      this.move(entry, place.index, { at: now, status: "STARTING", logStreamName });
      actions.push({ ...place, do: "start", attempt });
    }
    return actions;
  }

  private stop(attempt: Attempt, by: "timeout" | "termination", statusReason: string, now: number): void {
    if (attempt.stopping !== undefined) return;
    attempt.stopping = { by, statusReason, killAt: now + graceMilliseconds };
    this.signals.push({ ...attempt.place, do: "terminate" });
  }

  /** Ends what does not run, and what waits for it. */
  private end(places: readonly (readonly [Entry, number])[], statusReason: string, now: number): void {
    for (const [entry, index] of places) this.move(entry, index, { at: now, status: "FAILED", statusReason });
    this.passOn(places, now);
  }

  /** Tells those that wait for what has ended. A list, not a recursion: a sequence of 10,000 children fails in one go. */
  private passOn(places: readonly (readonly [Entry, number])[], now: number): void {
    const ended = [...places];
    for (let place = ended.shift(); place !== undefined; place = ended.shift()) {
      const [entry, index] = place;
      const { record } = entry;
      const next: [Entry, number][] = entry.nToN.map((other) => [other, index]);
      if (entry.isSequential && index + 1 < record.size) next.push([entry, index + 1]);
      const failed = record.statusOf(index) === "FAILED";
      ended.push(...this.inform(next, failed, now));
      // The last one to end; told once, as nothing ends twice.
      if (!record.isEnded || entry.dependants.length === 0) continue;
      const all = entry.dependants.splice(0).flatMap((other) => indexesOf(other));
      ended.push(...this.inform(all, record.status === "FAILED", now));
    }
  }

  /** @returns those that fail by it */
  private inform(places: readonly [Entry, number][], failed: boolean, now: number): [Entry, number][] {
    const ended: [Entry, number][] = [];
    for (const place of places) {
      const [entry, index] = place;
      if (isEnded(entry.record.statusOf(index))) continue;
      if (failed) {
        this.move(entry, index, { at: now, status: "FAILED", statusReason: statusReasons.dependency });
        ended.push(place);
      } else {
        entry.unmet[index]! -= 1;
        if (entry.unmet[index] === 0) this.move(entry, index, { at: now, status: "RUNNABLE" });
      }
    }
    return ended;
  }

  private move({ record }: Entry, index: number, change: Omit<Transition, "index"> & { status: JobStatus }): void {
    const { jobId } = record.facts;
    const transition = record.isArray ? { ...change, index } : change;
    record.apply(transition);
    this.options.record(jobId, transition);
    if (change.status === "RUNNABLE") this.runnable.push({ jobId, index });
    if (record.isEnded) this.finished.add(jobId);
  }

  private entry(jobId: string): Entry {
    const entry = this.entries.get(jobId);
    if (entry === undefined) throw new RangeError(`job ${jobId} is not known to the scheduler`);
    return entry;
  }
}

/** Where the lines of an attempt go; a name of a job, of its child, of its attempt. */
export function logStreamOf({ facts, isArray }: JobRecord, index: number, attempt: number): string {
  return `${facts.jobId}/${isArray ? `${index}-` : ""}${attempt}`;
}

const thousandths = (vcpu: number): number => Math.max(1, Math.round(vcpu * 1000));

const strategyOf = ({ attempts = 1, evaluateOnExit = [] }: JobRequest) => ({ attempts, evaluateOnExit });

const keyOf = ({ jobId, index }: Place) => `${jobId}:${index}`;

const indexesOf = (entry: Entry) =>
  Array.from({ length: entry.record.size }, (_, index): [Entry, number] => [entry, index]);

/** First in, first out; `Array.shift` alone copies 10,000 places each time. */
class Queue<Item> {
  private items: Item[] = [];
  private head = 0;

  get first(): Item | undefined {
    return this.items[this.head];
  }

  push(item: Item): void {
    this.items.push(item);
  }

  shift(): void {
    this.head += 1;
    if (this.head < 1000 || this.head * 2 < this.items.length) return;
    this.items = this.items.slice(this.head);
    this.head = 0;
  }
}
