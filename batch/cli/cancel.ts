import * as v from "valibot";
import { asksForHelp, parseFlags, usageFailure } from "../../worker/cli/flags.ts";
import { exitCodes, Failure } from "../../worker/failure.ts";
import { isEnded, type Job } from "../jobs/job.ts";
import type { JobService } from "../jobs/job-service.ts";
import { Outage } from "../jobs/outage.ts";
import type { CliContext } from "./context.ts";
import { openPlace, placeFlags, placeHelp } from "./place.ts";
import { unlessStopped } from "./unless-stopped.ts";

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
  const ids = [...new Set(words)];
  // Those of which it is known what becomes of them.
  const told = new Set<string>();
  const tell = (id: string, text: string) => {
    told.add(id);
    context.stderr.write(`${text}\n`);
  };
  const left = () => ids.filter((id) => !told.has(id)).join(" ");
  try {
    const exitCode = await unlessStopped(context.stop, async () =>
      cancelAll((await openPlace(flags, context)).service, ids, flags.reason, tell),
    );
    if (exitCode !== undefined) return exitCode;
  } catch (error) {
    if (!(error instanceof Failure) || told.size === 0) throw error;
    throw new Failure(error.kind, `${error.message} Not asked to end: ${left()}`, { cause: error });
  }
  context.stderr.write(left() === "" ? "Stopped.\n" : `Stopped. Not known to be asked to end: ${left()}\n`);
  return Number(context.stop.reason);
}

/**
 * Asks each to end, whatever becomes of the others.
 * @param tell what became of one
 * @returns the exit code: that of the first fault
 * @throws Outage where nobody answers
 */
async function cancelAll(
  service: JobService,
  ids: readonly string[],
  reason: string,
  tell: (id: string, text: string) => void,
): Promise<number> {
  const faults: Failure[] = [];
  let jobs: ReadonlyMap<string, Job> | undefined;
  try {
    const found = await service.describe(ids);
    jobs = new Map(ids.map((id, place) => [id, found[place]!]));
  } catch (error) {
    // Of several that there are not: one by one.
    if (!(error instanceof Failure) || error instanceof Outage || ids.length === 1) throw error;
  }
  for (const id of ids) {
    try {
      const job = jobs?.get(id) ?? (await service.describe([id]))[0]!;
      const { jobName, status } = job;
      if (!isEnded(status)) await service.terminate(id, reason);
      tell(id, `${jobName} (${id}) ${isEnded(status) ? `has ended before: ${status}` : "is asked to end"}`);
    } catch (error) {
      // Each call to a service that does not answer takes a minute.
      if (!(error instanceof Failure) || error instanceof Outage) throw error;
      faults.push(error);
      tell(id, error.message.includes(id) ? error.message : `${id}: ${error.message}`);
    }
  }
  return faults[0]?.exitCode ?? exitCodes.done.code;
}
