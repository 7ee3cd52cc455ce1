import { spawnSync } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import test from "ava";
import { isEnded, type JobRequest } from "../../../batch/jobs/job.ts";
import { endedFile, eventsFile, type Folder, ifThere, jobFile } from "../../../batch/local/folder.ts";
import { type AttemptSettings, batchVariables } from "../../../batch/local/job-process.ts";
import { becomeRunner, lastRunner } from "../../../batch/local/runner-lease.ts";
import { exits, isAsked, request, start, submitted } from "./stage.ts";

test.serial("a job is run with what Batch would tell it, and another process reads how it ended", async (t) => {
  const seen: AttemptSettings[] = [];
  const stage = await start(
    t,
    (settings) => {
      seen.push(settings);
      return exits(seen.length === 1 ? 69 : 0);
    },
    { SHELL_HAS: "this", BOTH: "shell" },
  );
  const [id = ""] = await submitted(stage, request({ environment: { BOTH: "job" } }));
  t.deepEqual(
    seen.map(({ jobId, attempt, array, command, environment }) => ({ jobId, attempt, array, command, environment })),
    [1, 2].map((attempt) => ({
      jobId: id,
      attempt,
      array: undefined,
      command: ["--only", "airports"],
      environment: { SHELL_HAS: "this", BOTH: "job" },
    })),
  );
  const [job] = await stage.service().describe([id]);
  t.like(job, { status: "SUCCEEDED", exitCode: 0, jobName: "job", logStreamName: `${id}/2` });
  t.deepEqual(
    job?.attempts.map(({ exitCode }) => exitCode),
    [69, 0],
  );
  t.is((await lastRunner(stage.folder))?.state, "ended");
});

test.serial("the environments of the shell and of --env-var are on no disk when the job runs", async (t) => {
  let files = "";
  let environment: NodeJS.ProcessEnv = {};
  const stage = await start(
    t,
    (settings) => {
      environment = settings.environment;
      const ended = (async () => {
        while ((await readdir(stage.folder.inbox)).length > 0) await new Promise(setImmediate);
        const entries = await readdir(stage.folder.root, { recursive: true, withFileTypes: true });
        for (const entry of entries) {
          if (entry.isFile()) files += await readFile(path.join(entry.parentPath, entry.name), "utf8");
        }
        return { exitCode: 0 };
      })();
      return { ended, kill: () => {} };
    },
    { PGPASSWORD: "a secret" },
  );
  const own = { API_TOKEN: "another secret", BATCH_PREFLIGHT_COMMIT: "c0ffee" };
  const [id = ""] = await submitted(stage, request({ environment: own }));
  t.deepEqual(environment, { PGPASSWORD: "a secret", ...own });
  t.true(files.includes("RUNNING"));
  t.notRegex(files, /secret|API_TOKEN/);
  t.deepEqual((await stage.service().describe([id]))[0]?.environment, { BATCH_PREFLIGHT_COMMIT: "c0ffee" });
});

test.serial("an array of 10,000: each child once, two at once, and its file holds what another reads", async (t) => {
  const ran: number[] = [];
  let running = 0;
  let most = 0;
  const stage = await start(t, ({ array }) => {
    ran.push(array!.index);
    running += 1;
    most = Math.max(most, running);
    const ended = new Promise<{ exitCode: number }>((resolve) => {
      setImmediate(() => {
        running -= 1;
        resolve({ exitCode: array!.index === 5 ? 65 : 0 });
      });
    });
    return { ended, kill: () => {} };
  });
  const [id = ""] = await submitted(stage, request({ arraySize: 10_000, attempts: 1 }));
  t.deepEqual(
    ran,
    Array.from({ length: 10_000 }, (_, index) => index),
  );
  t.is(most, 2);
  const reader = stage.service();
  const [parent, child] = await reader.describe([id, `${id}:9999`]);
  t.like(parent, { status: "FAILED", array: { size: 10_000, statusSummary: { SUCCEEDED: 9_999, FAILED: 1 } } });
  t.like(child, { status: "SUCCEEDED", index: 9_999, jobId: `${id}:9999`, logStreamName: `${id}/9999-1` });
  const failed: (number | undefined)[] = [];
  for await (const { index } of reader.children(id, "FAILED")) failed.push(index);
  t.deepEqual(failed, [5]);
  // No output, no file: 10,000 children do not fill a folder by themselves.
  t.deepEqual(await readdir(path.dirname(eventsFile(stage.folder, id))), ["ended", "events.jsonl", "job.json"]);
  t.true((await stat(eventsFile(stage.folder, id))).size < 5_000_000);
});

test.serial("a dependency on a job that an earlier runner ran is met, or fails", async (t) => {
  const stage = await start(t, ({ command }) => exits(command[0] === "bad" ? 1 : 0));
  const [good = "", bad = ""] = await submitted(stage, request(), request({ command: ["bad"], attempts: 1 }));
  const [one = "", other = ""] = await submitted(
    stage,
    request({ dependsOn: [{ jobId: good }] }),
    request({ dependsOn: [{ jobId: bad }] }),
  );
  t.deepEqual(
    (await stage.service().describe([one, other])).map(({ status, statusReason }) => [status, statusReason]),
    [
      ["SUCCEEDED", "Essential container in task exited"],
      ["FAILED", "Dependent Job failed"],
    ],
  );
});

test.serial(
  "a dependency on a job that this runner ran and has forgotten while it is busy is met, or fails",
  async (t) => {
    let leave: (exit: { exitCode: number }) => void = () => {};
    const busy = new Promise<{ exitCode: number }>((resolve) => {
      leave = resolve;
    });
    const stage = await start(t, ({ command: [what = ""], array }) => {
      if (what === "busy") return { ended: busy, kill: () => {} };
      return exits(what === "bad" || (what === "half" && array?.index === 0) ? 1 : 0);
    });
    const client = stage.service();
    const submitting = client.submit(request({ command: ["busy"] }));
    await isAsked(stage.folder);
    const running = stage.run();
    await submitting;
    const submit = async (what: string, more: Partial<JobRequest> = {}) => {
      const jobId = await client.submit(request({ command: [what], attempts: 1, ...more }));
      while ((await client.describe([jobId])).some(({ status }) => !isEnded(status))) await new Promise(setImmediate);
      // Its end is written, and more than one round has passed.
      while ((await ifThere(stat(endedFile(stage.folder, jobId)))) === undefined) await new Promise(setImmediate);
      return jobId;
    };
    const [good, bad, half] = [await submit("good"), await submit("bad"), await submit("half", { arraySize: 2 })];
    await submit("good");
    const after = [
      await submit("good", { dependsOn: [{ jobId: good }] }),
      await submit("good", { dependsOn: [{ jobId: bad }] }),
      await submit("good", { arraySize: 2, dependsOn: [{ jobId: half, type: "N_TO_N" }] }),
    ];
    t.deepEqual(
      (await client.describe([...after, `${after[2]}:0`, `${after[2]}:1`])).map(({ status }) => status),
      ["SUCCEEDED", "FAILED", "FAILED", "FAILED", "SUCCEEDED"],
    );
    leave({ exitCode: 0 });
    await running;
    t.deepEqual(stage.faults, []);
  },
);

test.serial("a job that is terminated gets SIGTERM and fails with the reason, and who waits for it too", async (t) => {
  const stage = await start(t, () => {
    let end: (exit: { exitCode: number }) => void = () => {};
    const ended = new Promise<{ exitCode: number }>((resolve) => {
      end = resolve;
    });
    return { ended, kill: (signal) => end({ exitCode: signal === "SIGTERM" ? 75 : 137 }) };
  });
  const client = stage.service();
  const submitting = client.submit(request());
  await isAsked(stage.folder);
  const running = stage.run();
  const id = await submitting;
  const later = await client.submit(request({ dependsOn: [{ jobId: id }] }));
  t.deepEqual((await client.running("job")).map(({ jobId }) => jobId).sort(), [id, later].sort());
  await client.terminate(id, "no longer wanted");
  await running;
  t.like((await client.describe([id]))[0], { status: "FAILED", statusReason: "no longer wanted", exitCode: 75 });
  t.like((await client.describe([later]))[0], { status: "FAILED", statusReason: "Dependent Job failed" });
  t.deepEqual(await client.running("job"), []);
  // Ended jobs are left as they are.
  await client.terminate(id, "again");
});

test.serial("a runner that is told to leave asks its jobs to end, and what waits fails with them", async (t) => {
  const signals: string[] = [];
  const stage = await start(t, () => {
    let end: (exit: { exitCode: number }) => void = () => {};
    const ended = new Promise<{ exitCode: number }>((resolve) => {
      end = resolve;
    });
    const kill = (signal: string) => {
      signals.push(signal);
      end({ exitCode: 75 });
    };
    return { ended, kill };
  });
  const submitting = stage.service().submit(request({ arraySize: 4, attempts: 3 }));
  await isAsked(stage.folder);
  const running = stage.run();
  const id = await submitting;
  stage.stop.abort();
  await running;
  t.deepEqual(signals, ["SIGTERM", "SIGTERM"]);
  const [parent, child] = await stage.service().describe([id, `${id}:3`]);
  t.deepEqual(parent?.array?.statusSummary, { FAILED: 4 });
  t.is(child?.statusReason, `Host EC2 (local runner ${process.pid}) terminated.`);
  t.is((await lastRunner(stage.folder))?.state, "ended");
});

test.serial("a job is not ended because the clock was set, or the machine has slept", async (t) => {
  const signals: string[] = [];
  let [now, elapsed] = [10_000_000, 0];
  const stage = await start(
    t,
    () => {
      // Four hours pass on the clock, none in the job.
      now += 4 * 3_600_000;
      const ended = new Promise<{ exitCode: number }>((resolve) => {
        setTimeout(() => {
          elapsed += 1;
          resolve({ exitCode: 0 });
        }, 50);
      });
      return { ended, kill: (signal) => void signals.push(signal) };
    },
    {},
    undefined,
    { clock: () => now, elapsed: () => elapsed },
  );
  const [id = ""] = await submitted(stage, request({ timeout: 60 }));
  t.deepEqual(signals, []);
  t.like((await stage.service().describe([id]))[0], { status: "SUCCEEDED" });
});

/** The number of a process that is gone. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

async function killedRunner(folder: Folder): Promise<number> {
  const pid = deadPid();
  await writeFile(path.join(folder.runners, "7.json"), JSON.stringify({ pid }));
  return pid;
}

test.serial("what a killed runner has left is ended by the next one, and half a line does not hide it", async (t) => {
  const stage = await start(t, () => exits(0));
  const jobId = "11111111-1111-1111-1111-111111111111";
  await mkdir(path.dirname(jobFile(stage.folder, jobId)));
  const facts = { jobId, createdAt: 1, jobQueue: "local", jobDefinition: "local", request: request({ arraySize: 3 }) };
  await writeFile(jobFile(stage.folder, jobId), JSON.stringify(facts));
  await writeFile(
    eventsFile(stage.folder, jobId),
    [
      { at: 2, index: 0, status: "STARTING", logStreamName: "x" },
      { at: 3, index: 0, status: "RUNNING" },
      { at: 2, index: 1, status: "SUCCEEDED" },
    ]
      .map((transition) => `${JSON.stringify(transition)}\n`)
      .join(""),
  );
  await appendFile(eventsFile(stage.folder, jobId), '{"at":4,"ind');
  const pid = await killedRunner(stage.folder);
  const reader = stage.service();
  t.like(await lastRunner(stage.folder), { state: "killed", pid, number: 7 });
  await stage.run();
  t.like((await reader.describe([jobId]))[0], {
    status: "FAILED",
    array: { statusSummary: { SUCCEEDED: 1, FAILED: 2 } },
  });
  t.like((await stage.service().describe([`${jobId}:0`]))[0], {
    status: "FAILED",
    statusReason: `Host EC2 (local runner ${pid}) terminated.`,
  });
});

test.serial("of many that want to follow a killed runner one does", async (t) => {
  const { folder } = await start(t, () => exits(0));
  await killedRunner(folder);
  const leases = await Promise.all(Array.from({ length: 20 }, () => becomeRunner(folder)));
  t.is(leases.filter((lease) => lease !== undefined).length, 1);
  t.is((await lastRunner(folder))?.number, 8);
  t.is(await becomeRunner(folder), undefined);
});

test.serial("a process that got a dead runner's number is not taken for it", async (t) => {
  const { folder } = await start(t, () => exits(0));
  await writeFile(path.join(folder.runners, "3.json"), JSON.stringify({ pid: process.ppid }));
  t.is((await lastRunner(folder))?.state, "killed");
});

test.serial("a job is forgotten 14 days after its end", async (t) => {
  const stage = await start(t, () => exits(0));
  const [old = "", young = ""] = await submitted(stage, request(), request());
  const days = (count: number) => new Date(Date.now() - count * 24 * 3600 * 1000);
  await utimes(endedFile(stage.folder, old), days(15), days(15));
  await utimes(endedFile(stage.folder, young), days(13), days(13));
  await stage.run();
  t.deepEqual(await readdir(stage.folder.jobs), [young]);
  await t.throwsAsync(stage.service().describe([old]), {
    message: `There is no job ${old} on this machine; for one on AWS leave out --env local. Jobs are forgotten 14 days after their end.`,
  });
});

const unknown = "22222222-2222-2222-2222-222222222222";

for (const id of [unknown, "../../etc", "", "1", `${unknown}:1`]) {
  test.serial(`there is no job "${id}"`, async (t) => {
    const stage = await start(t, () => exits(0));
    await t.throwsAsync(stage.service().describe([id]), { name: "Failure", message: /^There is no job / });
    await t.throwsAsync(stage.service().submit(request({ dependsOn: [{ jobId: id }] })), { name: "Failure" });
  });
}

const refused: readonly (readonly [Partial<JobRequest>, string])[] = [
  [{ arraySize: 1 }, "the size of the array is 1; it must be a whole number from 2 to 10000"],
  [{ arraySize: 10_001 }, "the size of the array is 10001; it must be a whole number from 2 to 10000"],
  [{ attempts: 11 }, "attempts is 11; it must be a whole number from 1 to 10"],
  [{ timeout: 59 }, "timeout is 59; it must be a whole number from 60 to 2147483647"],
  [{ environment: { AWS_BATCH_JOB_ID: "x" } }, "AWS_BATCH_JOB_ID: names that begin with AWS_BATCH are Batch's own"],
  [
    { environment: { LONG: "x".repeat(8192) } },
    "its command and its environment have 8268 characters, and a job's may have 8192; keep long values in a file or a secret that the job reads, or in the job definition",
  ],
  [{ dependsOn: [{ type: "SEQUENTIAL" }] }, "a dependency without a job must be SEQUENTIAL, of an array"],
];

for (const [fault, sentence] of refused) {
  test.serial(`what Batch refuses is refused: ${sentence}`, async (t) => {
    const stage = await start(t, () => exits(0));
    await t.throwsAsync(stage.service().submit(request(fault)), {
      message: `The job "job" can't be submitted: ${sentence}.`,
    });
  });
}

test.serial("N_TO_N of arrays of two sizes is refused", async (t) => {
  const stage = await start(t, () => exits(0));
  const [id = ""] = await submitted(stage, request({ arraySize: 2 }));
  await t.throwsAsync(stage.service().submit(request({ arraySize: 3, dependsOn: [{ jobId: id, type: "N_TO_N" }] })), {
    message: `The job "job" can't be submitted: N_TO_N needs two arrays of one size; ${id} has 2 children.`,
  });
});

test("the variables that Batch sets (user guide, job_env_vars)", (t) => {
  const settings = { jobId: "a", attempt: 2, command: [], environment: {}, logFile: "" };
  t.deepEqual(batchVariables(settings), {
    AWS_BATCH_CE_NAME: "local",
    AWS_BATCH_JQ_NAME: "local",
    AWS_BATCH_JOB_ID: "a",
    AWS_BATCH_JOB_ATTEMPT: "2",
  });
  t.deepEqual(batchVariables({ ...settings, array: { index: 0, size: 3 } }), {
    AWS_BATCH_CE_NAME: "local",
    AWS_BATCH_JQ_NAME: "local",
    AWS_BATCH_JOB_ID: "a:0",
    AWS_BATCH_JOB_ATTEMPT: "2",
    AWS_BATCH_JOB_ARRAY_INDEX: "0",
    AWS_BATCH_JOB_ARRAY_SIZE: "3",
  });
});
