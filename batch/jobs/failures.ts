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

/** Failed jobs by their reason, as they become known. */
export class FailureGroups {
  readonly #groups = new Map<string, { count: number; readonly indexes: number[] }>();
  #sorted: readonly FailureGroup[] | undefined;

  add({ index, reason }: { readonly index?: number; readonly reason: string }): void {
    const group = this.#groups.get(reason) ?? { count: 0, indexes: [] };
    this.#groups.set(reason, group);
    group.count += 1;
    if (index !== undefined) group.indexes.push(index);
    this.#sorted = undefined;
  }

  /** The most frequent first; put in order when there are more of them only: a picture is drawn twice a second. */
  get all(): readonly FailureGroup[] {
    this.#sorted ??= [...this.#groups]
      .map(([reason, { count, indexes }]) => ({
        reason,
        count,
        indexes: indexes.toSorted((one, other) => one - other),
      }))
      .sort((one, other) => other.count - one.count || (one.reason < other.reason ? -1 : 1));
    return this.#sorted;
  }
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
