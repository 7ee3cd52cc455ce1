import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { createWhole, eventsFile, jobFile, writeWhole } from "../../../batch/local/folder.ts";
import { JobLog, readLog } from "../../../batch/local/job-log.ts";
import { launcher } from "../../../batch/local/job-process.ts";
import { LocalJobService } from "../../../batch/local/local-job-service.ts";
import { lastRunner } from "../../../batch/local/runner-lease.ts";
import { Failure } from "../../../worker/failure.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { exits, request, start, submitted } from "./stage.ts";

const lost = "11111111-1111-1111-1111-111111111111";

// What a machine that went down leaves of a file, what a person does to one.
for (const text of ["", '{"jobId":', "null", "{}", `{"jobId":"${lost}","request":{"arraySize":-1}}`]) {
  test.serial(
    `a job whose file holds ${JSON.stringify(text)} is told as broken, and keeps no other from running`,
    async (t) => {
      const stage = await start(t, () => exits(0));
      await mkdir(path.dirname(jobFile(stage.folder, lost)));
      await writeFile(jobFile(stage.folder, lost), text);
      const [id = ""] = await submitted(stage, request());
      t.like((await stage.service().describe([id]))[0], { status: "SUCCEEDED" });
      const file = jobFile(stage.folder, lost);
      await t.throwsAsync(stage.service().describe([lost]), {
        name: "Failure",
        message: `Job ${lost}: its file ${file} is broken, so nothing is known of it; delete the folder ${path.dirname(file)}.`,
      });
      t.deepEqual(await stage.service().running("job"), []);
    },
  );
}

test.serial("lines of events that mean nothing are passed over", async (t) => {
  const stage = await start(t, () => exits(0));
  const [id = ""] = await submitted(stage, request({ arraySize: 2 }));
  const file = eventsFile(stage.folder, id);
  const before = await stage.service().describe([id]);
  const nothing = ["null", "5", '"x"', "[]", '{"at":1}', '{"at":1,"status":"RUNNING","index":2}'];
  nothing.push('{"at":1,"status":"RUNNING","index":0.5}', '{"at":1,"status":"LOST","index":0}', "\0\0\0");
  await writeFile(file, `${nothing.join("\n")}\n${await readFile(file, "utf8")}${nothing.join("\n")}\n`);
  t.deepEqual(await stage.service().describe([id]), before);
});

test.serial("a request that can't be read is put aside, and those behind it are run", async (t) => {
  const stage = await start(t, () => exits(0));
  const names = ["000-1.json", "000-2.json"];
  await writeFile(path.join(stage.folder.inbox, names[0]!), '{"what":');
  await writeFile(path.join(stage.folder.inbox, names[1]!), "null");
  await stage.run();
  const submitting = stage.service().submit(request());
  await new Promise((resolve) => setTimeout(resolve, 50));
  await stage.run();
  t.like((await stage.service().describe([await submitting]))[0], { status: "SUCCEEDED" });
  t.deepEqual(
    await readdir(stage.folder.inbox),
    names.map((name) => `${name}.broken`),
  );
});

for (const text of ["", "null", '{"pid":"x"}', '{"pid":-1}']) {
  test.serial(`a runner whose file holds ${JSON.stringify(text)} is a killed one`, async (t) => {
    const stage = await start(t, () => exits(0));
    await writeFile(path.join(stage.folder.runners, "7.json"), text);
    t.like(await lastRunner(stage.folder), { number: 7, state: "killed" });
    const [id = ""] = await submitted(stage, request());
    t.like((await stage.service().describe([id]))[0], { status: "SUCCEEDED" });
  });
}

test.serial("an environment that no process can have fails the job that wants it, and no other", async (t) => {
  const folder = await temporaryFolder(t);
  const launch = launcher(folder, Date.now);
  const settings = { jobId: "a", attempt: 1, command: [], logFile: path.join(folder, "1.log") };
  // One text has 128 KiB at most (Linux, MAX_ARG_STRLEN), all of them 2 MiB or so.
  const environment = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`V${index}`, "x".repeat(120_000)]));
  t.deepEqual(await launch({ ...settings, environment: { ...process.env, ...environment } }).ended, {
    statusReason: "Task failed to start",
    reason: "CannotStartContainerError: spawn E2BIG",
  });
});

/** A folder that has room for next to nothing, or undefined where this machine gives none. */
async function tightFolder(t: ExecutionContext, bytes: number): Promise<string | undefined> {
  const folder = await temporaryFolder(t);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "none", folder]);
  if (mounted.status !== 0) return undefined;
  t.teardown(() => spawnSync("umount", ["-l", folder]));
  return folder;
}

test.serial("lines that have no room on the disk are counted, and the job goes on", async (t) => {
  const folder = await tightFolder(t, 16_384);
  if (folder === undefined) {
    t.log("no file systems are mounted here");
    t.pass();
    return;
  }
  const ballast = path.join(folder, "ballast");
  const file = path.join(folder, "1.log");
  const log = new JobLog(file, () => 0);
  const stream = log.stream();
  stream.write(Buffer.from("one\n"));
  t.throws(() => writeFileSync(ballast, Buffer.alloc(20_000)), { code: "ENOSPC" });
  for (let page = 0; page < 4; page += 1) stream.write(Buffer.from(`${"x".repeat(4000)}\ny\n`));
  await rm(ballast);
  stream.write(Buffer.from("two\n"));
  stream.end();
  log.close();
  const messages = (await readLog(file, 0)).events.map(({ message }) => message);
  t.is(messages[0], "one");
  t.regex(messages.at(-2)!, /^\d lines are lost: ENOSPC: no space left on device/);
  t.is(messages.at(-1), "two");
});

test.serial("states that have no room on the disk are written when there is room again", async (t) => {
  const folder = await tightFolder(t, 512 * 1024);
  if (folder === undefined) {
    t.log("no file systems are mounted here");
    t.pass();
    return;
  }
  const ballast = path.join(folder, "ballast");
  let number = 0;
  const stage = await start(
    t,
    () => {
      number += 1;
      if (number === 20) t.throws(() => writeFileSync(ballast, Buffer.alloc(600_000)), { code: "ENOSPC" });
      return number === 400
        ? { ended: rm(ballast).then(() => ({ exitCode: 0 })), kill: () => {} }
        : exits(number === 300 ? 7 : 0);
    },
    {},
    folder,
  );
  const [id = ""] = await submitted(stage, request({ arraySize: 401, attempts: 1 }));
  const [job, failed] = await stage.service().describe([id, `${id}:299`]);
  t.deepEqual(job?.array?.statusSummary, { SUCCEEDED: 400, FAILED: 1 });
  t.is(failed?.attempts.length, 1);
  t.is(failed?.exitCode, 7);
});

test.serial("a job whose folder is deleted while it runs keeps no other from running", async (t) => {
  const stage = await start(t, ({ jobId, command }) =>
    command[0] === "go"
      ? exits(0)
      : { ended: rm(folderOf(jobId), { recursive: true }).then(() => ({ exitCode: 0 })), kill: () => {} },
  );
  const folderOf = (jobId: string) => path.dirname(jobFile(stage.folder, jobId));
  const [gone = "", id = ""] = await submitted(stage, request(), request({ command: ["go"] }));
  t.like((await stage.service().describe([id]))[0], { status: "SUCCEEDED" });
  await t.throwsAsync(stage.service().describe([gone]), { message: /^There is no job/ });
});

test.serial("nothing half written is left where the disk is full", async (t) => {
  const folder = await tightFolder(t, 8192);
  if (folder === undefined) {
    t.log("no file systems are mounted here");
    t.pass();
    return;
  }
  await t.throwsAsync(writeWhole(path.join(folder, "a.json"), "x".repeat(20_000)), { code: "ENOSPC" });
  await t.throwsAsync(createWhole(path.join(folder, "b.json"), "x".repeat(20_000)), { code: "ENOSPC" });
  t.deepEqual(await readdir(folder), []);
});

test.serial("what no runner takes is not run later", async (t) => {
  const { folder } = await start(t, () => exits(0));
  const definition = { attempts: 1, timeout: 60, evaluateOnExit: [] };
  const haveRunner = () => Promise.reject(new Failure("failed", "The local runner does not start."));
  const service = new LocalJobService({ folder, definition, environment: {}, clock: Date.now, haveRunner });
  await t.throwsAsync(service.submit(request()), { message: "The local runner does not start." });
  t.deepEqual(await readdir(folder.inbox), []);
});

test.serial("what can't be read is told in a sentence", async (t) => {
  const stage = await start(t, () => exits(0));
  const [id = ""] = await submitted(stage, request());
  const events = eventsFile(stage.folder, id);
  await rm(events);
  await mkdir(events);
  const refused = { name: "Failure", message: /^The local runner can't use .* \(EISDIR: .*\)\.$/ };
  await t.throwsAsync(stage.service().describe([id]), refused);
  await mkdir(jobFile(stage.folder, lost), { recursive: true });
  await t.throwsAsync(stage.service().describe([lost]), refused);
  await t.throwsAsync(stage.service().describe([`${lost}:0`]), refused);
  const logs = path.join(stage.folder.jobs, id, "logs", "1.log");
  await mkdir(logs, { recursive: true });
  await t.throwsAsync(stage.service().logs(`${id}/1`), refused);
});
