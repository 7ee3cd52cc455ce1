import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { asksForHelp, booleanFlag, parseFlags, usageFailure, wholeNumberFlag } from "../../worker/cli/flags.ts";
import { exitCodes } from "../../worker/failure.ts";
import { followLines, JobLines, type Line } from "../jobs/job-lines.ts";
import type { CliContext } from "./context.ts";
import { openPlace, placeFlags, placeHelp } from "./place.ts";
import { speaker } from "./view.ts";

const help = `Usage: node batch logs JOB [--env aws|local] [--follow] [--since TIME] [--tail N] [--json]

The log lines of a job, of an array (with the child in front), or of one child (JOB:INDEX), of
all attempts, in order of time; of an array of more than 100 children a hundred at a time, each
hundred in order of time. On AWS 10 calls a second are made at most.

  --follow                goes on until the job has ended
  --since TIME            lines from then on: 10m, 2h, 1d ago, or a time as 2026-11-23T13:30:00Z
  --tail N                the last N lines of all, in order of time
  --json                  JSON Lines on stdout
${placeHelp}
`;

const linesAtOnce = 1000;

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
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal: context.stop }).catch(() => {});
  const { since: from, tail, follow, json } = flags;
  const lines = new JobLines(service, {
    jobId: id,
    clock: Date.now,
    sleep: pause,
    // CloudWatch Logs takes 25 calls a second of an account, in a Region (quotas, GetLogEvents); others want some too.
    spacing: flags.env === "aws" ? 100 : 0,
    haste,
    ...(from === undefined ? {} : { since: from }),
  });
  const print = async (some: readonly Line[]) => {
    for (let at = 0; at < some.length; at += linesAtOnce) {
      const those = some.slice(at, at + linesAtOnce).map((line) => textOf(line, json, lines.isArray));
      // Whoever reads slowly is waited for.
      await new Promise<void>((resolve) => void context.stdout.write(those.join(""), () => resolve()));
    }
  };
  const run = async () => {
    // What is asked for once and can't be had is told at once.
    if (tail === undefined) for await (const some of lines.read()) await print(some);
    else if (tail === 0 && !follow) await service.describe([id]);
    else await print(await lines.last(tail));
    if (follow) {
      for await (const some of followLines(lines, () => pause(5000 / haste))) {
        if (typeof some === "string") context.stderr.write(`${some}\n`);
        else await print(some);
      }
    }
    if (lines.missing > 0)
      context.stderr.write(`Nothing is told of ${lines.missing} children: their lines are missing.\n`);
  };
  const left = new Promise<"left">((resolve) => {
    if (context.stop.aborted) resolve("left");
    context.stop.addEventListener("abort", () => resolve("left"));
  });
  return (await Promise.race([run(), left])) === "left" ? Number(context.stop.reason) : exitCodes.done.code;
}

function textOf({ job, timestamp, message }: Line, json: boolean, isArray: boolean): string {
  if (!json) return `${isArray ? `${speaker(job)} | ` : ""}${message}\n`;
  const { jobId, jobName, index } = job;
  return `${JSON.stringify({ jobId, jobName, index, timestamp, message })}\n`;
}
