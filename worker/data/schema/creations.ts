import { type Action, createRanks, fillRank, rankOf } from "./action.ts";
import { type Catalog, type ObjectId, objectOf, objectsOf, type Table } from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { absorbedSequences, serialSequence } from "./changes/counter.ts";
import { isDividedAnew, isMerged } from "./changes/division.ts";
import { changeOf } from "./changes/index.ts";
import { isRebuilt, partitionsOf, takeRows } from "./changes/repartition.ts";
import { satellites } from "./changes/satellites.ts";
import { changesParents, inlineConstraints } from "./changes/table.ts";
import { clause, statement } from "./statement.ts";

export function creations(context: ChangeContext): Action[] {
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
