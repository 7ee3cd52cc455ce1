import { type Action, foreignTable, rankOf } from "./action.ts";
import { type Catalog, type CatalogObject, type Column, type ObjectId, objectsOf } from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { absorbedSequences } from "./changes/counter.ts";
import { changeOf } from "./changes/index.ts";
import { setAside } from "./changes/repartition.ts";
import { changesParents } from "./changes/table.ts";

export function drops(context: ChangeContext): Action[] {
  const { from, to, rebuilt } = context;
  const goes = (id: ObjectId) => rebuilt.has(id) || !to.objects.has(id);
  const covered = new Map<ObjectId, ObjectId>();
  const absorbed = new Set(
    objectsOf(to, "column").flatMap((column) => {
      const before = from.objects.get(column.id);
      return before?.kind === "column" ? absorbedSequences(before, column, context).map(({ id }) => id) : [];
    }),
  );
  for (const object of from.objects.values()) {
    if (!goes(object.id)) continue;
    const cover = coverOfDrop(object, goes, context);
    if (cover) covered.set(object.id, cover);
  }
  const coverOf = (id: ObjectId): ObjectId => {
    const cover = covered.get(id);
    return cover ? coverOf(cover) : id;
  };
  const actions = new Map<ObjectId, Action>();
  for (const object of from.objects.values()) {
    if (!goes(object.id) || covered.has(object.id) || absorbed.has(object.id)) continue;
    const statements =
      object.kind === "table" && rebuilt.has(object.id)
        ? setAside(object, context)
        : changeOf(object).drop(object, context);
    actions.set(object.id, {
      verb: "drop",
      object: object.id,
      covers: [object.id],
      statements,
      rank: rankOf("drop", object),
    });
  }
  for (const id of covered.keys()) actions.get(coverOf(id))?.covers.push(id);
  return [...actions.values()];
}

/** What takes `object` along when it is dropped, if anything does. */
function coverOfDrop(
  object: CatalogObject,
  goes: (id: ObjectId) => boolean,
  context: ChangeContext,
): ObjectId | undefined {
  const { from, rebuilt } = context;
  if (object.kind === "sequence") {
    const owner = object.ownedBy;
    const column = owner ? from.objects.get(owner) : undefined;
    if (column?.kind !== "column") return undefined;
    return goes(column.table) ? column.table : goes(column.id) ? column.id : undefined;
  }
  if (object.kind === "table" && object.partitionOf && !rebuilt.has(object.id)) {
    return goes(object.partitionOf.table) ? object.partitionOf.table : undefined;
  }
  if (!("table" in object)) return undefined;
  if (object.kind === "column" && !rebuilt.has(object.id) && changesParents(object.table, context)) return object.table;
  // The rows of a table that is made anew wait in the old one, without what has a name of its own.
  if (rebuilt.has(object.table)) return object.kind === "column" ? object.table : undefined;
  if (goes(object.table)) {
    if (object.kind !== "constraint" || object.type !== "foreign key") return object.table;
    // Two tables that point to each other can't go one after the other.
    const target = foreignTable(object, from);
    const isCircle =
      target !== undefined && target !== object.table && goes(target) && reaches(target, object.table, from);
    return isCircle ? undefined : object.table;
  }
  if (object.kind === "constraint" || object.kind === "index") {
    const columns = object.dependsOn.filter((id) => from.objects.get(id)?.kind === "column");
    return columns.find((id) => goes(id) && (from.objects.get(id) as Column).table === object.table);
  }
  return undefined;
}

/** Whether foreign keys lead from one table to the other. */
function reaches(start: ObjectId, goal: ObjectId, catalog: Catalog): boolean {
  const seen = new Set<ObjectId>();
  const queue = [start];
  for (let table = queue.pop(); table !== undefined; table = queue.pop()) {
    if (table === goal) return true;
    if (seen.has(table)) continue;
    seen.add(table);
    for (const key of objectsOf(catalog, "constraint")) {
      const target = key.table === table && key.type === "foreign key" ? foreignTable(key, catalog) : undefined;
      if (target) queue.push(target);
    }
  }
  return false;
}
