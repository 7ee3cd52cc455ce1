import { ChildList, idsPerCall } from "./child-list.ts";
import { isEnded, type Job } from "./job.ts";
import type { JobService } from "./job-service.ts";
import { LogReader } from "./log-reader.ts";
import type { Sighting } from "./sighting.ts";

/** Of the children that have failed: enough to see why, and room left for those that run. */
const mostFailed = 20;
const pause = 5000;
/** Children are there a moment after their array. */
const patience = 60_000;
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
  /** Followed children that the service does not know, since when; and those that it was asked about for long enough. */
  readonly #missing = new Map<string, number>();
  readonly #lost = new Set<string>();
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
      if (job.startedAt === undefined || this.#isKnown(job.jobId)) continue;
      this.#failedFollowed += 1;
      this.#follow(job, now, false);
    }
  }

  /** When to ask what the children are doing that are followed. */
  refreshDue(every: number): number | undefined {
    const isDue = this.#children().some(({ job, open }) => !isEnded(job.status) || open.length === 0);
    return isDue ? this.#refreshed + (this.#isStale ? Math.min(every, soon / this.#haste) : every) : undefined;
  }

  async refresh(now: number): Promise<readonly Sighting[]> {
    this.#refreshed = now;
    this.#isStale = false;
    const followed = new Set(this.#children().map(({ job }) => job.jobId));
    for (const job of await this.#service.find([...followed])) {
      followed.delete(job.jobId);
      this.#missing.delete(job.jobId);
      const reader = this.#readers.get(job.jobId)!;
      reader.tell(job, now, true);
      if (reader.isDone) this.#close(reader);
    }
    return this.#giveUp([...followed], now);
  }

  /** Those that are not told of for too long. */
  #giveUp(jobIds: readonly string[], now: number): readonly Sighting[] {
    for (const jobId of jobIds) if (!this.#missing.has(jobId)) this.#missing.set(jobId, now);
    const lost = jobIds.filter((jobId) => now - this.#missing.get(jobId)! >= patience / this.#haste);
    for (const jobId of lost) {
      this.#missing.delete(jobId);
      this.#readers.delete(jobId);
      this.#lost.add(jobId);
    }
    if (lost.length === 0) return [];
    const rest = lost.length > 3 ? ` and ${lost.length - 3} more` : "";
    const message = `Nothing is told of ${lost.slice(0, 3).join(", ")}${rest}: their lines are not shown.`;
    return [{ kind: "trouble", message }];
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
    return this.#next()?.open[0]?.due;
  }

  /** `longestPause`: see {@link LogStream.read} */
  async lines(now: number, longestPause: number): Promise<readonly Sighting[]> {
    const reader = this.#next()!;
    const { job } = reader;
    const events = await reader.open[0]!.read(this.#service, now, longestPause);
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
    let least = Number.POSITIVE_INFINITY;
    for (const reader of this.#readers.values()) {
      const due = reader.open[0]?.due;
      if (due === undefined || (next !== undefined && due >= least)) continue;
      next = reader;
      least = due;
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
      if (this.#isKnown(jobId)) continue;
      const { jobName, createdAt, dependsOn, environment, jobQueue, jobDefinition } = array;
      const told = { jobName, createdAt, dependsOn, environment, jobQueue, jobDefinition };
      this.#follow({ ...told, jobId, index, status: "SUBMITTED", attempts: [] }, now, false);
    }
  }

  #follow(job: Job, now: number, isWhole: boolean): void {
    const reader = this.#readers.get(job.jobId);
    if (reader) reader.tell(job, now, isWhole);
    else if (!this.#isKnown(job.jobId)) {
      this.#readers.set(job.jobId, new LogReader(job, now, isWhole, this.#haste));
      if (!isWhole) this.#isStale = true;
    }
  }

  #isKnown(jobId: string): boolean {
    return this.#readers.has(jobId) || this.#read.has(jobId) || this.#lost.has(jobId);
  }

  #close({ job: { jobId, index } }: LogReader): void {
    if (index === undefined) return;
    this.#readers.delete(jobId);
    this.#read.add(jobId);
  }
}

/** A child's id is `ARRAY:INDEX`. */
const arrayIdOf = ({ jobId }: Job): string => jobId.split(":")[0]!;

function hasStarted({ array, status }: Job): boolean {
  const { STARTING = 0, RUNNING = 0, SUCCEEDED = 0, FAILED = 0 } = array?.statusSummary ?? {};
  return isEnded(status) || STARTING + RUNNING + SUCCEEDED + FAILED > 0;
}
