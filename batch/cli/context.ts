/** What a command gets of the outside world. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Pick<NodeJS.WriteStream, "write">;
  readonly stderr: Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns"> & { readonly rows?: number };
  /** Absolute root of the project. */
  readonly project: string;
  /** Aborted by the first SIGINT or SIGTERM; its reason is the exit code that a shell gives for it. */
  readonly stop: AbortSignal;
  /** Has `last` called when the process leaves, as at a second signal. @returns what takes that back */
  readonly onLeave?: (last: () => void) => () => void;
}
