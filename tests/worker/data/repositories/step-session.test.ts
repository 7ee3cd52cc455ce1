import test from "ava";
import { DataTypes, type ModelStatic, type Sequelize } from "sequelize";
import { connect, type Database } from "../../../../worker/data/database.ts";
import type { Jobs, StepSession } from "../../../../worker/data/repositories/contracts.ts";
import { JobRepository } from "../../../../worker/data/repositories/job.ts";
import { PostgresStepSession } from "../../../../worker/data/repositories/step-session.ts";
import { Failure } from "../../../../worker/failure.ts";
import { testDatabase } from "../../../database.ts";
import { testJob } from "../../../run-steps.ts";

const identity = { name: "items", source: "numbers", sourceVersion: "1", limit: null, shard: 0, shards: 1 };
const range = { first: 0, end: 10, toEnd: true };
const wait = { signal: new AbortController().signal, onWait: () => {} };

const stepMethods: [string, (session: StepSession) => Promise<unknown>][] = [
  ["open", (session) => session.open(identity, range, wait)],
  ["claim", (session) => session.claim(1)],
  ["mustClear", (session) => session.mustClear()],
  ["clear", (session) => session.clear()],
  ["commit", (session) => session.commit({ first: 0, next: 1, rows: 0, bad: [], data: Buffer.alloc(0) })],
  ["commitDerived", (session) => session.commitDerived(async () => ({ read: 1, written: 1 }), wait.signal)],
  ["finish", (session) => session.finish("failed")],
];

const jobMethods: [string, (jobs: Jobs) => Promise<unknown>][] = [
  ["start", (jobs) => jobs.start(testJob)],
  ["finish", (jobs) => jobs.finish(1, "completed", 0)],
  ["inputs", (jobs) => jobs.inputs(["items"])],
  ["completeShards", (jobs) => jobs.completeShards(identity)],
  ["history", (jobs) => jobs.history(1)],
];

test("when the server goes away, whatever is asked fails as worth a retry", async (t) => {
  const database = await testDatabase(t);
  let isThere = true;
  const mortal: Database = {
    label: "the test database",
    settings: async () => ({ ...(await database.settings()), ...(isThere ? {} : { port: 1 }) }),
  };
  const sequelize = connect(mortal, { applicationName: "tests step session" });
  t.teardown(() => sequelize.close());
  await sequelize.query("CREATE TABLE items (id bigint PRIMARY KEY)");
  const main = connect(mortal, { applicationName: "tests main" });
  t.teardown(() => main.close());
  const jobs = new JobRepository(main, database.label);
  const session = new PostgresStepSession(
    { sequelize, model: defineItems(sequelize), label: database.label, rowNumber: "id" },
    () => 0,
  );
  await session.open(identity, range, wait);
  await session.claim(await jobs.start(testJob));

  isThere = false;
  for (const one of [sequelize, main]) await t.throwsAsync(one.query("SELECT pg_terminate_backend(pg_backend_pid())"));
  const expected = {
    instanceOf: Failure,
    message: /^The (test database refuses connections|connection to the test database was lost)/,
  };
  for (const [method, call] of stepMethods) {
    const failure = await t.throwsAsync(call(session), expected, method);
    t.is(failure?.kind, "databaseUnavailable");
  }
  for (const [method, call] of jobMethods) await t.throwsAsync(call(jobs), expected, method);
});

function defineItems(sequelize: Sequelize): ModelStatic<never> {
  const attributes = { id: { type: DataTypes.BIGINT, primaryKey: true } };
  return sequelize.define("items", attributes, { tableName: "items" }) as ModelStatic<never>;
}
