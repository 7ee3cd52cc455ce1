import type { Chunk } from "../../data/repositories/contracts.ts";
import type { ProduceRequest, SourceFacts } from "./producer.ts";

/** What the thread is told; `call` numbers the question that later messages belong to. */
export type ToThread =
  /** First of all: the sub-processes that will be asked for, their folder's URL, and what the environment has besides its own. */
  | { names: readonly string[]; folder: string; env: NodeJS.ProcessEnv }
  | { call: number; open: string }
  | { call: number; produce: ProduceRequest }
  /** A chunk is done with: one more may be sent, and here is memory for it. */
  | { call: number; spare: ArrayBuffer }
  | { call: number; stop: true };

export type FromThread =
  | { call: number; facts: SourceFacts }
  | { call: number; chunk: Chunk }
  | { call: number; end: true }
  | { call: number; error: ThreadError };

/** Errors lose their class on the way between threads; a Failure keeps its kind. */
export interface ThreadError {
  kind?: string;
  message: string;
  stack: string | undefined;
}

/** Chunks that may be ready and waiting: the database works on one while the next ones are made. */
export const chunksAhead = 5;
