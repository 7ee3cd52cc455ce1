import type {
  Catalog,
  CatalogObject,
  CompositeType,
  Constraint,
  Domain,
  EnumType,
  Index,
  Sequence,
  Table,
} from "./catalog.ts";
import { qualified, quoteIdentifier, unquoteIdentifier } from "./identifier.ts";

/**
 * Renames that lose nothing, whoever is right about what was meant: constraints, indexes, sequences and types that are
 * there under another name, and are the same otherwise.
 */
export function harmlessRenames(from: Catalog, to: Catalog): string[] {
  const statements: string[] = [];
  const late: string[] = [];
  const taken = new Set(
    [...from.objects.values()].map((object) => ("schema" in object || "table" in object ? object.name : "")),
  );
  /** `shape`: what the two have in common; `sentence`: renames `name`, which it has now. */
  const match = <T extends CatalogObject & { name: string }>(
    kind: T["kind"],
    shape: (object: T) => unknown,
    sentence: (object: T, name: string, newName: string) => string,
  ) => {
    const of = (catalog: Catalog, other: Catalog) =>
      [...catalog.objects.values()]
        .filter((object): object is T => object.kind === kind && !other.objects.has(object.id))
        .map((object) => ({ object, shape: JSON.stringify(shape(object)) }));
    const gone = of(from, to);
    const fresh = of(to, from);
    for (const old of gone) {
      const alike = fresh.filter((other) => other.shape === old.shape);
      if (alike.length !== 1 || gone.filter((other) => other.shape === old.shape).length !== 1) continue;
      const { name } = alike[0]!.object;
      if (isHeldByAnotherKind(old.object, name, from)) continue;
      if (!taken.has(name)) statements.push(sentence(old.object, old.object.name, name));
      else {
        const between = quoteIdentifier(`${unquoteIdentifier(name)}_new`);
        statements.push(sentence(old.object, old.object.name, between));
        late.push(sentence(old.object, between, name));
      }
    }
  };
  match<Constraint>(
    "constraint",
    ({ table, definition, valid }) => [table, definition, valid],
    ({ table }, name, newName) =>
      `ALTER TABLE ${from.objects.get(table)!.sqlName} RENAME CONSTRAINT ${name} TO ${newName}`,
  );
  const rename = (words: string) => (object: { schema: string }, name: string, newName: string) =>
    `ALTER ${words} ${qualified(object.schema, name)} RENAME TO ${newName}`;
  match<Index>("index", ({ table, shape, valid }) => [table, shape, valid], rename("INDEX"));
  match<Sequence>("sequence", ({ schema, ownedBy, id }) => [schema, ownedBy ?? id], rename("SEQUENCE"));
  match<EnumType>("enum", ({ schema, labels }) => [schema, labels], rename("TYPE"));
  match<CompositeType>("composite", ({ schema, attributes }) => [schema, attributes], rename("TYPE"));
  match<Domain>(
    "domain",
    ({ schema, base, collation, checks, notNull, default: value }) => [
      schema,
      base,
      collation,
      checks.map(({ definition }) => definition),
      notNull,
      value,
    ],
    rename("DOMAIN"),
  );
  return [...statements, ...late];
}

/** Whether the name is one that something of another kind has until it is dropped, such as an index that of a sequence. */
function isHeldByAnotherKind(object: CatalogObject, name: string, catalog: Catalog): boolean {
  const place = placeOf(object, catalog);
  if (place === null) return false;
  return [...catalog.objects.values()].some(
    (other) =>
      other.kind !== object.kind && "name" in other && other.name === name && placeOf(other, catalog) === place,
  );
}

/** Where the name of an object must be its only one; null: elsewhere. */
function placeOf(object: CatalogObject, { objects }: Catalog): string | null {
  if (object.kind === "constraint") {
    const hasIndex = object.type !== "foreign key" && object.type !== "check";
    return hasIndex ? (objects.get(object.table) as Table).schema : null;
  }
  const isAlone = ["schema", "extension", "routine", "statistics"].includes(object.kind);
  return "schema" in object && !isAlone ? object.schema : null;
}
