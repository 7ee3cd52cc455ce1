import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { QueryTypes, type Sequelize } from "sequelize";
import { connect } from "../../worker/data/database.ts";
import { databaseUrl } from "../../worker/data/database-url.ts";
import { type LocalDatabase, localDatabase } from "../../worker/data/local-database.ts";
import { cuttingProxy } from "../cutting-proxy.ts";
import { projectCopy } from "../project-copy.ts";
import { seededRandom } from "../random.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/**
 * KILL_RUNS: workers to kill, at least. KILL_SEED: of the random moments, printed with every run of the test.
 * Each killed worker is resumed, and killed again or not; at the end of each story the tables must hold what an
 * undisturbed run puts there, and the counts must say so: no row lost, none doubled, none counted twice.
 */
const kills = Number(process.env.KILL_RUNS ?? 200);
const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));

const rows = 150_000;
const args = ["worker", "--env", "local", "--limit", String(rows), "--json"];

const ways = ["kill -9", "SIGTERM", "server killed", "sessions ended", "connection cut"] as const;
type Way = (typeof ways)[number];

test(`workers killed ${kills} times at random moments lose no row and double none (KILL_SEED=${seed})`, async (t) => {
  const random = seededRandom(seed);
  const { folder } = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });
  const server = localDatabase(`${folder}/.local/postgres`);

  const reference = await runToTheEnd(folder, {});
  t.is(reference.code, 0, reference.output);
  const wanted = await stateOf(server);
  t.is(wanted.read, wanted.readByExecutions);
  t.log(`seed ${seed}; an undisturbed run takes ${reference.seconds.toFixed(1)} s`);

  const counts = new Map<Way, number>();
  for (let killed = 0; killed < kills; ) {
    await forget(server);
    const story: string[] = [];
    const inAStory = 1 + Math.floor(random() * 4);
    for (let round = 0; round < inAStory; round++) {
      const way = ways[Math.floor(random() * ways.length)] as Way;
      const momentMs = random() * reference.seconds * 1000;
      story.push(`${way} after ${Math.round(momentMs)} ms`);
      const { code, output } = await disturb(way, folder, server, momentMs, random);
      story.push(`exit ${code}`);
      counts.set(way, (counts.get(way) ?? 0) + 1);
      killed++;
      const allowed = way === "kill -9" ? [null, 0] : way === "SIGTERM" ? [0, 75, null] : [0, 69];
      if (!allowed.includes(code)) t.fail(`seed ${seed}: ${story.join(", ")}: ${output}`);
    }
    const end = await runToTheEnd(folder, {});
    if (end.code !== 0) t.fail(`seed ${seed}: ${story.join(", ")}, then exit ${end.code}: ${end.output}`);
    t.deepEqual(await stateOf(server), wanted, `seed ${seed}: ${story.join(", ")}`);
  }
  t.log([...counts].map(([way, count]) => `${count} x ${way}`).join(", "));
});

interface Ended {
  /** Exit code; null: by a signal. */
  code: number | null;
  output: string;
  seconds: number;
}

function startWorker(folder: string, env: NodeJS.ProcessEnv): { child: ChildProcess; ended: Promise<Ended> } {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (output += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, seconds: (performance.now() - started) / 1000 }));
  });
  return { child, ended };
}

async function runToTheEnd(folder: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return await startWorker(folder, env).ended;
}

/** Starts a worker and does `way` to it. @returns how it ended */
async function disturb(
  way: Way,
  folder: string,
  server: LocalDatabase,
  momentMs: number,
  random: () => number,
): Promise<Ended> {
  if (way === "connection cut") {
    const settings = await server.settings();
    const proxy = await cuttingProxy(settings);
    try {
      // All rows together are about 17 MB: mostly in the middle of a COPY. Before the first one there are some kilobytes.
      proxy.cutAfter(Math.floor(random() * (random() < 0.3 ? 10_000 : 16_000_000)));
      const url = databaseUrl({ ...settings, host: "127.0.0.1", port: proxy.port });
      return await runToTheEnd(folder, { DATABASE_URL: url });
    } finally {
      await proxy.close();
    }
  }
  const { child, ended } = startWorker(folder, {});
  await Promise.race([sleep(momentMs), ended]);
  if (way === "kill -9") child.kill("SIGKILL");
  if (way === "SIGTERM") child.kill("SIGTERM");
  if (way === "server killed") {
    const { pid } = await server.status();
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }
  if (way === "sessions ended") {
    await onServer(server, (sequelize) =>
      sequelize.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name LIKE 'batch-preflight worker%' AND pid <> pg_backend_pid()`,
      ),
    ).catch(() => {});
  }
  return await ended;
}

async function onServer<T>(server: LocalDatabase, work: (sequelize: Sequelize) => Promise<T>): Promise<T> {
  const sequelize = connect(server, { applicationName: "killed-workers.test" });
  try {
    return await work(sequelize);
  } finally {
    await sequelize.close();
  }
}

const tables = { airports: "iata", bird_strikes: "id", flights: "id", route_stats: "origin, destination" };

/** All that an undisturbed run leaves behind, but for times and numbers of executions. */
async function stateOf(server: LocalDatabase) {
  return await onServer(server, async (sequelize) => {
    const one = async (sql: string) =>
      (await sequelize.query<Record<string, string>>(sql, { type: QueryTypes.SELECT }))[0]?.value;
    const checksums: Record<string, unknown> = {};
    for (const [table, key] of Object.entries(tables)) {
      checksums[table] = await one(
        `SELECT count(*) || ' ' || md5(string_agg(row::text, '' ORDER BY ${key})) AS value FROM ${table} AS row`,
      );
    }
    return {
      ...checksums,
      quarantine: await one(
        `SELECT count(*) || ' ' || md5(string_agg(concat_ws('/', name, source, source_row, reason, record), '' ORDER BY name, source_row))
           AS value FROM worker.quarantine`,
      ),
      steps: await one(
        "SELECT count(*) AS value FROM worker.step WHERE status = 'completed' AND name <> 'route_stats'",
      ),
      read: await one("SELECT sum(read) AS value FROM worker.step WHERE name <> 'route_stats'"),
      written: await one("SELECT sum(written) AS value FROM worker.step WHERE name <> 'route_stats'"),
      readByExecutions: await one(
        `SELECT sum(execution.read) AS value FROM worker.step_execution AS execution
         JOIN worker.step ON step.id = execution.step WHERE name <> 'route_stats'`,
      ),
    };
  });
}

async function forget(server: LocalDatabase): Promise<void> {
  await onServer(server, (sequelize) =>
    sequelize.query(
      `TRUNCATE ${Object.keys(tables)}, worker.quarantine, worker.step_execution, worker.step, worker.job_execution`,
    ),
  );
}
