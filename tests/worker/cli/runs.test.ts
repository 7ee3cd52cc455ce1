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
