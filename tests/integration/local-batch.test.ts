import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { QueryTypes } from "sequelize";
import { createBundle } from "../../batch/bundle/bundle.ts";
import { connect } from "../../worker/data/database.ts";
import { localDatabase } from "../../worker/data/local-database.ts";
import { runBatch, startBatch } from "../batch-process.ts";
import { projectCopy } from "../project-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const idLine = /^[0-9a-f-]{36}$/;

/** The runner of a folder has left, so that the folder can go. */
async function awaitRunner(folder: string): Promise<void> {
  const runners = path.join(folder, ".local", "batch", "runners");
  await until(
    async () => (await readdir(runners)).some((name) => name.endsWith(".ended")),
    "the runner does not leave",
  );
}

/** @throws Error when a minute was not enough */
async function until(isSo: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await isSo()) return;
    await sleep(200);
  }
  throw new Error(otherwise);
}

test.serial("submit --shards 2 --watch loads each row once, each sub-process after those that it needs", async (t) => {
  const { folder } = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });
  const limit = 20_000;
  const args = ["submit", "--env", "local", "--shards", "2", "--watch", "--env-var", `WORKER_LIMIT=${limit}`];
  const { code, stdout, stderr } = await runBatch(folder, args, { DATABASE_URL: "" });
  t.is(code, 0, stderr);
  const ids = stdout.trim().split("\n");
  t.is(ids.length, 4);
  t.true(
    ids.every((id) => idLine.test(id)),
    stdout,
  );
  t.regex(stderr, /^flights:1 \| /m);
  const sequelize = connect(localDatabase(path.join(folder, ".local", "postgres")), { applicationName: "test" });
  const [counts] = await sequelize.query(
    `SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids, max(id)::int AS last,
            (SELECT sum(flights)::int FROM route_stats) AS derived FROM flights`,
    { type: QueryTypes.SELECT },
  );
  const [ran] = await sequelize.query<{ bundles: string[] }>(
    "SELECT array_agg(DISTINCT bundle) AS bundles FROM worker.job_execution",
    { type: QueryTypes.SELECT },
  );
  await sequelize.close();
  t.deepEqual(ran?.bundles, [(await createBundle(folder)).sha256]);
  t.deepEqual(counts, { rows: limit, ids: limit, last: limit - 1, derived: limit });
  await awaitRunner(folder);
});

/** What stands for the worker: cheap, and it does as it is told. */
const program = `
const [what, value] = process.argv.slice(2);
const { AWS_BATCH_JOB_ATTEMPT: attempt, AWS_BATCH_JOB_ARRAY_INDEX: index } = process.env;
if (what === "exit") process.exitCode = Number(value);
else if (what === "exit-first") process.exitCode = attempt === "1" ? Number(value) : 0;
else if (what === "fail-child") process.exitCode = index === value ? 65 : 0;
else if (what === "say") console.log(value, process.env.SAID);
else if (what === "sleep") {
  console.log("process " + process.pid);
  process.on("SIGTERM", () => process.exit(75));
  setTimeout(() => console.log("done"), Number(value));
} else if (what === "stubborn") {
  process.on("SIGTERM", () => console.log("SIGTERM, no"));
  console.log("ready");
  setInterval(() => {}, 1000);
}
`;

async function cheapProject(t: ExecutionContext): Promise<string> {
  // Its worker starts no database that would have to be stopped.
  const { folder } = await projectCopy({ teardown: () => {} }, await temporaryFolder(t), { binaries: "absent" });
  await writeFile(path.join(folder, "worker", "index.js"), program);
  return folder;
}

const jobs = (...command: string[]) => ["--command", ...command];

test.serial(
  "an array of 1,000: each child runs once, a child that fails is told with its number and its code",
  async (t) => {
    const folder = await cheapProject(t);
    const args = ["submit", "--env", "local", "--shards", "1000", "--watch", ...jobs("fail-child", "613")];
    const { code, stdout, stderr } = await runBatch(folder, args);
    t.is(code, 65);
    t.regex(stdout.trim(), idLine);
    t.regex(stderr, /^ {2}1,000 children: SUCCEEDED 999, FAILED 1$/m);
    t.regex(stderr, /^ {2}1 failed, exit code 65 \(too many bad records\): child 613$/m);
    await awaitRunner(folder);
  },
);

test("retries: what the rules say, each attempt's number, and the exit code of the last", async (t) => {
  const folder = await cheapProject(t);
  const ended = async (...command: string[]) => {
    const { code, stdout } = await runBatch(folder, [
      "submit",
      "--env",
      "local",
      "--json",
      "--watch",
      "--attempts",
      "3",
      ...jobs(...command),
    ]);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const job = events.findLast(({ event }) => event === "job");
    return [
      code,
      job.status,
      job.attempts.map(({ container }: { container: { exitCode: number } }) => container.exitCode),
    ];
  };
  t.deepEqual(await ended("exit-first", "69"), [0, "SUCCEEDED", [69, 0]]);
  t.deepEqual(await ended("exit", "75"), [75, "FAILED", [75, 75, 75]]);
  t.deepEqual(await ended("exit", "65"), [65, "FAILED", [65]]);
  await awaitRunner(folder);
});

test("a timeout: SIGTERM, 30 seconds later SIGKILL, and no retry", async (t) => {
  const folder = await cheapProject(t);
  const args = ["submit", "--env", "local", "--attempts", "3", "--timeout", "60", "--watch", ...jobs("stubborn")];
  const { code, stderr } = await runBatch(folder, args);
  t.is(code, 137);
  t.regex(stderr, /^SIGTERM, no$/m);
  t.regex(stderr, /^ {2}failed, Job attempt duration exceeded timeout; exit code 137$/m);
  await awaitRunner(folder);
});

test("Ctrl-C leaves the job running and says how to come back; watch from elsewhere ends with its code", async (t) => {
  const folder = await cheapProject(t);
  const watching = startBatch(folder, ["submit", "--env", "local", "--watch", ...jobs("sleep", "15000")]);
  await watching.shows(/^process \d+$/m);
  watching.child.kill("SIGINT");
  const { code, stdout, stderr } = await watching.ended;
  const id = stdout.trim();
  t.is(code, 130);
  t.true(
    stderr.includes(
      `It goes on. Come back: node batch watch ${id} --env local\nEnd: node batch cancel ${id} --env local\n`,
    ),
    stderr,
  );
  const again = await runBatch(folder, ["submit", "--env", "local", ...jobs("sleep", "1")]);
  t.is(again.code, 2);
  t.is(
    again.stderr,
    `Submitted before and not ended: batch-preflight-sleep (${id}, RUNNING). Watch: node batch watch ${id} --env local; submit even so: node batch submit --again ...\n`,
  );
  const { code: end, stdout: lines } = await runBatch(folder, ["watch", id, "--env", "local"]);
  t.is(end, 0);
  t.regex(lines, /^process \d+\ndone\n$/);
  const { stdout: last } = await runBatch(folder, ["logs", id, "--env", "local", "--tail", "1"]);
  t.is(last, "done\n");
  await awaitRunner(folder);
});

test("cancel from another terminal: the job stops as it likes to, and fails with the reason", async (t) => {
  const folder = await cheapProject(t);
  const watching = startBatch(folder, ["submit", "--env", "local", "--watch", ...jobs("sleep", "60000")]);
  await watching.shows(/^process \d+$/m);
  const [id = ""] = await readdir(path.join(folder, ".local", "batch", "jobs"));
  const cancelled = await runBatch(folder, ["cancel", id, "--env", "local", "--reason", "no longer wanted"]);
  t.deepEqual(cancelled, { code: 0, stdout: "", stderr: `batch-preflight-sleep (${id}) is asked to end\n` });
  const { code, stderr } = await watching.ended;
  t.is(code, 75);
  t.regex(stderr, /^ {2}failed, no longer wanted; exit code 75 \(interrupted after a checkpoint\)$/m);
  const late = await runBatch(folder, ["cancel", id, "--env", "local"]);
  t.is(late.stderr, `batch-preflight-sleep (${id}) has ended before: FAILED\n`);
  await awaitRunner(folder);
});

test("a runner that is killed takes its jobs along, and they are told as failed", async (t) => {
  const folder = await cheapProject(t);
  const watching = startBatch(folder, ["submit", "--env", "local", "--watch", ...jobs("sleep", "600000")]);
  await watching.shows(/^process \d+$/m);
  const { pid } = JSON.parse(await readFile(path.join(folder, ".local", "batch", "runners", "1.json"), "utf8"));
  process.kill(pid, "SIGKILL");
  const { code, stdout, stderr } = await watching.ended;
  t.is(code, 1);
  t.regex(stderr, new RegExp(`^ {2}failed, Host EC2 \\(local runner ${pid}\\) terminated\\.$`, "m"));
  const { stdout: lines } = await runBatch(folder, ["logs", stdout.trim(), "--env", "local"]);
  const job = Number(lines.match(/^process (\d+)$/m)?.[1]);
  await until(() => spawnSync("kill", ["-0", String(job)]).status !== 0, "the job goes on without its runner");
  const { code: next } = await runBatch(folder, ["submit", "--env", "local", "--watch", ...jobs("exit", "0")]);
  t.is(next, 0);
  await awaitRunner(folder);
});

test("a job has the environment of the shell, of --env-var, and which code it is", async (t) => {
  const folder = await cheapProject(t);
  const args = ["submit", "--env", "local", "--watch", "--env-var", "SAID=by=flag", ...jobs("say", "hello")];
  const { stderr } = await runBatch(folder, args, { SAID: "by the shell" });
  t.regex(stderr, /^hello by=flag$/m);
  await awaitRunner(folder);
});
