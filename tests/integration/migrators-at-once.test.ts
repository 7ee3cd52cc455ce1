import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import anyTest, { type ExecutionContext } from "ava";
import { QueryTypes, type Sequelize } from "sequelize";
import { connect } from "../../worker/data/database.ts";
import { type TestDatabase, testDatabase } from "../database.ts";
import { emptyDatabase, migration } from "../migrations-folder.ts";
import { projectCopy } from "../project-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const test = anyTest.serial;

const rounds = Number(process.env.MIGRATOR_ROUNDS ?? 50);
const kills = Number(process.env.MIGRATOR_KILLS ?? 20);
const seed = Number(process.env.MIGRATOR_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Each leaves a row when it runs, so that one that ran twice has left two, and takes as long as the table `pace` says. */
const migrations = Object.fromEntries(
  ["0001-first", "0002-second", "0003-third"].map((name) => [
    `${name}.ts`,
    migration(
      `CREATE TABLE "${name}" (id int); INSERT INTO ran VALUES ('${name}');
       SELECT pg_sleep(seconds) FROM pace WHERE name = '${name}'`,
    ),
  ]),
);
const names = Object.keys(migrations).map((file) => file.replace(".ts", ""));

interface Scene {
  sequelize: Sequelize;
  /** Starts `node worker migrate up`. */
  up(): { child: ChildProcess; ended: Promise<{ code: number | null; output: string }> };
  /** An empty database but for where the migrations leave their traces and learn their pace. */
  fresh(seconds?: Record<string, number>): Promise<void>;
  /** Waits till a session of a migrator is there that meets the condition. */
  session(condition: string): Promise<void>;
  /** What the migrations left, and what is recorded of them. */
  traces(): Promise<{ ran: string[]; recorded: string[] }>;
}

async function scene(t: ExecutionContext): Promise<Scene> {
  const folder = await temporaryFolder(t);
  await projectCopy(t, folder, { binaries: "absent" });
  await rm(path.join(folder, "migrations"), { recursive: true });
  await mkdir(path.join(folder, "migrations"));
  for (const [name, text] of Object.entries(migrations)) await writeFile(path.join(folder, "migrations", name), text);
  const database: TestDatabase = await testDatabase(t);
  const sequelize = connect(database, { applicationName: "test" });
  t.teardown(() => sequelize.close());
  const select = async (sql: string) => {
    const rows = await sequelize.query<{ name: string }>(sql, { type: QueryTypes.SELECT });
    return rows.map(({ name }) => name);
  };
  return {
    sequelize,
    up() {
      const child = spawn(process.execPath, ["worker", "migrate", "up", "--env", "aws"], {
        cwd: folder,
        env: { ...process.env, DATABASE_URL: database.url },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
      const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
        child.on("close", (code) => resolve({ code, output }));
      });
      return { child, ended };
    },
    async fresh(seconds = {}) {
      await emptyDatabase(sequelize);
      await sequelize.query("CREATE TABLE ran (name text); CREATE TABLE pace (name text, seconds float)");
      for (const [name, value] of Object.entries(seconds)) {
        await sequelize.query(`INSERT INTO pace VALUES ('${name}', ${value})`);
      }
    },
    async session(condition) {
      const query = `SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database()
        AND application_name LIKE 'batch-preflight migrate%' AND ${condition}`;
      while ((await select(query)).length === 0) await sleep(5);
    },
    async traces() {
      return {
        ran: await select("SELECT name FROM ran ORDER BY name"),
        recorded: await select("SELECT name FROM worker.migration ORDER BY name"),
      };
    },
  };
}

const once = { ran: names, recorded: names };

test(`six migrators at once on an empty database all succeed and apply each migration once, ${rounds} times`, async (t) => {
  const { up, fresh, traces } = await scene(t);
  for (let round = 1; round <= rounds; round += 1) {
    await fresh();
    const results = await Promise.all(Array.from({ length: 6 }, () => up().ended));
    for (const { code, output } of results) t.is(code, 0, `round ${round}: ${output}`);
    const applied = results.flatMap(({ output }) => output.match(/^\S+(?= applied)/gm) ?? []);
    t.deepEqual(applied.sort(), names, `round ${round}`);
    t.deepEqual(await traces(), once, `round ${round}`);
  }
});

test(`after kill -9 at a random moment the next up succeeds, ${kills} times (MIGRATOR_SEED=${seed})`, async (t) => {
  const { up, fresh, session, traces } = await scene(t);
  const random = randomNumbers(seed);
  const killedAfter = { none: 0, some: 0, all: 0 };
  for (let round = 1; round <= kills; round += 1) {
    await fresh(Object.fromEntries(names.map((name) => [name, 0.1])));
    const { child, ended } = up();
    await session("true");
    await sleep(random() * 600);
    child.kill("SIGKILL");
    const { output: killed } = await ended;
    const applied = killed.match(/ applied/g)?.length ?? 0;
    killedAfter[applied === 0 ? "none" : applied < names.length ? "some" : "all"] += 1;
    const { code, output } = await up().ended;
    t.is(code, 0, `round ${round}: ${output}`);
    t.deepEqual(await traces(), once, `round ${round}`);
  }
  t.log("killed after so many migrations:", killedAfter);
});

test("after kill -9 in a statement of half a minute, the next up waits only till the server notices", async (t) => {
  const { up, fresh, session, traces, sequelize } = await scene(t);
  await fresh({ "0002-second": 30 });
  const { child, ended } = up();
  await session(`wait_event = 'PgSleep' AND query LIKE '%"0002-second"%'`);
  child.kill("SIGKILL");
  await ended;
  await sequelize.query("DELETE FROM pace");
  const start = performance.now();
  const { code, output } = await up().ended;
  t.is(code, 0, output);
  t.deepEqual(await traces(), once);
  t.true(performance.now() - start < 15_000);
});

/** Mulberry32: numbers from 0 to 1 that a seed repeats. */
function randomNumbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
