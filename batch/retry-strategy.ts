import type { exitCodes } from "../worker/failure.ts";

/** As AWS Batch takes them: the first that matches decides, and what none matches is retried (API_RetryStrategy). */
export interface RetryRule {
  readonly action: "RETRY" | "EXIT";
  readonly onExitCode?: string;
  readonly onReason?: string;
  readonly onStatusReason?: string;
}

/** How an execution can end, as `worker/failure.ts` tells it. */
export type ExitCodeTable = Readonly<Record<string, { readonly code: number; readonly retry: boolean }>>;

/** More rules than that AWS Batch refuses (API_RetryStrategy). */
const mostRules = 5;

/**
 * The rules of a table of exit codes: again after the end of the machine (Spot takes it back) and after each code that says
 * so, never after anything else.
 * @throws RangeError when the table has more codes to retry than AWS Batch takes rules
 */
export function retryRules(table: ExitCodeTable | typeof exitCodes): RetryRule[] {
  const retried = new Set(
    Object.values(table)
      .filter(({ retry }) => retry)
      .map(({ code }) => code),
  );
  const rules: RetryRule[] = [
    { action: "RETRY", onStatusReason: "Host EC2*" },
    ...[...retried].map((code): RetryRule => ({ action: "RETRY", onExitCode: String(code) })),
    { action: "EXIT", onReason: "*" },
  ];
  if (rules.length > mostRules) {
    throw new RangeError(
      `evaluateOnExit: ${retried.size} exit codes ask for a retry; AWS Batch takes ${mostRules} rules, of which 2 are needed for the rest.`,
    );
  }
  return rules;
}
