import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { DataTypes, type ModelStatic, type Sequelize } from "sequelize";
import { copyColumns } from "../../worker/data/binary-copy/model-columns.ts";
import { type ConnectionSettings, connect, type Database } from "../../worker/data/database.ts";
import { databaseUrl } from "../../worker/data/database-url.ts";
import { localDatabase } from "../../worker/data/local-database.ts";
import { migrator } from "../../worker/data/migrator.ts";
import { loadModels } from "../../worker/data/models.ts";
import { TableRepository } from "../../worker/data/repositories/table.ts";
import { type AnyDefinition, loadDefinitions } from "../../worker/processes/execution/definitions.ts";
import { threadedProducer } from "../../worker/processes/execution/threaded-producer.ts";
import { projectCopy } from "../project-copy.ts";
import { runOnDatabase } from "../run-steps.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startWorker } from "../worker-process.ts";
import { editBenches } from "./edit.ts";
import { inTurn, type Measure, measure, median, secondsOf } from "./measure.ts";
import { networkBenches } from "./network.ts";
import { preflightBenches } from "./preflight.ts";
import { benchRow, benchRows } from "./processes/bench_rows.ts";
import { schemaBenches } from "./schema.ts";
import { submitBenches } from "./submit.ts";
import { watchBenches } from "./watch.ts";

const project = path.resolve(import.meta.dirname, "../..");
const words = process.argv.slice(2);
const flags = new Set(words.filter((word) => word.startsWith("--")));
const wanted = words.filter((word) => !word.startsWith("--"));
const quick = flags.has("--quick");
const rounds = Number(process.env.BENCH_ROUNDS ?? (quick ? 1 : 5));
const flightRows = quick ? 100_000 : 3_000_000;

const teardowns: (() => unknown)[] = [];
const t = { teardown: (work: () => unknown) => void teardowns.push(work) };
const server = localDatabase(path.join(project, ".local", "bench-postgres"));

/** A new database with the project's tables. */
async function freshDatabase(name: string): Promise<Database & { url: string }> {
  const admin = connect(server, { applicationName: "bench" });
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.close();
  const settings: ConnectionSettings = { ...(await server.settings()), database: name };
  const database = { label: name, url: databaseUrl(settings), settings: async () => settings };
  await migrator(database, { folder: path.join(project, "migrations"), version: "bench" }).up();
  return database;
}

const defineBenchRows = (sequelize: Sequelize) =>
  sequelize.define(
    "bench_rows",
    {
      id: { type: DataTypes.BIGINT, primaryKey: true },
      day: { type: DataTypes.DATEONLY, allowNull: false },
      code: { type: DataTypes.TEXT, allowNull: false },
      name: { type: DataTypes.TEXT, allowNull: false },
      note: { type: DataTypes.TEXT, allowNull: false },
      amount: { type: DataTypes.INTEGER },
      quantity: { type: DataTypes.INTEGER },
      price: { type: DataTypes.DOUBLE, allowNull: false },
      paid: { type: DataTypes.BOOLEAN, allowNull: false },
      paidAt: { type: DataTypes.DATE, allowNull: false },
    },
    { tableName: "bench_rows" },
  ) as ModelStatic<never>;

async function onTable(
  name: string,
  work: (database: Database, model: ModelStatic<never>, sequelize: Sequelize) => Promise<number>,
) {
  const database = await freshDatabase(name);
  const sequelize = connect(database, { applicationName: "bench" });
  const model = defineBenchRows(sequelize);
  await model.sync();
  await sequelize.query("CHECKPOINT");
  try {
    return await work(database, model, sequelize);
  } finally {
    await sequelize.close();
  }
}

/** The rows as COPY's text format, made once. */
async function textFile(): Promise<string> {
  const file = path.join(await temporaryFolder(t), "rows.txt");
  const output = createWriteStream(file);
  for (let id = 0; id < benchRows; id++) {
    const { day, code, name, note, amount, quantity, price, paid, paidAt } = benchRow(id);
    const cells = [id, day, code, name, note, amount ?? "\\N", quantity ?? "\\N", price, paid, paidAt.toISOString()];
    if (!output.write(`${cells.join("\t")}\n`)) await once(output, "drain");
  }
  output.end();
  await once(output, "finish");
  return file;
}

async function copyText(database: Database, sequelize: Sequelize, file: string, hasPsql: boolean): Promise<void> {
  if (hasPsql) {
    const { host, port, username, password, database: name } = await database.settings();
    const args = [
      "-h",
      host,
      "-p",
      String(port),
      "-U",
      username,
      "-d",
      name,
      "-q",
      "-c",
      `\\copy bench_rows from '${file}'`,
    ];
    const psql = spawn("psql", args, { env: { ...process.env, PGPASSWORD: password }, stdio: "inherit" });
    const [code] = await once(psql, "exit");
    if (code !== 0) throw new Error(`psql: ${code}`);
    return;
  }
  const client = (await sequelize.connectionManager.getConnection({ type: "write" })) as Client;
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 16 }),
    client.query(copyFrom("COPY bench_rows FROM STDIN")),
  );
  sequelize.connectionManager.releaseConnection(client as never);
}

/** @returns seconds of the one step */
async function secondsOfLoad(
  database: Database,
  definitions: ReadonlyMap<string, AnyDefinition>,
  producer: ReturnType<typeof threadedProducer>,
): Promise<number> {
  const run = { definitions, producer, define: defineBenchRows, applicationName: "bench" };
  const [result] = await runOnDatabase(database, run);
  if (result?.status !== "completed") throw new Error(result?.message ?? "no result");
  return result.seconds;
}

async function bulkLoad(): Promise<Measure[]> {
  const file = await textFile();
  const psql = spawn("psql", ["--version"], { stdio: "ignore" });
  const hasPsql = await new Promise<boolean>((resolve) => {
    psql.on("error", () => resolve(false));
    psql.on("exit", (code) => resolve(code === 0));
  });
  const folder = new URL("processes/", import.meta.url).href;
  const definitions = await loadDefinitions(["bench_rows"], folder);
  const producer = threadedProducer(["bench_rows"], folder);
  await producer.open("bench_rows");
  const anchor = hasPsql ? "psql \\copy of a text file" : "COPY FROM STDIN of a text file";
  const rates = await inTurn(rounds, {
    ours: () =>
      onTable("bench_ours", async (database) => benchRows / (await secondsOfLoad(database, definitions, producer))),
    text: () =>
      onTable("bench_text", async (database, _, sequelize) => {
        return benchRows / (await secondsOf(() => copyText(database, sequelize, file, hasPsql)));
      }),
    bulkCreate: () =>
      onTable("bench_bulk", async (_, model) => {
        const most = Math.min(benchRows, 50_000);
        const seconds = await secondsOf(async () => {
          for (let id = 0; id < most; id += 1000) {
            await model.bulkCreate(Array.from({ length: 1000 }, (_, index) => benchRow(id + index)) as never);
          }
        });
        return most / seconds;
      }),
  });
  await producer.close();
  return [
    measure("bulk-load", rates.ours, "rows/s", { name: anchor, value: rates.text }, { least: 1 }),
    measure(
      "bulk-load-orm",
      rates.ours,
      "rows/s",
      { name: "Sequelize bulkCreate 1000", value: rates.bulkCreate },
      { least: 18 },
    ),
  ];
}

interface WorkerRun {
  /** Of the process. */
  seconds: number;
  /** Of its last step. */
  stepSeconds: number;
  firstCommitSeconds: number;
  rssMegabytes: number;
  rate: number;
}

/** Runs `node worker` and looks at what it says and at its memory (Linux's VmHWM). */
async function runWorker(args: readonly string[], env: NodeJS.ProcessEnv, cwd = project): Promise<WorkerRun> {
  const started = performance.now();
  const { child, ended } = startWorker([...args, "--json"], env, cwd);
  let firstCommitSeconds = 0;
  let rssMegabytes = 0;
  child.stdout?.on("data", (text) => {
    if (firstCommitSeconds === 0 && String(text).includes('"progress"'))
      firstCommitSeconds = (performance.now() - started) / 1000;
  });
  const { readFile } = await import("node:fs/promises");
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    rssMegabytes = Math.max(rssMegabytes, peak);
  }, 50);
  const { code, stdout, stderr } = await ended;
  clearInterval(timer);
  if (code !== 0) throw new Error(`worker ${args.join(" ")}: exit ${code}: ${stderr}`);
  const last = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === "step")
    .at(-1);
  return {
    seconds: (performance.now() - started) / 1000,
    stepSeconds: last?.seconds ?? 0,
    firstCommitSeconds,
    rssMegabytes,
    rate: last?.rowsPerSecond ?? 0,
  };
}

const flightsOnly = ["--env", "local", "--only", "flights", "--limit"];

async function wholeFlights(): Promise<Measure[]> {
  const runs: WorkerRun[] = [];
  const sizes = [1000, 10_000, 100_000, 1_000_000].filter((rows) => rows < flightRows);
  const best: number[] = [];
  const definitions = await loadDefinitions(["flights"]);
  const models = await loadModels(["flights"]);
  const define = models.get("flights") as (sequelize: Sequelize) => ModelStatic<never>;
  const seconds = await inTurn(rounds, {
    worker: async () => {
      const { url } = await freshDatabase("bench_flights");
      const run = await runWorker([...flightsOnly, String(flightRows)], { DATABASE_URL: url });
      runs.push(run);
      return run.stepSeconds;
    },
    producing: async () => {
      const producer = threadedProducer(["flights"]);
      const { rows } = await producer.open("flights");
      const sequelize = connect(server, { applicationName: "bench" });
      const request = {
        name: "flights",
        from: 0,
        to: Math.min(rows, flightRows),
        columns: copyColumns(define(sequelize)),
      };
      const spent = await secondsOf(async () => {
        for await (const _ of producer.produce(request));
      });
      await producer.close();
      return spent;
    },
    copying: async () => {
      const database = await freshDatabase("bench_copy");
      const sequelize = connect(database, { applicationName: "bench" });
      const table = new TableRepository(sequelize, define(sequelize));
      const producer = threadedProducer(["flights"]);
      const request = { name: "flights", from: 0, to: flightRows, columns: table.columns };
      const chunks: Uint8Array[] = [];
      for await (const { data } of producer.produce(request)) chunks.push(data.slice());
      await producer.close();
      const spent = await secondsOf(async () => {
        for (const data of chunks) await sequelize.transaction((transaction) => table.copy(data, transaction));
      });
      await sequelize.close();
      return spent;
    },
    smaller: async () => {
      const rates: number[] = [];
      for (const rows of sizes) {
        const { url } = await freshDatabase("bench_sizes");
        rates.push((await runWorker([...flightsOnly, String(rows)], { DATABASE_URL: url })).rate);
      }
      best.push(Math.max(...rates));
      return 0;
    },
  });
  void definitions;
  const longer = Math.max(seconds.producing, seconds.copying);
  const anchor = seconds.producing > seconds.copying ? "reading and transforming alone" : "COPY of ready tuples alone";
  const rate = median(runs.map((run) => run.rate));
  return [
    measure("flights", seconds.worker, "s", { name: anchor, value: longer }, { most: 1.2 }),
    measure("flights-seconds", median(runs.map((run) => run.seconds)), "s", null, { most: 10 }),
    measure("flights-memory", median(runs.map((run) => run.rssMegabytes)), "MB", null, { most: 350 }),
    measure("flights-scaling", rate, "rows/s", { name: "best of smaller limits", value: median(best) }, { least: 0.9 }),
  ];
}

async function shards(): Promise<Measure[]> {
  const run = async (of: number) => {
    const { url } = await freshDatabase("bench_shards");
    return await secondsOf(() =>
      Promise.all(
        Array.from({ length: of }, (_, index) =>
          runWorker([...flightsOnly, String(flightRows), "--shard", `${index}/${of}`], { DATABASE_URL: url }),
        ),
      ),
    );
  };
  const seconds = await inTurn(rounds, { one: () => run(1), two: () => run(2) });
  return [
    measure(
      "shards",
      flightRows / seconds.two,
      "rows/s",
      { name: "1 shard", value: flightRows / seconds.one },
      { least: 1.5 },
    ),
  ];
}

async function firstRow(): Promise<Measure[]> {
  const args = ["--env", "local", "--limit", "1000"];
  const seconds = await inTurn(rounds, {
    running: async () => {
      const { url } = await freshDatabase("bench_first");
      return (await runWorker(args, { DATABASE_URL: url })).firstCommitSeconds;
    },
    first: async () => {
      const folder = await temporaryFolder(t);
      const copy = await projectCopy(t, folder, { binaries: "complete" });
      const { firstCommitSeconds } = await runWorker(args, {}, folder);
      await copy.worker(["database", "stop"]);
      await rm(folder, { recursive: true, force: true });
      return firstCommitSeconds;
    },
  });
  return [
    measure("first-row", seconds.running, "s", null, { most: 1 }),
    measure("first-row-ever", seconds.first, "s", null, { most: 2.5 }),
  ];
}

const onServer: Record<string, () => Promise<Measure[]>> = {
  "bulk-load": bulkLoad,
  flights: wholeFlights,
  shards,
  "first-row": firstRow,
  ...submitBenches({ t, rounds, freshDatabase }),
  ...editBenches({ t, rounds, freshDatabase }),
  ...schemaBenches({ t, rounds, freshUrl: async (name) => (await freshDatabase(name)).url }),
};
const benches = {
  ...onServer,
  ...networkBenches({ t, quick, rounds }),
  ...preflightBenches({ t, rounds }),
  ...watchBenches({ t }),
};

async function main(): Promise<void> {
  const unknown = [
    ...wanted.filter((name) => !(name in benches)),
    ...[...flags].filter((flag) => !["--json", "--quick"].includes(flag)),
  ];
  if (unknown.length > 0) {
    process.stderr.write(
      `unknown ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}, --json, --quick\n`,
    );
    process.exitCode = 2;
    return;
  }
  const names = wanted.length > 0 ? wanted : Object.keys(benches);
  const needsServer = names.some((name) => name in onServer);
  try {
    if (needsServer) await server.start();
    for (const name of names) {
      for (const line of (await benches[name]?.()) ?? []) {
        process.stdout.write(flags.has("--json") ? `${JSON.stringify(line)}\n` : `${sentence(line)}\n`);
      }
    }
  } finally {
    if (needsServer) await server.stop();
    for (const teardown of teardowns.reverse()) await teardown();
  }
}

function sentence({ name, value, unit, anchor, anchorValue, ratio, goal, ok }: Measure): string {
  const against = anchor === "-" ? "" : `, ${ratio} x ${anchor} (${anchorValue.toLocaleString("en-US")})`;
  return `${ok ? "ok  " : "MISS"} ${name.padEnd(16)} ${value.toLocaleString("en-US")} ${unit}${against}; goal ${goal}`;
}

await main();
