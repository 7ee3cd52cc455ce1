import { CallBudget } from "./call-budget.ts";
import { idsPerCall } from "./child-list.ts";
import { isEnded, type Job, type LogEvent } from "./job.ts";
import type { JobService } from "./job-service.ts";
import { LogReader } from "./log-reader.ts";
import type { LogStream } from "./log-stream.ts";
import { Outage } from "./outage.ts";

export interface Line extends LogEvent {
  readonly job: Job;
}

export interface JobLinesOptions {
  readonly jobId: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds between calls. */
  readonly spacing: number;
  /** Pauses are divided by it where calls cost nothing; default 1. */
  readonly haste?: number;
  /** Milliseconds since 1970: no lines before that. */
  readonly since?: number;
}

/** So many are held at once, whatever the number of streams that are read side by side: about 30 MB. */
const mostHeld = 100_000;
/** As many as API_GetLogEvents gives. */
const mostPerPage = 10_000;
/** A line's time and its job's end are told by two clocks. */
const skew = 60_000;
/** Children are asked about so often, though the counts of their array say that nothing is new. */
const longestUnasked = 60_000;

/**
 * What comes after the first reading, until nothing more can come; a text tells why nothing comes, once for each time.
 * @throws Failure where lines can't be had and that won't pass by itself
 */
export async function* followLines(
  lines: JobLines,
  pause: () => Promise<unknown>,
): AsyncGenerator<readonly Line[] | string, void> {
  let told: string | undefined;
  while (!lines.isDone) {
    await pause();
    try {
      yield* lines.read();
      told = undefined;
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      if (error.message !== told) yield error.message;
      told = error.message;
    }
  }
}

/**
 * The lines of a job, of its children, of their attempts; each reading goes on where the last one ended. As many children as
 * one call describes are read side by side, a page of each: their lines are in the order of time.
 */
export class JobLines {
  isArray = false;
  readonly #service: JobService;
  readonly #options: JobLinesOptions & { readonly haste: number };
  readonly #since: { readonly since?: number };
  readonly #budget: CallBudget;
  readonly #readers = new Map<string, LogReader>();
  /** Those of which lines may come; undefined: nobody has asked yet. */
  #open: Set<string> | undefined;
  /** Read, and not given away: what has to come before could not be read. */
  readonly #held = new Map<LogStream, readonly LogEvent[]>();
  #isEnded = false;
  #counts = "";
  #askedAt = Number.NEGATIVE_INFINITY;
  #missing = 0;

  constructor(service: JobService, options: JobLinesOptions) {
    this.#service = service;
    this.#options = { haste: 1, ...options };
    this.#since = options.since === undefined ? {} : { since: options.since };
    this.#budget = new CallBudget(options.clock, options.sleep);
  }

  /** Whether nothing more will come. */
  get isDone(): boolean {
    return this.#isEnded && this.#open?.size === 0;
  }

  /** Children that the service does not know. */
  get missing(): number {
    return this.#missing;
  }

  /**
   * New lines, some at a time.
   * @throws Failure, Outage: what was read before comes with the next reading
   */
  async *read(): AsyncGenerator<readonly Line[], void> {
    for await (const readers of this.#groups()) {
      yield* this.#merged(readers);
      for (const reader of readers) if (this.#isRead(reader)) this.#forget(reader.job.jobId);
    }
  }

  /** The last lines of all, in the order of time; {@link read} goes on behind them. */
  async last(count: number): Promise<readonly Line[]> {
    const readers: LogReader[] = [];
    for await (const group of this.#groups()) readers.push(...group);
    // Who has ended before all that is known by then has nothing to add.
    const endOf = ({ job }: LogReader) => job.stoppedAt ?? Number.POSITIVE_INFINITY;
    readers.sort((one, other) => (endOf(one) === endOf(other) ? 0 : endOf(other) - endOf(one)));
    let lines: Line[] = [];
    for (const reader of readers) {
      const oldest = lines.length < count ? Number.NEGATIVE_INFINITY : (lines[0]?.timestamp ?? this.#options.clock());
      const isOlder = endOf(reader) + skew < oldest;
      if (!isOlder) {
        lines = [...lines, ...(await this.#lastOf(reader, count, oldest))].sort(byTime).slice(-count || Infinity);
      }
      if (isOlder || this.#isRead(reader)) this.#forget(reader.job.jobId);
    }
    return lines;
  }

  /** Its last lines, as far as they are younger than `oldest`. */
  async #lastOf({ job, open }: LogReader, count: number, oldest: number): Promise<readonly Line[]> {
    const pages: (readonly Line[])[] = [];
    let length = 0;
    const limit = Math.max(1, Math.min(count, mostPerPage));
    const take = () => this.#budget.take(1, this.#options.spacing);
    let isEnough = false;
    for (const stream of open.toReversed()) {
      if (isEnough) stream.skip();
      else {
        for await (const events of stream.backwards(this.#service, this.#options.clock(), take, {
          ...this.#since,
          limit,
        })) {
          pages.push(events.map((event) => ({ ...event, job })));
          length += events.length;
          isEnough = length >= count || events[0]!.timestamp < oldest;
          if (isEnough) break;
        }
      }
    }
    return pages
      .toReversed()
      .flat()
      .slice(-count || Infinity);
  }

  /** As many jobs at a time as one call describes, with their streams; without those of which no lines are wanted. */
  async *#groups(): AsyncGenerator<readonly LogReader[], void> {
    const { jobId, clock, haste, spacing } = this.#options;
    await this.#budget.take(1, spacing);
    const [job] = await this.#service.describe([jobId]);
    const { array } = job!;
    const isOver = isEnded(job!.status);
    const counts = JSON.stringify(array?.statusSummary ?? {});
    const isNews = isOver || counts !== this.#counts || clock() - this.#askedAt >= longestUnasked / haste;
    this.isArray = array !== undefined;
    this.#open ??= new Set(array === undefined ? [job!.jobId] : idsOf(job!));
    if (array === undefined) this.#tell(job!);
    const ids = [...this.#open];
    for (let from = 0; from < ids.length; from += idsPerCall) {
      const group = ids.slice(from, from + idsPerCall);
      if (isNews && array !== undefined) await this.#ask(group, isOver);
      const readers = group.flatMap((id) => this.#readers.get(id) ?? []);
      if (readers.length > 0) yield readers;
    }
    this.#isEnded = isOver;
    this.#counts = counts;
    if (isNews) this.#askedAt = clock();
  }

  async #ask(ids: readonly string[], isOver: boolean): Promise<void> {
    await this.#budget.take(1, this.#options.spacing);
    const unknown = new Set(ids);
    for (const child of await this.#service.find(ids)) {
      unknown.delete(child.jobId);
      this.#tell(child);
    }
    // Children are there a moment after their array, and no longer than it.
    if (!isOver) return;
    for (const id of unknown) {
      if (this.#readers.has(id)) continue;
      this.#missing += 1;
      this.#forget(id);
    }
  }

  #tell(job: Job): void {
    const { clock, haste, since = 0 } = this.#options;
    const { jobId, stoppedAt } = job;
    // 10,000 of them are held.
    const slim = { ...job, environment: {}, dependsOn: [] };
    const reader = this.#readers.get(jobId) ?? new LogReader(slim, clock(), true, haste);
    this.#readers.set(jobId, reader);
    reader.tell(slim, clock(), true);
    const isTooOld = isEnded(job.status) && stoppedAt !== undefined && stoppedAt + skew < since;
    if (isTooOld || this.#isRead(reader)) this.#forget(jobId);
  }

  #isRead({ isDone, streams }: LogReader): boolean {
    return isDone && !streams.some((stream) => this.#held.has(stream));
  }

  #forget(jobId: string): void {
    this.#open?.delete(jobId);
    this.#readers.delete(jobId);
  }

  /** What their streams have by now. */
  async *#merged(readers: readonly LogReader[]): AsyncGenerator<readonly Line[], void> {
    const { clock, spacing, haste } = this.#options;
    const streams = new Map<LogStream, Job>();
    for (const { job, streams: all } of readers) {
      for (const stream of all) {
        if (this.#held.has(stream) || (!stream.isDone && stream.due <= clock())) streams.set(stream, job);
      }
    }
    const limit = Math.min(mostPerPage, Math.ceil(mostHeld / Math.max(1, streams.size)));
    // Of many each is asked less often: the calls are for those that have something to say.
    const longestPause = (this.#open!.size > idsPerCall ? 60_000 : 5000) / haste;
    const unfinished = new Set(streams.keys());
    while (unfinished.size > 0) {
      for (const stream of unfinished) {
        while (!this.#held.has(stream)) {
          await this.#budget.take(1, spacing);
          const events = await stream.read(this.#service, clock(), longestPause, { ...this.#since, limit });
          if (events.length > 0) this.#held.set(stream, events);
          else if (stream.isAtEnd) break;
        }
        if (!this.#held.has(stream)) unfinished.delete(stream);
      }
      // What each of those still to be read has nothing before.
      let until = Number.POSITIVE_INFINITY;
      for (const stream of unfinished) until = Math.min(until, lastOf(this.#held.get(stream)!));
      yield this.#take(streams, until);
    }
  }

  /** What is held up to a time. */
  #take(streams: ReadonlyMap<LogStream, Job>, until: number): Line[] {
    const lines: Line[] = [];
    for (const [stream, job] of streams) {
      const rest: LogEvent[] = [];
      for (const event of this.#held.get(stream) ?? []) {
        if (event.timestamp <= until) lines.push({ ...event, job });
        else rest.push(event);
      }
      if (rest.length > 0) this.#held.set(stream, rest);
      else this.#held.delete(stream);
    }
    return lines.sort(byTime);
  }
}

/** Stable: what one job says at one time stays in its order. */
const byTime = (one: LogEvent, other: LogEvent): number => one.timestamp - other.timestamp;

const lastOf = (events: readonly LogEvent[]): number =>
  events.reduce((latest, { timestamp }) => Math.max(latest, timestamp), Number.NEGATIVE_INFINITY);

const idsOf = ({ jobId, array }: Job): string[] =>
  Array.from({ length: array?.size ?? 0 }, (_, index) => `${jobId}:${index}`);
