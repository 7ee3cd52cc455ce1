import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { QueryTypes } from "sequelize";
import { connect } from "../../worker/data/database.ts";
import { runBatch } from "../batch-process.ts";
import { type TestDatabase, testDatabase } from "../database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type ContainerBatch, containerBatch } from "./container-batch.ts";
import { containerObstacle, podman } from "./containers.ts";
import { motoObstacle } from "./moto.ts";

const missing = (await containerObstacle()) ?? (await motoObstacle());
const testEdit = missing === undefined ? test.serial : test.serial.skip;
const title = (text: string) => text + (missing ? ` (skipped: ${missing})` : "");

let batch: ContainerBatch;
let database: TestDatabase;
const left: (() => unknown)[] = [];
const undoing = { teardown: (undo: () => unknown) => void left.push(undo) };

test.before(async (t) => {
  t.timeout(900_000);
  if (missing) return;
  // As a stack's is when it is new.
  database = await testDatabase(undoing, { template: false });
  const folder = await temporaryFolder(undoing);
  batch = await containerBatch(undoing, { folder, name: "batch-preflight-test-edit", database });
});

test.after.always(async () => {
  for (const undo of left.reverse()) await undo();
});

const submit = (...args: string[]) => runBatch(batch.tree, ["submit", "--watch", ...args], batch.env);

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const sequelize = connect(database, { applicationName: "test" });
  try {
    return await sequelize.query<Row>(sql, { type: QueryTypes.SELECT });
  } finally {
    await sequelize.close();
  }
}

const images = async () => (await podman("images", "--all", "--quiet")).trim().split("\n").sort();

const rows = 100_000;

testEdit(title("on a new database the first job says what is missing, and a job does it"), async (t) => {
  t.timeout(240_000);
  const early = await submit("--only", "airports");
  t.is(early.code, 2, early.stderr);
  t.regex(early.stderr, /^code sent, \d+ files, \d+ kB: [0-9a-f]{12}$/m);
  t.regex(
    early.stderr,
    /lacks the migrations 0001-bookkeeping, .*; apply them: node batch submit .*--command migrate up$/m,
  );
  const { code, stderr } = await submit("--command", "migrate", "up");
  t.is(code, 0, stderr);
  t.regex(stderr, /^0001-bookkeeping applied in /m);
});

testEdit(title("submit --watch loads 100,000 rows by jobs in containers, each after those it needs"), async (t) => {
  t.timeout(600_000);
  const { code, stdout, stderr } = await submit("--env-var", `WORKER_LIMIT=${rows}`);
  t.is(code, 0, stderr);
  const ids = stdout.trim().split("\n");
  t.is(ids.length, 4);
  t.regex(stderr, /^code unchanged, sent before: [0-9a-f]{12}$/m);
  t.regex(stderr, /^flights \| flights +completed: 100,000 rows written/m);
  const [counts] = await query(
    `SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids, (SELECT sum(flights)::int FROM route_stats) AS derived
     FROM flights`,
  );
  t.deepEqual(counts, { rows, ids: rows, derived: rows });
  const ran = await query<{ name: string; job: string; started: Date; ended: Date; commit: string; dirty: boolean }>(
    `SELECT name, batch_job AS job, commit, dirty, bundle, job.started_at AS started, job.ended_at AS ended
     FROM worker.step_execution AS execution JOIN worker.step ON step.id = execution.step
     JOIN worker.job_execution AS job ON job.id = execution.job_execution ORDER BY name`,
  );
  t.deepEqual(ran.map(({ job }) => job).sort(), [...ids].sort());
  t.true(ran.every(({ commit, dirty }) => commit === batch.commit && !dirty));
  const { flights, route_stats } = Object.fromEntries(ran.map((one) => [one.name, one]));
  t.true(flights!.ended <= route_stats!.started);
});

testEdit(title("a file is edited, and the next job's log shows it: no image is built"), async (t) => {
  t.timeout(240_000);
  const before = await images();
  const file = path.join(batch.tree, "worker/processes/airports.ts");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("has no state", "tells no state, says the edited code"));
  const { code, stderr } = await submit(...["--command", "--only", "airports", "--fresh", "--quarantine-limit", "0"]);
  t.is(code, 65, stderr);
  t.regex(stderr, /^code sent, /m);
  t.regex(stderr, /tells no state, says the edited code/);
  t.deepEqual(await images(), before);
  const [last] = await query<{ dirty: boolean; bundles: number }>(
    `SELECT dirty, (SELECT count(DISTINCT bundle)::int FROM worker.job_execution) AS bundles
     FROM worker.job_execution ORDER BY id DESC LIMIT 1`,
  );
  t.deepEqual(last, { dirty: true, bundles: 2 });
});

testEdit(title("another dependency is told before anything is sent, with what builds the image"), async (t) => {
  t.timeout(120_000);
  const file = path.join(batch.tree, "package-lock.json");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/("node_modules\/pg": \{\s+"version": ")[^"]+/, "$199.0.0"));
  t.teardown(() => writeFile(file, text));
  const { code, stdout, stderr } = await submit("--only", "airports");
  t.is(code, 2);
  t.is(stdout, "");
  t.regex(
    stderr,
    /^The job definition's image has other packages \(package-lock\.json\) than the code wants; build it: pulumi up\.\n$/,
  );
});
