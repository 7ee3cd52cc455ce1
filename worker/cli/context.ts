import type { Worker } from "node:worker_threads";

/** What a command gets of the outside world. */
export interface CliContext {
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Absolute root of the project. */
  project: string;
  /** Version of this program. */
  version: string;
  /** The reading thread, where it was started already. */
  thread?: Worker | undefined;
  /** Aborted by the first SIGTERM or SIGINT: stop at the next good moment. */
  stop: AbortSignal;
}
