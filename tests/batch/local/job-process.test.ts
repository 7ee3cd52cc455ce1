import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { JobLog, readLog } from "../../../batch/local/job-log.ts";
import { launcher } from "../../../batch/local/job-process.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** A project whose worker is this program. */
async function launched(t: ExecutionContext, program: string, command: readonly string[] = []) {
  const project = await temporaryFolder(t);
  await mkdir(path.join(project, "worker"));
  await writeFile(path.join(project, "worker", "index.js"), program);
  const logFile = path.join(project, "logs", "1.log");
  const job = launcher(
    project,
    () => 1_000,
  )({
    jobId: "a",
    attempt: 1,
    command,
    environment: { PATH: process.env.PATH, AWS_BATCH_JOB_ARRAY_INDEX: "9" },
    logFile,
  });
  return { job, lines: async () => (await readLog(logFile, 0)).events.map(({ message }) => message) };
}

test("a job is `node worker` with its arguments and variables, and both its outputs are its log", async (t) => {
  const { job, lines } = await launched(
    t,
    `console.log(process.argv.slice(2).join(" ")); console.error(process.env.AWS_BATCH_JOB_ID, process.env.AWS_BATCH_JOB_ARRAY_INDEX); process.exitCode = 65;`,
    ["--only", "airports"],
  );
  t.deepEqual(await job.ended, { exitCode: 65 });
  t.deepEqual((await lines()).sort(), ["--only airports", "a undefined"]);
});

test("SIGTERM reaches the job, which ends as it likes", async (t) => {
  const { job, lines } = await launched(
    t,
    `process.on("SIGTERM", () => process.exit(75)); setInterval(() => {}, 1000); console.log("ready");`,
  );
  while (!(await lines()).includes("ready")) await sleep(20);
  job.kill("SIGTERM");
  t.deepEqual(await job.ended, { exitCode: 75 });
});

test("a job that is killed ends with 128 and the signal's number, as a container does", async (t) => {
  const { job } = await launched(t, "setInterval(() => {}, 1000);");
  job.kill("SIGKILL");
  t.deepEqual(await job.ended, { exitCode: 137 });
});

test("what a job has started and that goes on does not keep it from its end", async (t) => {
  const { job, lines } = await launched(
    t,
    `const { spawn } = require("node:child_process"); console.log("done"); spawn("sleep", ["30"], { stdio: "inherit", detached: true }).unref(); process.exit(0);`,
  );
  t.deepEqual(await job.ended, { exitCode: 0 });
  t.deepEqual(await lines(), ["done"]);
});

test("a job whose runner is gone is killed, whatever it does", async (t) => {
  const { job } = await launched(
    t,
    // As when the runner is killed: the other end of its channel closes.
    `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); process.disconnect();`,
  );
  t.deepEqual(await job.ended, { exitCode: 137 });
});

test("lines are told when they are whole, with the time of their arrival, and from a byte on", async (t) => {
  const file = path.join(await temporaryFolder(t), "logs", "1.log");
  t.deepEqual(await readLog(file, 0), { events: [], next: 0 });
  let now = 1_000;
  const log = new JobLog(file, () => now);
  const [out, err] = [log.stream(), log.stream()];
  out.write(Buffer.from("one\ntw"));
  err.write(Buffer.from("other\r\n"));
  const first = await readLog(file, 0);
  t.deepEqual(first.events, [
    { timestamp: 1_000, message: "one" },
    { timestamp: 1_000, message: "other" },
  ]);
  now = 2_000;
  const euro = Buffer.from("€");
  out.write(Buffer.concat([Buffer.from("o "), euro.subarray(0, 1)]));
  out.write(euro.subarray(1));
  out.end();
  log.close();
  t.deepEqual((await readLog(file, first.next)).events, [{ timestamp: 2_000, message: "two €" }]);
});

test("a line without an end is cut in pieces", async (t) => {
  const file = path.join(await temporaryFolder(t), "1.log");
  const log = new JobLog(file, () => 0);
  const out = log.stream();
  out.write(Buffer.from("x".repeat(600 * 1024)));
  out.end();
  const lengths = (await readLog(file, 0)).events.map(({ message }) => message.length);
  t.deepEqual(lengths, [256 * 1024, 256 * 1024, 88 * 1024]);
});
