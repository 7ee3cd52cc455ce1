import { isEnded, type Job, type LogEvent } from "./job.ts";
import type { JobService } from "./job-service.ts";

const shortestPause = 1000;
/** What a container says last arrives a moment after its end is told. */
const grace = 3000;
/** A stream of which nothing was seen may not be there yet. */
const graceOfNone = 10_000;

/** Reads the lines of one job or child: those of its attempts, one after the other. */
export class LogReader {
  readonly #haste: number;
  #job: Job;
  readonly #streams: string[] = [];
  /** Which stream is read, and how far. */
  #at = 0;
  #after: string | undefined;
  #pause: number;
  #endedAt: number | undefined;
  #hasLines = false;
  #isDone = false;
  /** When it is worth asking again. */
  due = Number.NEGATIVE_INFINITY;

  /** `isWhole`: see {@link tell}; `haste`: pauses are divided by it */
  constructor(job: Job, now: number, isWhole: boolean, haste = 1) {
    this.#haste = haste;
    this.#pause = shortestPause / haste;
    this.#job = job;
    this.tell(job, now, isWhole);
  }

  get job(): Job {
    return this.#job;
  }

  /** Whether there will be no more lines. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether there is a stream that may have lines. */
  get isReadable(): boolean {
    return !this.#isDone && this.#at < this.#streams.length;
  }

  /** What the job is now; `isWhole`: with its streams, which a list does not tell. */
  tell(job: Job, now: number, isWhole: boolean): void {
    this.#job = job;
    for (const stream of [...job.attempts.map((attempt) => attempt.logStreamName), job.logStreamName]) {
      if (stream === undefined || this.#streams.includes(stream)) continue;
      this.#streams.push(stream);
      this.due = Math.min(this.due, now);
    }
    if (!isEnded(job.status)) return;
    if (this.#endedAt === undefined) {
      this.#endedAt = now;
      this.#soon(now);
    }
    // It never ran.
    if (isWhole && this.#streams.length === 0) this.#isDone = true;
  }

  /**
   * The next lines; none: there are none now.
   * @param longestPause milliseconds until a silent stream is asked again
   */
  async read(service: Pick<JobService, "logs">, now: number, longestPause: number): Promise<readonly LogEvent[]> {
    const { events, next } = await service.logs(this.#streams[this.#at]!, this.#after);
    if (events.length > 0) this.#hasLines = true;
    const isEnd = events.length === 0 && next === (this.#after ?? next);
    this.#after = next;
    if (!isEnd) this.#soon(now);
    else if (this.#at < this.#streams.length - 1) {
      this.#at += 1;
      this.#after = undefined;
      this.#soon(now);
    } else if (this.#endedAt !== undefined && now >= this.#endedAt + this.#grace) this.#isDone = true;
    else {
      this.#pause = Math.min(longestPause, this.#pause * 2);
      const until = now + this.#pause;
      this.due = this.#endedAt === undefined ? until : Math.min(until, this.#endedAt + this.#grace);
    }
    return events;
  }

  get #grace(): number {
    return (this.#hasLines ? grace : graceOfNone) / this.#haste;
  }

  #soon(now: number): void {
    this.#pause = shortestPause / this.#haste;
    this.due = now;
  }
}
