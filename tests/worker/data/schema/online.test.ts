import { availableParallelism } from "node:os";
import process from "node:process";
import test from "ava";
import type pg from "pg";
import { onlineTransition } from "../../../../worker/data/schema/online.ts";
import { plan } from "../../../../worker/data/schema/plan.ts";
import { readCatalog } from "../../../../worker/data/schema/read-catalog.ts";
import { stepsOf } from "../../../../worker/data/schema/statement.ts";
import { testServer } from "../../../database.ts";
import { changes } from "./changes/index.ts";
import { type Lanes, openLanes } from "./lanes.ts";
import { prove } from "./proof.ts";
import { sampled } from "./sampled.ts";

let lanes: Lanes;

test.before(async () => {
  const { username, ...settings } = await testServer.settings();
  lanes = openLanes({ ...settings, user: username }, `test_online_${process.pid}`, availableParallelism() + 1);
});

test.after.always(() => lanes?.close());

/** Those of which some have another way; SCHEMA_ONLINE=all: the others are changed as ever, and that is proven as well. */
const kinds = ["chains", "columns", "indexes", "keys", "partitions"];

for (const [kind, list] of Object.entries(sampled(changes))) {
  if (process.env.SCHEMA_ONLINE !== "all" && !kinds.includes(kind)) continue;
  for (const change of list) {
    test(`${kind}: ${change.title}, online, there and back`, async (t) => {
      const { faults, up, down } = await lanes.use((lane) => prove(change, lane, { online: true }));
      if (faults.length > 0) for (const { sql } of [...up, { sql: "-- and back" }, ...down]) t.log(sql);
      t.is(faults.join("\n"), "");
    });
  }
}

const before = "CREATE TABLE a (id int); CREATE TABLE b (id int, a int, n text); CREATE INDEX b_n ON b (n)";
const after = `CREATE TABLE a (id int CONSTRAINT a_pkey PRIMARY KEY);
  CREATE TABLE b (id int NOT NULL, a int CONSTRAINT b_a_fkey REFERENCES a, n text, CONSTRAINT b_n_check CHECK (n <> ''));
  CREATE INDEX b_n ON b (n DESC); CREATE UNIQUE INDEX b_id ON b (id); COMMENT ON INDEX b_id IS 'new'`;

/** Reads all rows or writes an index, and what else may be done with the table meanwhile. */
const writable = ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock"];

test("no statement that reads all rows keeps others from writing", async (t) => {
  await lanes.use(async ({ from, to, scratch }) => {
    await from.query(`${before}; INSERT INTO a SELECT generate_series(1, 9); INSERT INTO b VALUES (1, 1, 'x')`);
    await to.query(after);
    for (const { sql } of stepsOf(plan(await readCatalog(scratch), await readCatalog(from)))) await scratch.query(sql);
    const phases = await onlineTransition(scratch, await readCatalog(to), {});
    t.deepEqual(
      phases.map(({ title, transaction }) => [title, transaction]),
      [
        ["main", true],
        ["validate", true],
        ["not null", true],
        ["indexes", false],
        ["keys", true],
        ["validate keys", true],
      ],
    );
    const said: string[] = [];
    from.on("notice", ({ message }) => said.push(message ?? ""));
    await from.query("SET client_min_messages = debug1");
    for (const { title, transaction, up } of phases) {
      if (transaction) await from.query("BEGIN");
      for (const { sql, notes } of up) {
        t.deepEqual(
          notes.filter(({ kind }) => kind === "long-lock"),
          [],
          sql,
        );
        await from.query(sql);
      }
      const validates = title.startsWith("validate");
      if (validates)
        t.deepEqual(
          (await locks(from)).filter((mode) => !writable.includes(mode)),
          [],
        );
      if (transaction) await from.query("COMMIT");
      const hasRead = said.some((message) => /^(verifying table|validating foreign key)/.test(message));
      t.is(hasRead, validates, `${title}: ${said.join("; ")}`);
      said.length = 0;
    }
    await from.query("RESET client_min_messages");
    t.deepEqual(plan(await readCatalog(from), await readCatalog(to)), []);
  });
});

test("indexes that were left half-way are built when they are tried again", async (t) => {
  await lanes.use(async ({ from, to, scratch }) => {
    await from.query(`${before}; INSERT INTO a VALUES (1), (1); INSERT INTO b VALUES (1, 1, 'x')`);
    await to.query(after);
    for (const { sql } of stepsOf(plan(await readCatalog(scratch), await readCatalog(from)))) await scratch.query(sql);
    const phases = await onlineTransition(scratch, await readCatalog(to), {});
    const statements = phases.flatMap(({ up }) => up.map(({ sql }) => sql));
    const run = async () => {
      for (const { up } of phases.filter(({ transaction }) => !transaction)) {
        for (const { sql } of up) await from.query(sql);
      }
    };
    for (const { up } of phases.slice(0, 3)) for (const { sql } of up) await from.query(sql);
    await t.throwsAsync(run, { message: /could not create unique index/ });
    await from.query("DELETE FROM a WHERE ctid = '(0,1)'");
    await run();
    await run();
    for (const { up } of phases.slice(4)) for (const { sql } of up) await from.query(sql);
    t.deepEqual(plan(await readCatalog(from), await readCatalog(to)), [], statements.join(";\n"));
  });
});

async function locks(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ mode: string }>(
    `SELECT DISTINCT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN ('a'::regclass, 'b'::regclass)`,
  );
  return rows.map(({ mode }) => mode);
}
