import {
  type Catalog,
  type Column,
  columnsOf,
  type ObjectId,
  objectOf,
  objectsOf,
  type SequenceOptions,
  type Table,
} from "../catalog.ts";
import { changesType, conversionOf } from "../conversion.ts";
import { qualified, quoteIdentifier, quoteLiteral, unquoteIdentifier } from "../identifier.ts";
import { longLock, mayFail, type Statement, statement } from "../statement.ts";
import type { ChangeContext } from "./change.ts";
import { restart } from "./counter.ts";
import { isDividedAnew } from "./division.ts";
import { isWithin } from "./sequence.ts";
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
  const sequences = columnsOf(from, table.id).flatMap((column) => {
    const counter = counterOf(column, from);
    return counter && !context.to.objects.has(counter.id) ? [counter.sqlName] : [];
  });
  return [
    ...detach,
    statement(`ALTER TABLE ${table.sqlName} RENAME TO ${aside(table.name)}`),
    ...sequences.map((sequence) => statement(`ALTER SEQUENCE ${sequence} RENAME TO ${aside(ownName(sequence))}`)),
  ];
}

/** Moves the rows, and the counters with them. */
export function takeRows(table: Table, context: ChangeContext): Statement[] {
  const { from, to, replaced } = context;
  const isGone = !to.objects.has(table.id);
  const old = isGone ? table.sqlName : qualified(table.schema, aside(table.name));
  const parent = table.partitionOf && objectOf(to, table.partitionOf.table, "table");
  const before = new Map(columnsOf(from, rootOf(table.id, from)).map((column) => [column.id, column]));
  const shared = columnsOf(to, rootOf(isGone ? parent!.id : table.id, to)).filter(
    (column) => before.has(column.id) && !column.generated,
  );
  const list = shared.map(({ name }) => name).join(", ");
  const types = new Map([...from.objects.values()].map((object) => [object.sqlName, object]));
  const values = shared.map((column) => {
    const old = before.get(column.id)!;
    if (replaced.has(column.baseType) && old.baseType === column.baseType) {
      return valueOfReplacedType(column, types.get(column.baseType), to.objects.get(types.get(column.baseType)!.id)!);
    }
    return changesType(old, column, context) ? (conversionOf(old, column, context).using ?? column.name) : column.name;
  });
  const isDivided = parent !== null && (isGone || isDividedAnew(table, context));
  const wayOut = isGone ? ` --drop ${plain(table)} drops them.` : "";
  const identities = shared.filter(({ identity }) => identity);
  // A partition numbers nothing by itself.
  const counters = (parent ? [] : shared).flatMap((column) => {
    const counter = counterOf(column, to);
    const isNew = counter !== undefined && (column.identity !== null || !from.objects.has(counter.id));
    return isNew ? [{ column, counter, old: counterOf(before.get(column.id)!, from) }] : [];
  });
  return [
    statement(
      `INSERT INTO ${(isDivided ? parent : table).sqlName} (${list})${identities.length > 0 ? " OVERRIDING SYSTEM VALUE" : ""}\nSELECT ${values.join(", ")} FROM ${old}`,
      longLock(`The rows of ${table.sqlName} are copied.`),
      ...(isDivided ? [mayFail(`${table.sqlName}: this fails where a row belongs to no partition.${wayOut}`)] : []),
    ),
    ...counters.map(({ column, counter, old: last }) =>
      last && !to.objects.has(last.id) && isWithin(last, counter)
        ? statement(
            `SELECT setval(${quoteLiteral(counter.sqlName)}, last_value, is_called) FROM ${asideIn(last.sqlName)}`,
          )
        : restart(counter, counter.sqlName, column, table),
    ),
    statement(`DROP TABLE ${old}`),
  ];
}

function plain({ id }: Table): string {
  return id.replace(/^table (public\.)?/, "");
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

/** What numbers a column: the sequence of an identity, or of a serial. Ids of identities' sequences lead nowhere. */
function counterOf(
  column: Column,
  catalog: Catalog,
): ({ id: ObjectId; sqlName: string } & SequenceOptions) | undefined {
  const { identity } = column;
  if (identity) return { ...identity, id: `sequence ${identity.sequence} of ${column.id}`, sqlName: identity.sequence };
  return objectsOf(catalog, "sequence").find(({ ownedBy }) => ownedBy === column.id);
}

/** A sequence that was set aside. */
function asideIn(sqlName: string): string {
  const name = ownName(sqlName);
  return sqlName.slice(0, sqlName.length - name.length) + aside(name);
}

/** Without its schema. */
function ownName(sqlName: string): string {
  return /("(?:[^"]|"")*"|[^".]+)$/.exec(sqlName)![1]!;
}
