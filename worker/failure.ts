/**
 * How an execution of the worker can end: one table, read by the command line (exit code), by the README and by the
 * job definition (its retry rules). Codes from 64 up follow BSD's sysexits.h.
 */
export const exitCodes = {
  done: { code: 0, retry: false, meaning: "done" },
  failed: { code: 1, retry: false, meaning: "failed, not worth a retry" },
  usage: { code: 2, retry: false, meaning: "usage or configuration" },
  tooManyBadRecords: { code: 65, retry: false, meaning: "too many bad records" },
  databaseUnavailable: { code: 69, retry: true, meaning: "database unavailable" },
  // One code for both, as Batch takes few rules.
  storageUnavailable: { code: 69, retry: true, meaning: "Amazon S3 unavailable" },
  interrupted: { code: 75, retry: true, meaning: "interrupted after a checkpoint" },
} as const satisfies Record<string, { code: number; retry: boolean; meaning: string }>;

export type FailureKind = Exclude<keyof typeof exitCodes, "done">;

/**
 * What a person did or what the world did, as opposed to a bug: its message is one sentence with subject, value, bound
 * and way out, is printed without a stack trace, and `kind` decides the exit code.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  get exitCode(): number {
    return exitCodes[this.kind].code;
  }
}
