import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { asksForHelp, booleanFlag, parseFlags, usageFailure, wholeNumberFlag } from "../../worker/cli/flags.ts";
import { exitCodes } from "../../worker/failure.ts";
import { isEnded, type Job, jobStatuses, type LogEvent } from "../jobs/job.ts";
import type { JobService } from "../jobs/job-service.ts";
import type { CliContext } from "./context.ts";
import { openPlace, placeFlags, placeHelp } from "./place.ts";
import { speaker } from "./view.ts";

const help = `Usage: node batch logs JOB [--env aws|local] [--follow] [--since TIME] [--tail N] [--json]

The log lines of a job, of an array (with the child in front), or of one child (JOB:INDEX), in
order of time, of all attempts.

  --follow                goes on until the job has ended
  --since TIME            lines from then on: 10m, 2h, 1d ago, or a time as 2026-11-23T13:30:00Z
  --tail N                the last N lines
  --json                  JSON Lines on stdout
${placeHelp}
`;

const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const since = v.pipe(
  v.string(),
  v.transform((text): number => {
    const [, count, unit = ""] = text.match(/^(\d+)([smhd])$/) ?? [];
    if (count !== undefined) return Date.now() - Number(count) * units[unit]!;
    return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  }),
  v.number("must be such as 10m, 2h, 1d or 2026-11-23T13:30:00Z"),
);

interface Line extends LogEvent {
  readonly job: Job;
}

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return exitCodes.done.code;
  }
  const { flags, words } = parseFlags("batch logs", argv, {
    ...placeFlags,
    follow: booleanFlag,
    since: v.optional(since),
    tail: v.optional(wholeNumberFlag(0)),
    json: booleanFlag,
  });
  const [id] = words;
  if (id === undefined || words.length > 1) throw usageFailure("batch logs", ["one job's id is needed"]);
  const { service, haste } = await openPlace(flags, context);
  const streams = new Streams(service, id);
  const print = (lines: readonly Line[]) => {
    const from = flags.since ?? Number.NEGATIVE_INFINITY;
    const text = lines
      .filter(({ timestamp }) => timestamp >= from)
      .map((line) => textOf(line, flags.json, streams.isArray));
    context.stdout.write(text.join(""));
  };
  const first = await streams.read();
  print(flags.tail === undefined ? first : flags.tail === 0 ? [] : first.slice(-flags.tail));
  while (flags.follow && !context.stop.aborted) {
    const wasEnded = streams.isEnded;
    // Lines that came between the last look and the end are still to be read.
    if (!wasEnded) await sleep(5000 / haste, undefined, { signal: context.stop }).catch(() => {});
    print(await streams.read());
    if (wasEnded) break;
  }
  return context.stop.aborted ? Number(context.stop.reason) : exitCodes.done.code;
}

function textOf({ job, timestamp, message }: Line, json: boolean, isArray: boolean): string {
  if (!json) return `${isArray ? `${speaker(job)} | ` : ""}${message}\n`;
  const { jobId, jobName, index } = job;
  return `${JSON.stringify({ jobId, jobName, index, timestamp, message })}\n`;
}

/** The streams of a job, of its children, of their attempts; each reading goes on where the last one ended. */
class Streams {
  isArray = false;
  isEnded = false;
  private readonly service: JobService;
  private readonly id: string;
  private readonly positions = new Map<string, string>();
  /** Of those nothing more comes. */
  private readonly done = new Set<string>();

  constructor(service: JobService, id: string) {
    this.service = service;
    this.id = id;
  }

  /** New lines, in order of time. */
  async read(): Promise<Line[]> {
    const [job] = await this.service.describe([this.id]);
    this.isArray = job!.array !== undefined;
    this.isEnded = isEnded(job!.status);
    const lines: Line[] = [];
    for (const one of this.isArray ? await this.children(job!) : [job!]) {
      const names = [...one.attempts.map(({ logStreamName }) => logStreamName), one.logStreamName];
      for (const name of new Set(names)) if (name !== undefined) lines.push(...(await this.readStream(one, name)));
      if (isEnded(one.status) && this.isEnded) this.done.add(one.jobId);
    }
    // Stable: what one job says at one time stays in its order.
    return lines.sort((one, other) => one.timestamp - other.timestamp);
  }

  private async readStream(job: Job, name: string): Promise<Line[]> {
    const lines: Line[] = [];
    for (;;) {
      const after = this.positions.get(name);
      const { events, next } = await this.service.logs(name, after);
      this.positions.set(name, next);
      for (const event of events) lines.push({ ...event, job });
      if (events.length === 0) return lines;
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
