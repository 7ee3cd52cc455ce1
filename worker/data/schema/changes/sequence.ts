import { type Catalog, objectOf, type Sequence, type SequenceOptions } from "../catalog.ts";
import { quoteLiteral } from "../identifier.ts";
import { type Statement, statement } from "../statement.ts";
import type { ObjectChange } from "./change.ts";

const widest: Record<string, string> = { smallint: "32767", integer: "2147483647", bigint: "9223372036854775807" };
const lowest: Record<string, string> = { smallint: "-32768", integer: "-2147483648", bigint: "-9223372036854775808" };

export function isUpward(increment: string): boolean {
  return !increment.startsWith("-");
}

/** The options that CREATE SEQUENCE takes when it is told nothing. */
export function defaultOptions({ type, increment }: SequenceOptions): Omit<SequenceOptions, "type" | "increment"> {
  const upward = isUpward(increment);
  const min = upward ? "1" : lowest[type]!;
  const max = upward ? widest[type]! : "-1";
  return { start: upward ? min : max, min, max, cache: "1", cycle: false };
}

/** The options that differ from the defaults, as CREATE SEQUENCE and GENERATED AS IDENTITY take them. */
export function creationOptions(options: SequenceOptions): string[] {
  const usual = defaultOptions(options);
  const words: string[] = [];
  if (options.increment !== "1") words.push(`INCREMENT BY ${options.increment}`);
  if (options.min !== usual.min) words.push(`MINVALUE ${options.min}`);
  if (options.max !== usual.max) words.push(`MAXVALUE ${options.max}`);
  if (options.start !== (isUpward(options.increment) ? options.min : options.max))
    words.push(`START WITH ${options.start}`);
  if (options.cache !== usual.cache) words.push(`CACHE ${options.cache}`);
  if (options.cycle) words.push("CYCLE");
  return words;
}

/** What AS makes of the options: it moves the bounds that were the old type's own. */
export function withType<T extends SequenceOptions>(options: T, type: string): T {
  const min = options.min === lowest[options.type] ? lowest[type]! : options.min;
  const max = options.max === widest[options.type] ? widest[type]! : options.max;
  return { ...options, type, min, max };
}

/** What ALTER SEQUENCE, or ALTER COLUMN with SET before each, is told. */
export function changedOptions(from: SequenceOptions, to: SequenceOptions): string[] {
  const words: string[] = [];
  if (from.increment !== to.increment) words.push(`INCREMENT BY ${to.increment}`);
  if (from.min !== to.min) words.push(`MINVALUE ${to.min}`);
  if (from.max !== to.max) words.push(`MAXVALUE ${to.max}`);
  if (from.start !== to.start) words.push(`START WITH ${to.start}`);
  if (from.cache !== to.cache) words.push(`CACHE ${to.cache}`);
  if (from.cycle !== to.cycle) words.push(to.cycle ? "CYCLE" : "NO CYCLE");
  return words;
}

/** Whether each value that `from` can have is one of `to`. */
export function isWithin(
  from: Pick<SequenceOptions, "min" | "max">,
  to: Pick<SequenceOptions, "min" | "max">,
): boolean {
  return BigInt(to.min) <= BigInt(from.min) && BigInt(to.max) >= BigInt(from.max);
}

/**
 * Moves the counter to where the bounds of `to` let it be: ALTER SEQUENCE refuses where it is not. `options`: those that
 * it has afterwards. `alter` makes a statement of the options that are set.
 */
export function movedInto<T extends SequenceOptions>(
  from: T,
  to: SequenceOptions,
  sqlName: string,
  alter: (words: readonly string[]) => Statement,
): { statements: Statement[]; options: T } {
  if (isWithin(from, to)) return { statements: [], options: from };
  const least = (a: string, b: string) => (BigInt(a) < BigInt(b) ? a : b);
  const greatest = (a: string, b: string) => (BigInt(a) > BigInt(b) ? a : b);
  // As far as both reach, so that the new place is allowed already.
  const wide = { ...from, min: least(from.min, to.min), max: greatest(from.max, to.max) };
  const fits = `last_value BETWEEN ${to.min} AND ${to.max}`;
  const widening = changedOptions(from, wide);
  return {
    statements: [
      ...(widening.length > 0 ? [alter(widening)] : []),
      statement(
        `SELECT setval(${quoteLiteral(sqlName)}, CASE WHEN ${fits} THEN last_value ELSE ${to.start} END, is_called AND ${fits}) FROM ${sqlName}`,
      ),
    ],
    options: wide,
  };
}

/** What a statement that makes the sequence begins with. */
export function creation({ unlogged }: Sequence): string {
  return `CREATE ${unlogged ? "UNLOGGED " : ""}SEQUENCE`;
}

export const sequenceChange: ObjectChange<Sequence> = {
  create(sequence) {
    const type = sequence.type === "bigint" ? [] : [`AS ${sequence.type}`];
    return [statement([creation(sequence), sequence.sqlName, ...type, ...creationOptions(sequence)].join(" "))];
  },
  drop({ sqlName }) {
    return [statement(`DROP SEQUENCE ${sqlName}`)];
  },
  alter(from, to, { from: before, to: after, rebuilt }) {
    const tableOf = (catalog: Catalog, { ownedBy }: Sequence) => {
      const column = ownedBy ? catalog.objects.get(ownedBy) : undefined;
      return column?.kind === "column" ? objectOf(catalog, column.table, "table") : undefined;
    };
    const [old, table] = [tableOf(before, from), tableOf(after, to)];
    const isTaken =
      old !== undefined && old.id === table?.id && !rebuilt.has(old.id) && old.unlogged !== table.unlogged;
    const unlogged = isTaken ? table.unlogged : from.unlogged;
    const persistence =
      unlogged === to.unlogged
        ? []
        : [statement(`ALTER SEQUENCE ${to.sqlName} SET ${to.unlogged ? "UNLOGGED" : "LOGGED"}`)];
    const type = from.type === to.type ? [] : [`AS ${to.type}`];
    const alter = (words: readonly string[]) => statement(`ALTER SEQUENCE ${to.sqlName} ${words.join(" ")}`);
    const typed = withType(from, to.type);
    const { statements, options } = movedInto(typed, to, to.sqlName, (words) => alter([...type, ...words]));
    const isTyped = type.length > 0 && statements.length < 2;
    const words = [...(isTyped ? type : []), ...changedOptions(options, to)];
    return [...statements, ...(words.length === 0 ? [] : [alter(words)]), ...persistence];
  },
};
