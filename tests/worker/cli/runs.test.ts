import test from "ava";
import { QueryTypes } from "sequelize";
import { connect } from "../../../worker/data/database.ts";
import { testDatabase } from "../../database.ts";
import { runWorker } from "../../worker-process.ts";

const nothing = { code: 0, stdout: "", stderr: "Nothing has run yet. See: node worker --help\n" };

test("on a database without the bookkeeping's tables, nothing has run yet", async (t) => {
  const { url } = await testDatabase(t, { template: false });
  const env = { DATABASE_URL: url };
  t.deepEqual(await runWorker(["runs"], env), nothing);
  t.deepEqual(await runWorker(["runs", "--json"], env), { code: 0, stdout: "", stderr: "" });
  t.is((await runWorker(["migrate", "up"], env)).code, 0);
  t.deepEqual(await runWorker(["runs"], env), nothing);
  t.is((await runWorker(["migrate", "down", "--all"], env)).code, 0);
  t.deepEqual(await runWorker(["runs"], env), nothing);
});

test("tables that somebody took away by hand are another matter", async (t) => {
  const database = await testDatabase(t);
  const sequelize = connect(database, { applicationName: "tests" });
  await sequelize.query("DROP TABLE worker.step_execution");
  await sequelize.close();
  const { code, stderr } = await runWorker(["runs"], { DATABASE_URL: database.url });
  t.is(code, 1);
  t.regex(stderr, /changed by hand/);
});

test("seconds have one decimal, and where they are none there is no rate", async (t) => {
  const database = await testDatabase(t);
  const env = { DATABASE_URL: database.url };
  await runWorker(["--only", "airports", "--limit", "2000"], env);
  await runWorker(["--only", "airports", "--limit", "none"], env);
  const sequelize = connect(database, { applicationName: "tests" });
  await sequelize.query(
    `UPDATE worker.step_execution SET started_at = '2026-11-22T19:56:28Z',
      ended_at = timestamptz '2026-11-22T19:56:28Z' + (CASE id WHEN 1 THEN 3661 ELSE 0.04 END) * interval '1 second'`,
    { type: QueryTypes.RAW },
  );
  await sequelize.close();
  const { code, stdout } = await runWorker(["runs"], env);
  t.is(code, 0);
  t.is(
    stdout,
    `run  started              name      limit  status      read  written  skipped  seconds  rows/s  message
  2  2026-11-22 19:56:28  airports   none  completed  3,376    3,364       12      0.0
  1  2026-11-22 19:56:28  airports  2,000  completed  2,000    1,998        2  3,661.0       1
`,
  );
});

const commit = "0123456789abcdef0123456789abcdef01234567";
const bundle = "ab".repeat(32);

test("what runs is shown: commit, whether files differed, bundle, job and attempt of AWS Batch", async (t) => {
  const { url } = await testDatabase(t);
  const ran = (env: NodeJS.ProcessEnv) => runWorker(["--only", "airports", "--fresh"], { DATABASE_URL: url, ...env });
  await ran({});
  // An image without our entry is handed a bundle and does not run it.
  const address = `s3://code/bundles/2026-11/${bundle}.tar.gz`;
  await ran({ BATCH_PREFLIGHT_COMMIT: commit, BATCH_PREFLIGHT_DIRTY: "false", BATCH_PREFLIGHT_BUNDLE: address });
  await ran({
    BATCH_PREFLIGHT_COMMIT: commit,
    BATCH_PREFLIGHT_DIRTY: "true",
    BATCH_PREFLIGHT_BUNDLE: address,
    BATCH_PREFLIGHT_CODE: bundle,
    AWS_BATCH_JOB_ID: "a-job:0",
    AWS_BATCH_JOB_ATTEMPT: "2",
    AWS_BATCH_JOB_ARRAY_INDEX: "0",
    AWS_BATCH_JOB_ARRAY_SIZE: "2",
  });
  const { stdout } = await runWorker(["runs", "--json"], { DATABASE_URL: url });
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const nothing = { bundle: null, commit: null, dirty: null, batchJob: null, attempt: null };
  t.like(rows[0], { bundle, commit, dirty: true, batchJob: "a-job:0", attempt: 2, shards: 2 });
  t.like(rows[1], { ...nothing, commit, dirty: false });
  t.like(rows[2], nothing);
  const table = (await runWorker(["runs"], { DATABASE_URL: url })).stdout;
  t.deepEqual(
    table
      .split("\n")
      .slice(0, 4)
      .map((line) => /commit +bundle|0123456.*$/.exec(line)?.[0].trimEnd()),
    ["commit    bundle", "0123456+  abababababab", "0123456", undefined],
  );
});
