import { type ChildProcess, spawn } from "node:child_process";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { runBatch, startBatch } from "../../batch-process.ts";
import { type Answer, type FakeAws, fakeEnvironment, type Json, startFakeAws } from "../../fake-aws.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { objectStore } from "../../worker/bootstrap/object-store.ts";

const project = path.resolve(import.meta.dirname, "../../..");
const id = "00000000-0000-4000-8000-000000000001";

const first = id.replace(/1$/, "0");

interface Output {
  stdout: string;
  stderr: string;
}

function batch(
  aws: FakeAws,
  args: readonly string[],
  output: Output = { stdout: "", stderr: "" },
  started: (child: ChildProcess) => void = () => {},
) {
  const env = { ...process.env, ...fakeEnvironment, AWS_ENDPOINT_URL: aws.url };
  const child = spawn(process.execPath, ["batch", ...args], { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
  started(child);
  child.stdout.on("data", (text) => {
    output.stdout += text;
  });
  child.stderr.on("data", (text) => {
    output.stderr += text;
  });
  return new Promise<Output & { code: number | null }>((resolve) =>
    child.on("close", (code) => resolve({ code, ...output })),
  );
}

const detail = (more: Json) => ({
  jobId: id,
  jobName: "flights",
  jobQueue: "queue",
  jobDefinition: "definition",
  createdAt: Date.now() - 300_000,
  ...more,
});

test("a watched job on AWS that hangs is explained, and its lines and exit code are passed on", async (t) => {
  const aws = await startFakeAws(t);
  const container = { exitCode: 65, logStreamName: "job/default/1" };
  const output = { stdout: "", stderr: "" };
  aws.answer("describejobs", () => {
    const isExplained = output.stderr.includes("node network check");
    return { body: { jobs: [detail(isExplained ? { status: "FAILED", container } : { status: "RUNNABLE" })] } };
  });
  aws.answer("GetLogEvents", ({ nextToken }) => ({
    body: { events: nextToken ? [] : [{ timestamp: 1, message: "a bad record" }], nextForwardToken: "f/1" },
  }));
  const computeEnvironment = "arn:aws:batch:eu-west-1:123456789012:compute-environment/main";
  aws.answer("describejobqueues", [
    { body: { jobQueues: [{ computeEnvironmentOrder: [{ order: 1, computeEnvironment }] }] } },
  ]);
  const main = { computeEnvironmentName: "main", computeEnvironmentArn: computeEnvironment, state: "DISABLED" };
  aws.answer("describecomputeenvironments", [{ body: { computeEnvironments: [main] } }]);
  const { code, stdout, stderr } = await batch(aws, ["watch", id], output);
  t.is(code, 65, stderr);
  t.regex(
    stdout + stderr,
    /^flights has been in RUNNABLE for .*: compute environment main is DISABLED .*; node network check: all \d+ flows/m,
  );
  t.regex(stdout + stderr, /^a bad record$/m);
});

test("logs of an array: the last lines of all children in order of time, and of a job in JSON", async (t) => {
  const aws = await startFakeAws(t);
  aws.answer("describejobs", ({ jobs }) => ({
    body: {
      jobs: jobs.map((jobId: string) => {
        const index = Number(jobId.split(":")[1]);
        const container = { logStreamName: `job/default/${index}` };
        const more = Number.isNaN(index)
          ? { arrayProperties: { size: 3, statusSummary: { SUCCEEDED: 3 } } }
          : { container };
        return detail({ jobId, status: "SUCCEEDED", stoppedAt: Date.now() - 3_600_000, ...more });
      }),
    },
  }));
  const lines = [0, 1, 2, 3].map((number) => ({ timestamp: 1000 * number, message: `line ${number}` }));
  aws.answer("GetLogEvents", ({ startFromHead, nextToken, limit, logStreamName }) => {
    const index = Number(logStreamName.split("/")[2]);
    const all = lines.map(({ timestamp, message }) => ({ timestamp: timestamp + index, message }));
    const events = nextToken ? [] : startFromHead ? all : all.slice(-limit);
    return { body: { events, nextForwardToken: "f/4", nextBackwardToken: startFromHead ? "b/0" : "b/2" } };
  });
  const last = await batch(aws, ["logs", id, "--tail", "2", "--follow"]);
  t.deepEqual(last, { code: 0, stdout: "flights:1 | line 3\nflights:2 | line 3\n", stderr: "" });
  t.true(aws.bodies("GetLogEvents").every(({ startFromHead, limit }) => !startFromHead && limit === 2));
  const { code, stdout } = await batch(aws, ["logs", `${id}:1`, "--json", "--since", "1h"]);
  t.is(code, 0);
  t.deepEqual(JSON.parse(stdout.split("\n")[0]!), {
    jobId: `${id}:1`,
    jobName: "flights",
    index: 1,
    timestamp: 1,
    message: "line 0",
  });
  t.true(aws.bodies("GetLogEvents").at(-1).startTime > Date.now() - 3_700_000);
});

test("logs of what AWS denies: one sentence", async (t) => {
  const aws = await startFakeAws(t);
  aws.answer("describejobs", [{ body: { jobs: [detail({ status: "RUNNING", container: { logStreamName: "s" } })] } }]);
  aws.answer("GetLogEvents", [{ status: 403, error: "AccessDeniedException", body: { message: "no" } }]);
  const { code, stdout, stderr } = await batch(aws, ["logs", id]);
  t.is(code, 2);
  t.is(stdout, "");
  t.regex(stderr, /^AWS denies logs:GetLogEvents \(no\)[^\n]+\n$/);
});

const place = ["--queue", "queue", "--job-definition", "worker:1"];

/** A queue, a definition that gives its jobs `environment`, and what becomes of each submission, from 0. */
function takesJobs(
  aws: FakeAws,
  submission: (number: number) => Answer | Promise<Answer>,
  environment: readonly Json[] = [],
): void {
  const idOf = (number: number) => id.replace(/1$/, String(number));
  aws.answer("listjobs", [{ body: { jobSummaryList: [] } }]);
  aws.answer("describejobqueues", [{ body: { jobQueues: [{ jobQueueName: "queue", state: "ENABLED" }] } }]);
  aws.answer("describejobdefinitions", [
    { body: { jobDefinitions: [{ revision: 1, containerProperties: { image: "worker", environment } }] } },
  ]);
  aws.answer("submitjob", async (_, number) => {
    const answer = await submission(number);
    return typeof answer === "string" || answer.error ? answer : { body: { jobId: idOf(number), jobName: "x" } };
  });
  aws.answer("describejobs", ({ jobs }) => ({
    body: { jobs: jobs.map((jobId: string) => detail({ jobId, status: "PENDING" })) },
  }));
  aws.answer("terminatejob", [{ body: {} }]);
}

/** The project with an `.env.aws` of its own. */
async function projectWith(t: ExecutionContext, settings: string): Promise<string> {
  const folder = await temporaryFolder(t);
  const parts = ["batch", "migrations", "network", "worker", "settings.ts"];
  for (const part of [...parts, "package.json", "package-lock.json", "Dockerfile"]) {
    await cp(path.join(project, part), path.join(folder, part), { recursive: true });
  }
  await symlink(path.join(project, "node_modules"), path.join(folder, "node_modules"));
  await writeFile(path.join(folder, ".env.aws"), settings);
  return folder;
}

test("settings of .env.aws go along with the code, --env-var before them; nothing else of the file does", async (t) => {
  const folder = await projectWith(
    t,
    "WORKER_LIMIT=10\nWORKER_OTHER=file\nWORKER_TOKEN=secret\nPGPASSWORD=secret\nJOB_QUEUE=queue\nJOB_DEFINITION=worker:1\n",
  );
  const aws = await startFakeAws(t);
  const store = await objectStore(
    t,
    (_, response) => response.writeHead(404).end(),
    (_, response) => response.end(),
  );
  takesJobs(aws, () => ({}), [{ name: "BATCH_PREFLIGHT_BUNDLE_STORE", value: "s3://code/bundles" }]);
  const env = { ...fakeEnvironment, AWS_ENDPOINT_URL: aws.url, AWS_ENDPOINT_URL_S3: store.url };
  const args = ["submit", "--only", "airports", "--env-var", "WORKER_OTHER=flag"];
  const { code, stderr } = await runBatch(folder, args, env);
  t.is(code, 0, stderr);
  t.regex(stderr, /^settings of \.env\.aws go along: WORKER_LIMIT, WORKER_OTHER$/m);
  const { environment } = aws.bodies("submitjob")[0].containerOverrides;
  const told = Object.fromEntries(environment.map(({ name, value }: Json) => [name, value]));
  t.like(told, { WORKER_LIMIT: "10", WORKER_OTHER: "flag" });
  t.regex(told.BATCH_PREFLIGHT_BUNDLE, /^s3:\/\/code\/bundles\//);
  t.false(JSON.stringify(environment).includes("secret"));
  t.false(JSON.stringify(environment).includes("JOB_QUEUE"));
});

test("account and Region of .env.aws are everybody's: of Pulumi, AWS Batch and Amazon S3", async (t) => {
  const arn = (what: string) => `arn:aws:batch:us-west-2:123456789012:${what}`;
  const folder = await projectWith(t, "AWS_ACCESS_KEY_ID=AKIDOFFILE\nAWS_REGION=us-west-2\nAWS_MAX_ATTEMPTS=1\n");
  const outputs = { jobQueueArn: arn("job-queue/queue"), jobDefinitionArn: arn("job-definition/worker:1") };
  // Says nothing to whom comes with other credentials.
  const pulumi = `#!${process.execPath}
require("node:fs").writeFileSync("asked", process.argv.slice(2).join(" "));
if (process.env.AWS_ACCESS_KEY_ID === "AKIDOFFILE") process.stdout.write(${JSON.stringify(JSON.stringify(outputs))});
`;
  const programs = await temporaryFolder(t);
  await writeFile(path.join(programs, "pulumi"), pulumi, { mode: 0o755 });
  const aws = await startFakeAws(t);
  const signed: (string | undefined)[] = [];
  const store = await objectStore(t, (request, response) => {
    signed.push(/Credential=([^,]+)/.exec(request.headers.authorization ?? "")?.[1]);
    response.writeHead(request.method === "HEAD" ? 404 : 200).end();
  });
  takesJobs(aws, () => ({}), [{ name: "BATCH_PREFLIGHT_BUNDLE_STORE", value: "s3://code/bundles" }]);
  const { AWS_ACCESS_KEY_ID, AWS_REGION, ...env } = { ...fakeEnvironment, PATH: `${programs}:${process.env.PATH}` };
  const { code, stderr } = await runBatch(folder, ["submit", "--only", "airports", "--stack", "other"], {
    ...env,
    AWS_ENDPOINT_URL: aws.url,
    AWS_ENDPOINT_URL_S3: store.url,
  });
  t.is(code, 0, stderr);
  t.is(await readFile(path.join(folder, "asked"), "utf8"), "stack output --json --non-interactive --stack other");
  t.deepEqual([...new Set(aws.calls.map(({ key }) => key))], ["AKIDOFFILE"]);
  t.true(signed.length > 0);
  for (const one of signed) t.regex(one ?? "", /^AKIDOFFILE\/\d+\/us-west-2\/s3\//);
});

test("a submission that fails half way leaves no job behind", async (t) => {
  const aws = await startFakeAws(t);
  takesJobs(aws, (number) =>
    number < 2 ? {} : { status: 400, error: "ClientException", body: { message: "Too many tags" } },
  );
  const { code, stdout, stderr } = await batch(aws, ["submit", ...place]);
  t.is(code, 2);
  t.is(stdout, "");
  t.regex(stderr, /^AWS Batch refuses batch:SubmitJob: Too many tags\. What was submitted is asked to end: /m);
  t.deepEqual(
    aws.bodies("terminatejob").map(({ jobId }) => jobId),
    [first, id],
  );
});

test("jobs of half a submission that can't be ended are named", async (t) => {
  const aws = await startFakeAws(t);
  takesJobs(aws, (number) => (number < 2 ? {} : { status: 403, error: "AccessDeniedException" }));
  aws.answer("terminatejob", [{ status: 403, error: "AccessDeniedException" }]);
  const { code, stdout, stderr } = await batch(aws, ["submit", ...place]);
  t.is(code, 2);
  t.is(stdout, "");
  t.true(stderr.endsWith(`End what was submitted: node batch cancel ${first} ${id} --env aws\n`), stderr);
});

test("Ctrl-C while jobs are submitted leaves none behind", async (t) => {
  const aws = await startFakeAws(t);
  let child: ChildProcess | undefined;
  takesJobs(aws, async (number) => {
    if (number === 1) {
      child!.kill("SIGINT");
      // It gets the signal before the answer.
      await sleep(1000);
    }
    return {};
  });
  const { code, stdout, stderr } = await batch(aws, ["submit", "--watch", ...place], undefined, (started) => {
    child = started;
  });
  t.is(code, 130, stderr);
  t.is(stdout, "");
  const { length } = aws.bodies("submitjob");
  t.true(length < 4);
  t.is(aws.bodies("terminatejob").length, length);
  t.regex(stderr, /^Stopped\. What was submitted is asked to end: /m);
});

test("--limit and --fresh go to the worker of each job", async (t) => {
  const aws = await startFakeAws(t);
  takesJobs(aws, () => ({}));
  const { code, stderr } = await batch(aws, ["submit", ...place, "--only", "flights", "--limit", "none", "--fresh"]);
  t.is(code, 0, stderr);
  const command = ["--env", "aws", "--limit", "none", "--fresh", "--only", "flights"];
  t.deepEqual(
    aws.bodies("submitjob").map(({ containerOverrides }) => containerOverrides.command),
    [command],
  );
});

for (const [words, command] of [
  ["--only airports", "--only airports --env aws"],
  ["migrate up", "migrate up --env aws"],
  ["runs --env aws --last 3", "runs --env aws --last 3"],
  ["--env=local --only airports", "--env=local --only airports"],
  ["list --json", "list --json"],
] as const) {
  test(`submit --command ${words} runs node worker ${command}`, async (t) => {
    const aws = await startFakeAws(t);
    takesJobs(aws, () => ({}));
    const { code, stderr } = await batch(aws, ["submit", ...place, "--command", ...words.split(" ")]);
    t.is(code, 0, stderr);
    t.deepEqual(aws.bodies("submitjob")[0].containerOverrides.command, command.split(" "));
  });
}

test("where nobody says how many shards, the row groups of a source do", async (t) => {
  const aws = await startFakeAws(t);
  takesJobs(aws, () => ({}));
  const { code, stderr } = await batch(aws, ["submit", ...place]);
  t.is(code, 0, stderr);
  t.regex(stderr, /^note: flights has 11 row groups: --shards 11 gives each job one$/m);
});

test("whoever reads no more than the first id gets all jobs submitted", async (t) => {
  const aws = await startFakeAws(t);
  takesJobs(aws, () => ({}));
  const { code } = await batch(aws, ["submit", ...place], undefined, (child) => child.stdout!.destroy());
  t.is(code, 0);
  t.is(aws.bodies("submitjob").length, 4);
});

test("a watch that fails says that the jobs go on, and how to come back", async (t) => {
  const aws = await startFakeAws(t);
  aws.answer("GetLogEvents", [{ body: { events: [], nextForwardToken: "f/1" } }]);
  aws.answer("describejobs", (_, number) =>
    number < 2
      ? { body: { jobs: [detail({ status: "RUNNABLE" })] } }
      : { status: 403, error: "AccessDeniedException", body: { message: "no more" } },
  );
  const { code, stdout, stderr } = await batch(aws, ["watch", id]);
  t.is(code, 2);
  t.is(stdout, "");
  t.true(stderr.endsWith(` This ends the watch, not the jobs. Come back: node batch watch ${id} --env aws\n`), stderr);
});

test("jobs are submitted to the queue that is named, their ids alone on stdout", async (t) => {
  const aws = await startFakeAws(t);
  takesJobs(aws, () => ({}));
  const { code, stdout, stderr } = await batch(aws, ["submit", ...place, "--shards", "2", "--attempts", "4"]);
  t.is(code, 0, stderr);
  const bodies = aws.bodies("submitjob");
  t.deepEqual(
    stdout.trim().split("\n"),
    bodies.map((_, number) => id.replace(/1$/, String(number))),
  );
  t.true(bodies.length > 1);
  for (const { jobQueue, jobDefinition, containerOverrides, retryStrategy } of bodies) {
    t.is(jobQueue, "queue");
    t.is(jobDefinition, "worker:1");
    t.deepEqual(containerOverrides.command.slice(0, 2), ["--env", "aws"]);
    t.is(retryStrategy.attempts, 4);
    t.true(containerOverrides.environment.some(({ name }: Json) => name === "BATCH_PREFLIGHT_COMMIT"));
  }
});

for (const [args, sizes] of [
  [[], [3, 3, 3, undefined]],
  [
    ["--shards", "2"],
    [2, 2, 2, undefined],
  ],
  [
    ["--shards", "1"],
    [undefined, undefined, undefined, undefined],
  ],
  [["--command", "list"], [undefined]],
] as const) {
  test(`where the stack says three shards, submit ${args.join(" ")} has ${sizes.join(", ")}`, async (t) => {
    const aws = await startFakeAws(t);
    takesJobs(aws, () => ({}), [{ name: "BATCH_PREFLIGHT_SHARDS", value: "3" }]);
    const { code, stderr } = await batch(aws, ["submit", ...place, ...args]);
    t.is(code, 0, stderr);
    t.deepEqual(
      aws.bodies("submitjob").map(({ arrayProperties }) => arrayProperties?.size),
      [...sizes],
    );
    t.false(stderr.includes("row groups"), "somebody has chosen");
  });
}

test("a number of shards that there can't be is told with who says so", async (t) => {
  const aws = await startFakeAws(t);
  takesJobs(aws, () => ({}), [{ name: "BATCH_PREFLIGHT_SHARDS", value: "many" }]);
  const { code, stderr } = await batch(aws, ["submit", ...place]);
  t.is(code, 2);
  t.regex(
    stderr,
    /^BATCH_PREFLIGHT_SHARDS of the job definition is "many"; it must be a whole number from 1 to 10000: /,
  );
});

test("a job that there is not ends a watch with one sentence and exit code 2", async (t) => {
  const aws = await startFakeAws(t);
  aws.answer("describejobs", [{ body: { jobs: [] } }]);
  const { code, stdout, stderr } = await batch(aws, ["watch", id, ...place]);
  t.is(code, 2);
  t.is(stdout, "");
  t.regex(
    stderr,
    /^Job 00000000-\S+: AWS Batch knows no such job in this account and eu-west-1; check the id[^\n]+\.\n$/,
  );
});

test("Ctrl-C while Pulumi is asked ends at once, and Pulumi with it", async (t) => {
  const aws = await startFakeAws(t);
  const folder = await temporaryFolder(t);
  const pulumi = `#!${process.execPath}\nrequire("node:fs").writeFileSync(${JSON.stringify(path.join(folder, "pid"))}, String(process.pid));\nsetInterval(() => {}, 1000);\n`;
  await writeFile(path.join(folder, "pulumi"), pulumi, { mode: 0o755 });
  const PATH = `${folder}${path.delimiter}${process.env.PATH}`;
  const env = { ...fakeEnvironment, AWS_ENDPOINT_URL: aws.url, PATH, JOB_QUEUE: "", JOB_DEFINITION: "" };
  const submitting = startBatch(project, ["submit"], env);
  let pid = 0;
  while (pid === 0) {
    await sleep(50);
    pid = Number(await readFile(path.join(folder, "pid"), "utf8").catch(() => "0"));
  }
  submitting.child.kill("SIGINT");
  t.deepEqual(await submitting.ended, { code: 130, stdout: "", stderr: "Stopped. Nothing was submitted.\n" });
  for (let isThere = true; isThere; await sleep(50)) {
    // A zombie in a container without an init is gone as well.
    const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    isThere = state !== undefined && !/\) Z /.test(state);
  }
});

for (const operation of ["describejobqueues", "listjobs"]) {
  test(`Ctrl-C while AWS Batch does not answer ${operation} ends at once`, async (t) => {
    const aws = await startFakeAws(t);
    takesJobs(aws, () => ({}));
    const env = { ...fakeEnvironment, AWS_ENDPOINT_URL: aws.url };
    const submitting = startBatch(project, ["submit", ...place], env);
    aws.answer(operation, () => {
      submitting.child.kill("SIGINT");
      return "silence";
    });
    t.deepEqual(await submitting.ended, { code: 130, stdout: "", stderr: "Stopped. Nothing was submitted.\n" });
    t.deepEqual(aws.bodies("submitjob"), []);
  });
}

test("a second Ctrl-C in the middle of a submission leaves at once, and says what is left behind", async (t) => {
  const aws = await startFakeAws(t);
  const env = { ...fakeEnvironment, AWS_ENDPOINT_URL: aws.url };
  const submitting = startBatch(project, ["submit", ...place], env);
  takesJobs(aws, (number) => {
    if (number < 2) return {};
    submitting.child.kill("SIGINT");
    return "silence";
  });
  await submitting.shows(/^Stopping: /m);
  submitting.child.kill("SIGINT");
  const { code, stdout, stderr } = await submitting.ended;
  t.is(code, 130);
  t.is(stdout, "");
  t.regex(
    stderr,
    new RegExp(
      `^End what was submitted: node batch cancel ${first} ${id} --env aws Whether batch-preflight-\\w+ was submitted as well is not known`,
      "m",
    ),
  );
});

const jobIds = [1, 2, 3].map((number) => id.replace(/1$/, String(number)));

test("cancel asks all to end, whatever becomes of one, and tells each fault", async (t) => {
  const aws = await startFakeAws(t);
  const [one = "", denied = "", last = ""] = jobIds;
  const missing = id.replace(/1$/, "9");
  aws.answer("describejobs", ({ jobs }) => ({
    body: {
      jobs: jobs
        .filter((each: string) => each !== missing)
        .map((jobId: string) => detail({ jobId, status: "RUNNING" })),
    },
  }));
  aws.answer("terminatejob", ({ jobId }) =>
    jobId === denied ? { status: 403, error: "AccessDeniedException", body: { message: "not that one" } } : {},
  );
  const { code, stderr } = await batch(aws, ["cancel", one, missing, denied, last, one, ...place]);
  t.is(code, 2);
  const lines = stderr.trim().split("\n");
  t.is(lines.length, 4, stderr);
  t.is(lines[0], `flights (${one}) is asked to end`);
  t.regex(lines[1]!, new RegExp(`^Job ${missing}: AWS Batch knows no such job`));
  t.regex(lines[2]!, new RegExp(`^${denied}: .*not that one`));
  t.is(lines[3], `flights (${last}) is asked to end`);
  t.deepEqual(
    aws.bodies("terminatejob").map(({ jobId }) => jobId),
    [one, denied, last],
  );
});

test("Ctrl-C while jobs are cancelled ends at once, and says which are not known to be asked", async (t) => {
  const aws = await startFakeAws(t);
  aws.answer("describejobs", ({ jobs }) => ({
    body: { jobs: jobs.map((jobId: string) => detail({ jobId, status: "RUNNING" })) },
  }));
  const env = { ...fakeEnvironment, AWS_ENDPOINT_URL: aws.url };
  const cancelling = startBatch(project, ["cancel", ...jobIds, ...place], env);
  aws.answer("terminatejob", (_, number) => {
    if (number === 0) return {};
    cancelling.child.kill("SIGINT");
    return "silence";
  });
  t.deepEqual(await cancelling.ended, {
    code: 130,
    stdout: "",
    stderr: `flights (${jobIds[0]}) is asked to end\nStopped. Not known to be asked to end: ${jobIds[1]} ${jobIds[2]}\n`,
  });
});
