import { type Change, changeText, numbered, sameOrWider } from "./change.ts";

import type { Topology } from "./topology.ts";

/** A resource by type and id, as AWS names them. */
export interface Component {
  readonly type: string;
  readonly id: string;
}

/** Why packets do not get through, or why that is not known; with the component that decides, and what would help. */
export interface Explanation {
  /** AWS's explanation code (VPC Reachability Analyzer guide) in capitals, ours in kebab-case. */
  readonly code: string;
  readonly component: Component;
  /** One sentence. */
  readonly message: string;
  /** One sentence. */
  readonly fix?: string;
  /** What `fix` says, as it can be applied to a topology. */
  readonly change?: Change;
}

/** An explanation whose fix can be applied; `merge` says what it is. */
export function withChange(explanation: Omit<Explanation, "fix" | "change">, change: Change): Explanation {
  return { ...explanation, change };
}

/**
 * The explanations of all parts of a flow, each once. Of two fixes where one does what the other does too, the wider is
 * kept, so that none of them is superfluous. Each with its fix in words.
 */
export function merge(topology: Topology, explanations: Iterable<Explanation>): Explanation[] {
  const kept: Explanation[] = [];
  for (const explanation of explanations) {
    if (kept.some((one) => replaces(one, explanation))) continue;
    const rest = kept.filter((one) => !replaces(explanation, one));
    kept.length = 0;
    kept.push(...rest, explanation);
  }
  const changes = numbered(
    topology,
    kept.map(({ change }) => change),
  );
  return kept.map((one, index) => {
    const change = changes[index];
    return change ? { ...one, fix: changeText(change), change } : one;
  });
}

function replaces(one: Explanation, other: Explanation): boolean {
  if (one.change && other.change) return sameOrWider(one.change, other.change);
  return (
    one.code === other.code &&
    one.component.id === other.component.id &&
    one.message === other.message &&
    one.fix === other.fix
  );
}

/** Where packets arrive and nothing answers. */
export const silent = (component: Component, what: string): Explanation => ({
  code: "NO_POSSIBLE_DESTINATION",
  component,
  message: `${component.id} ${what}.`,
});

/** Where a reply is no answer to what its receiver asked. */
export const elsewhere = (component: Component): Explanation => ({
  code: "asymmetric-return",
  component,
  message: `The reply does not come back as an answer to the request: it ends at ${component.id}.`,
});
