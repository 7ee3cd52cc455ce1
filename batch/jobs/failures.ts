import type { Job } from "./job.ts";
import { statusReasons } from "./status-reasons.ts";

/** Jobs that failed for one reason. */
export interface FailureGroup {
  readonly reason: string;
  readonly count: number;
  /** Children of an array, ascending; empty for other jobs. */
  readonly indexes: readonly number[];
}

/**
 * Why a job failed, as few different sentences as possible: of 10,000 that can't reach their database one.
 * @param meaningOf what the worker means by an exit code
 */
export function failureReason(
  { exitCode, statusReason, reason }: Pick<Job, "exitCode" | "statusReason" | "reason">,
  meaningOf: (exitCode: number) => string | undefined,
): string {
  const parts: string[] = [];
  // That the container has exited says nothing beside its exit code.
  if (statusReason !== undefined && (statusReason !== statusReasons.exited || exitCode === undefined)) {
    parts.push(statusReason);
  }
  if (reason !== undefined && reason !== statusReason) parts.push(reason);
  if (exitCode !== undefined) {
    const meaning = meaningOf(exitCode);
    parts.push(`exit code ${exitCode}${meaning === undefined ? "" : ` (${meaning})`}`);
  }
  return parts.length === 0 ? "no reason is told" : oneLine(parts.join("; "));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would obey them.
const oneLine = (text: string): string => text.replaceAll(/[\s\x00-\x1f\x7f-\x9f]+/g, " ").trim();

/** Failed jobs by their reason, the most frequent first. */
export function groupFailures(failed: Iterable<{ readonly index?: number; readonly reason: string }>): FailureGroup[] {
  const groups = new Map<string, { count: number; indexes: number[] }>();
  for (const { index, reason } of failed) {
    const group = groups.get(reason) ?? { count: 0, indexes: [] };
    group.count += 1;
    if (index !== undefined) group.indexes.push(index);
    groups.set(reason, group);
  }
  return [...groups]
    .map(([reason, { count, indexes }]) => ({ reason, count, indexes: indexes.sort((one, other) => one - other) }))
    .sort((one, other) => other.count - one.count || (one.reason < other.reason ? -1 : 1));
}

/** `3`, `0-9`, `0-3, 7 and 12 more`: at most `most` ranges. */
export function rangesText(indexes: readonly number[], most = 5): string {
  const ranges: { from: number; to: number }[] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === index - 1) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  const shown = ranges.slice(0, most).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  const rest = ranges.slice(most).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return shown.join(", ") + (rest > 0 ? ` and ${rest.toLocaleString("en-US")} more` : "");
}
