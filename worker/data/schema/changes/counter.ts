import { type Column, type ObjectId, objectOf, type Sequence, type SequenceOptions, type Table } from "../catalog.ts";
import { changesType } from "../conversion.ts";
import { qualified, quoteIdentifier, quoteLiteral, unquoteIdentifier } from "../identifier.ts";
import { clause, type Statement, statement } from "../statement.ts";
import type { ChangeContext } from "./change.ts";

import { setNotNull } from "./not-null.ts";
import { changedOptions, creation, creationOptions, isUpward, isWithin, movedInto, withType } from "./sequence.ts";

export const serials: Record<string, string> = { smallint: "smallserial", integer: "serial", bigint: "bigserial" };

/** The sequence that comes with a column where it is written as `serial`. */
export function serialSequence(column: Column, context: Pick<ChangeContext, "from" | "to">): Sequence | undefined {
  return isSerial(column, context) ? ownedSequence(column, context) : undefined;
}

export function isSerial(column: Column, context: Pick<ChangeContext, "from" | "to">): boolean {
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

export function identityWords({ identity, name }: Column, table: Table): string {
  const { always, sequence, ...options } = identity!;
  const usual = `${unquoteIdentifier(table.name)}_${unquoteIdentifier(name)}_seq`;
  const words = creationOptions(options);
  if (Buffer.byteLength(usual) < 64 && sequence !== qualified(table.schema, quoteIdentifier(usual))) {
    words.unshift(`SEQUENCE NAME ${sequence}`);
  }
  const list = words.length === 0 ? "" : ` (${words.join(" ")})`;
  return `GENERATED ${always ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY${list}`;
}

/** Identity takes the numbers up where its predecessor, or the highest value, leaves them. */
export function toIdentity(
  from: Column,
  to: Column,
  table: Table,
  context: ChangeContext,
  isConverted: boolean,
): Statement[] {
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
export function fromIdentity(from: Column, to: Column, table: Table, context: ChangeContext): Statement[] {
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

export function changeIdentity(from: Column, to: Column, table: Table): Statement[] {
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
export function continueSequence(from: Column, to: Column, table: Table, context: ChangeContext): Statement[] {
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
