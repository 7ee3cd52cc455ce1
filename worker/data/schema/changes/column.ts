import {
  type Catalog,
  type Column,
  type ObjectId,
  objectOf,
  objectsOf,
  type Sequence,
  type SequenceOptions,
  type Table,
} from "../catalog.ts";
import { conversionOf } from "../conversion.ts";
import { qualified, quoteIdentifier, quoteLiteral, unquoteIdentifier } from "../identifier.ts";
import { clause, dataLoss, longLock, mayFail, type Statement, statement } from "../statement.ts";
import type { ChangeContext, ObjectChange } from "./change.ts";
import { changedOptions, creation, creationOptions, isUpward, isWithin, movedInto, withType } from "./sequence.ts";

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

const serials: Record<string, string> = { smallint: "smallserial", integer: "serial", bigint: "bigserial" };

/** The sequence that comes with a column where it is written as `serial`. */
export function serialSequence(column: Column, context: Pick<ChangeContext, "from" | "to">): Sequence | undefined {
  return isSerial(column, context) ? ownedSequence(column, context) : undefined;
}

function isSerial(column: Column, context: Pick<ChangeContext, "from" | "to">): boolean {
  const sequence = ownedSequence(column, context);
  if (
    !sequence ||
    context.from.objects.has(sequence.id) ||
    !column.notNull ||
    column.generated ||
    serials[column.type] === undefined
  )
    return false;
  const table = objectOf(context.to, column.table, "table");
  const name = `${unquoteIdentifier(table.name)}_${unquoteIdentifier(column.name)}_seq`;
  const isAsTable = context.to.serverVersion < 150_000 || sequence.unlogged === table.unlogged;
  const usual = sequence.type === column.type && creationOptions(sequence).length === 0 && isAsTable;
  return (
    usual &&
    Buffer.byteLength(name) < 64 &&
    sequence.schema === table.schema &&
    sequence.name === quoteIdentifier(name) &&
    column.default === nextval(sequence)
  );
}

function ownedSequence(column: Column, { to }: Pick<ChangeContext, "to">): Sequence | undefined {
  const id = column.dependsOn.find((dependency) => dependency.startsWith("sequence "));
  const sequence = id && to.objects.get(id);
  return sequence && sequence.kind === "sequence" && sequence.ownedBy === column.id ? sequence : undefined;
}

function nextval({ sqlName }: Pick<Sequence, "sqlName">): string {
  return `nextval(${quoteLiteral(sqlName)}::regclass)`;
}

function identityWords({ identity, name }: Column, table: Table): string {
  const { always, sequence, ...options } = identity!;
  const usual = `${unquoteIdentifier(table.name)}_${unquoteIdentifier(name)}_seq`;
  const words = creationOptions(options);
  if (Buffer.byteLength(usual) < 64 && sequence !== qualified(table.schema, quoteIdentifier(usual))) {
    words.unshift(`SEQUENCE NAME ${sequence}`);
  }
  const list = words.length === 0 ? "" : ` (${words.join(" ")})`;
  return `GENERATED ${always ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY${list}`;
}

/** Whether there is no way but to drop the column and to add it anew: its values are computed, or are to be. */
function mustBeRebuilt(from: Column, to: Column, context: ChangeContext): boolean {
  if (!from.generated && to.generated) return true;
  if (!from.generated || !to.generated) return false;
  if (changesType(from, to, context)) return true;
  // SET EXPRESSION is there since PostgreSQL 17.
  return from.default !== to.default && context.from.serverVersion < 170_000;
}

/** Whether the column's own ALTER changes its type; a type that is replaced under its name takes its columns along. */
export function changesType(from: Column, to: Column, { replaced }: Pick<ChangeContext, "replaced">): boolean {
  if (from.baseType === to.baseType && replaced.has(to.baseType)) return false;
  return from.type !== to.type || from.collation !== to.collation;
}

/** Whether the default stands on something that is dropped and made again, and so is dropped before. */
export function isReleased({ default: value, generated, dependsOn }: Column, { rebuilt }: ChangeContext): boolean {
  return value !== null && !generated && dependsOn.some((id) => rebuilt.has(id) && !id.startsWith("table "));
}

function tableOf(column: Column, { to }: ChangeContext): Table {
  return objectOf(to, column.table, "table");
}

/** As a person writes the column on the command line. */
function plain({ id }: { id: ObjectId }): string {
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

function setNotNull(to: Column, table: Table, context: ChangeContext): Statement[] {
  const backfill = context.backfills.get(to.id);
  const lock = longLock(`All rows of ${table.sqlName} are read.`);
  const fails = failsOverNulls(to);
  return [
    ...(backfill === undefined ? [] : fill(to, table, backfill, context)),
    clause(table.sqlName, `ALTER ${to.name} SET NOT NULL`, ...(backfill === undefined ? [fails, lock] : [lock])),
  ];
}

/** Identity takes the numbers up where its predecessor, or the highest value, leaves them. */
function toIdentity(from: Column, to: Column, table: Table, context: ChangeContext, isConverted: boolean): Statement[] {
  const old = ownedSequenceOf(from, context.from.objects.get.bind(context.from.objects));
  const words = `ADD ${identityWords(to, table)}`;
  // An ALTER TABLE looks at the type that the column had before it.
  const add = isConverted
    ? statement(`ALTER TABLE ${table.sqlName} ALTER ${to.name} ${words}`)
    : clause(table.sqlName, `ALTER ${to.name} ${words}`);
  const sequence = to.identity!.sequence;
  const statements: Statement[] = [];
  if (!from.notNull) statements.push(...setNotNull(to, table, context));
  const absorbed = old && !context.to.objects.has(old.id) ? old : undefined;
  if (!absorbed) {
    return [...statements, add, restart(to.identity!, sequence, to, table)];
  }
  const name = `${unquoteIdentifier(absorbed.name)}_old`;
  const schema = absorbed.schema === "public" ? "" : `${absorbed.schema}.`;
  const renamed = `${schema}${quoteIdentifier(name)}`;
  return [
    ...statements,
    statement(`ALTER SEQUENCE ${absorbed.sqlName} RENAME TO ${quoteIdentifier(name)}`),
    add,
    isWithin(absorbed, to.identity!)
      ? statement(`SELECT setval(${quoteLiteral(sequence)}, last_value, is_called) FROM ${renamed}`)
      : restart(to.identity!, sequence, to, table),
    statement(`DROP SEQUENCE ${renamed}`),
  ];
}

/** A column that was an identity goes on as `to` says, with a sequence of its own where it has one. */
function fromIdentity(from: Column, to: Column, table: Table, context: ChangeContext): Statement[] {
  const alter = (text: string) => clause(table.sqlName, `ALTER ${to.name} ${text}`);
  const isConverted = changesType(from, to, context);
  // An ALTER TABLE that changes the type as well takes the column for an identity still.
  const drop = isConverted
    ? statement(`ALTER TABLE ${table.sqlName} ALTER ${to.name} DROP IDENTITY`)
    : alter("DROP IDENTITY");
  const sequence = ownedSequence(to, context);
  const setDefault = to.default === null || isConverted ? [] : [alter(`SET DEFAULT ${to.default}`)];
  if (!sequence || context.from.objects.has(sequence.id)) return [drop, ...setDefault];
  const name = quoteIdentifier(`${unquoteIdentifier(sequence.name)}_new`);
  const schema = sequence.schema === "public" ? "" : `${sequence.schema}.`;
  const type = sequence.type === "bigint" ? "" : ` AS ${sequence.type}`;
  const options = creationOptions(sequence).map((word) => ` ${word}`);
  return [
    statement(`${creation(sequence)} ${schema}${name}${type}${options.join("")} OWNED BY ${table.sqlName}.${to.name}`),
    statement(`SELECT setval(${quoteLiteral(schema + name)}, last_value, is_called) FROM ${from.identity!.sequence}`),
    drop,
    statement(`ALTER SEQUENCE ${schema}${name} RENAME TO ${sequence.name}`),
    ...setDefault,
  ];
}

/** The sequence that goes with the column into identity, and is not dropped on its own. */
export function absorbedSequences(from: Column, to: Column, context: Pick<ChangeContext, "from" | "to">): Sequence[] {
  if (!from.identity && to.identity) {
    const old = ownedSequenceOf(from, context.from.objects.get.bind(context.from.objects));
    return old && !context.to.objects.has(old.id) ? [old] : [];
  }
  if (from.identity && !to.identity) {
    const sequence = ownedSequence(to, context);
    return sequence && !context.from.objects.has(sequence.id) ? [sequence] : [];
  }
  return [];
}

function ownedSequenceOf(column: Column, get: (id: ObjectId) => unknown): Sequence | undefined {
  const id = column.dependsOn.find((dependency) => dependency.startsWith("sequence "));
  const sequence = id && (get(id) as Sequence | undefined);
  return sequence && sequence.ownedBy === column.id ? sequence : undefined;
}

function changeIdentity(from: Column, to: Column, table: Table): Statement[] {
  const { always: wasAlways, sequence: oldName, ...before } = from.identity!;
  const { always, sequence, ...after } = to.identity!;
  const statements: Statement[] = [];
  if (oldName !== sequence) {
    statements.push(statement(`ALTER SEQUENCE ${oldName} RENAME TO ${sequence.replace(/^.*\.(?=[^.]+$)/, "")}`));
  }
  const words = wasAlways === always ? [] : [`SET GENERATED ${always ? "ALWAYS" : "BY DEFAULT"}`];
  // The type of the column carries the bounds along where they were its own.
  const typed = withType(before, after.type);
  const alter = (options: readonly string[]) =>
    clause(table.sqlName, `ALTER ${to.name} ${options.map((word) => `SET ${word}`).join(" ")}`);
  const { statements: moved, options } = movedInto(typed, after, sequence, alter);
  statements.push(...moved);
  words.push(...changedOptions(options, after).map((word) => `SET ${word}`));
  if (words.length > 0) statements.push(clause(table.sqlName, `ALTER ${to.name} ${words.join(" ")}`));
  return statements;
}

/** A counter that is new to a column with rows goes on after their highest value. */
function continueSequence(from: Column, to: Column, table: Table, context: ChangeContext): Statement[] {
  const sequence = ownedSequence(to, context);
  if (!sequence || context.from.objects.has(sequence.id) || from.default === to.default) return [];
  return [restart(sequence, sequence.sqlName, to, table)];
}

/** Lets a counter go on after the values that are there. */
export function restart(options: SequenceOptions, sequence: string, { name }: Column, table: Table): Statement {
  const { start } = options;
  const next = isUpward(options.increment)
    ? start === "1"
      ? `coalesce(max(${name}), 0) + 1`
      : `greatest(max(${name}) + 1, ${start})`
    : `least(min(${name}) - 1, ${start})`;
  return statement(`SELECT setval(${quoteLiteral(sequence)}, ${next}, false) FROM ${table.sqlName}`);
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
