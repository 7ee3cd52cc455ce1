import { DataTypes, type ModelStatic, type Sequelize } from "sequelize";
import { JobRepository } from "../../../../worker/data/repositories/job.ts";
import { BadRecord } from "../../../../worker/data/sources/source.ts";
import type { RunOptions } from "../../../../worker/processes/execution/run.ts";
import type { TestDatabase } from "../../../database.ts";
import {
  all,
  defineItems,
  derived,
  items,
  numbers,
  oddIsBad,
  sessionOf,
  shards,
  stopAfter,
  test,
} from "../../../items-bench.ts";
import { testJob } from "../../../run-steps.ts";

for (const limit of [20, 25, 100, null]) {
  test(`a version with fewer rows leaves none of the earlier one, with a limit of ${limit}`, async (t) => {
    const { run, items: rows, query } = t.context;
    await run({ items: items(30, { value: oddIsBad }) }, { limit: limit === 20 ? null : limit });
    await run({ items: items(20, { version: "2" }) }, { limit });
    t.deepEqual(await rows(), all(20, "v2"));
    t.deepEqual(await query("SELECT source_row FROM worker.quarantine"), []);
  });
}

test("a version without rows leaves none of the earlier one", async (t) => {
  const { run, items: rows } = t.context;
  await run({ items: items(30) });
  await run({ items: items(0, { version: "2" }) });
  t.deepEqual(await rows(), []);
});

for (const order of [
  [0, 1, 2],
  [2, 1, 0],
  [1, 0, 2],
]) {
  test(`shards ${order} of a new version leave nothing of the earlier one`, async (t) => {
    const { run, items: rows } = t.context;
    await run({ items: items(60) });
    for (const index of order) await run({ items: items(30, { version: "2", value: twoIsBad }) }, shards(index, 3));
    t.deepEqual(
      await rows(),
      all(30, "v2").filter((row) => row !== "2 v2"),
    );
  });
}

const twoIsBad = (item: number) => (item === 2 ? new BadRecord("is two", item) : "v2");

test("a larger limit of a new version replaces what a smaller one has left of the earlier version", async (t) => {
  const { run, items: rows } = t.context;
  await run({ items: items(60) }, { limit: 40 });
  const second = items(60, { version: "2", value: (item) => (item === 30 ? new BadRecord("bad", item) : "v2") });
  await run({ items: second }, { limit: 10 });
  await run({ items: second }, { limit: 40 });
  t.deepEqual(
    await rows(),
    all(40, "v2").filter((row) => row !== "30 v2"),
  );
  const { events } = await run({ items: second });
  t.true(events.every((event) => event.event !== "started" || event.cleared === null));
});

test("a step that has begun, and whose table was made anew, does not go on as if its rows were there", async (t) => {
  const { run, items: rows, sequelize } = t.context;
  await run({ items: items(50) }, stopAfter(20));
  await sequelize.query("TRUNCATE items; INSERT INTO items VALUES (49, 'another shard')");
  const { messages } = await run({ items: items(50) });
  t.deepEqual(messages, [
    "items has written 20 rows by its record, yet its table has none of them. Start it over with --fresh.",
  ]);
  await run({ items: items(50) }, { fresh: true });
  t.deepEqual(await rows(), all(50));
});

test("the same row is in quarantine once, whatever limits and shards there were", async (t) => {
  const { run, query } = t.context;
  const definition = { items: items(20, { value: oddIsBad }) };
  await run(definition, { limit: 10 });
  for (const index of [0, 1]) await run(definition, shards(index, 2));
  await run(definition);
  const rows = await query("SELECT source_row::int AS row FROM worker.quarantine ORDER BY 1");
  t.deepEqual(
    rows.map(({ row }) => row),
    [1, 3, 5, 7, 9, 11, 13, 15, 17, 19],
  );
});

/** `items` keyed by something else than the row number. */
async function keyByValue(sequelize: Sequelize): Promise<void> {
  await sequelize.query("ALTER TABLE items DROP CONSTRAINT items_pkey, ADD PRIMARY KEY (value)");
}

const defineByValue = (sequelize: Sequelize) =>
  sequelize.define(
    "items",
    { id: { type: DataTypes.BIGINT, allowNull: false }, value: { type: DataTypes.TEXT, primaryKey: true } },
    { tableName: "items" },
  ) as ModelStatic<never>;

test("upsert ends with the last row of each key, whatever the order of shards and limits", async (t) => {
  const { run, items: rows, sequelize, database } = t.context;
  await keyByValue(sequelize);
  const definition = items(30, { write: "upsert", value: (item) => `key ${item % 4}` });
  const openSession = sessionOf(database, defineByValue);
  for (const index of [2, 0, 1]) await run({ items: definition }, shards(index, 3, { openSession }));
  const wanted = ["26 key 2", "27 key 3", "28 key 0", "29 key 1"];
  t.deepEqual(await rows(), wanted);
  await run({ items: definition }, { limit: 6, openSession });
  t.deepEqual(await rows(), wanted);
  await run({ items: definition }, shards(0, 3, { openSession, fresh: true }));
  t.deepEqual(await rows(), wanted);
});

test("a key that comes twice where rows are inserted ends the step, and names the key", async (t) => {
  const { run, sequelize, database } = t.context;
  await keyByValue(sequelize);
  const openSession = sessionOf(database, defineByValue);
  const { messages, exitCode } = await run({ items: items(30, { value: (item) => `${item % 25}` }) }, { openSession });
  t.deepEqual(messages, [
    'The test database refused a statement: duplicate key value violates unique constraint "items_pkey": Key (value)=(0) already exists (23505).',
  ]);
  t.is(exitCode, 1);
});

test("rows whose key the database makes are not doubled by another limit", async (t) => {
  const { run, sequelize, database, query } = t.context;
  await sequelize.query("DROP TABLE items; CREATE TABLE items (key serial PRIMARY KEY, id bigint, value text)");
  const define = (on: Sequelize) =>
    on.define(
      "items",
      {
        key: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        id: DataTypes.BIGINT,
        value: DataTypes.TEXT,
      },
      { tableName: "items" },
    ) as ModelStatic<never>;
  const openSession = sessionOf(database, define);
  await run({ items: items(30) }, { limit: 10, openSession });
  await run({ items: items(30) }, { limit: 20, openSession });
  await run({ items: items(30) }, { openSession });
  t.deepEqual(await query("SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids FROM items"), [
    { rows: 30, ids: 30 },
  ]);
  const { messages } = await run({ items: items(30, { write: "upsert" }) }, { openSession, limit: 5 });
  t.regex(messages[0] ?? "", /the rows do not hold the model's primary key/);
});

test("a table that has lost its key is found before a row is written", async (t) => {
  const { run, sequelize } = t.context;
  await sequelize.query("ALTER TABLE items DROP CONSTRAINT items_pkey");
  const { messages, exitCode } = await run({ items: items(5) });
  t.regex(messages[0] ?? "", /^Table "items" differs from its model: no unique index on its key \(id\)\./);
  t.is(exitCode, 2);
});

test("merging fills the columns that only the table knows", async (t) => {
  const { run, items: rows, sequelize } = t.context;
  await sequelize.query("ALTER TABLE items ADD made timestamptz NOT NULL DEFAULT now()");
  await run({ items: items(20) }, { limit: 10 });
  t.deepEqual((await run({ items: items(20) })).steps, ["items completed 20/20/0"]);
  t.deepEqual(await rows(), all(20));
});

test("who lost a step can't start it over either", async (t) => {
  const { database, items: rows, run, sequelize } = t.context;
  const openSession = sessionOf(database, defineItems);
  const late = openSession("items", items(4));
  t.teardown(() => late.close());
  const identity = { name: "items", source: "numbers", sourceVersion: "1", limit: null, shard: 0, shards: 1 };
  const range = { first: 0, end: 4, toEnd: true };
  await late.open(identity, range, { signal: new AbortController().signal, onWait: () => {} });
  const jobs = new JobRepository(sequelize, database.label);
  await late.claim(await jobs.start(testJob));
  await sequelize.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'tests other model' AND datname = current_database()`,
  );
  t.deepEqual((await run({ items: items(4) })).steps, ["items completed 4/4/0"]);
  await t.throwsAsync(late.clear(), { message: /was lost/ });
  await t.throwsAsync(late.clear(), { message: /and with it the lock on items/ });
  t.deepEqual(await rows(), all(4));
});

test("the server's absence of a second costs retries, and no row", async (t) => {
  const { run, items: rows, database, sequelize } = t.context;
  let isThere = true;
  const mortal: TestDatabase = {
    ...database,
    settings: async () => ({ ...(await database.settings()), ...(isThere ? {} : { port: 1 }) }),
  };
  const { steps } = await run(
    { items: items(60) },
    {
      openSession: sessionOf(mortal, defineItems),
      retry: { attempts: 6, pauseMs: 100, longestPauseMs: 500, random: () => 1, explain: async (failure) => failure },
      emit: (event) => {
        if (event.event !== "progress" || event.nextRow !== 20) return;
        isThere = false;
        setTimeout(() => {
          isThere = true;
        }, 1000);
        void sequelize.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'tests other model' AND datname = current_database()`,
        );
      },
    },
  );
  t.deepEqual(steps, ["items completed 60/60/0"]);
  t.deepEqual(await rows(), all(60));
});

test("a session that can't be opened fails its own step alone", async (t) => {
  const { run, database, items: rows } = t.context;
  const open = sessionOf(database, defineItems);
  const openSession: RunOptions["openSession"] = (name, definition) => {
    if (name === "other") throw new TypeError("rows of type GEOMETRY can't be written by COPY");
    return open(name, definition);
  };
  const { steps, exitCode } = await run({ other: items(3), items: items(30) }, { openSession });
  t.deepEqual(steps, ["other failed 0/0/0", "items completed 30/30/0"]);
  t.is(exitCode, 1);
  t.is((await rows()).length, 30);
});

test("a derived step that is stopped ends as stopped, and one without rows as completed", async (t) => {
  const { run, database } = t.context;
  await run({ items: items(5) });
  t.deepEqual((await run({ later: derived(0, []) })).steps, ["later completed 0/0/0"]);
  const controller = new AbortController();
  const openSession: RunOptions["openSession"] = (name, definition) => {
    const session = sessionOf(database, defineItems)(name, definition);
    session.commitDerived = async () => {
      controller.abort();
      return undefined;
    };
    return session;
  };
  const stopped = await run({ later: derived(1, []) }, { openSession, stop: controller.signal, fresh: true });
  t.deepEqual(stopped.steps, ["later stopped 0/0/0"]);
  t.is(stopped.exitCode, 75);
});

test("rows are made anew when reference data have changed, though the source has not", async (t) => {
  const { run, items: rows } = t.context;
  const withReference = (version: string) => {
    const source = numbers(1, version);
    return { items: { ...items(10, { value: () => `with ${version}` }), referenceSources: [source] } };
  };
  await run(withReference("a"));
  t.deepEqual((await run(withReference("a"))).steps, ["items skipped 0/0/0"]);
  const { steps, events } = await run(withReference("b"));
  t.deepEqual(steps, ["items completed 10/10/0"]);
  t.true(events.some((event) => event.event === "started" && event.cleared === "newVersion"));
  t.deepEqual(await rows(), all(10, "with b"));
});

for (const [type, column, fault] of [
  [
    DataTypes.ARRAY(DataTypes.TEXT),
    "varchar[]",
    "column value is of type character varying[]; the model writes text[]",
  ],
  [DataTypes.ARRAY(DataTypes.STRING), "varchar[]", undefined],
  [DataTypes.ARRAY(DataTypes.CHAR(2)), "char(2)[]", undefined],
  [DataTypes.STRING(2), "char(2)", undefined],
] as const) {
  test(`a model's ${type} ${fault ? "does not fit" : "fits"} a column of type ${column}`, async (t) => {
    const { run, database, sequelize, query } = t.context;
    await sequelize.query(`DROP TABLE items; CREATE TABLE items (id bigint PRIMARY KEY, value ${column})`);
    const define = (on: Sequelize) =>
      on.define("items", { id: { type: DataTypes.BIGINT, primaryKey: true }, value: { type } }) as ModelStatic<never>;
    const value = () => (column.endsWith("[]") ? ["ab"] : "ab") as string;
    const { messages } = await run({ items: items(1, { value }) }, { openSession: sessionOf(database, define) });
    t.deepEqual(messages, [
      fault && `Table "items" differs from its model: ${fault}. Undo the change, or write a migration for it.`,
    ]);
    t.is((await query("SELECT * FROM items")).length, fault ? 0 : 1);
  });
}

test("an error of the server in the middle of a large chunk is the step's failure, whatever was still to be sent", async (t) => {
  const { run, sequelize } = t.context;
  await sequelize.query("ALTER TABLE items ADD CONSTRAINT short CHECK (length(value) < 10)");
  const long = "x".repeat(200_000);
  const value = (item: number) => (item < 200 ? long : "v1");
  const { messages, exitCode } = await run({ items: { ...items(300, { value }), commitInterval: 300 } });
  t.regex(messages[0] ?? "", /violates check constraint "short".*23514/);
  t.is(exitCode, 1);
});
