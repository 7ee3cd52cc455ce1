import { objectsOf, type Table } from "../catalog.ts";
import type { ChangeContext } from "./change.ts";

/** Whether rows of the partition may belong to others now, which would overlap with it while it is as it was. */
export function dividesAnew(from: Table, to: Table, context: Pick<ChangeContext, "from" | "to">): boolean {
  const [was, is] = [from.partitionOf, to.partitionOf];
  if (!was || !is || was.table !== is.table || was.bound === is.bound) return false;
  return objectsOf(context.to, "table").some((other) => {
    if (other.id === to.id || other.partitionOf?.table !== is.table) return false;
    const before = context.from.objects.get(other.id);
    return before?.kind !== "table" || before.partitionOf?.bound !== other.partitionOf.bound;
  });
}

/** Whether rows may belong to other partitions of its parent than before. */
export function isDividedAnew(table: Table, context: Pick<ChangeContext, "from" | "to">): boolean {
  const before = context.from.objects.get(table.id);
  return before?.kind === "table" && dividesAnew(before, table, context);
}

/** Whether the partition is gone, and what it had goes to others, which have new bounds. */
export function isMerged(table: Table, { from, to, dropped }: Pick<ChangeContext, "from" | "to" | "dropped">): boolean {
  const parent = table.partitionOf?.table;
  if (!parent || !to.objects.has(parent) || to.objects.has(table.id) || dropped.has(table.id)) return false;
  return objectsOf(to, "table").some((other) => {
    const before = from.objects.get(other.id);
    if (before?.kind !== "table" || other.partitionOf?.table !== parent) return false;
    return before.partitionOf?.table === parent && before.partitionOf.bound !== other.partitionOf.bound;
  });
}
