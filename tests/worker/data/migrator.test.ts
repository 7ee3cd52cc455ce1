import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import anyTest, { type ExecutionContext } from "ava";
import { QueryTypes, type Sequelize } from "sequelize";
import { connect } from "../../../worker/data/database.ts";
import { writeMigrationFile } from "../../../worker/data/migration-files.ts";
import { type Migrator, migrator } from "../../../worker/data/migrator.ts";
import { Failure, type FailureKind } from "../../../worker/failure.ts";
import { type TestDatabase, testDatabase } from "../../database.ts";
import {
  codedMigration,
  emptyDatabase,
  type MigrationsFolder,
  migration,
  migrationsFolder,
} from "../../migrations-folder.ts";

// One after the other on one database, which each begins with emptied.
const test = anyTest.serial;
const { macro } = anyTest;

const teardowns: (() => unknown)[] = [];
let database: TestDatabase;
let sequelize: Sequelize;

test.before(async () => {
  database = await testDatabase({ teardown: (work) => teardowns.push(work) });
  sequelize = connect(database, { applicationName: "test" });
});
test.after.always(async () => {
  await sequelize.close();
  for (const teardown of teardowns) await teardown();
});

interface Scene extends MigrationsFolder {
  migrations: Migrator;
  /** Tables of schema public. */
  tables(): Promise<string[]>;
}

async function scene(t: ExecutionContext, files: Record<string, string>): Promise<Scene> {
  await emptyDatabase(sequelize);
  const folder = await migrationsFolder(t, files);
  const migrations = migrator(database, { folder: folder.folder, version: "1.2.3" });
  const tables = async () => {
    const rows = await sequelize.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
      { type: QueryTypes.SELECT },
    );
    return rows.map(({ name }) => name);
  };
  return { ...folder, migrations, tables };
}

async function throwsFailure(t: ExecutionContext, promise: Promise<unknown>, kind: FailureKind): Promise<string> {
  const failure = await t.throwsAsync(promise, { instanceOf: Failure });
  t.is(failure.kind, kind, failure.message);
  return failure.message;
}

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

const two = {
  "0001-first.ts": migration("CREATE TABLE first (id int)", "DROP TABLE first"),
  "0002-second.ts": migration("CREATE TABLE second (id int)", "DROP TABLE second"),
};
const three = { ...two, "0003-third.ts": migration("CREATE TABLE third (id int)", "DROP TABLE third") };

test("up applies the pending migrations in their order and remembers checksum, time, duration and version", async (t) => {
  const { migrations, tables } = await scene(t, two);
  const migrated: string[] = [];
  const result = await migrations.up({ onMigrated: ({ name }) => migrated.push(name) });
  t.deepEqual(names(result), ["0001-first", "0002-second"]);
  t.deepEqual(migrated, ["0001-first", "0002-second"]);
  t.deepEqual(await tables(), ["first", "second"]);
  const [rows] = await sequelize.query(
    `SELECT name, length(checksum) AS checksum, now() - applied_at < '1 minute' AS recent,
       duration_ms BETWEEN 0 AND 10000 AS duration, version FROM worker.migration ORDER BY name`,
  );
  const row = { checksum: 64, recent: true, duration: true, version: "1.2.3" };
  t.deepEqual(rows, [
    { name: "0001-first", ...row },
    { name: "0002-second", ...row },
  ]);
});

test("up does nothing where nothing is pending, even while another migrator has the lock", async (t) => {
  const { migrations } = await scene(t, two);
  await migrations.up();
  await sequelize.query("SELECT pg_advisory_lock(-7631585190429653367)");
  t.deepEqual(await migrations.up({ lockTimeoutMs: 0 }), []);
});

test("up goes on after the last migration applied, and up to the one named", async (t) => {
  const { migrations, tables } = await scene(t, three);
  await migrations.up({ to: "0001" });
  t.deepEqual(await tables(), ["first"]);
  await migrations.up({ to: "migrations/0002-second.ts" });
  t.deepEqual(await tables(), ["first", "second"]);
  await migrations.up({ to: "0001-first" });
  t.deepEqual(await tables(), ["first", "second"]);
  await migrations.up();
  t.deepEqual(await tables(), ["first", "second", "third"]);
});

test("down reverts the last one, those after the one named, or all", async (t) => {
  const { migrations, tables } = await scene(t, three);
  await migrations.up();
  t.deepEqual(names(await migrations.down()), ["0003-third"]);
  await migrations.up();
  t.deepEqual(names(await migrations.down({ to: "0001" })), ["0003-third", "0002-second"]);
  t.deepEqual(await tables(), ["first"]);
  t.deepEqual(await migrations.pending(), ["0002-second", "0003-third"]);
  await migrations.up();
  t.deepEqual(names(await migrations.down({ all: true })), ["0003-third", "0002-second", "0001-first"]);
  t.deepEqual(await tables(), []);
  t.deepEqual(await migrations.down(), []);
});

test("up and down to a name that is none, and down to one that is not applied, are refused", async (t) => {
  const { migrations } = await scene(t, two);
  const unknown = 'No migration is called "0007"; known: 0001-first, 0002-second.';
  t.is(await throwsFailure(t, migrations.up({ to: "0007" }), "usage"), unknown);
  t.is(await throwsFailure(t, migrations.down({ to: "0007" }), "usage"), unknown);
  t.is(
    await throwsFailure(t, migrations.down({ to: "0002" }), "usage"),
    "Migration 0002-second is not applied, so that nothing can be reverted down to it.",
  );
});

test("a checkout with Windows line ends is the same migration", async (t) => {
  const { migrations, folder, write } = await scene(t, two);
  await migrations.up();
  const file = "0001-first.ts";
  await write(file, (await readFile(path.join(folder, file), "utf8")).replaceAll("\n", "\r\n"));
  t.deepEqual((await migrations.verify()).faults, []);
});

const today = /on \d{4}-\d\d-\d\d \d\d:\d\d UTC/g;

const faultySet = macro({
  title: (title, message: string) => `up, sql and verify name the fault, and nothing is applied: ${title ?? message}`,
  async exec(
    t,
    message: string,
    { before = {}, change }: { before?: Record<string, string>; change: (scene: Scene) => Promise<unknown> },
  ) {
    const it = await scene(t, before);
    await it.migrations.up();
    await it.write("0008-good.ts", migration("CREATE TABLE good ()"));
    await change(it);
    const tables = await it.tables();
    const dateless = (text: string) => text.replace(today, "on DATE");
    t.is(dateless(await throwsFailure(t, it.migrations.up(), "failed")), message);
    t.is(dateless(await throwsFailure(t, it.migrations.sql(), "failed")), message);
    const { faults } = await it.migrations.verify();
    t.is(dateless(faults.map((fault) => fault.message).join(" ")), message);
    t.false(await it.migrations.isUpToDate(sequelize));
    t.deepEqual(await it.tables(), tables);
  },
});

test(
  "a changed file",
  faultySet,
  "0001-first.ts was changed after it had been applied on DATE. Restore it and put the change into a new migration.",
  { before: two, change: ({ write }) => write("0001-first.ts", migration("CREATE TABLE other (id int)")) },
);
test("a missing file", faultySet, "0002-second.ts is missing but was applied on DATE. Restore the file.", {
  before: two,
  change: ({ remove }) => remove("0002-second.ts"),
});
test(
  "a file out of order",
  faultySet,
  "0002-late.ts is not applied but comes before 0003-third, which is. Give it a number after that one.",
  {
    before: { "0001-first.ts": two["0001-first.ts"], "0003-third.ts": three["0003-third.ts"] },
    change: ({ write }) => write("0002-late.ts", migration("CREATE TABLE late ()")),
  },
);
for (const name of ["notes.md", "3-third.ts", "0003_third.ts", "0003-Third.ts", "0003-third.js", "0003-.ts"]) {
  test(
    `a file called ${name}`,
    faultySet,
    `${name} is not named like a migration, NNNN-kebab-name.ts. Rename it or move it out of the folder.`,
    { change: ({ write }) => write(name, migration("CREATE TABLE misnamed ()")) },
  );
}
test(
  "two files with one number",
  faultySet,
  "0003-b.ts has the number of 0003-a.ts. Give one that is not applied anywhere the next free number.",
  {
    change: async ({ write }) => {
      await write("0003-a.ts", migration("CREATE TABLE a ()"));
      await write("0003-b.ts", migration("CREATE TABLE b ()"));
    },
  },
);
test("a file without functions", faultySet, "0003-a.ts exports no function up and no function down. Add it.", {
  change: ({ write }) => write("0003-a.ts", "export const upp = 1;\n"),
});
test("a file without down", faultySet, "0003-a.ts exports no function down. Add it.", {
  change: ({ write }) => write("0003-a.ts", "export async function up() {}\n"),
});
test(
  "a file with a wrong transaction",
  faultySet,
  "0003-a.ts exports a transaction that is neither true nor false. Correct it.",
  { change: ({ write }) => write("0003-a.ts", migration("SELECT 1", "SELECT 1", 'export const transaction = "no";')) },
);
test("a file that throws when loaded", faultySet, "0003-a.ts does not load: no luck today at line 1. Mend the file.", {
  change: ({ write }) => write("0003-a.ts", 'throw new Error("no luck today.\\nNor tomorrow.");\n'),
});
test(
  "all at once",
  faultySet,
  "notes.md is not named like a migration, NNNN-kebab-name.ts. Rename it or move it out of the folder. " +
    "0001-first.ts was changed after it had been applied on DATE. Restore it and put the change into a new migration. " +
    "0002-second.ts is missing but was applied on DATE. Restore the file. " +
    "0009-a.ts exports no function down. Add it.",
  {
    before: two,
    change: async ({ write, remove }) => {
      await write("notes.md", "");
      await write("0001-first.ts", migration("SELECT 2"));
      await remove("0002-second.ts");
      await write("0009-a.ts", "export async function up() {}\n");
    },
  },
);

test("a file with a syntax error is named with the place of the error", async (t) => {
  const { migrations, tables } = await scene(t, { ...two, "0003-a.ts": "export async function up( {\n" });
  const message = await throwsFailure(t, migrations.up(), "failed");
  t.regex(message, /^0003-a\.ts does not load: .*(0003-a\.ts:2:0: ERROR: .*| at line \d)\. Mend the file\.$/);
  t.notRegex(message, /\n/);
  t.deepEqual(await tables(), []);
});

test("hidden files in the folder are not looked at", async (t) => {
  const { migrations } = await scene(t, { ...two, ".gitkeep": "" });
  t.is((await migrations.up()).length, 2);
});

test("a folder that is not there is named", async (t) => {
  const migrations = migrator(await testDatabase(t, { template: false }), {
    folder: "/nowhere/migrations",
    version: "1",
  });
  t.is(
    await throwsFailure(t, migrations.up(), "usage"),
    "The migrations can't be read: ENOENT: no such file or directory, scandir '/nowhere/migrations'.",
  );
});

test("a migration that fails leaves nothing, those before it stay, and the next up goes on", async (t) => {
  const { migrations, tables, write } = await scene(t, {
    "0001-first.ts": two["0001-first.ts"],
    "0002-a.ts": migration("CREATE TABLE a (); SELECT 1/0"),
    "0003-third.ts": three["0003-third.ts"],
  });
  t.is(
    await throwsFailure(t, migrations.up(), "failed"),
    'Migration 0002-a failed: division by zero (22012) in "CREATE TABLE a (); SELECT 1/0". ' +
      "Nothing of it was applied; mend 0002-a.ts and run the same command again.",
  );
  t.deepEqual(await tables(), ["first"]);
  await write("0002-a.ts", migration("CREATE TABLE a ()"));
  await migrations.up();
  t.deepEqual(await tables(), ["a", "first", "third"]);
});

test("a migration that fails in JavaScript leaves nothing", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": codedMigration(
      'await context.sequelize.query("CREATE TABLE a ()"); throw new TypeError("x is no y");',
    ),
  });
  t.is(
    await throwsFailure(t, migrations.up(), "failed"),
    "Migration 0001-a failed: x is no y at line 4. Nothing of it was applied; mend 0001-a.ts and run the same command again.",
  );
  t.deepEqual(await tables(), []);
});

test("a migration that fails for a reason that passes is worth a retry", async (t) => {
  const { migrations } = await scene(t, {
    "0001-a.ts": migration("DO $$ BEGIN RAISE deadlock_detected USING MESSAGE = 'deadlock detected'; END $$"),
  });
  t.is(
    await throwsFailure(t, migrations.up(), "databaseUnavailable"),
    "Migration 0001-a failed: deadlock detected (40P01) in \"DO $$ BEGIN RAISE deadlock_detected USING MESSAGE = 'deadlock detected'; END $$\". " +
      "Nothing of it was applied; run the same command again.",
  );
});

test("what a migration sets for its session does not reach the next one", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": migration("SET search_path = ''; SET ROLE pg_monitor"),
    "0002-second.ts": two["0002-second.ts"],
  });
  await migrations.up();
  t.deepEqual(await tables(), ["second"]);
});

test("a down that fails leaves the migration applied", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": migration("CREATE TABLE a ()", "DROP TABLE a; DROP TABLE b"),
  });
  await migrations.up();
  t.is(
    await throwsFailure(t, migrations.down(), "failed"),
    'Migration 0001-a failed: table "b" does not exist (42P01) in "DROP TABLE a; DROP TABLE b". ' +
      "Nothing of it was reverted; mend 0001-a.ts and run the same command again.",
  );
  t.deepEqual(await tables(), ["a"]);
  t.deepEqual(await migrations.pending(), []);
});

const undone = macro({
  title: (title) => `every query of a migration is in its transaction without being told: ${title}`,
  async exec(t, body: string) {
    const { migrations, tables } = await scene(t, {
      "0001-base.ts": migration("CREATE TABLE base (id int PRIMARY KEY, kind text)"),
      "0002-a.ts": codedMigration(`${body}; throw new Error("undo");`),
    });
    t.regex(await throwsFailure(t, migrations.up(), "failed"), /^Migration 0002-a failed: undo at line \d\./);
    t.deepEqual(await tables(), ["base"]);
    t.deepEqual((await sequelize.query("SELECT * FROM base"))[0], []);
    t.deepEqual((await sequelize.query("SELECT typname FROM pg_type WHERE typtype = 'e'"))[0], []);
  },
});
test("raw SQL", undone, 'await context.sequelize.query("CREATE TABLE a ()")');
test("createTable with an ENUM", undone, 'await context.createTable("a", { kind: DataTypes.ENUM("x", "y") })');
test("renameColumn", undone, 'await context.renameColumn("base", "kind", "sort")');
test("bulkInsert", undone, 'await context.bulkInsert("base", [{ id: 1 }])');
test("a query told to be in none", undone, 'await context.sequelize.query("CREATE TABLE a ()", { transaction: null })');
test(
  "a model",
  undone,
  `await context.sequelize.define("base", { id: { type: DataTypes.INTEGER, primaryKey: true } },
     { tableName: "base" }).create({ id: 1 })`,
);

const misbehaves = macro({
  title: (title) => `a migration that ${title} is told so and leaves nothing`,
  async exec(t, body: string, message: string, left: string[] = []) {
    const { migrations, tables } = await scene(t, { "0001-a.ts": codedMigration(body) });
    t.is(await throwsFailure(t, migrations.up(), "failed"), message);
    t.deepEqual(await tables(), left);
    t.deepEqual(await migrations.pending(), ["0001-a"]);
  },
});
test(
  "asks for a transaction",
  misbehaves,
  'await context.sequelize.query("CREATE TABLE a ()"); await context.sequelize.transaction(async () => {});',
  "Migration 0001-a asks for a transaction but runs in one. Take sequelize.transaction() out of 0001-a.ts, or export transaction = false.",
);
test(
  "goes on after a statement has failed",
  misbehaves,
  'await context.sequelize.query("CREATE TABLE a ()"); await context.sequelize.query("SELECT 1/0").catch(() => {});',
  "Migration 0001-a went on after a statement of it had failed, so that PostgreSQL rolls all of it back. " +
    "Mend 0001-a.ts; SAVEPOINT lets a statement fail.",
);
test(
  "does not await its queries",
  misbehaves,
  'void context.sequelize.query("CREATE TABLE a ()").then(() => context.sequelize.query("CREATE TABLE b ()"));',
  "Migration 0001-a returned before its queries had ended. Await each of them in 0001-a.ts.",
);
test(
  "ends its transaction",
  misbehaves,
  'await context.sequelize.query("CREATE TABLE a (); COMMIT; CREATE TABLE b ()");',
  "Migration 0001-a ended its transaction by itself and what it did till then stays. Take COMMIT and ROLLBACK out of 0001-a.ts.",
  ["a", "b"],
);

test("a statement may fail inside a savepoint", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": codedMigration(`
      await context.sequelize.query("CREATE TABLE a (); SAVEPOINT s");
      await context.sequelize.query("SELECT 1/0").catch(() => context.sequelize.query("ROLLBACK TO s"));`),
  });
  await migrations.up();
  t.deepEqual(await tables(), ["a"]);
});

test("a constraint that fails at COMMIT is the migration's failure, without words on the console", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": migration(
      `CREATE TABLE a (id int PRIMARY KEY, parent int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
       INSERT INTO a VALUES (1, 2)`,
    ),
  });
  const warnings: unknown[] = [];
  const { warn } = console;
  console.warn = (...words) => warnings.push(words);
  t.teardown(() => {
    console.warn = warn;
  });
  t.regex(
    await throwsFailure(t, migrations.up(), "failed"),
    /^Migration 0001-a failed: insert or update on table "a" violates foreign key constraint "a_parent_fkey": Key \(parent\)=\(2\) is not present in table "a" \(23503\)/,
  );
  t.deepEqual(warnings, []);
  t.deepEqual(await tables(), []);
});

const concurrentIndex = migration(
  "CREATE INDEX CONCURRENTLY IF NOT EXISTS first_id ON first (id)",
  "DROP INDEX CONCURRENTLY first_id",
  "export const transaction = false;",
);

test("a migration with transaction = false runs what PostgreSQL refuses in a transaction", async (t) => {
  const { migrations } = await scene(t, { "0001-first.ts": two["0001-first.ts"], "0002-index.ts": concurrentIndex });
  t.deepEqual(names(await migrations.up()), ["0001-first", "0002-index"]);
  t.deepEqual(names(await migrations.down()), ["0002-index"]);
});

test("a migration with transaction = false that fails says that the rest stays", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": codedMigration(
      'await context.sequelize.query("CREATE TABLE a ()"); await context.sequelize.query("SELECT 1/0");',
      "export const transaction = false;",
    ),
  });
  t.is(
    await throwsFailure(t, migrations.up(), "failed"),
    'Migration 0001-a failed: division by zero (22012) in "SELECT 1/0". ' +
      "It runs without a transaction: what it did before that stays; mend 0001-a.ts and run the same command again.",
  );
  t.deepEqual(await tables(), ["a"]);
});

test("migrators that wait for the lock are no obstacle to CREATE INDEX CONCURRENTLY", async (t) => {
  const { migrations, folder } = await scene(t, {
    "0001-first.ts": migration("CREATE TABLE first (id int); SELECT pg_sleep(0.3)"),
    "0002-index.ts": concurrentIndex,
  });
  const others = [1, 2].map(() => migrator(database, { folder, version: "1" }));
  const results = await Promise.all([migrations, ...others].map((each) => each.up()));
  t.deepEqual(results.flatMap(names).sort(), ["0001-first", "0002-index"]);
});

test("six migrators at once all succeed and apply each migration once", async (t) => {
  const { folder } = await scene(t, three);
  const six = Array.from({ length: 6 }, () => migrator(database, { folder, version: "1" }));
  const results = await Promise.all(six.map((each) => each.up()));
  t.deepEqual(results.flatMap(names).sort(), ["0001-first", "0002-second", "0003-third"]);
  t.deepEqual((await sequelize.query("SELECT count(*)::int FROM worker.migration"))[0], [{ count: 3 }]);
});

test("who waits for the lock is told the holder's name, and stops at the bound", async (t) => {
  const { migrations, tables } = await scene(t, two);
  const [[row]] = (await sequelize.query(
    "SELECT pg_advisory_lock(-7631585190429653367), pg_backend_pid() AS pid",
  )) as unknown as [{ pid: number }[]];
  const holders: string[] = [];
  const message = await throwsFailure(
    t,
    migrations.up({ lockTimeoutMs: 300, onWait: (holder) => holders.push(holder) }),
    "databaseUnavailable",
  );
  t.is(holders.length, 1);
  t.regex(holders[0]!, /^"test"( from 127\.0\.0\.1)? \(server process \d+\)$/);
  t.is(
    message,
    `${holders[0]} has held the lock on the migrations of the test database for all of the 0.3 s that we waited. ` +
      "Let it finish and try again, or end it with pg_terminate_backend.",
  );
  t.true(message.includes(`(server process ${row!.pid})`));
  t.deepEqual(await tables(), []);
});

test("who waits for the lock goes on when it is free", async (t) => {
  const { migrations, tables } = await scene(t, two);
  await sequelize.query("SELECT pg_advisory_lock(-7631585190429653367)");
  await migrations.up({
    onWait: () => void sequelize.query("SELECT pg_advisory_unlock(-7631585190429653367)"),
  });
  t.deepEqual(await tables(), ["first", "second"]);
});

test("the signal ends waiting for the lock", async (t) => {
  const { migrations } = await scene(t, two);
  await sequelize.query("SELECT pg_advisory_lock(-7631585190429653367)");
  const controller = new AbortController();
  const up = migrations.up({ signal: controller.signal, onWait: () => controller.abort() });
  t.is(
    await throwsFailure(t, up, "interrupted"),
    "Interrupted while waiting for the lock on the migrations of the test database.",
  );
});

test("the signal stops between two migrations", async (t) => {
  const { migrations, tables } = await scene(t, three);
  const controller = new AbortController();
  const up = migrations.up({ signal: controller.signal, onMigrated: () => controller.abort() });
  t.is(
    await throwsFailure(t, up, "interrupted"),
    "Interrupted after 1 of 3 migrations. Run the same command again to go on.",
  );
  t.deepEqual(await tables(), ["first"]);
  t.deepEqual(names(await migrations.up()), ["0002-second", "0003-third"]);
});

const killsItself = 'await context.sequelize.query("SELECT pg_terminate_backend(pg_backend_pid())")';

test("a connection that dies in mid-migration ends the run, leaves nothing, and the next up goes on", async (t) => {
  const { migrations, tables, write } = await scene(t, {
    ...two,
    "0003-a.ts": codedMigration(`await context.sequelize.query("CREATE TABLE a ()"); ${killsItself};`),
  });
  t.is(
    await throwsFailure(t, migrations.up(), "databaseUnavailable"),
    "The connection to the test database was lost, and the lock on the migrations with it. " +
      "What was not committed is undone; run the same command again.",
  );
  t.deepEqual(await tables(), ["first", "second"]);
  await write("0003-a.ts", migration("CREATE TABLE a ()"));
  await migrations.up();
  t.deepEqual(await tables(), ["a", "first", "second"]);
});

test("a migration that survives the death of its connection gets no second one", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": codedMigration(`${killsItself}.catch(() => {});
      // Till the pool has noticed, and would open another connection.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await context.sequelize.query("CREATE TABLE a ()");`),
  });
  t.regex(
    await throwsFailure(t, migrations.up(), "databaseUnavailable"),
    /^The connection to the test database was lost/,
  );
  t.deepEqual(await tables(), []);
});

test("a lock that is lost without the connection, as behind a transaction pooler, ends the run", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": migration("CREATE TABLE a (); SELECT pg_advisory_unlock_all()"),
    "0002-second.ts": two["0002-second.ts"],
  });
  t.is(
    await throwsFailure(t, migrations.up(), "usage"),
    "The lock on the migrations was lost: a pooler between us and the test database gives each transaction another session. Connect directly.",
  );
  t.deepEqual(await tables(), ["a"]);
});

test("a table worker.migration that was changed by hand is named", async (t) => {
  const { migrations } = await scene(t, two);
  await migrations.up();
  await sequelize.query("ALTER TABLE worker.migration DROP COLUMN checksum");
  const message =
    'The table worker.migration was changed by hand: column "checksum" does not exist. ' +
    "It must have name, checksum, applied_at, duration_ms and version; restore it.";
  for (const act of ["up", "down", "status", "pending", "verify", "sql"] as const) {
    t.is(await throwsFailure(t, migrations[act](), "failed"), message);
  }
  t.is(await throwsFailure(t, migrations.isUpToDate(sequelize), "failed"), message);
});

test("a role that may not create the schema is told so", async (t) => {
  const { folder } = await scene(t, two);
  const role = `weak_${process.pid}`;
  await sequelize.query(`CREATE ROLE ${role} LOGIN PASSWORD 'weak'`);
  t.teardown(() => sequelize.query(`DROP ROLE ${role}`));
  const settings = async () => ({ ...(await database.settings()), username: role, password: "weak" });
  const weak = migrator({ label: database.label, settings }, { folder, version: "1" });
  t.regex(
    await throwsFailure(t, weak.up(), "usage"),
    /^The test database: permission denied for database \S+\. Grant the role that right, or use another role\.$/,
  );
});

test("a role that may write but not create needs no right to create once the table is there", async (t) => {
  const { folder, migrations, write } = await scene(t, two);
  await migrations.up();
  const role = `writer_${process.pid}`;
  await sequelize.query(`CREATE ROLE ${role} LOGIN PASSWORD 'weak'; GRANT USAGE ON SCHEMA worker TO ${role};
    GRANT ALL ON worker.migration TO ${role}`);
  t.teardown(() => sequelize.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
  await write("0003-a.ts", migration("SELECT 1"));
  const settings = async () => ({ ...(await database.settings()), username: role, password: "weak" });
  const weak = migrator({ label: database.label, settings }, { folder, version: "1" });
  t.deepEqual(names(await weak.up()), ["0003-a"]);
});

test("status tells applied, changed, missing and pending", async (t) => {
  const { migrations, write, remove } = await scene(t, three);
  t.deepEqual(await migrations.status(), [
    { name: "0001-first", state: "pending", appliedAt: null, durationMs: null, version: null },
    { name: "0002-second", state: "pending", appliedAt: null, durationMs: null, version: null },
    { name: "0003-third", state: "pending", appliedAt: null, durationMs: null, version: null },
  ]);
  await migrations.up();
  await write("0002-second.ts", migration("SELECT 2"));
  await remove("0003-third.ts");
  await write("0004-fourth.ts", migration("SELECT 4"));
  const statuses = await migrations.status();
  t.deepEqual(
    statuses.map(({ name, state }) => `${name} ${state}`),
    ["0001-first applied", "0002-second changed", "0003-third missing", "0004-fourth pending"],
  );
  t.true(statuses[0]!.appliedAt instanceof Date);
  t.is(statuses[0]!.version, "1.2.3");
});

test("down is the way out of a file out of order, and refuses a changed one", async (t) => {
  const { migrations, write } = await scene(t, {
    "0001-first.ts": two["0001-first.ts"],
    "0003-third.ts": three["0003-third.ts"],
  });
  await migrations.up();
  await write("0002-second.ts", two["0002-second.ts"]);
  t.deepEqual(names(await migrations.down()), ["0003-third"]);
  t.deepEqual(names(await migrations.up()), ["0002-second", "0003-third"]);
  await write("0003-third.ts", migration("SELECT 3"));
  t.regex(await throwsFailure(t, migrations.down(), "failed"), /^0003-third\.ts was changed after/);
});

test("isUpToDate tells whether up would do nothing", async (t) => {
  const { migrations, write } = await scene(t, two);
  t.false(await migrations.isUpToDate(sequelize));
  await migrations.up();
  t.true(await migrations.isUpToDate(sequelize));
  await write("0003-third.ts", three["0003-third.ts"]);
  t.false(await migrations.isUpToDate(sequelize));
});

test("sql prints what up would execute, and psql applies it in the same way", async (t) => {
  const { migrations, tables } = await scene(t, {
    "0001-a.ts": codedMigration(`
      await context.createTable("a", { id: { type: DataTypes.INTEGER, primaryKey: true }, kind: DataTypes.ENUM("x") });
      await context.bulkInsert("a", [{ id: 1, kind: "x" }]);`),
    "0002-b.ts": codedMigration(`
      await context.renameColumn("a", "kind", "sort");
      await context.sequelize.query("INSERT INTO a VALUES ($1, $2)", { bind: [2, "x"] });
      await context.sequelize.query({ query: "INSERT INTO a VALUES (?, 'x')", values: [3] });
      await context.sequelize.query("CREATE TABLE b (text text DEFAULT :text) -- b", { replacements: { text: "it's" } });`),
  });
  const checksums = async () => {
    const [rows] = await sequelize.query("SELECT name, checksum, version FROM worker.migration ORDER BY name");
    return rows as { name: string; checksum: string; version: string }[];
  };
  const script = await migrations.sql();
  t.deepEqual(await tables(), []);
  await migrations.up();
  const applied = await checksums();
  t.is(
    script,
    `-- Apply with: psql --set ON_ERROR_STOP=1 --file THIS_FILE
SELECT pg_advisory_lock(-7631585190429653367);

BEGIN;
CREATE SCHEMA IF NOT EXISTS worker;
CREATE TABLE IF NOT EXISTS worker.migration (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms integer NOT NULL,
  version text NOT NULL
);
COMMIT;

-- 0001-a
BEGIN;
DO 'BEGIN CREATE TYPE "public"."enum_a_kind" AS ENUM(''x''); EXCEPTION WHEN duplicate_object THEN null; END';
CREATE TABLE IF NOT EXISTS "a" ("id" INTEGER , "kind" "public"."enum_a_kind", PRIMARY KEY ("id"));
INSERT INTO "a" ("id","kind") VALUES (1,'x');
INSERT INTO worker.migration (name, checksum, duration_ms, version) VALUES ('0001-a', '${applied[0]!.checksum}', 0, '1.2.3');
COMMIT;

-- 0002-b
BEGIN;
ALTER TABLE "a" RENAME COLUMN "kind" TO "sort";
INSERT INTO a VALUES (2, 'x');
INSERT INTO a VALUES (3, 'x');
CREATE TABLE b (text text DEFAULT 'it''s') -- b
;
INSERT INTO worker.migration (name, checksum, duration_ms, version) VALUES ('0002-b', '${applied[1]!.checksum}', 0, '1.2.3');
COMMIT;

SELECT pg_advisory_unlock(-7631585190429653367);
`,
  );
  t.is(await migrations.sql(), "");

  const rows = async () => (await sequelize.query("SELECT * FROM a ORDER BY id"))[0];
  const written = await rows();
  await emptyDatabase(sequelize);
  await sequelize.query(script);
  t.true(await migrations.isUpToDate(sequelize));
  t.deepEqual(await checksums(), applied);
  t.deepEqual(await rows(), written);
});

test("sql leaves the transaction out where a migration does, and the table where it is there", async (t) => {
  const { migrations, write } = await scene(t, { "0001-first.ts": two["0001-first.ts"] });
  await migrations.up();
  await write("0002-index.ts", concurrentIndex);
  t.regex(
    await migrations.sql(),
    /^-- Apply with.*\nSELECT pg_advisory_lock\(.*\);\n\n-- 0002-index\nCREATE INDEX CONCURRENTLY IF NOT EXISTS first_id ON first \(id\);\nINSERT INTO worker\.migration .*;\n\nSELECT pg_advisory_unlock\(.*\);\n$/,
  );
});

const goesByResults = macro({
  title: (title) => `sql can't tell a migration that ${title}`,
  async exec(t, body: string) {
    const { migrations } = await scene(t, { "0001-a.ts": codedMigration(body) });
    t.is(
      await throwsFailure(t, migrations.sql(), "failed"),
      "Migration 0001-a goes by the results of its queries, so its SQL can't be told without executing it. Use: node worker migrate up.",
    );
    await migrations.up();
  },
});
const query = 'await context.sequelize.query("SELECT 1 AS one")';
test("counts rows", goesByResults, `const [rows] = ${query}; if (rows.length > 1) throw 0;`);
test("reads a column", goesByResults, `const [[row]] = ${query}; if (row.one > 1) throw 0;`);
test("goes through rows", goesByResults, `for (const row of (${query})[0]) if (row.one > 1) throw 0;`);
test("asks which tables there are", goesByResults, "if ((await context.showAllTables()).length > 1) throw 0;");
test(
  "describes a table",
  goesByResults,
  'await context.createTable("a", { id: "int" }); await context.describeTable("a");',
);

test("a revision gets the next number and an up and down to fill in", async (t) => {
  const { folder, migrations } = await scene(t, two);
  const file = await writeMigrationFile(folder, "Add Carrier to  flügs!");
  t.is(file, path.join(folder, "0003-add-carrier-to-flugs.ts"));
  const refused = await throwsFailure(t, migrations.up(), "failed");
  t.regex(
    refused,
    /^Migration 0003-add-carrier-to-flugs failed: up is not filled in yet at line \d+\. Nothing of it was applied; mend 0003-add-carrier-to-flugs\.ts and run the same command again\.$/,
  );
  const text = await readFile(file, "utf8");
  // The examples are as good as their word.
  await writeFile(file, text.replace(/^ *throw .*\n/gm, "").replace(/^ *\/\/ {3}(?!export)/gm, ""));
  t.deepEqual(names(await migrations.up()), ["0003-add-carrier-to-flugs"]);
  t.deepEqual(names(await migrations.down()), ["0003-add-carrier-to-flugs"]);
  t.is(
    (await t.throwsAsync(writeMigrationFile(folder, "first"), { instanceOf: Failure }))!.message,
    'Migration name "first" is taken by 0001-first.ts; choose another one.',
  );
  t.is(
    (await t.throwsAsync(writeMigrationFile(folder, "!"), { instanceOf: Failure }))!.message,
    'Migration name "!" has none of the letters a-z and digits that make a file name; it must have 1 to 80.',
  );
  t.is(
    (await t.throwsAsync(writeMigrationFile(folder, "x".repeat(81)), { instanceOf: Failure }))!.message,
    `Migration name "${"x".repeat(81)}" has 81 of the letters a-z and digits that make a file name; it must have 1 to 80.`,
  );
});

test("the first revision of an empty folder has number 1", async (t) => {
  const { folder } = await migrationsFolder(t, {});
  t.is(path.basename(await writeMigrationFile(folder, "0")), "0001-0.ts");
});
