import { type Catalog, type CatalogObject, type Column, type EnumType, type ObjectId, objectsOf } from "./catalog.ts";
import { quoteLiteral } from "./identifier.ts";

/** Both sides, and what is filled in on the way. */
export interface Sides {
  from: Catalog;
  to: Catalog;
  backfills: ReadonlyMap<ObjectId, string>;
}

/**
 * The types that ALTER TYPE can't bring from the one catalog to the other, by their `sqlName`: they are made anew under
 * their name, and their columns move over. Enums that lose or reorder values, or whose new values are used by the same
 * migration (PostgreSQL manual, ALTER TYPE: "cannot be used until after the transaction has been committed"), domains
 * over another type, ranges.
 */
export function replacedTypes(sides: Sides): Set<string> {
  const { from, to } = sides;
  const replaced = new Set<string>();
  for (const type of objectsOf(to, "enum")) {
    const before = from.objects.get(type.id);
    if (before?.kind !== "enum" || sameLabels(before, type)) continue;
    if (!valuesAreOnlyAdded(before, type) || usesNewValues(before, type, sides)) replaced.add(type.sqlName);
  }
  for (const type of objectsOf(to, "domain")) {
    const before = from.objects.get(type.id);
    if (before?.kind !== "domain") continue;
    if (before.base !== type.base || before.collation !== type.collation) replaced.add(type.sqlName);
  }
  for (const type of objectsOf(to, "range")) {
    const before = from.objects.get(type.id);
    if (before?.kind === "range" && before.definition !== type.definition) replaced.add(type.sqlName);
  }
  return replaced;
}

export function sameLabels(from: EnumType, to: EnumType): boolean {
  return JSON.stringify(from.labels) === JSON.stringify(to.labels);
}

/** Whether there are only new values between those that are there. */
function valuesAreOnlyAdded(from: EnumType, to: EnumType): boolean {
  const kept = to.labels.filter((label) => from.labels.includes(label));
  return JSON.stringify(kept) === JSON.stringify(from.labels);
}

/** Rather too often than not: the type made anew is as right, only slower. */
function usesNewValues(from: EnumType, to: EnumType, { from: before, to: after, backfills }: Sides): boolean {
  const added = to.labels.filter((label) => !from.labels.includes(label));
  const names = added.flatMap((label) => [quoteLiteral(label), label]);
  for (const object of after.objects.values()) {
    const old = before.objects.get(object.id);
    if (object.kind === "column" && object.baseType === to.sqlName) {
      if (old?.kind === "column" && old.baseType !== to.sqlName) return true;
      if (backfills.has(object.id)) return true;
    }
    if (!old || textOf(old) !== textOf(object)) {
      const text = textOf(object);
      if (object.id !== to.id && text.includes(to.name) && names.some((name) => text.includes(name))) return true;
    }
  }
  return false;
}

function textOf(object: CatalogObject): string {
  if (object.kind === "column") return object.default === null ? "" : `${object.default}`;
  if (object.kind === "domain") return JSON.stringify([object.default, object.checks]);
  return "definition" in object ? object.definition : "";
}

/** The columns that have a type before and after, and move from its one make to the next. */
export function columnsOfReplacedType(sqlName: string, { from, to }: Pick<Sides, "from" | "to">): Column[] {
  return objectsOf(to, "column").filter((column) => {
    const before = from.objects.get(column.id);
    return column.baseType === sqlName && before?.kind === "column" && before.baseType === sqlName;
  });
}
