/** Something to be done, before which others must be done. */
export interface Node {
  /** Among those that may be next, the lowest comes first; equal ones in the order of the list. */
  rank: number;
}

/**
 * The nodes in an order in which each comes after those in `before` it.
 * @throws Error with the nodes of a circle, where there is one
 */
export function ordered<T extends Node>(nodes: readonly T[], before: ReadonlyMap<T, ReadonlySet<T>>): T[] {
  const waiting = new Map(
    nodes.map((node) => [node, new Set([...(before.get(node) ?? [])].filter((b) => b !== node))]),
  );
  const result: T[] = [];
  const done = new Set<T>();
  while (waiting.size > 0) {
    let next: T | undefined;
    for (const [node, blockers] of waiting) {
      for (const blocker of blockers) if (done.has(blocker)) blockers.delete(blocker);
      if (blockers.size === 0 && (next === undefined || node.rank < next.rank)) next = node;
    }
    if (next === undefined) throw new CircleError([...waiting.keys()]);
    waiting.delete(next);
    done.add(next);
    result.push(next);
  }
  return result;
}

export class CircleError extends Error {
  readonly nodes: readonly unknown[];
  constructor(nodes: readonly unknown[]) {
    super("The statements wait for one another.");
    this.nodes = nodes;
  }
}
