import type { Emit, StepResult } from "../processes/execution/events.ts";
import type { Shard } from "../processes/execution/shard.ts";

/** What a person, or a program, sees of a run. */
export interface Display {
  /** A line for a person: what the worker is doing before and between the sub-processes. */
  say(line: string): void;
  show: Emit;
  /** The last word of a run. */
  end(results: readonly StepResult[], exitCode: number): void;
  close(): void;
}

export interface DisplayOptions {
  dryRun: boolean;
  /** What was typed after `node worker`. */
  argv: readonly string[];
  limit: number | null;
  /** The limit was not asked for: it is the environment's. */
  limitIsDefault: boolean;
  /** It runs as a job, whose database may be out of reach from where the command is typed again; its part of an array. */
  job?: { environment: string; shard: Shard } | undefined;
  /** Rows of each source that was opened, whatever the limit. */
  sourceRows: ReadonlyMap<string, number>;
}
