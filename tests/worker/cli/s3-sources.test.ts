import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { QueryTypes } from "sequelize";
import { connect } from "../../../worker/data/database.ts";
import { packageFile } from "../../../worker/data/sources/file.ts";
import { type TestDatabase, testDatabase } from "../../database.ts";
import { projectCopy } from "../../project-copy.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { type Ended, startWorker } from "../../worker-process.ts";
import { type FakeS3, fakeS3 } from "../data/sources/fake-s3.ts";

/** The sub-processes whose source is switched, as a user does it: its file, and where it lies then. */
const switched = [
  ["airports", "airports.csv"],
  ["bird_strikes", "birdstrikes.csv"],
  ["flights", "flights-3m.parquet"],
] as const;

interface Workers {
  readonly s3: FakeS3;
  readonly database: TestDatabase;
  readonly folder: string;
  start(...args: readonly string[]): ReturnType<typeof startWorker>;
}

/** A copy of the project that reads its sources from what stands for Amazon S3. */
async function workersOnS3(t: ExecutionContext): Promise<Workers> {
  const s3 = await fakeS3(t);
  const database = await testDatabase(t);
  const { folder } = await projectCopy(t, path.join(await temporaryFolder(t), "project"), { binaries: "absent" });
  for (const [name, file] of switched) {
    const source = path.join(folder, "worker/processes", `${name}.ts`);
    const text = await readFile(source, "utf8");
    const before = `packageFile("vega-datasets", "../data/${file}")`;
    t.true(text.includes(before));
    await writeFile(source, text.replace(before, `new URL("s3://data.example/2001/%2B ${file}")`));
    s3.put(`2001/+ ${file}`, await readFile(packageFile("vega-datasets", `../data/${file}`)));
  }
  const env = { ...s3.env, DATABASE_URL: database.url };
  return { s3, database, folder, start: (...args) => startWorker([...args, "--json"], env, folder) };
}

async function rowsOf({ database }: Workers, sql: string): Promise<unknown[]> {
  const sequelize = connect(database, { applicationName: "tests" });
  try {
    return await sequelize.query(sql, { type: QueryTypes.SELECT });
  } finally {
    await sequelize.close();
  }
}

const step = ({ stdout }: Ended) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .find(({ event }) => event === "step");

/** What tells each row and its order of columns from another's. */
const digest = (table: string, key: string) =>
  `SELECT count(*)::int AS rows, md5(string_agg(md5(${table}::text), '' ORDER BY ${key})) AS digest FROM ${table}`;

test.serial("rows from Amazon S3 are those of the files; settings of .env files are the sources' too", async (t) => {
  const workers = await workersOnS3(t);
  const { s3, database, folder, start } = workers;
  const args = ["--only", "airports,bird_strikes,flights", "--limit", "20000"];
  const settings = Object.entries(s3.env).map(([name, value]) => `${name}=${value}\n`);
  await appendFile(path.join(folder, ".env.local"), settings.join(""));
  const child = startWorker([...args, "--json"], { DATABASE_URL: database.url }, folder);
  const { code, stderr } = await child.ended;
  t.is(code, 0, stderr);
  t.is(stderr, "");
  const tables = [digest("airports", "iata"), digest("bird_strikes", "id"), digest("flights", "id")];
  const fromS3 = await Promise.all(tables.map((sql) => rowsOf(workers, sql)));
  const files = await testDatabase(t);
  const other = startWorker([...args, "--json"], { DATABASE_URL: files.url });
  t.is((await other.ended).code, 0);
  const fromFiles = await Promise.all(tables.map((sql) => rowsOf({ ...workers, database: files }, sql)));
  t.deepEqual(fromS3, fromFiles);
  t.deepEqual(await rowsOf(workers, "SELECT DISTINCT source FROM worker.step ORDER BY 1"), [
    { source: "s3://data.example/2001/+ airports.csv" },
    { source: "s3://data.example/2001/+ birdstrikes.csv" },
    { source: "s3://data.example/2001/+ flights-3m.parquet" },
  ]);
  // Again, and the objects sent once more: nothing is left to do.
  for (const [, file] of switched)
    s3.put(`2001/+ ${file}`, await readFile(packageFile("vega-datasets", `../data/${file}`)));
  const again = await start(...args).ended;
  t.is(step(again).status, "skipped");
});

for (const [signal, code] of [
  ["SIGTERM", 75],
  ["SIGKILL", null],
] as const) {
  // All chunks that are whole before the silence: 4,895 rows of the one, two row groups of the other.
  for (const [name, key, limit, committed] of [
    ["bird_strikes", "2001/+ birdstrikes.csv", "none", 4000],
    ["flights", "2001/+ flights-3m.parquet", "800000", 500_000],
  ] as const) {
    test.serial(
      `${signal} while Amazon S3 is silent in the middle of ${name}: it ends at once, and goes on where it was`,
      async (t) => {
        const workers = await workersOnS3(t);
        const { s3, start } = workers;
        const { child, ended } = start("--only", name, "--limit", limit);
        const readings = () => s3.requests.filter((one) => one.key === key && one.method === "GET").length;
        // Of a CSV its beginning, its scan and its header come first, of parquet its footer and two row groups.
        s3.trouble = (request) => {
          if (request.key !== key || request.method !== "GET" || readings() < 4) return undefined;
          return { silentAfter: name === "flights" ? 1000 : 600_000 };
        };
        const checkpoint = async () => {
          const steps = (await rowsOf(workers, "SELECT next_row::int AS next FROM worker.step")) as { next: number }[];
          return steps[0]?.next ?? 0;
        };
        while (((await checkpoint()) < committed || readings() < 4) && child.exitCode === null) await sleep(50);
        child.kill(signal);
        const first = await ended;
        t.is(first.code, code, first.stderr);
        t.is(readings(), 4, "it did not wait until a connection counts as lost");
        const [{ rows }] = (await rowsOf(workers, `SELECT count(*)::int AS rows FROM ${name}`)) as [{ rows: number }];
        t.is(await checkpoint(), committed);
        t.true(rows <= committed);
        s3.trouble = () => undefined;
        const second = await start("--only", name, "--limit", limit).ended;
        t.is(second.code, 0, second.stderr);
        const total = name === "flights" ? 800_000 : 10_000;
        t.is(step(second).read, total - committed);
        const [counts] = await rowsOf(
          workers,
          `SELECT (SELECT count(*) FROM ${name})::int + (SELECT count(*) FROM worker.quarantine)::int AS rows,
          (SELECT count(DISTINCT id) FROM ${name})::int + (SELECT count(DISTINCT source_row) FROM worker.quarantine)::int AS ids`,
        );
        t.deepEqual(counts, { rows: total, ids: total });
      },
    );
  }
}

test.serial("SIGTERM while a source is being opened ends at once, with nothing begun", async (t) => {
  const workers = await workersOnS3(t);
  const { s3, start } = workers;
  const { child, ended } = start("--only", "airports");
  let isSilent = false;
  let hasBegun = false;
  const end = () => {
    if (hasBegun && isSilent && !child.killed) child.kill("SIGTERM");
  };
  s3.trouble = ({ method, range }) => {
    if (method !== "GET" || range?.[1] === 2) return undefined;
    isSilent = true;
    setImmediate(end);
    return { silentAfter: 1000 };
  };
  child.stdout?.on("data", (text) => {
    hasBegun ||= String(text).includes('"reading"');
    end();
  });
  const { code, stdout } = await ended;
  t.is(code, 75);
  t.is(step({ code, stdout, stderr: "" }).status, "stopped");
  t.deepEqual(await rowsOf(workers, "SELECT * FROM worker.step"), []);
});

test.serial("S3 that is not to be reached is worth a retry: 69; an object that is not there is not: 2", async (t) => {
  const { s3, start } = await workersOnS3(t);
  s3.trouble = () => ({ status: 503, code: "SlowDown" });
  const busy = await start("--only", "airports").ended;
  t.is(busy.code, 69);
  t.regex(step(busy).message, /^Source s3:\/\/data\.example\/2001\/\+ airports\.csv can't be read now \(HTTP 503\)/);
  s3.trouble = () => undefined;
  s3.delete("2001/+ airports.csv");
  const missing = await start("--only", "airports").ended;
  t.is(missing.code, 2);
  t.regex(step(missing).message, /does not exist \(NoSuchKey: So it is\.\); put it there, or correct the address\.$/);
});
