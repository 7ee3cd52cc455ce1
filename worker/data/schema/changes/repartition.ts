import { type Catalog, columnsOf, type ObjectId, objectsOf, type Table } from "../catalog.ts";
import { qualified, quoteIdentifier, quoteLiteral, unquoteIdentifier } from "../identifier.ts";
import { longLock, type Statement, statement } from "../statement.ts";
import type { ChangeContext } from "./change.ts";

/** A plain table can't become a partitioned one, nor one with another key: a new one takes the rows of the old one. */
const aside = (name: string) => quoteIdentifier(`${unquoteIdentifier(name)}_old`);

export function isRebuilt(table: ObjectId | undefined, { rebuilt }: ChangeContext): boolean {
  return table !== undefined && rebuilt.has(table);
}

/** Takes the names of the table and of its counters out of the way. */
export function setAside(table: Table, { from }: ChangeContext): Statement[] {
  const sequences = columnsOf(from, table.id).flatMap(({ identity }) => (identity ? [identity.sequence] : []));
  return [
    statement(`ALTER TABLE ${table.sqlName} RENAME TO ${aside(table.name)}`),
    ...sequences.map((sequence) => statement(`ALTER SEQUENCE ${sequence} RENAME TO ${aside(ownName(sequence))}`)),
  ];
}

/** Moves the rows, and the counters with them. */
export function takeRows(table: Table, { from, to }: ChangeContext): Statement[] {
  const old = qualified(table.schema, aside(table.name));
  const before = new Map(columnsOf(from, table.id).map((column) => [column.id, column]));
  const shared = columnsOf(to, table.id).filter((column) => before.has(column.id) && !column.generated);
  const list = shared.map(({ name }) => name).join(", ");
  const counters = shared.filter(({ identity }) => identity);
  return [
    statement(
      `INSERT INTO ${table.sqlName} (${list})${counters.length > 0 ? " OVERRIDING SYSTEM VALUE" : ""}\nSELECT ${list} FROM ${old}`,
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

/** Without its schema. */
function ownName(sqlName: string): string {
  return /("(?:[^"]|"")*"|[^".]+)$/.exec(sqlName)![1]!;
}
