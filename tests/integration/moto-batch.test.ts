import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient, DescribeLogStreamsCommand } from "@aws-sdk/client-cloudwatch-logs";
import test from "ava";
import { AwsJobService } from "../../batch/adapters/aws-job-service.ts";
import type { Job, JobRequest } from "../../batch/jobs/job.ts";
import { watch } from "../../batch/jobs/watcher.ts";
import { Failure } from "../../worker/failure.ts";
import { makeBaseImage } from "../base-image.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { containerObstacle, removeImages, settleContainers, startDockerApi } from "./containers.ts";
import { motoObstacle, startMoto } from "./moto.ts";
import { makeBatch } from "./moto-batch.ts";

const missing = (await containerObstacle()) ?? (await motoObstacle());
const testBatch = missing === undefined ? test.serial : test.serial.skip;
const title = (text: string) => text + (missing ? ` (skipped: ${missing})` : "");
const image = "localhost/batch-preflight-test-batch";

let service: AwsJobService;
let logGroup: string;
const left: (() => unknown)[] = [];
const undoing = { teardown: (undo: () => unknown) => void left.push(undo) };

test.before(async (t) => {
  t.timeout(600_000);
  if (missing) return;
  const folder = await temporaryFolder(undoing);
  await makeBaseImage(folder, image);
  await settleContainers(image, folder);
  const moto = await startMoto(undoing, {
    region: "eu-west-1",
    more: { DOCKER_HOST: await startDockerApi(undoing, folder), MOTO_DOCKER_NETWORK_MODE: "host" },
  });
  Object.assign(process.env, moto.env);
  const place = await makeBatch(moto, image);
  logGroup = place.logGroup;
  service = new AwsJobService({ place: async () => place });
});

test.after.always(async () => {
  // Before the folder goes that may hold podman's settings.
  if (!missing) await removeImages(image);
  for (const undo of left.reverse()) await undo();
});

/** A job that runs a line of JavaScript. */
const job = (jobName: string, script: string, more: Partial<JobRequest> = {}): JobRequest => ({
  jobName,
  command: ["node", "--eval", script],
  environment: {},
  dependsOn: [],
  ...more,
});

async function watched(...jobIds: string[]): Promise<{ jobs: readonly Job[]; lines: string[]; states: string[][] }> {
  let jobs: readonly Job[] = [];
  let states: string[][] = [];
  const lines: string[] = [];
  for await (const sighting of watch(service, { jobIds, clock: Date.now, sleep })) {
    if (sighting.kind === "lines") lines.push(...sighting.events.map(({ message }) => message));
    if (sighting.kind !== "jobs") continue;
    ({ jobs } = sighting);
    states = jobIds.map((id) => sighting.spans.get(id)!.map(({ status }) => status));
  }
  return { jobs, lines, states };
}

testBatch(title("a job of the program's definition runs in a container; its lines and its end are seen"), async (t) => {
  t.timeout(120_000);
  const script =
    "console.log('I am', process.env.AWS_BATCH_JOB_ID); console.log(process.env.GREETING, process.env.PGDATABASE)";
  const id = await service.submit(
    job("greets", script, { environment: { GREETING: "hello" }, attempts: 2, timeout: 60 }),
  );
  const [submitted] = await service.running("greets");
  t.is(submitted?.jobId, id);
  const { jobs, lines, states } = await watched(id);
  t.deepEqual(lines, [`I am ${id}`, "hello batch"]);
  const [{ status, exitCode, environment }] = jobs as [Job];
  t.deepEqual(
    { status, exitCode, greeting: environment.GREETING },
    { status: "SUCCEEDED", exitCode: 0, greeting: "hello" },
  );
  t.is(states[0]!.at(-1), "SUCCEEDED");
  t.deepEqual(await service.running("greets"), []);
  const streams = new DescribeLogStreamsCommand({ logGroupName: logGroup });
  t.true(
    ((await new CloudWatchLogsClient({}).send(streams)).logStreams ?? []).length > 0,
    "in the program's log group",
  );
});

testBatch(title("jobs wait for those that they depend on, and fail with them; exit codes are passed on"), async (t) => {
  t.timeout(240_000);
  const first = await service.submit(job("first", "setTimeout(() => console.log('first'), 2000)"));
  const second = await service.submit(job("second", "console.log('second')", { dependsOn: [{ jobId: first }] }));
  const bad = await service.submit(job("bad", "console.log('bad'); process.exit(65)"));
  const never = await service.submit(job("never", "console.log('never')", { dependsOn: [{ jobId: bad }] }));
  const { jobs, lines } = await watched(first, second, bad, never);
  t.deepEqual(
    jobs.map(({ status, exitCode }) => [status, exitCode]),
    [
      ["SUCCEEDED", 0],
      ["SUCCEEDED", 0],
      ["FAILED", 65],
      ["FAILED", undefined],
    ],
  );
  t.deepEqual([...lines].sort(), ["bad", "first", "second"]);
  t.true(jobs[1]!.startedAt! >= jobs[0]!.stoppedAt!);
  t.deepEqual(jobs[1]!.dependsOn, [{ jobId: first }]);
});

testBatch(title("an array's children are counted, listed and read"), async (t) => {
  t.timeout(240_000);
  const script =
    "console.log(process.env.AWS_BATCH_JOB_ID); process.exit(process.env.AWS_BATCH_JOB_ID.endsWith(':1') ? 2 : 0)";
  const id = await service.submit(job("array", script, { arraySize: 2 }));
  const lines: string[] = [];
  let failed: readonly Job[] = [];
  const isOver = (jobs: readonly Job[]) => {
    const { SUCCEEDED = 0, FAILED = 0 } = jobs[0]!.array!.statusSummary;
    return SUCCEEDED + FAILED === 2;
  };
  // moto never ends an array of which a child has failed.
  for await (const sighting of watch(service, { jobIds: [id], clock: Date.now, sleep })) {
    if (sighting.kind === "lines") lines.push(...sighting.events.map(({ message }) => message));
    if (sighting.kind === "jobs") ({ failed } = sighting);
    if (sighting.kind === "jobs" && isOver(sighting.jobs) && lines.length === 2 && failed.length === 1) break;
  }
  t.deepEqual(lines.sort(), [`${id}:0`, `${id}:1`]);
  t.deepEqual(
    failed.map(({ index, exitCode }) => [index, exitCode]),
    [[1, 2]],
  );
});

testBatch(title("a job that is no longer wanted ends"), async (t) => {
  t.timeout(120_000);
  const id = await service.submit(job("endless", "console.log('begun'); setInterval(() => {}, 1000)"));
  while ((await service.describe([id]))[0]!.status !== "RUNNING") await sleep(200);
  await service.terminate(id, "no longer wanted");
  const { jobs } = await watched(id);
  t.is(jobs[0]!.status, "FAILED");
  t.is(jobs[0]!.statusReason, "no longer wanted");
});

testBatch(title("a job, a queue and a definition that there are not are told"), async (t) => {
  const unknown = "00000000-0000-4000-8000-000000000000";
  await t.throwsAsync(() => service.describe([unknown]), {
    instanceOf: Failure,
    message: /knows no such job in this account and eu-west-1/,
  });
  const elsewhere = new AwsJobService({ place: async () => ({ jobQueue: "none", jobDefinition: "none" }) });
  await t.throwsAsync(() => elsewhere.submit(job("lost", "")), {
    instanceOf: Failure,
    message: /^Job queue none: there is none .* Job definition none: there is none/,
  });
});
