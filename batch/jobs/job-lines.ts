import { isEnded, type Job, jobStatuses, type LogEvent } from "./job.ts";
import type { JobService } from "./job-service.ts";
import { Outage } from "./outage.ts";

export interface Line extends LogEvent {
  readonly job: Job;
}

/**
 * What comes after the first reading, until the job has ended; a text tells why nothing comes, once for each time.
 * @throws Failure where lines can't be had and that won't pass by itself
 */
export async function* followLines(
  lines: JobLines,
  pause: () => Promise<unknown>,
): AsyncGenerator<readonly Line[] | string, void> {
  let told: string | undefined;
  for (;;) {
    const wasEnded = lines.isEnded;
    // Lines that came between the last look and the end are still to be read.
    if (!wasEnded || told !== undefined) await pause();
    try {
      yield await lines.read();
      told = undefined;
      if (wasEnded) return;
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      if (error.message !== told) yield error.message;
      told = error.message;
    }
  }
}

/** The lines of a job, of its children, of their attempts; each reading goes on where the last one ended. */
export class JobLines {
  isArray = false;
  isEnded = false;
  private readonly service: JobService;
  private readonly id: string;
  private readonly positions = new Map<string, string>();
  /** Of those nothing more comes. */
  private readonly done = new Set<string>();
  /** Read, and not given away: what came next could not be read. */
  private unread: Line[] = [];

  constructor(service: JobService, id: string) {
    this.service = service;
    this.id = id;
  }

  /**
   * New lines, in order of time.
   * @throws Failure, Outage: what was read before comes with the next reading
   */
  async read(): Promise<Line[]> {
    const [job] = await this.service.describe([this.id]);
    this.isArray = job!.array !== undefined;
    this.isEnded = isEnded(job!.status);
    for (const one of this.isArray ? await this.children(job!) : [job!]) {
      const names = [...one.attempts.map(({ logStreamName }) => logStreamName), one.logStreamName];
      for (const name of new Set(names)) if (name !== undefined) await this.readStream(one, name);
      if (isEnded(one.status) && this.isEnded) this.done.add(one.jobId);
    }
    const lines = this.unread;
    this.unread = [];
    // Stable: what one job says at one time stays in its order.
    return lines.sort((one, other) => one.timestamp - other.timestamp);
  }

  private async readStream(job: Job, name: string): Promise<void> {
    for (;;) {
      const after = this.positions.get(name);
      const { events, next } = await this.service.logs(name, after);
      this.positions.set(name, next);
      for (const event of events) this.unread.push({ ...event, job });
      // A page may be empty though others follow: "If you have reached the end of the stream, it returns the same token you
      // passed in" (API_GetLogEvents). Without a token the stream is not there yet.
      if (events.length === 0 && (next === after || next === "")) return;
    }
  }

  /** Those that have started; a list may not tell their streams. */
  private async children({ jobId }: Job): Promise<Job[]> {
    const children: Job[] = [];
    for (const status of jobStatuses.slice(jobStatuses.indexOf("RUNNABLE"))) {
      for await (const child of this.service.children(jobId, status)) {
        if (!this.done.has(child.jobId)) children.push(child);
      }
    }
    const unnamed = children.filter(
      ({ logStreamName, startedAt }) => logStreamName === undefined && startedAt !== undefined,
    );
    const named = new Map<string, Job>();
    for (let at = 0; at < unnamed.length; at += 100) {
      const ids = unnamed.slice(at, at + 100).map((child) => child.jobId);
      for (const child of await this.service.describe(ids)) named.set(child.jobId, child);
    }
    return children.map((child) => named.get(child.jobId) ?? child);
  }
}
