import { Failure } from "../../worker/failure.ts";
import { ChildList, idsPerCall } from "./child-list.ts";
import { isEnded, type Job } from "./job.ts";
import type { JobService } from "./job-service.ts";
import { LogReader } from "./log-reader.ts";
import { Outage } from "./outage.ts";
import type { Sighting } from "./sighting.ts";

/** Of the children that have failed: enough to see why, and room left for those that run. */
const mostFailed = 20;
const pause = 5000;
const soon = 1000;

/**
 * Readers of the lines of jobs and of so many of their children as one call describes; whose lines were read makes room for
 * the next.
 */
export class LogReaders {
  readonly #service: JobService;
  readonly #haste: number;
  readonly #readers = new Map<string, LogReader>();
  /** Children that were read to the end. */
  readonly #read = new Set<string>();
  readonly #running = new Map<string, { list: ChildList; array: Job; notBefore: number }>();
  #refreshed = Number.NEGATIVE_INFINITY;
  /** Whether some are followed whose streams are not known. */
  #isStale = false;
  #failedFollowed = 0;

  /** `haste`: pauses are divided by it */
  constructor(service: JobService, haste = 1) {
    this.#service = service;
    this.#haste = haste;
  }

  /** The jobs that are watched, as they are now. */
  tell(jobs: readonly Job[], now: number): void {
    for (const job of jobs) {
      if (job.array === undefined) this.#follow(job, now, true);
      else if (job.array.size > idsPerCall) this.#tellArray(job);
      else if (hasStarted(job)) this.#followAll(job, now);
    }
  }

  /** Children that have failed, which nobody may have followed. */
  tellFailed(jobs: readonly Job[], now: number): void {
    for (const job of jobs) {
      if (this.#failedFollowed >= mostFailed || this.#room <= 0) return;
      if (job.startedAt === undefined || this.#readers.has(job.jobId) || this.#read.has(job.jobId)) continue;
      this.#failedFollowed += 1;
      this.#follow(job, now, false);
    }
  }

  /** When to ask what the children are doing that are followed. */
  refreshDue(every: number): number | undefined {
    const isDue = this.#children().some(({ job, isReadable }) => !isEnded(job.status) || !isReadable);
    return isDue ? this.#refreshed + (this.#isStale ? Math.min(every, soon / this.#haste) : every) : undefined;
  }

  async refresh(now: number): Promise<readonly Sighting[]> {
    this.#refreshed = now;
    this.#isStale = false;
    const ids = this.#children().map(({ job }) => job.jobId);
    for (const job of await this.#describe(ids)) {
      const reader = this.#readers.get(job.jobId);
      reader?.tell(job, now, true);
      if (reader?.isDone) this.#close(reader);
    }
    return [];
  }

  /** When to look for more children that run. */
  get listDue(): number | undefined {
    return this.#room > mostFailed ? this.#listing()?.notBefore : undefined;
  }

  async list(now: number): Promise<readonly Sighting[]> {
    const listing = this.#listing()!;
    for (const job of await listing.list.page()) if (this.#room > mostFailed) this.#follow(job, now, false);
    if (this.#room <= mostFailed) await listing.list.close();
    if (!listing.list.isOpen) listing.notBefore = now + pause / this.#haste;
    return [];
  }

  /** When to ask for lines. */
  get linesDue(): number | undefined {
    return this.#next()?.due;
  }

  /** `longestPause`: see {@link LogReader.read} */
  async lines(now: number, longestPause: number): Promise<readonly Sighting[]> {
    const reader = this.#next()!;
    const { job } = reader;
    const events = await reader.read(this.#service, now, longestPause);
    if (reader.isDone) this.#close(reader);
    return events.length > 0 ? [{ kind: "lines", job, events }] : [];
  }

  /** Children of an array that have run, and were not read to the end. */
  unread(jobs: readonly Job[], failed: readonly Job[]): number {
    const ended = jobs.reduce((sum, { array }) => {
      const { SUCCEEDED = 0, FAILED = 0 } = array?.statusSummary ?? {};
      return sum + SUCCEEDED + FAILED;
    }, 0);
    const neverRan = failed.filter(({ startedAt, jobId }) => startedAt === undefined && !this.#read.has(jobId)).length;
    return Math.max(0, ended - neverRan - this.#read.size);
  }

  /** How many more children one call describes. */
  get #room(): number {
    return idsPerCall - this.#children().length;
  }

  #children(): LogReader[] {
    return [...this.#readers.values()].filter(({ job }) => job.index !== undefined);
  }

  /** The one that has waited longest. */
  #next(): LogReader | undefined {
    let next: LogReader | undefined;
    for (const reader of this.#readers.values()) {
      if (reader.isReadable && (next === undefined || reader.due < next.due)) next = reader;
    }
    return next;
  }

  /** Of the arrays with more children that run than are followed, the one that has waited longest. */
  #listing() {
    const followed = new Map<string, number>();
    for (const { job } of this.#children()) {
      const id = arrayIdOf(job);
      if (!isEnded(job.status)) followed.set(id, (followed.get(id) ?? 0) + 1);
    }
    return [...this.#running.values()]
      .filter(({ array }) => (array.array?.statusSummary.RUNNING ?? 0) > (followed.get(array.jobId) ?? 0))
      .sort((one, other) => one.notBefore - other.notBefore)[0];
  }

  #tellArray(array: Job): void {
    const known = this.#running.get(array.jobId);
    if (known) known.array = array;
    else {
      const list = new ChildList(this.#service, array.jobId, "RUNNING");
      this.#running.set(array.jobId, { list, array, notBefore: Number.NEGATIVE_INFINITY });
    }
  }

  /** Those of a small array, by their ids: what runs for a second only is not missed. */
  #followAll(array: Job, now: number): void {
    for (let index = 0; index < array.array!.size && this.#room > 0; index += 1) {
      const jobId = `${array.jobId}:${index}`;
      if (this.#readers.has(jobId) || this.#read.has(jobId)) continue;
      const { jobName, createdAt, dependsOn, environment, jobQueue, jobDefinition } = array;
      const told = { jobName, createdAt, dependsOn, environment, jobQueue, jobDefinition };
      this.#follow({ ...told, jobId, index, status: "SUBMITTED", attempts: [] }, now, false);
    }
  }

  #follow(job: Job, now: number, isWhole: boolean): void {
    const reader = this.#readers.get(job.jobId);
    if (reader) reader.tell(job, now, isWhole);
    else if (!this.#read.has(job.jobId)) {
      this.#readers.set(job.jobId, new LogReader(job, now, isWhole, this.#haste));
      if (!isWhole) this.#isStale = true;
    }
  }

  #close({ job: { jobId, index } }: LogReader): void {
    if (index === undefined) return;
    this.#readers.delete(jobId);
    this.#read.add(jobId);
  }

  async #describe(ids: readonly string[]): Promise<readonly Job[]> {
    try {
      return await this.#service.describe(ids);
    } catch (error) {
      // Children are there a moment after their array.
      if (error instanceof Failure && error.kind === "usage" && !(error instanceof Outage)) return [];
      throw error;
    }
  }
}

/** A child's id is `ARRAY:INDEX`. */
const arrayIdOf = ({ jobId }: Job): string => jobId.split(":")[0]!;

function hasStarted({ array, status }: Job): boolean {
  const { STARTING = 0, RUNNING = 0, SUCCEEDED = 0, FAILED = 0 } = array?.statusSummary ?? {};
  return isEnded(status) || STARTING + RUNNING + SUCCEEDED + FAILED > 0;
}
