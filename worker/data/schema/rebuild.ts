import { type Catalog, type CatalogObject, columnsOf, type ObjectId, objectsOf, type Table } from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { isDividedAnew, isMerged } from "./changes/division.ts";
import { changeOf } from "./changes/index.ts";
import { rootOf } from "./changes/repartition.ts";
import { changesType } from "./conversion.ts";
import { columnsOfReplacedType, type Sides } from "./replaced-types.ts";

/** Who depends on whom, the other way round. */
export function dependentsIn(catalog: Catalog): (id: ObjectId) => readonly ObjectId[] {
  const dependents = new Map<ObjectId, ObjectId[]>();
  for (const object of catalog.objects.values()) {
    for (const id of object.dependsOn) {
      const list = dependents.get(id);
      if (list) list.push(object.id);
      else dependents.set(id, [object.id]);
    }
  }
  return (id) => dependents.get(id) ?? [];
}

/**
 * The objects that are there before and after, and must be dropped and made again on the way: those that can't be
 * altered, and all that stands on something that goes or changes its type. PostgreSQL says of each what it refuses
 * (ALTER TABLE, DROP ... RESTRICT); what it rebuilds by itself, indexes and checks over a changed type, stays.
 */
export function rebuiltObjects(sides: Sides, replaced: ReadonlySet<string>): Set<ObjectId> {
  const { from, to } = sides;
  const rebuilt = new Set<ObjectId>();
  const dependents = dependentsIn(from);
  const context = { ...sides, replaced, rebuilt };
  const queue: ObjectId[] = [];

  const rebuild = (id: ObjectId) => {
    if (rebuilt.has(id)) return;
    const object = from.objects.get(id);
    // What is gone afterwards is dropped anyway, and what stands on it is reached from there.
    if (!object || !to.objects.has(id)) return;
    rebuilt.add(id);
    queue.push(id);
  };

  /** `gone`: the thing itself is dropped, not only changed in its type. */
  const clearTheWay = (id: ObjectId, gone: boolean) => {
    for (const dependent of dependents(id)) {
      const object = from.objects.get(dependent)!;
      if (stays(object, id, gone)) continue;
      rebuild(dependent);
    }
  };

  for (const [id, object] of from.objects) {
    const after = to.objects.get(id);
    if (!after) clearTheWay(id, true);
    else if (changeOf(after).alter(object, after, context) === null) rebuild(id);
  }
  for (const column of objectsOf(to, "column")) {
    const before = from.objects.get(column.id);
    if (before?.kind === "column" && changesType(before, column, context)) clearTheWay(column.id, false);
  }
  for (const table of objectsOf(to, "table")) {
    const before = from.objects.get(table.id);
    if (before?.kind === "table" && table.partitionKey !== null && changesKey(before, context)) rebuild(table.id);
  }
  // Rows that foreign keys lead to are away while they move from one partition to another.
  const divided = objectsOf(to, "table").filter((table) => isDividedAnew(table, sides));
  divided.push(...objectsOf(from, "table").filter((table) => isMerged(table, sides)));
  const parents = new Set(divided.flatMap(({ partitionOf }) => [partitionOf!.table, rootOf(partitionOf!.table, from)]));
  for (const { id, type, references } of objectsOf(from, "constraint")) {
    const target = from.objects.get(references[0]!);
    if (type === "foreign key" && target?.kind === "column" && parents.has(target.table)) rebuild(id);
  }
  for (const kind of ["enum", "domain", "range", "composite"] as const) {
    for (const type of objectsOf(to, kind)) {
      if (!replaced.has(type.sqlName)) continue;
      for (const column of columnsOfReplacedType(type.sqlName, sides)) clearTheWay(column.id, false);
      for (const dependent of dependents(type.id)) {
        const object = from.objects.get(dependent)!;
        if (["view", "routine", "index", "constraint", "policy", "trigger", "rule"].includes(object.kind))
          rebuild(dependent);
        if (object.kind === "column" && object.generated) rebuild(dependent);
      }
    }
  }
  while (queue.length > 0) clearTheWay(queue.pop()!, true);
  return rebuilt;

  /** What a table is partitioned by can't change its type. */
  function changesKey({ id, partitionKey }: Table, { replaced }: ChangeContext): boolean {
    return columnsOf(from, id).some((column) => {
      const after = to.objects.get(column.id);
      if (after?.kind !== "column" || !partitionKey?.match(wholeWord(column.name))) return false;
      return changesType(column, after, context) || replaced.has(after.baseType);
    });
  }

  function stays(object: CatalogObject, on: ObjectId, gone: boolean): boolean {
    switch (object.kind) {
      case "column": {
        // A default is dropped and set again by the column's own change; what is computed can only be made anew.
        return !object.generated && on !== object.table;
      }
      case "constraint":
        // Its type is looked up anew by PostgreSQL, but for the two ends of a foreign key, which must agree all the time.
        return !gone && object.type !== "foreign key";
      case "index":
      case "statistics":
        return !gone;
      case "table":
        return !isPartitionOf(object, on) || !isPartitionOf(to.objects.get(object.id), on);
      case "enum":
      case "domain":
      case "composite":
      case "range":
      case "sequence":
      case "schema":
      case "extension":
        return true;
      case "routine":
        // A body that is text does not depend on anything; a signature or a parsed body stands in the way.
        return false;
      default:
        return false;
    }
  }
}

function isPartitionOf(object: CatalogObject | undefined, table: ObjectId): boolean {
  return object?.kind === "table" && object.partitionOf?.table === table;
}

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\w"])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w"])`);
}
