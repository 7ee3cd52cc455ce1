import { type Catalog, type Column, objectOf, type Table } from "../catalog.ts";
import { changesType, conversionOf } from "../conversion.ts";
import { clause, dataLoss, longLock, mayFail, type Statement, statement } from "../statement.ts";
import type { ChangeContext, ObjectChange } from "./change.ts";
import {
  changeIdentity,
  continueSequence,
  fromIdentity,
  identityWords,
  isSerial,
  serials,
  toIdentity,
} from "./counter.ts";
import { fill, plain, setNotNull } from "./not-null.ts";

export const columnChange: ObjectChange<Column> = {
  create(column, context) {
    const table = tableOf(column, context);
    const backfill = context.backfills.get(column.id);
    const add = (text: string, ...notes: Parameters<typeof clause>[2][]) => clause(table.sqlName, text, ...notes);
    if (backfill === undefined || column.generated) {
      const fails = column.notNull && column.default === null && !column.identity && !column.generated;
      const note = mayFail(
        `${column.sqlName} is NOT NULL without a default: this fails where ${table.sqlName} has rows. --backfill ${plain(column)}=SQL fills it.`,
      );
      return [
        add(`ADD ${columnDefinition(column, context)}`, ...(fails ? [note] : [])),
        ...settings(column, table, context),
      ];
    }
    return [
      add(`ADD ${columnDefinition({ ...column, notNull: false }, context)}`),
      ...fill(column, table, backfill, context),
      ...(column.notNull ? [add(`ALTER ${column.name} SET NOT NULL`)] : []),
      ...settings(column, table, context),
    ];
  },

  drop(column, context) {
    const table = objectOf(context.from, column.table, "table");
    const notes = column.generated ? [] : [dataLoss(`${column.sqlName} and its values are dropped.`)];
    return [clause(table.sqlName, `DROP ${column.name}`, ...notes)];
  },

  alter(from, to, context) {
    const table = tableOf(to, context);
    if (mustBeRebuilt(from, to, context)) return null;
    const alter = (text: string, ...notes: Parameters<typeof clause>[2][]) =>
      clause(table.sqlName, `ALTER ${to.name} ${text}`, ...notes);
    const statements: Statement[] = [];

    if (from.generated && !to.generated) {
      // In a statement of its own: the type of what is computed is not changed by USING.
      statements.push(
        changesType(from, to, context)
          ? statement(`ALTER TABLE ${table.sqlName} ALTER ${to.name} DROP EXPRESSION`)
          : alter("DROP EXPRESSION"),
      );
    }
    if (from.generated && to.generated && from.default !== to.default) {
      statements.push(alter(`SET EXPRESSION AS (${to.default})`, longLock(`${table.sqlName} is rewritten.`)));
    }

    const before = from.generated ? null : from.default;
    const after = to.generated ? null : to.default;
    const isConverted = changesType(from, to, context);
    const isReset = isConverted || isReleased(from, context);
    const becomesIdentity = !from.identity && to.identity;
    const dropsDefault = before !== null && (isReset || becomesIdentity || after === null);

    if (from.identity && !to.identity) statements.push(...fromIdentity(from, to, table, context));
    else if (dropsDefault && !isReleased(from, context)) statements.push(alter("DROP DEFAULT"));

    if (from.notNull && !to.notNull) statements.push(alter("DROP NOT NULL"));
    if (isConverted) {
      const { using, notes } = conversionOf(from, to, context);
      const collation = to.collation === null ? "" : ` COLLATE ${to.collation}`;
      const rewrite = isRewritten(from, to, context) ? [longLock(`${table.sqlName} is rewritten.`)] : [];
      statements.push(
        alter(`TYPE ${to.type}${collation}${using === null ? "" : ` USING ${using}`}`, ...notes, ...rewrite),
      );
    }
    if (becomesIdentity) statements.push(...toIdentity(from, to, table, context, isConverted));
    if (
      after !== null &&
      (!from.identity || to.identity || isConverted) &&
      (before !== after || (isReset && dropsDefault))
    ) {
      statements.push(alter(`SET DEFAULT ${after}`));
      statements.push(...continueSequence(from, to, table, context));
    }
    if (!from.notNull && to.notNull && !becomesIdentity) statements.push(...setNotNull(to, table, context));
    if (from.identity && to.identity) statements.push(...changeIdentity(from, to, table));
    // A new type brings its own way of storage.
    const kept = isConverted ? { ...from, storage: null, compression: null } : from;
    statements.push(...changedSettings(kept, to, table, context.from));
    return statements;
  },
};

/** What CREATE TABLE and ADD say of a column. */
export function columnDefinition(column: Column, context: ChangeContext): string {
  if (isSerial(column, context)) return `${column.name} ${serials[column.type]}`;
  const words = [column.name, column.type];
  if (column.collation !== null) words.push(`COLLATE ${column.collation}`);
  if (column.generated) words.push(`GENERATED ALWAYS AS (${column.default}) STORED`);
  else if (column.default !== null) words.push(`DEFAULT ${column.default}`);
  if (column.identity) words.push(identityWords(column, tableOf(column, context)));
  // Identity brings it along.
  else if (column.notNull) words.push("NOT NULL");
  return words.join(" ");
}

/** Whether there is no way but to drop the column and to add it anew: its values are computed, or are to be. */
function mustBeRebuilt(from: Column, to: Column, context: ChangeContext): boolean {
  if (!from.generated && to.generated) return true;
  if (!from.generated || !to.generated) return false;
  if (changesType(from, to, context)) return true;
  // SET EXPRESSION is there since PostgreSQL 17.
  return from.default !== to.default && context.from.serverVersion < 170_000;
}

/** Whether the default stands on something that is dropped and made again, and so is dropped before. */
export function isReleased({ default: value, generated, dependsOn }: Column, { rebuilt }: ChangeContext): boolean {
  return value !== null && !generated && dependsOn.some((id) => rebuilt.has(id) && !id.startsWith("table "));
}

function tableOf(column: Column, { to }: ChangeContext): Table {
  return objectOf(to, column.table, "table");
}

/** What a definition can't say. */
export function settings(column: Column, table: Table, context: ChangeContext): Statement[] {
  return changedSettings(
    { ...column, storage: null, compression: null, statistics: null, options: [] },
    column,
    table,
    context.from,
  );
}

function changedSettings(from: Column, to: Column, table: Table, { serverVersion }: Catalog): Statement[] {
  const alter = (text: string) => clause(table.sqlName, `ALTER ${to.name} ${text}`);
  const statements: Statement[] = [];
  if (from.storage !== to.storage)
    statements.push(alter(`SET STORAGE ${to.storage ?? (serverVersion < 160_000 ? "EXTENDED" : "DEFAULT")}`));
  if (from.compression !== to.compression) statements.push(alter(`SET COMPRESSION ${to.compression ?? "default"}`));
  const nameOf = (option: string) => option.slice(0, option.indexOf("="));
  const set = to.options.filter((option) => !from.options.includes(option));
  const reset = from.options.map(nameOf).filter((name) => !to.options.map(nameOf).includes(name));
  if (set.length > 0) statements.push(alter(`SET (${set.join(", ")})`));
  if (reset.length > 0) statements.push(alter(`RESET (${reset.join(", ")})`));
  if (from.statistics !== to.statistics) statements.push(alter(`SET STATISTICS ${to.statistics ?? -1}`));
  return statements;
}

/** Types whose values lie on the disk as they are in the other. */
function isRewritten(from: Column, to: Column, context: ChangeContext): boolean {
  const texts = ["text", "character varying"];
  const [before, after] = [from.baseType, to.baseType];
  if (from.isArray !== to.isArray) return true;
  if (texts.includes(before) && texts.includes(after)) {
    const { notes } = conversionOf(from, to, context);
    return notes.length > 0;
  }
  return true;
}
