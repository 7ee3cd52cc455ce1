import * as v from "valibot";
import {
  asksForHelp,
  booleanFlag,
  listFlag,
  numberFlag,
  parseFlags,
  refuseWords,
  usageFailure,
  wholeNumberFlag,
} from "../../worker/cli/flags.ts";
import { exitCodes, Failure } from "../../worker/failure.ts";
import { definitionNames, inOrder, loadDefinitions } from "../../worker/processes/execution/definitions.ts";
import type { JobService } from "../jobs/job-service.ts";
import { jobNameOf, type PlannedJob, planJobs } from "../jobs/submission.ts";
import { vcpuFault } from "../jobs/vcpu.ts";
import type { CliContext } from "./context.ts";
import { openPlace, type Place, type PlaceValues, placeFlags, placeHelp } from "./place.ts";
import { provenance } from "./provenance.ts";
import { adviseShards } from "./shard-advice.ts";
import { submitAll } from "./submit-all.ts";
import { unlessStopped } from "./unless-stopped.ts";
import { watchJobs } from "./watching.ts";

const help = `Usage: node batch submit [--env aws|local] [flags] [--command ARGUMENTS...]

Submits a job for each sub-process of the worker, each after those that it needs, and prints
their ids, one a line. On this machine (--env local) they go on when the command has ended.

  --only NAME[,NAME]      these sub-processes instead of all
  --limit N|none          reads exactly the first N rows of each source (WORKER_LIMIT)
  --fresh                 starts over, in each attempt: what is complete is not done again without it,
                          whatever was edited
  --shards N              each that loads a source is an array of N jobs, 1 to 10000 (the stack's
                          arraySize; 1 on this machine)
  --command ARGUMENTS...  one job instead, with these arguments of node worker (and its --env, where
                          they have none); the last flag: node batch submit --command migrate up
  --attempts N            how often a job may start, 1 to 10 (the job definition's)
  --timeout SECONDS       for each attempt, 60 at least (the job definition's)
  --vcpu N, --memory MIB  for each job (the job definition's; memory is not bounded with --env local)
  --env-var NAME=VALUE    for the jobs' environment; any number of times. Not for secrets: AWS Batch shows it
                          to whoever may describe jobs; they belong into the job definition's secrets.
                          On AWS jobs get the settings WORKER_... of this .env.aws as well
  --priority N            in a queue with fair shares, 0 to 9999
  --again                 submits even if a job of that name has not ended
  --watch                 then watches: states, log lines, the jobs' exit code
  --json                  JSON Lines on stdout
${placeHelp}
`;

const shardsFlag = v.pipe(wholeNumberFlag(1), v.maxValue(10_000, "must be at most 10000"));
const environmentVariable = /^[A-Za-z_][A-Za-z0-9_]*=/s;

export async function command(argv: string[], context: CliContext): Promise<number> {
  const cut = argv.indexOf("--command");
  const own = cut < 0 ? argv : argv.slice(0, cut);
  if (asksForHelp(own)) {
    context.stdout.write(help);
    return exitCodes.done.code;
  }
  const { flags, words } = parseFlags("batch submit", own, {
    ...placeFlags,
    only: v.optional(v.string()),
    limit: v.optional(v.union([v.literal("none"), wholeNumberFlag(1)], "must be a whole number from 1 on, or none")),
    fresh: booleanFlag,
    shards: v.optional(shardsFlag),
    attempts: v.optional(v.pipe(wholeNumberFlag(1), v.maxValue(10, "must be at most 10"))),
    timeout: v.optional(v.pipe(wholeNumberFlag(60), v.maxValue(2_147_483_647, "must be at most 2147483647"))),
    vcpu: v.optional(
      v.pipe(
        numberFlag(0.25, 448),
        v.check(
          (vcpu) => vcpuFault(vcpu) === undefined,
          ({ input }) => vcpuFault(input) ?? "",
        ),
      ),
    ),
    memory: v.optional(wholeNumberFlag(4)),
    envVar: listFlag,
    priority: v.optional(v.pipe(wholeNumberFlag(0), v.maxValue(9999, "must be at most 9999"))),
    again: booleanFlag,
    watch: booleanFlag,
    json: booleanFlag,
  });
  refuseWords("batch submit", words, "; arguments of the worker come after --command");
  const workerArguments = cut < 0 ? undefined : argv.slice(cut + 1);
  const faults = workerArguments === undefined ? [] : commandFaults(workerArguments, flags);
  faults.push(...variableFaults(flags.envVar));
  if (faults.length > 0) throw usageFailure("batch submit", faults);
  const ready = await unlessStopped(context.stop, () => prepare(flags, workerArguments, context));
  if (ready === undefined) {
    context.stderr.write("Stopped. Nothing was submitted.\n");
    return Number(context.stop.reason);
  }
  const { place, chosen, planned, settings } = ready;
  const submitted = await submitAll(place.service, planned, settings, { ...context, env: flags.env });
  if (submitted === undefined) return Number(context.stop.reason);
  // All at once: who reads the first alone and leaves (`| head -1`) has all the jobs.
  const told = submitted.map(({ jobId, job }) =>
    flags.json ? JSON.stringify({ event: "submitted", jobId, ...job }) : jobId,
  );
  context.stdout.write(`${told.join("\n")}\n`);
  const isWhole = flags.shards === undefined && planned.every(({ arraySize }) => arraySize === undefined);
  if (chosen !== undefined && isWhole) await adviseShards(chosen, context);
  if (!flags.watch) return exitCodes.done.code;
  const ids = submitted.map(({ jobId }) => jobId);
  return await watchJobs(ids, { ...place, env: flags.env, json: flags.json, lines: context.stderr }, context);
}

interface SubmitFlags extends PlaceValues {
  readonly only: string | undefined;
  readonly limit: number | "none" | undefined;
  readonly fresh: boolean;
  readonly shards: number | undefined;
  readonly attempts: number | undefined;
  readonly timeout: number | undefined;
  readonly vcpu: number | undefined;
  readonly memory: number | undefined;
  readonly priority: number | undefined;
  readonly envVar: readonly string[];
  readonly again: boolean;
}

/** All that comes before the first job is submitted: it asks the stack, AWS and Git, and sends the code. */
async function prepare(flags: SubmitFlags, workerArguments: readonly string[] | undefined, context: CliContext) {
  const names = await definitionNames();
  const chosen = workerArguments === undefined ? chosenOf(flags.only, names) : undefined;
  const place = await openPlace(flags, context);
  const [planned, source] = await Promise.all([
    chosen === undefined
      ? [
          {
            jobName: jobNameOf(/^[a-z]+$/.exec(workerArguments![0]!)?.[0] ?? "command"),
            command: commandIn(flags.env, workerArguments!),
            after: [],
            ...arrayOf(flags.shards),
          },
        ]
      : planSubProcesses(names, chosen, flags, flags.shards ?? (await shardsOf(place))),
    provenance(context.project),
    place.prepare(),
  ]);
  const { service } = place;
  if (!flags.again) await refuseRunning(service, planned, flags.env);
  const { attempts, timeout, vcpu, memory, priority } = flags;
  const brought = await place.bringCode();
  const variables = Object.fromEntries(flags.envVar.map(pairOf));
  const environment = { ...brought.settings, ...variables, ...source, ...brought.code };
  const settings = { ...defined({ attempts, timeout, vcpu, memory, priority }), environment };
  return { place, chosen, planned, settings };
}

/** Flags of ours that no command of the worker has. */
const ownFlags =
  /^--(again|attempts|env-var|job-definition|memory|priority|queue|shards|stack|timeout|vcpu|watch)(=|$)/;

function commandFaults(
  words: readonly string[],
  { only, limit, fresh }: Pick<SubmitFlags, "only" | "limit" | "fresh">,
): string[] {
  const faults: string[] = [];
  const late = words.filter((word) => ownFlags.test(word));
  if (late.length > 0) faults.push(`${late.join(", ")} must come before --command, which takes all that is behind it`);
  if (limit !== undefined || fresh)
    faults.push("--limit and --fresh are the worker's own there: write them behind --command");
  if (words.length === 0) faults.push("--command needs arguments of node worker behind it");
  if (only !== undefined) faults.push("--only and --command are two ways to say what runs; give one of them");
  return faults;
}

function variableFaults(variables: readonly string[]): string[] {
  return variables.flatMap((text) => {
    // The text may be half a secret.
    if (!environmentVariable.test(text)) return ["--env-var must be NAME=VALUE"];
    const [name] = pairOf(text);
    if (name.startsWith("BATCH_PREFLIGHT_")) return [`--env-var ${name}: submit itself says what runs`];
    return name.startsWith("AWS_BATCH") ? [`--env-var ${name}: names that begin with AWS_BATCH are Batch's own`] : [];
  });
}

function pairOf(text: string): [name: string, value: string] {
  const equals = text.indexOf("=");
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** The stack's configuration names how many shards there are where a submission does not (batch/batch.ts). */
async function shardsOf(place: Place): Promise<number> {
  const text = (await place.definitionEnvironment()).BATCH_PREFLIGHT_SHARDS ?? "1";
  const parsed = v.safeParse(shardsFlag, text);
  if (parsed.success) return parsed.output;
  throw new Failure(
    "usage",
    `BATCH_PREFLIGHT_SHARDS of the job definition is "${text}"; it must be a whole number from 1 to 10000: set the stack's arraySize, or --shards.`,
  );
}

/** The worker's own default is this machine, which a job's is not. */
function commandIn(env: string, words: readonly string[]): readonly string[] {
  const isSaid = words.some((word) => word === "--env" || word.startsWith("--env="));
  const takesNone = words[0] === "list" || words[0] === "--version";
  return isSaid || takesNone ? words : [...words, "--env", env];
}

const arrayOf = (shards = 1) => (shards > 1 ? { arraySize: shards } : {});

function chosenOf(only: string | undefined, names: readonly string[]): readonly string[] {
  const chosen = only?.split(",").map((name) => name.trim()) ?? names;
  const unknown = chosen.filter((name) => !names.includes(name));
  if (unknown.length === 0) return chosen;
  const which = unknown.map((name) => `"${name}"`).join(", ");
  throw usageFailure("batch submit", [`--only names no sub-process ${which}; there are ${names.join(", ")}`]);
}

async function planSubProcesses(
  names: readonly string[],
  chosen: readonly string[],
  { env, limit, fresh }: Pick<SubmitFlags, "env" | "limit" | "fresh">,
  shards: number,
): Promise<PlannedJob[]> {
  const definitions = await loadDefinitions(names);
  const inTurn = inOrder(definitions).filter((name) => chosen.includes(name));
  const more = [...(limit === undefined ? [] : ["--limit", String(limit)]), ...(fresh ? ["--fresh"] : [])];
  return planJobs(
    inTurn.map((name) => {
      const { kind, needs } = definitions.get(name)!;
      return { name, kind, needs };
    }),
    ["--env", env, ...more],
    shards,
  );
}

/** What runs twice loads twice the machines, and waits for each other's locks. */
async function refuseRunning(service: JobService, planned: readonly PlannedJob[], env: string): Promise<void> {
  const running = (await Promise.all(planned.map(({ jobName }) => service.running(jobName)))).flat();
  if (running.length === 0) return;
  const list = running.map(({ jobName, jobId, status }) => `${jobName} (${jobId}, ${status})`).join(", ");
  const ids = running.map(({ jobId }) => jobId).join(" ");
  throw new Failure(
    "usage",
    `Submitted before and not ended: ${list}. Watch: node batch watch ${ids} --env ${env}; submit even so: node batch submit --again ...`,
  );
}

function defined<Values extends object>(values: Values): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
