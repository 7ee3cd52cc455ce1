import { type Column, type ObjectId, objectsOf, type Table } from "../catalog.ts";
import { clause, longLock, mayFail, type Statement, statement } from "../statement.ts";
import type { ChangeContext } from "./change.ts";

/** As a person writes the column on the command line. */
export function plain({ id }: { id: ObjectId }): string {
  return id.replace(/^column (public\.)?/, "");
}

/** Fills a column where it is NULL. */
export function fill(column: Column, table: Table, sql: string, { to }: Pick<ChangeContext, "to">): Statement[] {
  const update = statement(
    `UPDATE ${table.sqlName} SET ${column.name} = ${sql} WHERE ${column.name} IS NULL`,
    longLock(`Every row of ${table.sqlName} without a value is written.`),
  );
  // ALTER TABLE refuses while checks of this transaction are put off.
  const deferred = objectsOf(to, "constraint").some(
    (constraint) => constraint.table === table.id && /INITIALLY DEFERRED/.test(constraint.definition),
  );
  return deferred ? [update, statement("SET CONSTRAINTS ALL IMMEDIATE")] : [update];
}

export const failsOverNulls = (column: Column) =>
  mayFail(`${column.sqlName}: this fails where it is NULL. --backfill ${plain(column)}=SQL fills it.`);

export function setNotNull(to: Column, table: Table, context: ChangeContext): Statement[] {
  const backfill = context.backfills.get(to.id);
  const lock = longLock(`All rows of ${table.sqlName} are read.`);
  const fails = failsOverNulls(to);
  return [
    ...(backfill === undefined ? [] : fill(to, table, backfill, context)),
    clause(table.sqlName, `ALTER ${to.name} SET NOT NULL`, ...(backfill === undefined ? [fails, lock] : [lock])),
  ];
}
