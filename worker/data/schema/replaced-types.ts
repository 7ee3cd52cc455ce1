import {
  type Catalog,
  type CatalogObject,
  type Column,
  type CompositeType,
  type Domain,
  type EnumType,
  type ObjectId,
  objectsOf,
} from "./catalog.ts";
import { quoteLiteral } from "./identifier.ts";

/** Both sides, and what is filled in on the way. */
export interface Sides {
  from: Catalog;
  to: Catalog;
  backfills: ReadonlyMap<ObjectId, string>;
  /** Tables whose rows are to go with them. */
  dropped: ReadonlySet<ObjectId>;
}

/**
 * The types that ALTER TYPE can't bring from the one catalog to the other, by their `sqlName`: they are made anew under
 * their name, and their columns move over. Enums that lose or reorder values, or whose new values are used by the same
 * migration (PostgreSQL manual, ALTER TYPE: "cannot be used until after the transaction has been committed"), domains
 * over another type, composite types whose attributes change their type, ranges, and what is made of these.
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
    const isOther = before.base !== type.base || before.collation !== type.collation;
    if (isOther || (isNarrower(before, type) && isContained(type.sqlName, from))) replaced.add(type.sqlName);
  }
  for (const type of objectsOf(to, "composite")) {
    const before = from.objects.get(type.id);
    if (before?.kind !== "composite") continue;
    const old = new Map(before.attributes.map((attribute) => [attribute.name, attribute]));
    const isOther = type.attributes.some(({ name, type: after, collation }) => {
      const attribute = old.get(name);
      return attribute && (attribute.type !== after || attribute.collation !== collation);
    });
    const columns = columnsOfReplacedType(type.sqlName, sides);
    // ALTER TYPE adds at the end; in arrays, the values can't be taken apart.
    const isMoved = !isAppended(before, type) && !columns.some(({ isArray }) => isArray);
    if ((isOther && columns.length > 0) || isMoved) replaced.add(type.sqlName);
  }
  for (const type of objectsOf(to, "range")) {
    const before = from.objects.get(type.id);
    if (before?.kind === "range" && before.definition !== type.definition) replaced.add(type.sqlName);
  }
  // What is made of a type that is made anew is made anew too.
  for (let size = -1; size !== replaced.size; ) {
    size = replaced.size;
    for (const type of [...objectsOf(to, "domain"), ...objectsOf(to, "composite"), ...objectsOf(to, "range")]) {
      const before = from.objects.get(type.id);
      const isMadeOf = (id: ObjectId) => {
        const other = to.objects.get(id);
        return other !== undefined && other.kind !== "routine" && replaced.has(other.sqlName);
      };
      if (before && type.dependsOn.some((id) => isMadeOf(id) && before.dependsOn.includes(id))) {
        replaced.add(type.sqlName);
      }
    }
  }
  return replaced;
}

/** Whether the attributes come in their order when those that are new are added at the end. */
function isAppended(from: CompositeType, to: CompositeType): boolean {
  const [old, names] = [from, to].map(({ attributes }) => attributes.map(({ name }) => name)) as [string[], string[]];
  const added = names.filter((name) => !old.includes(name));
  return [...old.filter((name) => names.includes(name)), ...added].join() === names.join();
}

/** Whether values that a domain had may be none any more. */
function isNarrower(from: Domain, to: Domain): boolean {
  const had = new Set(from.checks.map(({ definition }) => definition));
  return (to.notNull && !from.notNull) || to.checks.some(({ definition }) => !had.has(definition));
}

/** Whether values of a domain are inside of others, where PostgreSQL does not look for them: "column uses it". */
function isContained(sqlName: string, catalog: Catalog): boolean {
  const over = objectsOf(catalog, "domain").filter(({ base }) => base === sqlName);
  return (
    over.some((domain) => isContained(domain.sqlName, catalog)) ||
    objectsOf(catalog, "column").some(({ baseType, isArray }) => isArray && baseType === sqlName) ||
    objectsOf(catalog, "composite").some(({ attributes }) =>
      attributes.some(({ type }) => type.replace(/\[\]$/, "") === sqlName),
    )
  );
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
    // A bound does not name its type.
    if (
      object.kind === "table" &&
      object.partitionOf &&
      names.some((name) => object.partitionOf!.bound.includes(name))
    ) {
      return true;
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
