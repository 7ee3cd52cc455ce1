import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import test from "ava";
import { QueryTypes } from "sequelize";
import { connect } from "../../worker/data/database.ts";
import { testDatabase } from "../database.ts";
import { startWorker } from "../worker-process.ts";

const run = promisify(execFile);

/** Why packets can't be dropped here; undefined: they can. */
async function obstacle(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "dropping packets needs root";
  return await run("nft", ["list", "tables"]).then(
    () => undefined,
    () => "dropping packets needs nft (Debian's nftables) and the right to use it",
  );
}

const missing = await obstacle();

/** Drops all packets from and to these ports of 127.0.0.1: for the server, their owner's host is dead. */
async function cutOff(ports: readonly number[]): Promise<() => Promise<unknown>> {
  const table = `batch_preflight_${process.pid}`;
  const set = `{ ${ports.join(", ")} }`;
  await run("nft", ["add", "table", "inet", table]);
  await run("nft", ["add", "chain", "inet", table, "input", "{ type filter hook input priority 0; }"]);
  await run("nft", ["add", "rule", "inet", table, "input", "tcp", "sport", set, "drop"]);
  await run("nft", ["add", "rule", "inet", table, "input", "tcp", "dport", set, "drop"]);
  return () => run("nft", ["delete", "table", "inet", table]);
}

(missing ? test.skip : test)(
  `the lock of a worker whose host is dead is free in 15 s, and when that comes back it commits nothing twice${missing ? ` (skipped: ${missing})` : ""}`,
  async (t) => {
    const database = await testDatabase(t);
    const sequelize = connect(database, { applicationName: "dead-host.test" });
    t.teardown(() => sequelize.close());
    const select = (sql: string) => sequelize.query<{ value: number }>(sql, { type: QueryTypes.SELECT });
    const args = ["--only", "flights", "--limit", "2000000", "--json"];

    const lost = startWorker(args, { DATABASE_URL: database.url });
    t.teardown(() => lost.child.kill("SIGKILL"));
    let progress = "";
    lost.child.stdout?.on("data", (text) => {
      progress += text;
    });
    while (!progress.includes('"progress"')) await sleep(5);
    const sessions = `FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'batch-preflight worker%'`;
    const ports = (await select(`SELECT client_port AS value ${sessions}`)).map(({ value }) => value);
    const mend = await cutOff(ports);
    t.teardown(() => mend().catch(() => {}));
    const cutAt = performance.now();

    const heir = startWorker(args, { DATABASE_URL: database.url });
    const left = () => select(`SELECT count(*)::int AS value ${sessions} AND client_port IN (${ports})`);
    while ((await left())[0]?.value !== 0) await sleep(50);
    const seconds = (performance.now() - cutAt) / 1000;
    t.log(`the dead host's sessions ended after ${seconds.toFixed(1)} s`);
    t.true(seconds <= 15);

    const end = await heir.ended;
    t.is(end.code, 0, end.stderr);
    t.regex(end.stdout, /"event":"waiting","name":"flights","holder":"\\"batch-preflight worker/);
    // The other one still believes in its connection. It notices, comes back, and finds all done.
    const back = await lost.ended;
    t.is(back.code, 0, back.stderr);
    const counts = await select(
      "SELECT count(*)::int AS value FROM flights UNION ALL SELECT max(id)::int FROM flights UNION ALL SELECT read::int FROM worker.step",
    );
    t.deepEqual(
      counts.map(({ value }) => value),
      [2_000_000, 1_999_999, 2_000_000],
    );
  },
);
