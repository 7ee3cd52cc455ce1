import type { Jobs, StepSession, StepStatus } from "../../data/repositories/contracts.ts";
import { exitCodes, Failure } from "../../failure.ts";
import type { DeriveDefinition } from "./definition.ts";
import { type AnyDefinition, inOrder } from "./definitions.ts";
import type { Emit, StepResult } from "./events.ts";
import type { Producer } from "./producer.ts";
import type { RetryOptions } from "./retry.ts";
import type { Shard } from "./shard.ts";
import { runDerive, runLoad, type StepContext } from "./step.ts";

export interface RunOptions {
  /** All sub-processes that there are. */
  definitions: ReadonlyMap<string, AnyDefinition>;
  /** Names to run; null: all. */
  only: readonly string[] | null;
  limit: number | null;
  shard: Shard;
  fresh: boolean;
  quarantineLimit: number | undefined;
  environment: string;
  jobExecution: number;
  jobs: Jobs;
  openSession: (name: string, definition: AnyDefinition) => StepSession;
  /** One after the other, for sessions that share a transaction. */
  sequential: boolean;
  producer: Producer;
  stop: AbortSignal;
  retry: Omit<RetryOptions, "onRetry" | "signal">;
  clock: () => number;
  emit: Emit;
}

type Result = StepResult & { failure?: unknown };

/**
 * Runs sub-processes, each as soon as those of the run that it needs are complete.
 * @returns results in order of needs; `failure` holds the error of a failed one
 */
export async function runSteps(options: RunOptions): Promise<Result[]> {
  const { definitions, only, emit } = options;
  const names = inOrder(definitions).filter((name) => only === null || only.includes(name));
  const running = new Map<string, Promise<Result>>();
  let previous: Promise<unknown> = Promise.resolve();
  for (const name of names) {
    const definition = definitions.get(name) as AnyDefinition;
    const before = options.sequential ? previous : Promise.resolve();
    const needs = definition.needs.flatMap((need) => running.get(need) ?? []);
    const result = (async (): Promise<Result> => {
      await before;
      const unmet = (await Promise.all(needs)).find(({ status }) => status !== "completed" && status !== "skipped");
      const ended = unmet
        ? notRun(name, `needs ${unmet.name}, which ${verbs[unmet.status]}`)
        : await runOne(options, name, definition);
      const { failure, ...event } = ended;
      emit({ event: "step", ...event });
      return ended;
    })();
    running.set(name, result);
    previous = result;
  }
  return await Promise.all(running.values());
}

const verbs: Record<StepResult["status"], string> = {
  completed: "is complete",
  skipped: "is complete",
  stopped: "was stopped",
  failed: "failed",
  notRun: "did not run",
};

function notRun(name: string, message: string): Result {
  return { name, status: "notRun", read: 0, written: 0, skipped: 0, seconds: 0, rowsPerSecond: 0, message };
}

/** Always ends in a result: one step's failure must not keep the others from theirs. */
async function runOne(options: RunOptions, name: string, definition: AnyDefinition): Promise<Result> {
  if (options.stop.aborted) return notRun(name, stoppedBefore);
  let session: StepSession | undefined;
  try {
    if (definition.kind === "derive") {
      const waitsFor = await incompleteNeed(options, definition);
      if (waitsFor) return notRun(name, `left to the worker that ends last: ${waitsFor}`);
    }
    session = options.openSession(name, definition);
    const context: StepContext = { ...options, name, session };
    return definition.kind === "load"
      ? await runLoad(context, definition, options.producer)
      : await runDerive(context, definition, () => inputsOf(options, name, definition));
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : String(failure);
    return { ...notRun(name, message), status: "failed", failure };
  } finally {
    await session?.close().catch(() => {});
  }
}

/** @throws Failure `usage` when an input is empty, naming the sub-process to run first */
async function inputsOf({ jobs, environment }: RunOptions, name: string, { inputs }: DeriveDefinition) {
  const { version, empty } = await jobs.inputs(inputs);
  if (empty.length > 0) {
    throw new Failure(
      "usage",
      `${name} is made from ${inputs.join(" and ")}, and ${empty.join(" and ")} ${empty.length > 1 ? "are" : "is"} empty. ` +
        `First run: node worker --env ${environment} --only ${empty.join(",")}`,
    );
  }
  return version;
}

/**
 * With shards, the tables that a derived one needs are complete only when all workers are done; whoever finds them so
 * makes it. @returns what is not complete yet
 */
async function incompleteNeed(options: RunOptions, { needs }: DeriveDefinition): Promise<string | undefined> {
  const { shard, only, definitions, jobs, producer, limit } = options;
  if (shard.of === 1) return undefined;
  for (const name of needs) {
    const need = definitions.get(name);
    if (need?.kind !== "load" || (only !== null && !only.includes(name))) continue;
    const { version: sourceVersion } = await producer.open(name);
    const step = { name, source: need.source.location, sourceVersion, limit, shards: shard.of };
    const complete = await jobs.completeShards(step);
    if (complete < shard.of) return `${complete} of ${shard.of} shards of ${name} are complete`;
  }
  return undefined;
}

/** What the run as a whole came to: its worst step's, a failure not worth a retry before one that is. */
export function outcomeOf(results: readonly Result[]): { status: StepStatus; exitCode: number } {
  const failures = results.flatMap(({ status, failure }) => (status === "failed" ? [failure] : []));
  const code = (failure: unknown) => (failure instanceof Failure ? failure.exitCode : exitCodes.failed.code);
  const worst = failures.map(code).sort((one, other) => severity.indexOf(one) - severity.indexOf(other))[0];
  if (worst !== undefined) return { status: "failed", exitCode: worst };
  const stopped = results.some(({ status, message }) => status === "stopped" || message === stoppedBefore);
  return stopped
    ? { status: "stopped", exitCode: exitCodes.interrupted.code }
    : { status: "completed", exitCode: exitCodes.done.code };
}

const stoppedBefore = "the run was stopped before";

const severity: readonly number[] = [
  exitCodes.failed.code,
  exitCodes.usage.code,
  exitCodes.tooManyBadRecords.code,
  exitCodes.databaseUnavailable.code,
];
