import type {
  Chunk,
  Counts,
  StepIdentity,
  StepRange,
  StepSession,
  StepState,
} from "../../data/repositories/contracts.ts";
import { Failure } from "../../failure.ts";
import type { DeriveDefinition } from "./definition.ts";
import type { Emit, StepOutcome, StepResult } from "./events.ts";
import type { AnyLoad, Producer } from "./producer.ts";
import { type RetryOptions, withRetries } from "./retry.ts";
import { type Shard, shardRange } from "./shard.ts";
import { itemsUntilStopped, untilStopped } from "./until-stopped.ts";

/** What a step is run with. */
export interface StepContext {
  name: string;
  session: StepSession;
  jobExecution: number;
  limit: number | null;
  shard: Shard;
  fresh: boolean;
  /** Overrides the definition's. */
  quarantineLimit: number | undefined;
  /** Aborted: finish the chunk, commit, stop. */
  stop: AbortSignal;
  retry: Omit<RetryOptions, "onRetry" | "signal">;
  clock: () => number;
  emit: Emit;
}

/** One execution of a step: counts what it does, and ends in a StepResult whatever happens. */
export async function runStep(
  context: StepContext,
  work: (execution: StepExecution, progress: () => void) => Promise<StepOutcome>,
): Promise<StepResult & { failure?: unknown }> {
  const { name, clock, emit, stop, retry } = context;
  const execution = new StepExecution(context);
  const started = clock();
  const result = (status: StepOutcome, message?: string): StepResult => {
    const seconds = (clock() - started) / 1000;
    const rowsPerSecond = seconds > 0 ? Math.round(execution.counts.read / seconds) : 0;
    const rounded = Math.round(seconds * 1000) / 1000;
    return { name, status, ...execution.counts, seconds: rounded, rowsPerSecond, ...(message ? { message } : {}) };
  };
  const onRetry: RetryOptions["onRetry"] = ({ message }, pauseMs) => emit({ event: "retry", name, message, pauseMs });
  try {
    const outcome = await withRetries({ ...retry, signal: stop, onRetry }, (progress) => work(execution, progress));
    return result(outcome, execution.remark);
  } catch (failure) {
    if (failure instanceof Failure && failure.kind === "interrupted") return result("stopped");
    const message = failure instanceof Error ? failure.message : String(failure);
    await execution.end("failed", message).catch(() => {});
    return { ...result("failed", message), failure };
  }
}

export class StepExecution {
  readonly counts: Counts = { read: 0, written: 0, skipped: 0 };
  /** What is worth saying about the outcome. */
  remark: string | undefined;
  readonly context: StepContext;
  #fresh: boolean;
  #claimed = false;

  constructor(context: StepContext) {
    this.context = context;
    this.#fresh = context.fresh;
  }

  /**
   * Opens the step, starts it over where that is asked for, and claims it.
   * @returns its state, or undefined when there is nothing left to do
   */
  async begin(identity: StepIdentity, range: StepRange): Promise<StepState | undefined> {
    const { name, session, stop, emit, jobExecution } = this.context;
    this.#claimed = false;
    let state = await session.open(identity, range, {
      signal: stop,
      onWait: (holder) => emit({ event: "waiting", name, holder }),
    });
    if (!this.#fresh && (await session.hasLostRows())) {
      throw new Failure(
        "failed",
        `${name} has written ${state.written} rows by its record, yet its table has none of them. Start it over with --fresh.`,
      );
    }
    if (state.status === "completed" && !this.#fresh) {
      this.remark = `complete since an earlier run (${state.written} rows); --fresh starts it over`;
      return undefined;
    }
    await session.claim(jobExecution);
    this.#claimed = true;
    const cleared = this.#fresh ? "fresh" : ((await session.mustClear()) ?? null);
    state = { ...state, ...(cleared ? { nextRow: range.first, read: 0, written: 0, skipped: 0, seconds: 0 } : {}) };
    emit({
      event: "started",
      name,
      range: { first: range.first, end: range.end },
      nextRow: state.nextRow,
      secondsBefore: state.seconds,
      readBefore: state.read,
      cleared,
    });
    if (cleared) await session.clear();
    this.#fresh = false;
    return state;
  }

  /** What it is called when nothing was left to do: after a lost connection somebody else may have done the rest. */
  alreadyComplete(): StepOutcome {
    return this.counts.read > 0 ? "completed" : "skipped";
  }

  count(before: StepState, after: StepState): void {
    this.counts.read += after.read - before.read;
    this.counts.written += after.written - before.written;
    this.counts.skipped += after.skipped - before.skipped;
    this.context.emit({ event: "progress", name: this.context.name, nextRow: after.nextRow, ...this.counts });
  }

  async end(status: "completed" | "stopped" | "failed", message?: string): Promise<void> {
    if (this.#claimed) await this.context.session.finish(status, message);
  }
}

/** Runs a step that loads a source: chunk by chunk, each committed with its checkpoint. */
export async function runLoad(
  context: StepContext,
  load: AnyLoad,
  producer: Producer,
): Promise<StepResult & { failure?: unknown }> {
  const { name, session, limit, shard, stop, emit } = context;
  const quarantineLimit = context.quarantineLimit ?? load.quarantineLimit;
  return await runStep(context, async (execution, progress) => {
    emit({ event: "reading", name });
    const facts = await untilStopped(producer.open(name), stop);
    const rows = shardRange(facts, limit, shard);
    const range = { ...rows, toEnd: shard.index === shard.of - 1 && rows.end === facts.rows };
    const identity = {
      name,
      source: load.source.location,
      sourceVersion: facts.version,
      limit,
      shard: shard.index,
      shards: shard.of,
    };
    let state = await execution.begin(identity, range);
    if (!state) return execution.alreadyComplete();
    if (state.nextRow < range.end) {
      const request = { name, from: state.nextRow, to: range.end, columns: session.columns };
      for await (const chunk of itemsUntilStopped(producer.produce(request), stop)) {
        if (stop.aborted) break;
        refuseBeyond(quarantineLimit, state, chunk, load.source.location);
        const next = await session.commit(chunk);
        execution.count(state, next);
        state = next;
        progress();
      }
    }
    const outcome = state.nextRow < range.end ? "stopped" : "completed";
    await execution.end(outcome);
    return outcome;
  });
}

/** Spring Batch's skip limit: the record beyond it ends the step, and its chunk is not committed. */
function refuseBeyond(limit: number, state: StepState, chunk: Chunk, source: string): void {
  const last = chunk.bad[Math.max(limit - state.skipped, 0)];
  if (!last) return;
  const earlier = state.skipped > 0 ? `, ${state.skipped} of them in worker.quarantine` : "";
  throw new Failure(
    "tooManyBadRecords",
    `${source} has more than ${limit} bad records${earlier}; the last one, row ${last.row}: ${last.reason}. ` +
      "Mend the source, or raise --quarantine-limit.",
  );
}

/** Runs a step that makes its table out of others, whole and in one transaction. */
export async function runDerive(
  context: StepContext,
  definition: DeriveDefinition,
  inputs: () => Promise<string>,
): Promise<StepResult & { failure?: unknown }> {
  const { name, session, limit, stop } = context;
  return await runStep(context, async (execution) => {
    const sourceVersion = await inputs();
    // One piece of work: it is done or it isn't.
    const range = { first: 0, end: 1, toEnd: true };
    const identity = { name, source: definition.inputs.join(", "), sourceVersion, limit, shard: 0, shards: 1 };
    const state = await execution.begin(identity, range);
    if (!state) return execution.alreadyComplete();
    const next = await session.commitDerived((tables) => definition.derive(tables, limit), stop);
    if (next) execution.count(state, next);
    const outcome = next ? "completed" : "stopped";
    await execution.end(outcome);
    return outcome;
  });
}
