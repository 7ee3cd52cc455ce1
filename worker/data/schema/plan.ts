import {
  type Catalog,
  type CatalogObject,
  type Column,
  type ObjectId,
  objectOf,
  objectsOf,
  type Table,
} from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { absorbedSequences, changesType, isReleased, serialSequence } from "./changes/column.ts";
import { isDividedAnew, isMerged } from "./changes/division.ts";
import { changeOf } from "./changes/index.ts";
import { isRebuilt, partitionsOf, rootOf, setAside, takeRows } from "./changes/repartition.ts";
import { satellites } from "./changes/satellites.ts";
import { changesParents, inlineConstraints } from "./changes/table.ts";
import { dropReplaced } from "./changes/types.ts";
import { ordered } from "./order.ts";
import { dependentsIn, rebuiltObjects } from "./rebuild.ts";
import { columnsOfReplacedType, replacedTypes } from "./replaced-types.ts";
import { clause, type Statement, statement } from "./statement.ts";

export interface PlanOptions {
  /** SQL that fills a column where it is NULL, by the column's id. */
  backfills?: ReadonlyMap<ObjectId, string>;
  /** Tables whose rows are to go with them. */
  dropped?: ReadonlySet<ObjectId>;
}

/** A change of one object, and of what comes or goes along with it. */
interface Action {
  verb: "drop" | "release" | "create" | "alter";
  object: ObjectId;
  /** The object, and what is in its statements. */
  covers: ObjectId[];
  statements: Statement[];
  rank: number;
  /** What must be there beside what the object depends on. */
  needs?: ObjectId[];
  /** It says which column a sequence goes with. */
  isOwnership?: true;
  /** It drops what a type that was made anew left behind. */
  isTypeDrop?: true;
  /** It moves the rows of a table that was made anew, and drops the old one. */
  isRowTaking?: true;
}

/** The statements that turn a database that is as `from` says into one as `to` says, in an order that works. */
export function plan(from: Catalog, to: Catalog, options: PlanOptions = {}): Statement[] {
  const context = changeContext(from, to, options);
  const actions = [
    ...drops(context),
    ...creations(context),
    ...alterations(context),
    ...replacedTypeDrops(context),
    ...replicaIdentities(context),
  ];
  return ordered(actions, constraintsOf(actions, context)).flatMap(({ statements }) => statements);
}

/** What is known of a change before its statements are. */
export function changeContext(
  from: Catalog,
  to: Catalog,
  { backfills = new Map(), dropped = new Set() }: PlanOptions = {},
): ChangeContext {
  const sides = { from, to, backfills, dropped };
  const replaced = replacedTypes(sides);
  return { ...sides, replaced, rebuilt: rebuiltObjects(sides, replaced) };
}

/** What a person would write first; dependencies have the last word. */
const dropRanks: Record<CatalogObject["kind"], number> = {
  trigger: 0,
  policy: 0,
  rule: 0,
  view: 1,
  statistics: 2,
  constraint: 3,
  index: 4,
  column: 20,
  table: 21,
  routine: 22,
  sequence: 23,
  domain: 24,
  composite: 24,
  range: 24,
  enum: 24,
  extension: 25,
  schema: 26,
};
const createRanks: Record<CatalogObject["kind"], number> = {
  schema: 30,
  extension: 31,
  enum: 32,
  composite: 32,
  range: 32,
  domain: 33,
  sequence: 34,
  routine: 35,
  table: 36,
  column: 37,
  constraint: 40,
  index: 42,
  statistics: 43,
  view: 44,
  rule: 45,
  trigger: 46,
  policy: 47,
};
const fillRank = 38;
const foreignKeyRank = 41;

function rankOf(verb: Action["verb"], object: CatalogObject): number {
  if (verb === "drop") return dropRanks[object.kind];
  if (object.kind === "constraint" && object.type === "foreign key") return foreignKeyRank;
  return createRanks[object.kind];
}

function drops(context: ChangeContext): Action[] {
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

function foreignTable(object: CatalogObject, catalog: Catalog): ObjectId | undefined {
  const column = object.kind === "constraint" ? object.references[0] : undefined;
  return column && (catalog.objects.get(column) as Column | undefined)?.table;
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

function creations(context: ChangeContext): Action[] {
  const { from, to, rebuilt } = context;
  const comes = (id: ObjectId) => rebuilt.has(id) || !from.objects.has(id);
  const covered = new Map<ObjectId, ObjectId>();
  for (const object of to.objects.values()) {
    if (!comes(object.id)) continue;
    if (object.kind === "table") {
      for (const constraint of inlineConstraints(object, context)) covered.set(constraint.id, object.id);
    }
    if (object.kind === "column" && !comes(object.table) && changesParents(object.table, context)) {
      covered.set(object.id, object.table);
    } else if (object.kind === "column") {
      const carrier = comes(object.table) ? object.table : object.id;
      if (carrier !== object.id) covered.set(object.id, carrier);
      const sequence = serialSequence(object, context);
      if (sequence && comes(sequence.id)) covered.set(sequence.id, carrier);
    } else if (from.objects.has(object.id) === false && object.kind === "sequence" && object.ownedBy) {
      const before = from.objects.get(object.ownedBy);
      const after = to.objects.get(object.ownedBy);
      if (before?.kind === "column" && after?.kind === "column") {
        const taken = absorbedSequences(before, after, context).some(({ id }) => id === object.id);
        if (taken) covered.set(object.id, after.id);
      }
    }
  }
  const actions = new Map<ObjectId, Action>();
  const result: Action[] = [];
  for (const object of to.objects.values()) {
    if (!comes(object.id) || covered.has(object.id)) continue;
    const statements = [...changeOf(object).create(object, context), ...satellites(undefined, object, context)];
    const action: Action = {
      verb: "create",
      object: object.id,
      covers: [object.id],
      statements,
      rank: rankOf("create", object),
    };
    actions.set(object.id, action);
    result.push(action);
  }
  for (const [id, carrier] of covered) {
    const object = to.objects.get(id)!;
    const action = actions.get(carrier);
    action?.covers.push(id);
    action?.statements.push(...satellites(undefined, object, context));
    if ("clustered" in object && object.clustered && action) {
      action.statements.push(clause(to.objects.get(carrier)!.sqlName, `CLUSTER ON ${object.name}`));
    }
  }
  for (const table of objectsOf(to, "table")) {
    if (!rebuilt.has(table.id) || isRebuilt(table.partitionOf?.table, context)) continue;
    result.push({
      verb: "create",
      object: table.id,
      covers: [],
      statements: takeRows(table, context),
      rank: fillRank,
      needs: [table.id, ...partitionsOf(isDividedAnew(table, context) ? parentOf(table, to) : table, to)],
      isRowTaking: true,
    });
  }
  for (const table of objectsOf(from, "table")) {
    if (!isMerged(table, context) || isRebuilt(table.partitionOf?.table, context)) continue;
    result.push({
      verb: "create",
      object: table.id,
      covers: [],
      statements: takeRows(table, context),
      rank: fillRank,
      needs: partitionsOf(parentOf(table, to), to),
      isRowTaking: true,
    });
  }
  result.push(...owners(context, covered));
  return result;
}

function parentOf({ partitionOf }: Table, catalog: Catalog): Table {
  return objectOf(catalog, partitionOf!.table, "table");
}

/** Which sequence goes with which column: said when both are there. */
function owners({ from, to, rebuilt }: ChangeContext, covered: ReadonlyMap<ObjectId, ObjectId>): Action[] {
  return objectsOf(to, "sequence").flatMap((sequence): Action[] => {
    const before = from.objects.get(sequence.id);
    const owner = before?.kind === "sequence" ? before.ownedBy : null;
    const owned = sequence.ownedBy === null ? undefined : to.objects.get(sequence.ownedBy);
    const isMoved = owned?.kind === "column" && rebuilt.has(owned.table);
    if ((owner === sequence.ownedBy && !isMoved) || covered.has(sequence.id)) return [];
    const column = owned?.sqlName ?? "NONE";
    return [
      {
        verb: "alter",
        object: sequence.id,
        covers: sequence.ownedBy ? [] : [sequence.id],
        statements: [statement(`ALTER SEQUENCE ${sequence.sqlName} OWNED BY ${column}`)],
        rank: createRanks.column,
        isOwnership: true,
      },
    ];
  });
}

function alterations(context: ChangeContext): Action[] {
  const { from, to, rebuilt, replaced } = context;
  return [...to.objects.values()].flatMap((object): Action[] => {
    const before = from.objects.get(object.id);
    if (!before || rebuilt.has(object.id)) return [];
    const release = object.kind === "column" && before.kind === "column" ? releases(before, object, context) : [];
    const statements = [
      ...(changeOf(object).alter(before, object, context) ?? []),
      // A type that is made anew under its name has nothing of the old one.
      ...satellites(
        "sqlName" in object && replaced.has(object.sqlName) && isType(object) ? undefined : before,
        object,
        context,
      ),
    ];
    if (statements.length === 0) return [];
    return [
      ...release,
      { verb: "alter", object: object.id, covers: [object.id], statements, rank: rankOf("alter", object) },
    ];
  });
}

/** Which index tells the rows of a table apart: said when the index is there, and again when it was made anew. */
function replicaIdentities({ from, to, rebuilt }: ChangeContext): Action[] {
  return objectsOf(to, "table").flatMap((table): Action[] => {
    if (!table.replicaIdentity.startsWith("USING INDEX ")) return [];
    const before = from.objects.get(table.id);
    const name = table.replicaIdentity.slice("USING INDEX ".length);
    const index = [...to.objects.values()].find(
      (object) =>
        (object.kind === "index" || object.kind === "constraint") && object.table === table.id && object.name === name,
    );
    const stays = index && from.objects.has(index.id) && !rebuilt.has(index.id) && !rebuilt.has(table.id);
    if (stays && before?.kind === "table" && before.replicaIdentity === table.replicaIdentity) return [];
    return [
      {
        verb: "alter",
        object: table.id,
        covers: [],
        statements: [clause(table.sqlName, `REPLICA IDENTITY ${table.replicaIdentity}`)],
        rank: createRanks.index,
        needs: [table.id, ...(index ? [index.id] : [])],
      },
    ];
  });
}

/** What a type that is made anew leaves behind goes when nothing is of it any more. */
function replacedTypeDrops({ from, to, replaced }: ChangeContext): Action[] {
  return typeKinds.flatMap((kind) =>
    objectsOf(to, kind).flatMap((type): Action[] => {
      const before = from.objects.get(type.id);
      if (!replaced.has(type.sqlName) || before?.kind !== type.kind || before.kind === "range") return [];
      const statements = [dropReplaced(before)];
      return [{ verb: "alter", object: type.id, covers: [], statements, rank: fillRank, isTypeDrop: true }];
    }),
  );
}

const typeKinds = ["enum", "domain", "range", "composite"] as const;

function isType({ kind }: CatalogObject): boolean {
  return ["enum", "domain", "composite", "range"].includes(kind);
}

/** A default over something that is made anew is dropped before that goes; the column's own change sets it again. */
function releases(from: Column, to: Column, context: ChangeContext): Action[] {
  if (!isReleased(from, context)) return [];
  const table = context.from.objects.get(from.table)!.sqlName;
  return [
    {
      verb: "release",
      object: to.id,
      covers: [to.id],
      statements: [clause(table, `ALTER ${from.name} DROP DEFAULT`)],
      rank: dropRanks.view,
    },
  ];
}

/** Which action must come before which. */
function constraintsOf(actions: readonly Action[], context: ChangeContext): Map<Action, Set<Action>> {
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
