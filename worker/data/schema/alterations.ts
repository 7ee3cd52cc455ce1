import { type Action, createRanks, dropRanks, fillRank, rankOf, typeKinds } from "./action.ts";
import { type CatalogObject, type Column, objectsOf } from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { isReleased } from "./changes/column.ts";
import { changeOf } from "./changes/index.ts";
import { satellites } from "./changes/satellites.ts";
import { dropReplaced } from "./changes/types.ts";
import { clause } from "./statement.ts";

export function alterations(context: ChangeContext): Action[] {
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

/** Which index tells the rows of a table apart: said when the index is there, and again when it was made anew. */
export function replicaIdentities({ from, to, rebuilt }: ChangeContext): Action[] {
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
export function replacedTypeDrops({ from, to, replaced }: ChangeContext): Action[] {
  return typeKinds.flatMap((kind) =>
    objectsOf(to, kind).flatMap((type): Action[] => {
      const before = from.objects.get(type.id);
      if (!replaced.has(type.sqlName) || before?.kind !== type.kind || before.kind === "range") return [];
      const statements = [dropReplaced(before)];
      return [{ verb: "alter", object: type.id, covers: [], statements, rank: fillRank, isTypeDrop: true }];
    }),
  );
}

function isType({ kind }: CatalogObject): boolean {
  return ["enum", "domain", "composite", "range"].includes(kind);
}
