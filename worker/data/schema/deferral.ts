import {
  type Catalog,
  type CatalogObject,
  type Column,
  type Constraint,
  type Index,
  type ObjectId,
  objectsOf,
  type Table,
} from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { changesType } from "./conversion.ts";
import { shortIdentifier, unquoteIdentifier } from "./identifier.ts";
import { indexConstraint } from "./swap-indexes.ts";

/** What is put off so that no table with rows is locked for long. */
export interface Deferral {
  /** Indexes, and constraints that stand on one: built while the table is written. */
  indexes: ReadonlySet<ObjectId>;
  /** Foreign keys and checks: added for new rows, then validated. */
  checked: ReadonlySet<ObjectId>;
  /** Foreign keys that need one of `indexes`. */
  late: ReadonlySet<ObjectId>;
  /** Columns that become NOT NULL, with the check that stands in for it: once that is valid, no row is read again. */
  notNull: ReadonlyMap<ObjectId, Constraint>;
}

export function deferralOf(context: ChangeContext): Deferral {
  const { from, to, rebuilt, replaced, backfills } = context;
  const isOpen = openTables(context);
  const isNew = (id: ObjectId) => !from.objects.has(id) || rebuilt.has(id);
  const constraints = objectsOf(to, "constraint");
  const others = [...to.objects.values()].filter(
    (object) => object.kind !== "constraint" || object.type !== "foreign key",
  );
  const isNeeded = (id: ObjectId) => others.some(({ dependsOn }) => dependsOn.includes(id));
  const pointsTo = (table: ObjectId) => (key: Constraint) =>
    key.references.some((column) => (from.objects.get(column) as Column | undefined)?.table === table);
  const keysBefore = objectsOf(from, "constraint").filter(({ type }) => type === "foreign key");
  const indexes = new Set<ObjectId>();
  for (const object of [...objectsOf(to, "index"), ...constraints]) {
    if (!isOpen(object.table) || !isNew(object.id) || isNeeded(object.id)) continue;
    if (object.kind === "constraint") {
      if (!indexConstraint.test(object.definition)) continue;
      // What points to a key goes with it, and would have to come back: as ever, in one transaction.
      if (from.objects.has(object.id) && keysBefore.some(pointsTo(object.table))) continue;
    } else if (!object.valid) continue;
    indexes.add(object.id);
  }
  const checked = new Set<ObjectId>();
  const late = new Set<ObjectId>();
  const isPartitioned = (column: ObjectId) =>
    (to.objects.get((to.objects.get(column) as Column).table) as Table).partitionKey !== null;
  for (const { id, type, table, valid, references, dependsOn } of constraints) {
    // What points to partitions has a copy for each of them, which VALIDATE leaves as it is.
    if ((type !== "foreign key" && type !== "check") || !isNew(id) || references.some(isPartitioned)) continue;
    if (type === "foreign key" && dependsOn.some((needed) => indexes.has(needed))) late.add(id);
    else if (isOpen(table) && valid) checked.add(id);
  }
  const notNull = new Map<ObjectId, Constraint>();
  for (const column of objectsOf(to, "column")) {
    const before = from.objects.get(column.id);
    if (!isOpen(column.table) || !column.notNull || column.identity || column.generated) continue;
    if (replaced.has(column.baseType)) continue;
    const becomes =
      before?.kind === "column"
        ? !before.notNull && !rebuilt.has(column.id) && !changesType(before, column, context)
        : backfills.has(column.id);
    if (becomes) notNull.set(column.id, standIn(column, context));
  }
  return { indexes, checked, late, notNull };
}

/** Tables that were there with their rows, and stay: alone, without partitions and heirs. */
function openTables({ from, to, rebuilt }: ChangeContext): (id: ObjectId) => boolean {
  const isAlone = (table: Table, catalog: Catalog) =>
    table.partitionKey === null &&
    table.partitionOf === null &&
    table.inherits.length === 0 &&
    !objectsOf(catalog, "table").some(({ inherits }) => inherits.includes(table.id));
  const open = new Set(
    objectsOf(to, "table").flatMap((table) => {
      const before = from.objects.get(table.id);
      const isOpen = before?.kind === "table" && !rebuilt.has(table.id) && isAlone(before, from) && isAlone(table, to);
      return isOpen ? [table.id] : [];
    }),
  );
  return (id) => open.has(id);
}

/** The check that says of a column what NOT NULL says. */
function standIn(column: Column, { from, to }: ChangeContext): Constraint {
  const path = column.table.slice("table ".length);
  const taken = (name: string) =>
    [from, to].some(({ objects }) => objects.has(`constraint ${path}.${name}`)) ? undefined : name;
  const text = `${unquoteIdentifier(column.name)}_not_null`;
  const candidates = [text, ...Array.from({ length: 100 }, (_, index) => `${text}_${index + 1}`)];
  const name = candidates.map(shortIdentifier).find((candidate) => taken(candidate)) as string;
  return {
    kind: "constraint",
    id: `constraint ${path}.${name}`,
    sqlName: name,
    name,
    table: column.table,
    type: "check",
    definition: `CHECK (${column.name} IS NOT NULL)`,
    valid: false,
    columns: [column.id],
    references: [],
    clustered: false,
    indexComment: null,
    comment: null,
    grants: [],
    dependsOn: [column.id, column.table],
  };
}

/** What is there after each part. */
export interface Goals {
  main: Catalog;
  validated: Catalog;
  notNull: Catalog;
  checked: Catalog;
  indexed: Catalog;
  keyed: Catalog;
}

export function goalsOf(context: ChangeContext, { indexes, checked, late, notNull }: Deferral): Goals {
  const { from, to } = context;
  const edit = (catalog: Catalog, change: (object: CatalogObject) => CatalogObject | undefined): Catalog => ({
    ...catalog,
    objects: new Map([...catalog.objects.values()].flatMap((one) => entry(change(one)))),
  });
  const entry = (object: CatalogObject | undefined) => (object ? [[object.id, object] as const] : []);
  const invalid = <T extends CatalogObject>(object: T): T => ({ ...object, valid: false });
  const names = new Set([...indexes].map((id) => (to.objects.get(id) as Index | Constraint).name));
  const keyed = edit(to, (object) => (late.has(object.id) ? invalid(object) : object));
  const bare = (object: CatalogObject): CatalogObject =>
    ({
      ...object,
      comment: null,
      clustered: false,
      ...(object.kind === "index" ? { statistics: [] } : { indexComment: null }),
    }) as CatalogObject;
  const indexed = edit(to, (object) => {
    if (late.has(object.id)) return undefined;
    if (indexes.has(object.id)) return bare(object);
    return object.kind === "table" ? withIdentity(object, names, from) : object;
  });
  const nulled = edit(indexed, (object) => (indexes.has(object.id) ? kept(object.id, context) : object));
  const validated = edit(nulled, (object) =>
    notNull.has(object.id) ? ({ ...object, notNull: false } as Column) : object,
  );
  const withChecks = (valid: boolean, catalog: Catalog): Catalog => ({
    ...catalog,
    objects: new Map([
      ...catalog.objects,
      ...[...notNull.values()].map((check) => [check.id, { ...check, valid }] as const),
    ]),
  });
  const main = edit(validated, (object) => (checked.has(object.id) ? invalid(object) : object));
  return {
    main: withChecks(false, main),
    validated: withChecks(true, validated),
    notNull: withChecks(true, nulled),
    checked: nulled,
    indexed,
    keyed,
  };
}

/** The index as it is, where it can stay until the new one is there. */
function kept(id: ObjectId, context: ChangeContext): CatalogObject | undefined {
  const { from, to, rebuilt, replaced } = context;
  const object = from.objects.get(id);
  if (!object) return undefined;
  const isNullable = (column: ObjectId) => !(to.objects.get(column) as Column | undefined)?.notNull;
  if (object.kind === "constraint" && object.type === "primary key" && object.columns.some(isNullable))
    return undefined;
  const stays = object.dependsOn.every((needed) => {
    const [before, after] = [from.objects.get(needed), to.objects.get(needed)];
    if (!before || !after || rebuilt.has(needed) || ("sqlName" in after && replaced.has(after.sqlName))) return false;
    if (after.kind === "column" && replaced.has(after.baseType)) return false;
    return before.kind !== "column" || after.kind !== "column" || !changesType(before, after, context);
  });
  return stays ? object : undefined;
}

/** An index that tells the rows apart must be there before it does. */
function withIdentity(table: Table, names: ReadonlySet<string>, from: Catalog): Table {
  const name = table.replicaIdentity.replace(/^USING INDEX /, "");
  if (name === table.replicaIdentity || !names.has(name)) return table;
  const before = from.objects.get(table.id);
  return { ...table, replicaIdentity: before?.kind === "table" ? before.replicaIdentity : "DEFAULT" };
}
