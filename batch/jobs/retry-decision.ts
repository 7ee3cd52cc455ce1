import type { RetryRule } from "../retry-strategy.ts";

/** How an attempt ended, as Batch tells it of an attempt's container. */
export interface AttemptEnd {
  /** Absent: no process ran, or its host is gone. */
  readonly exitCode?: number;
  /** The container's, such as `OutOfMemoryError: ...`. */
  readonly reason?: string;
  readonly statusReason?: string;
  /** Somebody ended it: the timeout, or who terminated the job. */
  readonly endedBy?: "timeout" | "termination";
}

export interface RetryStrategy {
  /** How often a job may start, 1 to 10. */
  readonly attempts: number;
  /** 5 at most. */
  readonly evaluateOnExit: readonly RetryRule[];
}

/**
 * What becomes of a job after its attempt number `attempt` (from 1): `runnable` once more, or its end.
 * Timeouts are not retried (user guide, job_timeouts), terminated jobs neither (job_retries).
 */
export function decideAfter(
  end: AttemptEnd,
  attempt: number,
  { attempts, evaluateOnExit }: RetryStrategy,
): "succeeded" | "failed" | "runnable" {
  if (end.endedBy !== undefined) return "failed";
  if (end.exitCode === 0) return "succeeded";
  if (attempt >= attempts) return "failed";
  const rule = evaluateOnExit.find((candidate) => matches(candidate, end));
  // "If none of the listed conditions match, then the job is retried" (API_RetryStrategy).
  return rule?.action === "EXIT" ? "failed" : "runnable";
}

/** "If all conditions are met" (API_EvaluateOnExit); what Batch does with a rule without any is not told, here it meets all. */
function matches({ onExitCode, onReason, onStatusReason }: RetryRule, end: AttemptEnd): boolean {
  return (
    isLike(onExitCode, end.exitCode === undefined ? undefined : String(end.exitCode)) &&
    // A container without a reason is met by `*`: AWS's own example ends in `"onReason": "*"`, for any reason (job_retries).
    isLike(onReason, end.reason ?? "") &&
    isLike(onStatusReason, end.statusReason ?? "")
  );
}

/** A pattern is the whole text, or with an asterisk at its end the start of it (API_EvaluateOnExit). */
function isLike(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined) return true;
  if (text === undefined) return false;
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
