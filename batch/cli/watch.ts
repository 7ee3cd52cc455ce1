import { asksForHelp, booleanFlag, parseFlags, usageFailure } from "../../worker/cli/flags.ts";
import { exitCodes } from "../../worker/failure.ts";
import type { CliContext } from "./context.ts";
import { openPlace, placeFlags, placeHelp } from "./place.ts";
import { watchJobs } from "./watching.ts";

const help = `Usage: node batch watch JOB [JOB...] [--env aws|local] [--json]

Shows the states of jobs with the time in each, and their log lines as they come, until all
have ended; its exit code is theirs. Ctrl-C leaves the jobs running.

  --json                  JSON Lines on stdout
${placeHelp}
`;

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return exitCodes.done.code;
  }
  const { flags, words } = parseFlags("batch watch", argv, { ...placeFlags, json: booleanFlag });
  if (words.length === 0) throw usageFailure("batch watch", ["the id of a job is missing"]);
  const place = await openPlace(flags, context);
  // One that there is not is told before anything is drawn.
  await place.service.describe(words);
  return await watchJobs(
    [...new Set(words)],
    { ...place, env: flags.env, json: flags.json, lines: context.stdout },
    context,
  );
}
