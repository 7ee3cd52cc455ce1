import type { Outcome } from "./path.ts";

export type Verdict = "reachable" | "partial" | "not-reachable" | "unknown";

/**
 * Of all the parts of a flow: `unknown` where some part may or may not get through and that decides; `partial` where some
 * surely do and some surely do not.
 */
export function verdictOf(outcomes: readonly Outcome[]): Verdict {
  const has = (result: Outcome["result"]) => outcomes.some((outcome) => outcome.result === result);
  if (has("reachable") && has("not-reachable")) return "partial";
  if (has("unknown")) return "unknown";
  return has("not-reachable") ? "not-reachable" : "reachable";
}
