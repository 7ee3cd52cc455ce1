import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { asksForHelp, booleanFlag, parseFlags, usageFailure, wholeNumberFlag } from "../../worker/cli/flags.ts";
import { exitCodes } from "../../worker/failure.ts";
import { followLines, JobLines, type Line } from "../jobs/job-lines.ts";
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
  const streams = new JobLines(service, id);
  const print = (lines: readonly Line[]) => {
    const from = flags.since ?? Number.NEGATIVE_INFINITY;
    const text = lines
      .filter(({ timestamp }) => timestamp >= from)
      .map((line) => textOf(line, flags.json, streams.isArray));
    context.stdout.write(text.join(""));
  };
  const pause = () => sleep(5000 / haste, undefined, { signal: context.stop }).catch(() => {});
  const left = new Promise<"left">((resolve) => {
    if (context.stop.aborted) resolve("left");
    context.stop.addEventListener("abort", () => resolve("left"));
  });
  // What is asked for once and can't be had is told at once.
  const first = await Promise.race([streams.read(), left]);
  if (first === "left") return Number(context.stop.reason);
  print(flags.tail === undefined ? first : flags.tail === 0 ? [] : first.slice(-flags.tail));
  if (!flags.follow) return exitCodes.done.code;
  const following = followLines(streams, pause);
  for (;;) {
    const next = await Promise.race([following.next(), left]);
    if (next === "left") return Number(context.stop.reason);
    if (next.done) return exitCodes.done.code;
    if (typeof next.value === "string") context.stderr.write(`${next.value}\n`);
    else print(next.value);
  }
}

function textOf({ job, timestamp, message }: Line, json: boolean, isArray: boolean): string {
  if (!json) return `${isArray ? `${speaker(job)} | ` : ""}${message}\n`;
  const { jobId, jobName, index } = job;
  return `${JSON.stringify({ jobId, jobName, index, timestamp, message })}\n`;
}
