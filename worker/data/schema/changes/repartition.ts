import { type Catalog, columnsOf, type ObjectId, objectsOf, type Table } from "../catalog.ts";
import { conversionOf } from "../conversion.ts";
import { qualified, quoteIdentifier, quoteLiteral, unquoteIdentifier } from "../identifier.ts";
import { longLock, type Statement, statement } from "../statement.ts";
import type { ChangeContext } from "./change.ts";
import { changesType } from "./column.ts";
import { valueOfReplacedType } from "./types.ts";

/** A plain table can't become a partitioned one, nor one with another key: a new one takes the rows of the old one. */
const aside = (name: string) => quoteIdentifier(`${unquoteIdentifier(name)}_old`);

export function isRebuilt(table: ObjectId | undefined, { rebuilt }: ChangeContext): boolean {
  return table !== undefined && rebuilt.has(table);
}

/** Takes the names of the table and of its counters out of the way. */
export function setAside(table: Table, context: ChangeContext): Statement[] {
  const { from } = context;
  const parent = table.partitionOf?.table;
  const detach =
    parent && !isRebuilt(parent, context) && from.objects.has(parent)
      ? [statement(`ALTER TABLE ${from.objects.get(parent)!.sqlName} DETACH PARTITION ${table.sqlName}`)]
      : [];
  const sequences = columnsOf(from, table.id).flatMap(({ identity }) => (identity ? [identity.sequence] : []));
  return [
    ...detach,
    statement(`ALTER TABLE ${table.sqlName} RENAME TO ${aside(table.name)}`),
    ...sequences.map((sequence) => statement(`ALTER SEQUENCE ${sequence} RENAME TO ${aside(ownName(sequence))}`)),
  ];
}

/** Moves the rows, and the counters with them. */
export function takeRows(table: Table, context: ChangeContext): Statement[] {
  const { from, to, replaced } = context;
  const old = qualified(table.schema, aside(table.name));
  const before = new Map(columnsOf(from, rootOf(table.id, from)).map((column) => [column.id, column]));
  const shared = columnsOf(to, rootOf(table.id, to)).filter((column) => before.has(column.id) && !column.generated);
  const list = shared.map(({ name }) => name).join(", ");
  const types = new Map([...from.objects.values()].map((object) => [object.sqlName, object]));
  const values = shared.map((column) => {
    const old = before.get(column.id)!;
    if (replaced.has(column.baseType) && old.baseType === column.baseType) {
      return valueOfReplacedType(column, types.get(column.baseType), to.objects.get(types.get(column.baseType)!.id)!);
    }
    return changesType(old, column, context) ? (conversionOf(old, column, from).using ?? column.name) : column.name;
  });
  const counters = shared.filter(({ identity }) => identity);
  return [
    statement(
      `INSERT INTO ${table.sqlName} (${list})${counters.length > 0 ? " OVERRIDING SYSTEM VALUE" : ""}\nSELECT ${values.join(", ")} FROM ${old}`,
      longLock(`The rows of ${table.sqlName} are copied.`),
    ),
    ...counters.map(({ id, identity, name }) => {
      const counter = before.get(id)!.identity?.sequence;
      const state = counter
        ? `last_value, is_called) FROM ${qualified(table.schema, aside(ownName(counter)))}`
        : `coalesce(max(${name}), 0) + 1, false) FROM ${table.sqlName}`;
      return statement(`SELECT setval(${quoteLiteral(identity!.sequence)}, ${state}`);
    }),
    statement(`DROP TABLE ${old}`),
  ];
}

/** The partitions of a table, and theirs. */
export function partitionsOf(table: Table, catalog: Catalog): ObjectId[] {
  const children = objectsOf(catalog, "table").filter(({ partitionOf }) => partitionOf?.table === table.id);
  return children.flatMap((child) => [child.id, ...partitionsOf(child, catalog)]);
}

/** The table that `id` is a partition of, over all generations: it has the columns. */
export function rootOf(id: ObjectId, catalog: Catalog): ObjectId {
  const table = catalog.objects.get(id);
  return table?.kind === "table" && table.partitionOf ? rootOf(table.partitionOf.table, catalog) : id;
}

/** Without its schema. */
function ownName(sqlName: string): string {
  return /("(?:[^"]|"")*"|[^".]+)$/.exec(sqlName)![1]!;
}
