import type { LogEvent } from "./job.ts";
import type { JobService, LogPage } from "./job-service.ts";

const shortestPause = 1000;
/** What a container says last arrives a moment after its end is told. */
const grace = 3000;
/** A stream of which nothing was seen may not be there yet. */
const graceOfNone = 10_000;
/** Who has ended before that has said all, however far the clocks of two machines are apart. */
const longAgo = 600_000;

/** The lines of one attempt, page by page, until no more can come. */
export class LogStream {
  readonly name: string;
  readonly #haste: number;
  #after: string | undefined;
  #pause: number;
  #endedAt: number | undefined;
  #hasLines = false;
  #isDone = false;
  /** Whether the last page was the end, as things stood. */
  isAtEnd = false;
  /** When it is worth asking again. */
  due = Number.NEGATIVE_INFINITY;

  /** `haste`: pauses are divided by it */
  constructor(name: string, haste = 1) {
    this.name = name;
    this.#haste = haste;
    this.#pause = shortestPause / haste;
  }

  /** Whether there will be no more lines: its attempt has ended, it was read to the end, and waited for. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Its attempt has ended: `stoppedAt`, as the service tells it; it is known since `now`. */
  end(now: number, stoppedAt: number | undefined): void {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = stoppedAt !== undefined && now - stoppedAt > longAgo ? stoppedAt : now;
    this.#soon(now);
  }

  /** Nobody wants its lines. */
  skip(): void {
    this.#isDone = true;
  }

  /**
   * The next lines; none: there are none now.
   * @param longestPause milliseconds until a silent stream is asked again
   */
  async read(
    service: Pick<JobService, "logs">,
    now: number,
    longestPause: number,
    page: Omit<LogPage, "after"> = {},
  ): Promise<readonly LogEvent[]> {
    const after = this.#after;
    const { events, next } = await service.logs(this.name, { ...page, ...(after === undefined ? {} : { after }) });
    this.#hasLines ||= events.length > 0;
    // A page may be empty though others follow: "If you have reached the end of the stream, it returns the same token you
    // passed in" (API_GetLogEvents). Without a token the stream is not there yet.
    this.isAtEnd = events.length === 0 && (next === "" || next === after);
    this.#after = next === "" ? undefined : next;
    if (!this.isAtEnd) this.#soon(now);
    else this.#rest(now, longestPause);
    return events;
  }

  /**
   * The last lines, a page at a time from the end backwards, each in the order of time; {@link read} goes on behind them.
   * @param take waits until a call may be made
   */
  async *backwards(
    service: Pick<JobService, "lastLogs">,
    now: number,
    take: () => Promise<void>,
    page: Omit<LogPage, "after">,
  ): AsyncGenerator<readonly LogEvent[], void> {
    let before: string | undefined;
    for (;;) {
      await take();
      const { events, previous, next } = await service.lastLogs(this.name, {
        ...page,
        ...(before === undefined ? {} : { before }),
      });
      this.#hasLines ||= events.length > 0;
      if (before === undefined) {
        this.#after = next === "" ? undefined : next;
        this.#isDone = now >= this.#graceEnd;
      }
      if (events.length > 0) yield events;
      if (previous === "" || previous === before) return;
      before = previous;
    }
  }

  #rest(now: number, longestPause: number): void {
    this.#isDone = now >= this.#graceEnd;
    this.#pause = Math.min(longestPause, this.#pause * 2);
    this.due = Math.min(now + this.#pause, this.#graceEnd);
  }

  /** When what is said last can be read. */
  get #graceEnd(): number {
    return (this.#endedAt ?? Number.POSITIVE_INFINITY) + (this.#hasLines ? grace : graceOfNone) / this.#haste;
  }

  #soon(now: number): void {
    this.#pause = shortestPause / this.#haste;
    this.due = now;
  }
}
