import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { jobStatuses } from "../../../batch/jobs/job.ts";
import {
  createWhole,
  eventsFile,
  folderAt,
  isJobId,
  jobFile,
  streamFile,
  writeWhole,
} from "../../../batch/local/folder.ts";
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
  nothing.push(
    '{"at":1,"status":"RUNNING","index":null}',
    '{"at":1,"status":"RUNNING","index":0.5}',
    '{"at":1,"status":"LOST","index":0}',
    "\0\0\0",
  );
  await writeFile(file, `${nothing.join("\n")}\n${await readFile(file, "utf8")}${nothing.join("\n")}\n`);
  t.deepEqual(await stage.service().describe([id]), before);
});

const transition = fc.record(
  {
    at: fc.oneof(fc.integer(), fc.constantFrom(null, "1")),
    index: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.double()),
    status: fc.oneof(fc.constantFrom(...jobStatuses), fc.string()),
    statusReason: fc.string(),
    exitCode: fc.integer(),
    logStreamName: fc.string(),
  },
  { requiredKeys: [] },
);
const eventsBytes = fc
  .array(
    fc.oneof(
      transition.map((each) => JSON.stringify(each)),
      fc.json(),
      fc.string(),
    ),
  )
  .chain((lines) => {
    const whole = Buffer.from(lines.join("\n"));
    return fc.nat({ max: whole.length }).map((length) => whole.subarray(0, length));
  });

test.serial(
  "whatever events hold, and wherever they are cut, a job is described, and its children add up",
  async (t) => {
    const { folder, service } = await start(t, () => exits(0));
    await mkdir(path.dirname(jobFile(folder, lost)));
    const facts = { jobId: lost, request: request({ arraySize: 3 }), createdAt: 1, jobQueue: "a", jobDefinition: "b" };
    await writeFile(jobFile(folder, lost), JSON.stringify(facts));
    // Nobody is to end it.
    await writeFile(path.join(folder.runners, "1.json"), "{}");
    await writeFile(path.join(folder.runners, "1.ended"), "");
    await fc.assert(
      fc.asyncProperty(eventsBytes, eventsBytes, async (first, second) => {
        await writeFile(eventsFile(folder, lost), first);
        const reader = service();
        await reader.describe([lost]);
        await appendFile(eventsFile(folder, lost), second);
        const [parent] = await reader.describe([lost]);
        // Read in two goes or in one.
        t.deepEqual((await service().describe([lost]))[0], parent);
        const counts = Object.values(parent?.array?.statusSummary ?? {});
        t.is(
          counts.reduce((sum, count) => sum + count, 0),
          3,
        );
      }),
      { numRuns: 200 },
    );
  },
);

test("what is no id of a job leads nowhere", (t) => {
  const id = "0f0f0f0f-1111-4222-8333-444444444444";
  const texts = fc.oneof(
    fc.string(),
    fc.webPath(),
    fc
      .tuple(fc.string(), fc.constantFrom("", "/", "\\", "\n", ":"), fc.string())
      .map(([a, b, c]) => `${a}${id}${b}${c}`),
    fc.array(fc.constantFrom("..", "/", id, "1", "-", "\0"), { maxLength: 6 }).map((parts) => parts.join("")),
  );
  const folder = folderAt("/root");
  fc.assert(
    fc.property(texts, (text) => {
      t.is(
        isJobId(text),
        /^[0-9a-f-]{36}$/.test(text) &&
          text
            .split("-")
            .map(({ length }) => length)
            .join() === "8,4,4,4,12",
      );
      const file = streamFile(folder, text);
      if (file === undefined) return;
      t.is(path.normalize(file), file);
      t.regex(file, /^\/root\/jobs\/[0-9a-f-]{36}\/logs\/(\d+-)?\d+\.log$/);
    }),
    { numRuns: 2000 },
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

/** @returns whether there is one now: not everybody may mount file systems */
function mountSmall(folder: string, bytes: number): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "none", folder]).status === 0;
}

const unmount = (folder: string) => spawnSync("umount", ["-l", folder]);

const canMount = (() => {
  const folder = mkdtempSync(path.join(tmpdir(), "batch-preflight-"));
  const mounted = mountSmall(folder, 8192);
  if (mounted) unmount(folder);
  rmSync(folder, { recursive: true });
  return mounted;
})();

/** Runs with a folder that has room for so many bytes. */
function testTight(title: string, bytes: number, run: (t: ExecutionContext, folder: string) => Promise<void>): void {
  if (!canMount) {
    test.serial.skip(`${title} (skipped: no file systems are mounted here)`, () => {});
    return;
  }
  test.serial(title, async (t) => {
    const folder = await temporaryFolder(t);
    t.true(mountSmall(folder, bytes));
    t.teardown(() => unmount(folder));
    await run(t, folder);
  });
}

testTight("lines that have no room on the disk are counted, and the job goes on", 16_384, async (t, folder) => {
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

testTight(
  "states that have no room on the disk are written when there is room again",
  512 * 1024,
  async (t, folder) => {
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
    t.deepEqual(stage.faults, ["ENOSPC: no space left on device, write"]);
  },
);

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

testTight("nothing half written is left where the disk is full", 8192, async (t, folder) => {
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
