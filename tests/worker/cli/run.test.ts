import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import anyTest from "ava";
import { QueryTypes } from "sequelize";
import { connect } from "../../../worker/data/database.ts";
import { type TestDatabase, testDatabase } from "../../database.ts";
import { runWorker, startWorker } from "../../worker-process.ts";

// Each starts processes: one after the other.
const test = anyTest.serial;

async function query(database: TestDatabase, sql: string): Promise<Record<string, unknown>[]> {
  const sequelize = connect(database, { applicationName: "tests" });
  try {
    return await sequelize.query(sql, { type: QueryTypes.SELECT });
  } finally {
    await sequelize.close();
  }
}

const counts = `SELECT (SELECT count(*)::int FROM airports) AS airports, (SELECT count(*)::int FROM flights) AS flights,
  (SELECT count(*)::int FROM bird_strikes) AS bird_strikes, (SELECT count(*)::int FROM route_stats) AS route_stats,
  (SELECT count(*)::int FROM worker.quarantine) AS quarantine`;

const steps = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event }) => event === "step");

test("the whole batch fills four tables on an empty database, and the second run finds all done", async (t) => {
  const database = await testDatabase(t, { template: false });
  const env = { DATABASE_URL: database.url };
  const { code, stdout, stderr } = await runWorker(["--env", "local", "--limit", "4000", "--json"], env);
  t.is(code, 0, stderr);
  const ended = steps(stdout).map(({ name, status, read, written, skipped }) => [name, status, read, written, skipped]);
  t.deepEqual(ended.slice(0, 3).sort(), [
    ["airports", "completed", 3376, 3364, 12],
    ["bird_strikes", "completed", 4000, 3993, 7],
    ["flights", "completed", 4000, 4000, 0],
  ]);
  t.deepEqual(ended[3]?.slice(0, 3), ["route_stats", "completed", 4000]);
  const [filled] = await query(database, counts);
  t.deepEqual(filled, {
    airports: 3364,
    flights: 4000,
    bird_strikes: 3993,
    route_stats: ended[3]?.[3],
    quarantine: 19,
  });
  const again = await runWorker(["--limit", "4000", "--json"], env);
  t.deepEqual(
    steps(again.stdout).map(({ status }) => status),
    Array(4).fill("skipped"),
  );
  t.deepEqual(await query(database, counts), [filled as object]);
  const runs = await runWorker(["runs", "--json"], env);
  t.is(runs.stdout.trim().split("\n").length, 4);
});

test("a dry run does everything and leaves nothing", async (t) => {
  const database = await testDatabase(t);
  const { code, stdout, stderr } = await runWorker(["--limit", "3000", "--dry-run", "--json"], {
    DATABASE_URL: database.url,
  });
  t.is(code, 0, stderr);
  t.deepEqual(
    steps(stdout).map(({ status, read }) => [status, read]),
    [
      ["completed", 3000],
      ["completed", 3000],
      ["completed", 3000],
      ["completed", 3000],
    ],
  );
  t.deepEqual(await query(database, counts), [
    { airports: 0, flights: 0, bird_strikes: 0, route_stats: 0, quarantine: 0 },
  ]);
});

test("SIGTERM ends the run at a checkpoint with 75, and the same command goes on from there", async (t) => {
  const database = await testDatabase(t);
  const env = { DATABASE_URL: database.url };
  const { child, ended } = startWorker(["--only", "flights", "--limit", "1000000", "--json"], env);
  let output = "";
  child.stdout?.on("data", (text) => {
    const before = output.includes('"progress"');
    output += text;
    if (!before && output.includes('"progress"')) child.kill("SIGTERM");
  });
  const { code, stdout } = await ended;
  t.is(code, 75);
  const [stopped] = steps(stdout);
  t.is(stopped?.status, "stopped");
  const [{ count }] = (await query(database, "SELECT count(*)::int AS count FROM flights")) as [{ count: number }];
  t.is(count, stopped?.written as number);
  t.is(count % 50_000, 0);
  const resumed = await runWorker(["--only", "flights", "--limit", "1000000", "--json"], env);
  t.is(resumed.code, 0, resumed.stderr);
  t.is(steps(resumed.stdout)[0]?.read, 1_000_000 - count);
  t.deepEqual(await query(database, "SELECT count(*)::int AS count, max(id)::int FROM flights"), [
    { count: 1_000_000, max: 999_999 },
  ]);
});

test("a second signal leaves at once", async (t) => {
  const database = await testDatabase(t);
  const { child, ended } = startWorker(["--only", "flights", "--limit", "none"], { DATABASE_URL: database.url });
  await once(child.stderr as NonNullable<typeof child.stderr>, "data");
  child.kill("SIGINT");
  await once(child.stderr as NonNullable<typeof child.stderr>, "data");
  child.kill("SIGINT");
  t.is((await ended).code, 130);
});

for (const [stream, args] of [
  ["stdout", ["--json"]],
  ["stderr", []],
] as const) {
  test(`a reader of ${stream} that leaves does not end the run, nor change its exit code`, async (t) => {
    const database = await testDatabase(t);
    const env = { DATABASE_URL: database.url };
    const run = async (...more: string[]) => {
      const { child, ended } = startWorker(["--only", "flights,bird_strikes", ...args, ...more], env);
      child[stream]?.destroy();
      return (await ended).code;
    };
    t.is(await run("--limit", "300000"), 0);
    const [done] = await query(database, counts);
    t.like(done, { flights: 300_000, bird_strikes: 9985 });
    t.is(await run("--limit", "5000", "--quarantine-limit", "3"), 65);
  });
}

test("a reader that leaves is no failure of a command that prints", async (t) => {
  const { url } = await testDatabase(t);
  for (const args of [["list"], ["runs"], ["--help"], ["database", "url"], ["migrate", "status"]]) {
    const { child, ended } = startWorker(args, { DATABASE_URL: url });
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    t.is(code, 0, args.join(" "));
    t.notRegex(stderr, /EPIPE/);
  }
});

test("people's text goes to stderr and says how to go on", async (t) => {
  const database = await testDatabase(t);
  const env = { DATABASE_URL: database.url };
  const { code, stdout, stderr } = await runWorker(
    ["--only", "bird_strikes", "--limit", "none", "--quarantine-limit", "3"],
    env,
  );
  t.is(code, 65);
  t.is(stdout, "");
  t.regex(
    stderr,
    /bird_strikes {2}failed: vega-datasets\/data\/birdstrikes\.csv has more than 3 bad records; the last one, row \d+: damage is "C"; one of None, Minor, Medium, Substantial\. Mend the source, or raise --quarantine-limit\.\nWhat is committed stays, bad records in worker\.quarantine\. To go on, raise the limit: node worker --only bird_strikes --limit none --quarantine-limit N\n$/s,
  );
});

test("a run that was started over says how to go on without starting over again", async (t) => {
  const { url } = await testDatabase(t);
  const args = ["--only", "flights", "--limit", "none", "--fresh"];
  const { child, ended } = startWorker([...args, "--json"], { DATABASE_URL: url });
  child.stdout?.on("data", (text) => {
    if (String(text).includes('"progress"')) child.kill("SIGTERM");
  });
  const { code, stderr } = await ended;
  t.is(code, 75);
  t.regex(stderr, /To go on: node worker --only flights --limit none --json\n$/);
});

test("a limit that nobody typed is told where it has cut a source", async (t) => {
  const { url } = await testDatabase(t);
  const env = { DATABASE_URL: url, WORKER_LIMIT: "3400" };
  const cut = "Only the first 3,400 rows of bird_strikes were read (WORKER_LIMIT). To read all: --limit none\n";
  const first = await runWorker(["--only", "airports,bird_strikes"], env);
  t.true(first.stderr.endsWith(`rows/s)\n${cut}`), first.stderr);
  const again = await runWorker(["--only", "airports,bird_strikes"], env);
  t.regex(again.stderr, /--fresh starts it over\n$/);
});

test("an array job's child takes its shard from AWS Batch's variables", async (t) => {
  const database = await testDatabase(t);
  const env = { DATABASE_URL: database.url, AWS_BATCH_JOB_ARRAY_INDEX: "1", AWS_BATCH_JOB_ARRAY_SIZE: "4" };
  const { code, stderr } = await runWorker(["--only", "flights", "--limit", "4000"], env);
  t.is(code, 0, stderr);
  t.deepEqual(await query(database, "SELECT min(id)::int, max(id)::int, count(*)::int FROM flights"), [
    { min: 1000, max: 1999, count: 1000 },
  ]);
});

test("elsewhere than locally the worker does not migrate, and says who does", async (t) => {
  const database = await testDatabase(t, { template: false });
  const { code, stderr } = await runWorker(["--env", "aws"], { DATABASE_URL: database.url });
  t.is(code, 2);
  t.regex(stderr, /lacks the migrations 0001-bookkeeping, .*; apply them: node worker migrate up --env aws\n$/);
});

test("in a job the worker says which job migrates: the database may be out of reach from elsewhere", async (t) => {
  const database = await testDatabase(t, { template: false });
  const env = { DATABASE_URL: database.url, AWS_BATCH_JOB_ID: "job" };
  const { code, stderr } = await runWorker(["--env", "aws"], env);
  t.is(code, 2);
  t.regex(stderr, /; apply them: node batch submit --watch --command migrate up\n$/);
});

test("--help tells of each flag, stream and exit code", async (t) => {
  const { code, stdout, stderr } = await runWorker(["--help"]);
  t.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  for (const flag of ["env", "only", "limit", "shard", "fresh", "dry-run", "quarantine-limit", "json"]) {
    t.regex(stdout, new RegExp(`^  --${flag} `, "m"));
  }
  for (const ending of ["0", "1", "2", "65", "69", "75", "130, 143"]) t.regex(stdout, new RegExp(`^  ${ending} `, "m"));
  t.regex(stdout, /go\nto stderr; stdout has what --json prints/);
  t.regex(stdout, /pending migrations\n +are applied before, and stay/);
});

test("list names sub-processes, needs, tables and sources", async (t) => {
  const { code, stdout } = await runWorker(["list"]);
  t.is(code, 0);
  t.is(
    stdout,
    `name          needs              table         source
airports      -                  airports      vega-datasets/data/airports.csv
bird_strikes  -                  bird_strikes  vega-datasets/data/birdstrikes.csv
flights       -                  flights       vega-datasets/data/flights-3m.parquet
route_stats   airports, flights  route_stats   tables flights, airports
`,
  );
});

const usage: readonly (readonly [args: string[], env: NodeJS.ProcessEnv, stderr: RegExp])[] = [
  [["--limt", "3"], {}, /^unknown flag --limt\. See: node worker --help\n$/],
  [["--limit", "abc"], {}, /^--limit "abc" must be a whole number from 1 on, or none\. See/],
  [["--limit", "0"], {}, /^--limit "0" must be at least 1\. See/],
  [["--limit"], {}, /^--limit needs a value\. See/],
  [["--dry-run=yes"], {}, /^--dry-run=yes: --dry-run takes no value\. See/],
  [["--dry-run=true"], {}, /^--dry-run=true: --dry-run takes no value\. See/],
  [
    ["--only", "flight"],
    {},
    /^--only "flight" names no sub-process "flight"; there are airports, bird_strikes, flights, route_stats\. See/,
  ],
  [["--shard", "2/2"], {}, /^--shard "2\/2" must be I\/N with N from 1 to 10000 and I from 0 to N-1\. See/],
  [["--shard", "1"], {}, /^--shard "1" must be I\/N, such as 0\/4\. See/],
  [["--env", "moon"], {}, /^--env "moon" is not one of local, aws\. See/],
  [["--env", "local", "--env", "aws"], {}, /^--env was given 2 times; give it once\. See/],
  [["--limit", "1", "--limt=2", "--shard", "x"], {}, /^unknown flag --limt; --shard "x" must be .*\. See/],
  [["lst"], {}, /^unknown command "lst"; one of run, list, runs, database, migrate\. See/],
  [["--fresh", "list"], {}, /^unexpected "list"; a command comes first\. See/],
  [[], { WORKER_LIMIT: "many" }, /^WORKER_LIMIT "many" must be a whole number from 1 on, or none\. See/],
  [
    [],
    { AWS_BATCH_JOB_ARRAY_INDEX: "3" },
    /^AWS_BATCH_JOB_ARRAY_INDEX is "3" and AWS_BATCH_JOB_ARRAY_SIZE is ""; together they must be/,
  ],
  [["--env", "aws"], { DATABASE_URL: "" }, /^.*DATABASE_URL.*\n$/],
  [[], { DATABASE_URL: "nonsense" }, /^DATABASE_URL is not a URL/],
];

for (const [args, env, stderr] of usage) {
  test(`node worker ${args.join(" ")} ${JSON.stringify(env)}: one line, exit code 2`, async (t) => {
    const ended = await runWorker(args, env);
    t.is(ended.code, 2);
    t.is(ended.stdout, "");
    t.regex(ended.stderr, stderr);
    t.is(ended.stderr.trimEnd().split("\n").length, 1);
  });
}

test("a database that refuses connections is unavailable: 69, one sentence", async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { code, stderr } = await runWorker([], { DATABASE_URL: `postgresql://me:secret@127.0.0.1:${port}/batch` });
  t.is(code, 69);
  t.is(
    stderr,
    `DATABASE_URL (127.0.0.1:${port}/batch) refuses connections. Start the server, or correct host and port.\n`,
  );
});

test("a wrong password is a matter of configuration: 2, one sentence, no secret", async (t) => {
  const url = new URL((await testDatabase(t)).url);
  url.password = "wrong";
  const { code, stderr } = await runWorker([], { DATABASE_URL: url.href });
  t.is(code, 2);
  t.regex(stderr, /^DATABASE_URL \(.*\) does not let us in: .*\n$/);
  t.notRegex(stderr, /wrong/);
});
