import type { Outcome } from "./path.ts";

export type Verdict = "reachable" | "partial" | "not-reachable" | "unknown";

/**
 * Of all the parts of a flow: `unknown` where some part may or may not get through and that decides; `partial` where some
 * surely do and some surely do not.
 */
export function verdictOf(outcomes: readonly Outcome[]): Verdict {
  const results = new Set(outcomes.map(({ result }) => result));
  if (results.has("reachable") && results.has("not-reachable")) return "partial";
  if (results.has("unknown")) return "unknown";
  return results.has("not-reachable") ? "not-reachable" : "reachable";
}
