import { type Action, foreignTable, typeKinds } from "./action.ts";
import { type Catalog, type Column, type ObjectId, objectsOf, type Table } from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { rootOf } from "./changes/repartition.ts";
import { changesType } from "./conversion.ts";
import { dependentsIn } from "./rebuild.ts";
import { columnsOfReplacedType } from "./replaced-types.ts";

/** Which action must come before which. */
export function constraintsOf(actions: readonly Action[], context: ChangeContext): Map<Action, Set<Action>> {
  const { from, to } = context;
  const before = new Map<Action, Set<Action>>(actions.map((action) => [action, new Set()]));
  const makers = new Map<ObjectId, Action[]>();
  const droppers = new Map<ObjectId, Action>();
  const releasers = new Map<ObjectId, Action>();
  for (const action of actions) {
    for (const id of action.covers) {
      if (action.verb === "drop") droppers.set(id, action);
      else if (action.verb === "release") releasers.set(id, action);
      else makers.set(id, [...(makers.get(id) ?? []), action]);
    }
  }
  const after = (later: Action, earlier: Action | undefined) => {
    if (earlier && earlier !== later) before.get(later)!.add(earlier);
  };
  const dependents = dependentsIn(from);
  const rowTakers = new Map(actions.filter(({ isRowTaking }) => isRowTaking).map((action) => [action.object, action]));

  for (const action of actions) {
    for (const id of action.needs ?? []) for (const maker of makers.get(id) ?? []) after(action, maker);
    const ids = action.covers;
    if (action.verb === "drop") {
      for (const id of ids) {
        for (const dependent of dependents(id)) {
          after(action, droppers.get(dependent));
          // What stays lets go of it first.
          const releaser = releasers.get(dependent);
          if (releaser) after(action, releaser);
          else if (!droppers.has(dependent)) for (const maker of makers.get(dependent) ?? []) after(action, maker);
          // The old table of one that is made anew has its columns until its rows are taken.
          const object = from.objects.get(dependent);
          const table = object?.kind === "column" ? object.table : dependent;
          const goes = from.objects.get(id);
          const root = rootOf(table, to);
          const isPart = goes === undefined || goes.kind === "table" || "table" in goes;
          if (!isPart && root !== action.object) after(action, rowTakers.get(root));
        }
      }
      continue;
    }
    if (action.verb === "release") continue;
    for (const id of ids) {
      after(action, droppers.get(id));
      after(action, releasers.get(id));
      for (const needed of to.objects.get(id)?.dependsOn ?? []) {
        for (const maker of makers.get(needed) ?? []) after(action, maker);
      }
      if (action.verb === "alter") for (const dependent of dependents(id)) after(action, droppers.get(dependent));
    }
  }
  replacements(actions, context, rowTakers, makers, droppers, dependents, after);
  ownerships(actions, context, makers, droppers, after);
  persistence(actions, context, makers, droppers, after);
  sameNames(actions, context, after);
  return before;
}

/** A type that is made anew under its name moves its columns, whose dependents must be out of the way. */
function replacements(
  actions: readonly Action[],
  { from, to, replaced, rebuilt }: ChangeContext,
  rowTakers: ReadonlyMap<ObjectId, Action>,
  makers: ReadonlyMap<ObjectId, Action[]>,
  droppers: ReadonlyMap<ObjectId, Action>,
  dependents: (id: ObjectId) => readonly ObjectId[],
  after: (later: Action, earlier: Action | undefined) => void,
): void {
  for (const kind of typeKinds) {
    for (const type of objectsOf(to, kind)) {
      const [maker] = makers.get(type.id) ?? [];
      if (!maker || !replaced.has(type.sqlName)) continue;
      const drop = actions.find(({ isTypeDrop, object }) => isTypeDrop && object === type.id) ?? maker;
      after(drop, maker);
      for (const dependent of dependents(type.id)) {
        after(drop, droppers.get(dependent));
        for (const other of makers.get(dependent) ?? []) after(drop, other);
        const outer = actions.find(({ isTypeDrop, object }) => isTypeDrop && object === dependent);
        after(drop, outer);
        // The old table of one that is made anew goes when its rows are taken.
        const object = from.objects.get(dependent);
        const table = object && "table" in object ? object.table : dependent;
        after(drop, rowTakers.get(rootOf(table, to)));
      }
      for (const column of columnsOfReplacedType(type.sqlName, { from, to })) {
        for (const dependent of dependents(column.id)) after(maker, droppers.get(dependent));
      }
      // Columns that leave the type do so while it has its name.
      for (const dependent of dependents(type.id)) {
        const column = to.objects.get(dependent);
        const old = from.objects.get(dependent);
        if (column?.kind !== "column" || old?.kind !== "column" || rebuilt.has(column.table)) continue;
        if (changesType(old, column, { replaced }) && column.baseType !== type.sqlName) {
          for (const other of makers.get(dependent) ?? []) after(maker, other);
        }
      }
    }
  }
}

/** OWNED BY comes when the column is there, and before what takes the sequence along is dropped. */
function ownerships(
  actions: readonly Action[],
  { from, to, rebuilt }: ChangeContext,
  makers: ReadonlyMap<ObjectId, Action[]>,
  droppers: ReadonlyMap<ObjectId, Action>,
  after: (later: Action, earlier: Action | undefined) => void,
): void {
  for (const action of actions) {
    const sequence = to.objects.get(action.object);
    if (!action.isOwnership || sequence?.kind !== "sequence") continue;
    for (const maker of makers.get(sequence.id) ?? []) after(action, maker);
    if (sequence.ownedBy) for (const maker of makers.get(sequence.ownedBy) ?? []) after(action, maker);
    const old = from.objects.get(sequence.id);
    if (old?.kind !== "sequence" || !old.ownedBy) continue;
    const column = from.objects.get(old.ownedBy) as Column;
    // The old table of one that is made anew goes when its rows are taken.
    const last = rebuilt.has(column.table)
      ? actions.find(({ isRowTaking, needs }) => isRowTaking && needs?.includes(column.table))
      : droppers.get(old.ownedBy);
    if (last) after(last, action);
  }
}

/** What is logged can't point to what is not: who points goes first out of the log, and last into it. */
function persistence(
  actions: readonly Action[],
  { from, to }: ChangeContext,
  makers: ReadonlyMap<ObjectId, Action[]>,
  droppers: ReadonlyMap<ObjectId, Action>,
  after: (later: Action, earlier: Action | undefined) => void,
): void {
  const changed = new Map<ObjectId, Action>();
  for (const action of actions) {
    const [before, table] = [from.objects.get(action.object), to.objects.get(action.object)];
    if (action.verb !== "alter" || !action.covers.includes(action.object)) continue;
    if (before?.kind !== "table" || table?.kind !== "table") continue;
    if (before.unlogged !== table.unlogged) changed.set(table.id, action);
  }
  for (const key of [...objectsOf(from, "constraint"), ...objectsOf(to, "constraint")]) {
    if (key.type !== "foreign key") continue;
    const isOld = from.objects.get(key.id) === key;
    const target = foreignTable(key, isOld ? from : to);
    const [pointing, pointedAt] = [changed.get(key.table), target && changed.get(target)];
    const dropper = droppers.get(key.id);
    if (isOld && dropper) {
      for (const table of [pointing, pointedAt]) if (table) after(table, dropper);
    } else if (isOld && pointing && pointedAt && pointing !== pointedAt) {
      const isOut = (to.objects.get(key.table) as Table).unlogged;
      if (isOut) after(pointedAt, pointing);
      else after(pointing, pointedAt);
    } else if (!isOld) {
      for (const maker of makers.get(key.id) ?? []) {
        if (maker.object !== key.id) continue;
        for (const table of [pointing, pointedAt]) after(maker, table);
      }
    }
  }
}

/** Tables, views, indexes and sequences of a schema share their names, and so do types. */
function sameNames(
  actions: readonly Action[],
  { from, to }: ChangeContext,
  after: (later: Action, earlier: Action | undefined) => void,
): void {
  const droppers = new Map<string, Action>();
  const names = (id: ObjectId, catalog: Catalog): string[] => {
    const object = catalog.objects.get(id);
    if (!object) return [];
    if (object.kind === "constraint") {
      const { schema } = catalog.objects.get(object.table) as Table;
      return [`${schema}.${object.name}`, `${object.table} ${object.name}`];
    }
    if (object.kind === "column" || object.kind === "routine" || object.kind === "schema") return [];
    if ("schema" in object) return [`${object.schema}.${object.name}`];
    return [];
  };
  for (const action of actions) {
    if (action.verb === "drop")
      for (const id of action.covers) for (const name of names(id, from)) droppers.set(name, action);
  }
  for (const action of actions) {
    if (action.verb !== "create") continue;
    for (const id of action.covers) for (const name of names(id, to)) after(action, droppers.get(name));
  }
}
