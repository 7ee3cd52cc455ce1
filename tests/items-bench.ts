import anyTest, { type ExecutionContext, type TestFn } from "ava";
import { DataTypes, type ModelStatic, QueryTypes, type Sequelize } from "sequelize";
import { CopyEncoder } from "../worker/data/binary-copy/encoder.ts";
import { connect } from "../worker/data/database.ts";
import { PostgresStepSession } from "../worker/data/repositories/step-session.ts";
import { BadRecord, type Source } from "../worker/data/sources/source.ts";
import { derive, load } from "../worker/processes/execution/definition.ts";
import type { AnyDefinition } from "../worker/processes/execution/definitions.ts";
import type { ExecutionEvent } from "../worker/processes/execution/events.ts";
import { type AnyLoad, type MakeEncoder, producer } from "../worker/processes/execution/producer.ts";
import { outcomeOf, type RunOptions } from "../worker/processes/execution/run.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { runOnDatabase, writing } from "./run-steps.ts";

/** A database with a table `items`, and what one needs to run sub-processes that fill it. */
export interface Bench {
  database: TestDatabase;
  sequelize: Sequelize;
  run(definitions: Record<string, AnyDefinition>, options?: Partial<RunOptions>): Promise<Ran>;
  /** Keys and values of `items`. */
  items(): Promise<string[]>;
  query(sql: string): Promise<Record<string, unknown>[]>;
}

interface Ran {
  exitCode: number;
  /** `name status read/written/skipped`, and the message. */
  steps: string[];
  messages: (string | undefined)[];
  events: ExecutionEvent[];
}

export const makeEncoder: MakeEncoder = (columns, spares) => new CopyEncoder(columns, spares);

const tests = anyTest as TestFn<Bench>;

/** A test with a bench of its own. */
export function test(title: string, work: (t: ExecutionContext<Bench>) => Promise<unknown>): void {
  tests(title, async (t) => {
    t.context = await openBench(t);
    await work(t);
  });
}

async function openBench(t: ExecutionContext<Bench>): Promise<Bench> {
  const database = await testDatabase(t);
  const sequelize = connect(database, { applicationName: "tests", connections: 3 });
  t.teardown(() => sequelize.close());
  await sequelize.query("CREATE TABLE items (id bigint PRIMARY KEY, value text NOT NULL)");
  const query = (sql: string) => sequelize.query<Record<string, unknown>>(sql, { type: QueryTypes.SELECT });
  return {
    database,
    sequelize,
    query,
    run: (definitions, options) => run(database, definitions, options),
    items: async () =>
      (await query("SELECT id || ' ' || value AS item FROM items ORDER BY id")).map(({ item }) => String(item)),
  };
}

export const defineItems = (sequelize: Sequelize) =>
  sequelize.define(
    "items",
    { id: { type: DataTypes.BIGINT, primaryKey: true }, value: { type: DataTypes.TEXT, allowNull: false } },
    { tableName: "items" },
  ) as ModelStatic<never>;

export async function run(
  database: TestDatabase,
  named: Record<string, AnyDefinition>,
  options: Partial<RunOptions> = {},
): Promise<Ran> {
  const definitions = new Map(Object.entries(named));
  const events: ExecutionEvent[] = [];
  const results = await runOnDatabase(database, {
    definitions,
    define: defineItems,
    applicationName: "tests",
    producer: producer((name) => definitions.get(name) as AnyLoad, makeEncoder),
    retry: { attempts: 4, pauseMs: 20, longestPauseMs: 50, random: Math.random, explain: async (failure) => failure },
    ...options,
    emit: (event) => {
      events.push(event);
      options.emit?.(event);
    },
  });
  return {
    exitCode: outcomeOf(results).exitCode,
    steps: results.map(({ name, status, read, written, skipped }) => `${name} ${status} ${read}/${written}/${skipped}`),
    messages: results.map(({ message }) => message),
    events,
  };
}

/** `rows` rows in batches of 7, each item its number; `version` tells sources apart. */
export function numbers(rows: number, version = "1"): Source<number> {
  return {
    location: "numbers",
    open: async () => ({
      version,
      rows,
      parts: [0],
      async *read(from, to) {
        for (let first = from; first < to; first += 7) {
          yield { first, items: Array.from({ length: Math.min(7, to - first) }, (_, index) => first + index) };
        }
      },
    }),
  };
}

interface Settings {
  version?: string;
  value?: (item: number) => string | BadRecord;
  key?: (item: number) => number;
  write?: "insert" | "upsert";
  quarantineLimit?: number;
  needs?: string[];
}

/** Fills `items` with `rows` rows, 10 a chunk. */
export function items(
  rows: number,
  { version = "1", value = () => `v${version}`, key = (item) => item, ...settings }: Settings = {},
) {
  return load({
    source: numbers(rows, version),
    rowNumber: "id",
    commitInterval: 10,
    ...settings,
    transform: (item) => {
      const result = value(item);
      return result instanceof BadRecord ? result : { id: key(item), value: result };
    },
  });
}

export const all = (rows: number, value = "v1") => Array.from({ length: rows }, (_, id) => `${id} ${value}`);

/** Aborts once `name` has read `rows`. */
export function stopAfter(rows: number): Partial<RunOptions> {
  const controller = new AbortController();
  return {
    stop: controller.signal,
    emit: (event) => {
      if (event.event === "progress" && event.read >= rows) controller.abort();
    },
  };
}

/** A value for `items`: odd ones are bad records. */
export const oddIsBad = (item: number) => (item % 2 === 1 ? new BadRecord("is odd", { item }) : "v1");

/** Part `index` of `of`, and other options. */
export const shards = (index: number, of: number, rest: Partial<RunOptions> = {}) => ({
  shard: { index, of },
  ...rest,
});

export const derived = (rows: number, needs = ["items"]) =>
  derive({ needs, inputs: ["items"], derive: async () => ({ read: rows, written: rows }) });

/** Sessions of another model, or on another database. */
export const sessionOf =
  (database: TestDatabase, define: (sequelize: Sequelize) => ModelStatic<never>): RunOptions["openSession"] =>
  (_, definition) => {
    const sequelize = connect(database, { applicationName: "tests other model" });
    const session = { sequelize, model: define(sequelize), label: database.label, ...writing(definition) };
    return new PostgresStepSession(session, () => performance.now());
  };
