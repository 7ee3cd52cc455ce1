import test from "ava";
import { AwsJobService } from "../../../batch/adapters/aws-job-service.ts";
import { jsonView } from "../../../batch/cli/json-view.ts";
import type { Job } from "../../../batch/jobs/job.ts";
import { JobRecord } from "../../../batch/jobs/job-record.ts";
import { type Json, startFakeAws, useFakeAws } from "../../fake-aws.ts";

function viewed() {
  const said: Json[] = [];
  const write = (text: string) =>
    said.push(
      ...text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ) >= 0;
  return { view: jsonView({ stdout: { write } }), said };
}

const show = (jobs: readonly Job[], failed: readonly Job[] = []) =>
  ({ kind: "jobs", jobs, failed, spans: new Map() }) as const;

const environment = { PGPASSWORD: "secret", BATCH_PREFLIGHT_COMMIT: "abc" };
const request = { jobName: "flights", command: [], environment, dependsOn: [{ jobId: "b" }] };
const facts = { jobId: "a", request, createdAt: 1, jobQueue: "local", jobDefinition: "local" };

test("a job of this machine has the shape of aws batch describe-jobs, and none of its settings but our own", async (t) => {
  const record = new JobRecord(facts);
  record.apply({ at: 2, status: "STARTING", logStreamName: "a/1" });
  record.apply({ at: 3, status: "RUNNING" });
  record.apply({ at: 4, status: "RUNNABLE", statusReason: "ended", exitCode: 75, reason: "lost" });
  record.apply({ at: 5, status: "STARTING", logStreamName: "a/2" });
  record.apply({ at: 6, status: "RUNNING" });
  record.apply({ at: 7, status: "SUCCEEDED", exitCode: 0 });
  const { view, said } = viewed();
  await view.show(show([record.describe()]));
  t.deepEqual(said, [
    {
      event: "job",
      jobName: "flights",
      jobId: "a",
      jobQueue: "local",
      status: "SUCCEEDED",
      attempts: [
        {
          container: { exitCode: 75, reason: "lost", logStreamName: "a/1" },
          startedAt: 3,
          stoppedAt: 4,
          statusReason: "ended",
        },
        { container: { exitCode: 0, logStreamName: "a/2" }, startedAt: 6, stoppedAt: 7 },
      ],
      createdAt: 1,
      startedAt: 6,
      stoppedAt: 7,
      dependsOn: [{ jobId: "b" }],
      jobDefinition: "local",
      container: { exitCode: 0, logStreamName: "a/2", environment: [{ name: "BATCH_PREFLIGHT_COMMIT", value: "abc" }] },
    },
  ]);
});

test.serial("what AWS Batch tells of a job and of an array is said as it was told", async (t) => {
  const aws = await startFakeAws(t);
  useFakeAws(aws);
  const id = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
  const common = {
    jobName: "flights",
    jobQueue: "q",
    jobDefinition: "d",
    status: "FAILED",
    createdAt: 1,
    dependsOn: [],
  };
  const container = { exitCode: 1, reason: "why", logStreamName: "s" };
  const told = [
    {
      ...common,
      jobId: `${id(1)}:3`,
      attempts: [{ container, startedAt: 2, stoppedAt: 3, statusReason: "ended" }],
      container: { ...container, environment: [{ name: "BATCH_PREFLIGHT_COMMIT", value: "abc" }] },
      arrayProperties: { index: 3 },
    },
    {
      ...common,
      jobId: id(2),
      attempts: [],
      container: { environment: [] },
      arrayProperties: { size: 4, statusSummary: { FAILED: 4 } },
    },
  ];
  aws.answer("describejobs", [{ body: { jobs: told } }]);
  const service = new AwsJobService({ place: async () => ({ jobQueue: "q", jobDefinition: "d" }) });
  const { view, said } = viewed();
  await view.show(show(await service.describe(told.map(({ jobId }) => jobId))));
  t.deepEqual(
    said,
    told.map((job) => ({ event: "job", ...job })),
  );
});

test("an array's children come one after the other, each child that failed once", async (t) => {
  const record = new JobRecord({ ...facts, request: { ...request, arraySize: 3 } });
  const { view, said } = viewed();
  const failed: Job[] = [];
  for (let index = 0; index < 3; index += 1) {
    record.apply({ at: 2, index, status: "FAILED", statusReason: "no" });
    failed.push(record.describeChild(index));
    await view.show(show([record.describe()], failed));
    await view.show(show([record.describe()], failed));
  }
  t.deepEqual(
    said.map(({ jobId }) => jobId),
    ["a", "a:0", "a", "a:1", "a", "a:2"],
  );
  t.deepEqual(said[1].arrayProperties, { index: 0 });
  t.deepEqual(said[4].arrayProperties, { size: 3, statusSummary: { FAILED: 3 } });
});
