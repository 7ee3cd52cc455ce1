import * as v from "valibot";
import { asksForHelp, parseFlags, usageFailure } from "../../worker/cli/flags.ts";
import { exitCodes } from "../../worker/failure.ts";
import { isEnded } from "../jobs/job.ts";
import type { CliContext } from "./context.ts";
import { openPlace, placeFlags, placeHelp } from "./place.ts";

const help = `Usage: node batch cancel JOB [JOB...] [--env aws|local] [--reason TEXT]

Ends jobs, and arrays with their children: what waits at once; what runs gets SIGTERM, stops at
its next checkpoint, and is killed after 30 seconds. Who waits for such a job fails with it.

  --reason TEXT           what the job's state says (cancelled by node batch cancel)
${placeHelp}
`;

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return exitCodes.done.code;
  }
  const { flags, words } = parseFlags("batch cancel", argv, {
    ...placeFlags,
    reason: v.optional(
      v.pipe(v.string(), v.maxLength(1024, "has more than 1024 characters")),
      "cancelled by node batch cancel",
    ),
  });
  if (words.length === 0) throw usageFailure("batch cancel", ["the id of a job is missing"]);
  const { service } = await openPlace(flags, context);
  const jobs = await service.describe(words);
  for (const [place, { jobName, status }] of jobs.entries()) {
    const id = words[place]!;
    if (isEnded(status)) context.stderr.write(`${jobName} (${id}) has ended before: ${status}\n`);
    else {
      await service.terminate(id, flags.reason);
      context.stderr.write(`${jobName} (${id}) is asked to end\n`);
    }
  }
  return exitCodes.done.code;
}
