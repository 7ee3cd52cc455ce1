import { isEnded, type Job, type JobAttempt } from "./job.ts";
import { LogStream } from "./log-stream.ts";

/** The streams of one job or child: one for each of its attempts. */
export class LogReader {
  readonly streams: LogStream[] = [];
  readonly #haste: number;
  #job: Job;
  /** Whether all streams are known that it will ever have. */
  #isComplete = false;

  /** `isWhole`: see {@link tell}; `haste`: pauses are divided by it */
  constructor(job: Job, now: number, isWhole: boolean, haste = 1) {
    this.#haste = haste;
    this.#job = job;
    this.tell(job, now, isWhole);
  }

  get job(): Job {
    return this.#job;
  }

  /** Those of which more may come, the oldest attempt's first. */
  get open(): readonly LogStream[] {
    return this.streams.filter(({ isDone }) => !isDone);
  }

  /** Whether there will be no more lines. */
  get isDone(): boolean {
    return this.#isComplete && this.open.length === 0;
  }

  /** What the job is now; `isWhole`: with its streams, which a list does not tell. */
  tell(job: Job, now: number, isWhole: boolean): void {
    this.#job = job;
    const isOver = isEnded(job.status);
    this.#isComplete ||= isOver && isWhole;
    const attempts: readonly JobAttempt[] = [...job.attempts, job];
    for (const { logStreamName: name } of attempts) {
      if (name === undefined || this.streams.some((stream) => stream.name === name)) continue;
      this.streams.push(new LogStream(name, this.#haste));
    }
    for (const [place, stream] of this.streams.entries()) {
      const stoppedAt = attempts.find(({ logStreamName }) => logStreamName === stream.name)?.stoppedAt;
      // Where another attempt has begun this one has ended.
      if (isOver || place < this.streams.length - 1) stream.end(now, stoppedAt);
    }
  }
}
