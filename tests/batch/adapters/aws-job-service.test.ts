import { writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { AwsJobService, type AwsJobServiceOptions } from "../../../batch/adapters/aws-job-service.ts";
import type { JobRequest } from "../../../batch/jobs/job.ts";
import { Outage } from "../../../batch/jobs/outage.ts";
import { Failure } from "../../../worker/failure.ts";
import { type FakeAws, fakeEnvironment, type Json, startFakeAws, useFakeAws } from "../../fake-aws.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const arn = (rest: string) => `arn:aws:batch:eu-west-1:123456789012:${rest}`;
const place = { jobQueue: arn("job-queue/jobs"), jobDefinition: arn("job-definition/worker:7") };
const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

const rules = [
  { action: "RETRY", onExitCode: "75" },
  { action: "EXIT", onReason: "*" },
] as const;
const queue = { jobQueueName: "jobs", jobQueueArn: place.jobQueue, state: "ENABLED", status: "VALID", priority: 1 };
const definition = {
  jobDefinitionName: "worker",
  jobDefinitionArn: place.jobDefinition,
  revision: 7,
  type: "container",
  status: "ACTIVE",
  containerProperties: { image: "worker" },
  retryStrategy: { attempts: 3, evaluateOnExit: rules },
};
const plain: JobRequest = { jobName: "flights", command: ["--env", "aws"], environment: {}, dependsOn: [] };

// One process, one environment: these tests take turns.
const given = (title: string, run: (t: ExecutionContext, aws: FakeAws) => Promise<void>) =>
  test.serial(title, async (t) => {
    const aws = await startFakeAws(t);
    aws.answer("describejobqueues", [{ body: { jobQueues: [queue] } }]);
    aws.answer("describejobdefinitions", [{ body: { jobDefinitions: [definition] } }]);
    aws.answer("submitjob", [{ body: { jobId: id(1), jobName: "flights" } }]);
    useFakeAws(aws);
    t.teardown(() => {
      for (const name of ["AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_PROFILE"]) delete process.env[name];
      Object.assign(process.env, fakeEnvironment);
    });
    await run(t, aws);
  });

const serviceOf = (options: Partial<AwsJobServiceOptions> = {}) =>
  new AwsJobService({ place: async () => place, pause: async () => undefined, ...options });

const failureOf = async (t: ExecutionContext, act: () => Promise<unknown>): Promise<Failure> =>
  (await t.throwsAsync(act, { instanceOf: Failure }))!;

const detail = (number: number, more: Json = {}) => ({
  jobId: id(number),
  jobName: "flights",
  jobQueue: place.jobQueue,
  jobDefinition: place.jobDefinition,
  status: "RUNNING",
  createdAt: 1000,
  startedAt: 2000,
  ...more,
});

given("a plain request says nothing that the definition says", async (t, aws) => {
  t.is(await serviceOf().submit(plain), id(1));
  const [body] = aws.bodies("submitjob");
  const [{ name, value }] = body.containerOverrides.environment;
  t.is(name, "BATCH_PREFLIGHT_SUBMISSION");
  t.regex(value, /^[0-9a-f-]{36}$/);
  t.deepEqual(body, {
    jobName: "flights",
    ...place,
    containerOverrides: { command: ["--env", "aws"], environment: [{ name, value }] },
    tags: { "batch-preflight": "jobs" },
  });
});

given("all that a request may say arrives in the terms of SubmitJob", async (t, aws) => {
  aws.answer("describejobqueues", [{ body: { jobQueues: [{ ...queue, schedulingPolicyArn: arn("p") }] } }]);
  await serviceOf().submit({
    ...plain,
    environment: { BATCH_PREFLIGHT_COMMIT: "abc" },
    arraySize: 16,
    dependsOn: [{ jobId: id(9), type: "N_TO_N" }, { jobId: id(8) }, { type: "SEQUENTIAL" }],
    attempts: 5,
    evaluateOnExit: [{ action: "RETRY", onStatusReason: "Host EC2*" }],
    timeout: 90,
    vcpu: 2,
    memory: 4096,
    priority: 7,
  });
  const [{ containerOverrides, ...body }] = aws.bodies("submitjob");
  t.deepEqual(body, {
    jobName: "flights",
    ...place,
    arrayProperties: { size: 16 },
    dependsOn: [{ jobId: id(9), type: "N_TO_N" }, { jobId: id(8) }, { type: "SEQUENTIAL" }],
    retryStrategy: { attempts: 5, evaluateOnExit: [{ action: "RETRY", onStatusReason: "Host EC2*" }] },
    timeout: { attemptDurationSeconds: 90 },
    shareIdentifier: "worker",
    schedulingPriorityOverride: 7,
    tags: { "batch-preflight": "jobs" },
  });
  t.deepEqual(containerOverrides.resourceRequirements, [
    { type: "VCPU", value: "2" },
    { type: "MEMORY", value: "4096" },
  ]);
  t.deepEqual(containerOverrides.environment[0], { name: "BATCH_PREFLIGHT_COMMIT", value: "abc" });
});

given("more attempts keep the rules of the definition, and other rules its attempts", async (t, aws) => {
  const service = serviceOf();
  await service.submit({ ...plain, attempts: 9 });
  await service.submit({ ...plain, evaluateOnExit: [{ action: "EXIT", onExitCode: "1" }] });
  t.deepEqual(
    aws.bodies("submitjob").map(({ retryStrategy }) => retryStrategy),
    [
      { attempts: 9, evaluateOnExit: rules },
      { attempts: 3, evaluateOnExit: [{ action: "EXIT", onExitCode: "1" }] },
    ],
  );
  t.is(aws.bodies("describejobqueues").length, 1);
});

given("a definition without a revision is the latest that is active", async (t, aws) => {
  const all = [6, 11, 7].map((revision) => ({ ...definition, revision, retryStrategy: { attempts: revision % 10 } }));
  aws.answer("describejobdefinitions", ({ nextToken }) =>
    nextToken
      ? { body: { jobDefinitions: all.slice(1) } }
      : { body: { jobDefinitions: all.slice(0, 1), nextToken: "2" } },
  );
  const service = serviceOf({ place: async () => ({ jobQueue: "jobs", jobDefinition: "worker" }) });
  await service.submit({ ...plain, evaluateOnExit: [{ action: "EXIT", onExitCode: "1" }] });
  t.is(aws.bodies("submitjob")[0].retryStrategy.attempts, 1);
  t.deepEqual(aws.bodies("describejobdefinitions")[0], { jobDefinitionName: "worker", status: "ACTIVE" });
});

const targets: readonly (readonly [title: string, queues: Json[], definitions: Json[], sentence: RegExp])[] = [
  [
    "a queue that there is not",
    [],
    [definition],
    /^Job queue arn:.*: there is none of that name in this account and eu-west-1; name another \(--queue\)/,
  ],
  [
    "a queue that is DISABLED",
    [{ ...queue, state: "DISABLED" }],
    [definition],
    /^Job queue arn:.* is DISABLED and takes no jobs; enable it \(aws batch update-job-queue --job-queue jobs --state ENABLED\)/,
  ],
  [
    "a queue that is INVALID",
    [{ ...queue, status: "INVALID", statusReason: "CLIENT_ERROR" }],
    [definition],
    /is INVALID \(CLIENT_ERROR\) and runs no jobs/,
  ],
  ["a definition that there is not", [queue], [], /^Job definition arn:.*: there is none that is active/],
  [
    "a definition that was deregistered",
    [queue],
    [{ ...definition, status: "INACTIVE" }],
    /is INACTIVE: another has taken its place/,
  ],
  [
    "a definition of several nodes",
    [queue],
    [{ ...definition, type: "multinode", containerProperties: undefined }],
    /is of multinode and has no single container/,
  ],
  ["both", [], [], /^Job queue .* Job definition /],
];
for (const [title, jobQueues, jobDefinitions, sentence] of targets) {
  given(`nothing is submitted to ${title}`, async (t, aws) => {
    aws.answer("describejobqueues", [{ body: { jobQueues } }]);
    aws.answer("describejobdefinitions", [{ body: { jobDefinitions } }]);
    const { kind, message } = await failureOf(t, () => serviceOf().submit(plain));
    t.is(kind, "usage");
    t.regex(message, sentence);
    t.deepEqual(aws.bodies("submitjob"), []);
  });
}

given("a submission whose answer was lost is found, not made again", async (t, aws) => {
  aws.answer("submitjob", ["cut", { body: { jobId: id(2), jobName: "flights" } }]);
  aws.answer("listjobs", () => ({
    body: {
      jobSummaryList: [
        { jobId: id(5), jobName: "Flights" },
        { jobId: id(3), jobName: "flights" },
        { jobId: id(4), jobName: "flights" },
      ],
    },
  }));
  aws.answer("describejobs", ({ jobs }) => {
    const environment = aws.bodies("submitjob")[0].containerOverrides.environment;
    t.deepEqual(jobs, [id(3), id(4)]);
    return { body: { jobs: [detail(3), detail(4, { container: { environment } })] } };
  });
  t.is(await serviceOf().submit(plain), id(4));
  t.is(aws.bodies("submitjob").length, 1);
});

given("where no answer comes it is said that a job may be there", async (t, aws) => {
  aws.answer("submitjob", ["cut"]);
  aws.answer("listjobs", [{ body: { jobSummaryList: [] } }]);
  const { message } = await failureOf(t, () => serviceOf().submit(plain));
  t.regex(message, /; whether the job was taken is not known: look for it in the queue before you submit again\.$/);
});

given("a queue that there is not is told before its jobs are asked for", async (t, aws) => {
  aws.answer("describejobqueues", [{ body: { jobQueues: [] } }]);
  aws.answer("listjobs", [{ status: 400, error: "ClientException", body: { message: "no such queue" } }]);
  t.regex(
    (await failureOf(t, () => serviceOf().running("flights"))).message,
    /^Job queue \S+: there is none of that name .*--queue/,
  );
  t.deepEqual(aws.bodies("listjobs"), []);
});

given("what would be taken and then fail is refused: a job's command and environment are bounded", async (t, aws) => {
  const sized = (length: number) => ({ ...plain, environment: { LONG: "x".repeat(length) } });
  await serviceOf().submit(sized(1));
  const most = 8192 - JSON.stringify(aws.bodies("submitjob")[0].containerOverrides).length + 1;
  await serviceOf().submit(sized(most));
  t.is(JSON.stringify(aws.bodies("submitjob")[1].containerOverrides).length, 8192);
  t.regex(
    (await failureOf(t, () => serviceOf().submit(sized(most + 1)))).message,
    /^The job "flights" can't be submitted: its command and its environment have 8193 characters, /,
  );
  t.is(aws.bodies("submitjob").length, 2);
});

for (const [platformCapabilities, vcpu, must] of [
  [undefined, 0.5, "must be a whole number, as its job definition is for Amazon EC2"],
  [["EC2"], 0.25, "must be a whole number, as its job definition is for Amazon EC2"],
  [["FARGATE"], 3, "must be one of 0.25, 0.5, 1, 2, 4, 8, 16, 32, as its job definition is for AWS Fargate"],
  [["EC2", "FARGATE"], 0.3, "must be a whole number, or 0.25 or 0.5 on AWS Fargate"],
] as const) {
  given(
    `${vcpu} vCPU are refused where the definition is for ${platformCapabilities ?? "nothing named"}`,
    async (t, aws) => {
      const body = { jobDefinitions: [{ ...definition, platformCapabilities }] };
      aws.answer("describejobdefinitions", [{ body }]);
      const service = serviceOf();
      t.is(
        (await failureOf(t, () => service.submit({ ...plain, vcpu }))).message,
        `The job "flights" can't be submitted: vcpu is ${vcpu}; it ${must}.`,
      );
      await service.submit({ ...plain, vcpu: 2 });
      t.is(aws.bodies("submitjob").length, 1);
    },
  );
}

given("a submission that was never heard is made again, the same one", async (t, aws) => {
  aws.answer("submitjob", [
    { status: 500, error: "ServerException", body: { message: "oops" } },
    { status: 429, error: "TooManyRequestsException" },
    { body: { jobId: id(2), jobName: "flights" } },
  ]);
  aws.answer("listjobs", [{ body: { jobSummaryList: [] } }]);
  t.is(await serviceOf().submit(plain), id(2));
  const bodies = aws.bodies("submitjob");
  t.is(bodies.length, 3);
  t.deepEqual(bodies[2], bodies[0]);
  t.is(aws.bodies("listjobs").length, 1);
});

given("jobs come in the order in which they were asked for, 100 a call", async (t, aws) => {
  aws.answer("describejobs", ({ jobs }) => ({
    body: { jobs: jobs.toReversed().map((jobId: string) => ({ ...detail(0), jobId })) },
  }));
  const ids = Array.from({ length: 250 }, (_, number) => id(number));
  const jobs = await serviceOf().describe([...ids, ids[0]!]);
  t.deepEqual(
    jobs.map(({ jobId }) => jobId),
    [...ids, ids[0]!],
  );
  t.deepEqual(
    aws.bodies("describejobs").map(({ jobs }) => jobs.length),
    [100, 100, 50],
  );
});

given("a job is told with all that AWS Batch tells of it", async (t, aws) => {
  const container = {
    environment: [{ name: "A", value: "1" }, { name: "B" }],
    exitCode: 75,
    reason: "Host EC2 terminated",
    logStreamName: "job/default/2",
    logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "jobs-1a2b" } },
  };
  const attempts = [
    { startedAt: 1, stoppedAt: 2, statusReason: "s", container: { exitCode: 1, logStreamName: "job/default/1" } },
  ];
  aws.answer("describejobs", [
    {
      body: {
        jobs: [detail(1, { container, attempts, dependsOn: [{ jobId: id(0) }], statusReason: "why", stoppedAt: 3000 })],
      },
    },
  ]);
  aws.answer("GetLogEvents", [{ body: { events: [], nextForwardToken: "f/1" } }]);
  const service = serviceOf();
  t.deepEqual(await service.describe([arn(`job/${id(1)}`)]), [
    {
      jobId: id(1),
      jobName: "flights",
      status: "RUNNING",
      statusReason: "why",
      createdAt: 1000,
      startedAt: 2000,
      stoppedAt: 3000,
      dependsOn: [{ jobId: id(0) }],
      attempts: [{ startedAt: 1, stoppedAt: 2, statusReason: "s", exitCode: 1, logStreamName: "job/default/1" }],
      exitCode: 75,
      reason: "Host EC2 terminated",
      environment: { A: "1", B: "" },
      jobQueue: place.jobQueue,
      jobDefinition: place.jobDefinition,
      logStreamName: "job/default/2",
    },
  ]);
  for (const stream of ["job/default/1", "job/default/2", "else"]) await service.logs(stream);
  t.deepEqual(
    aws.bodies("GetLogEvents").map(({ logGroupName }) => logGroupName),
    ["jobs-1a2b", "jobs-1a2b", "/aws/batch/job"],
  );
});

given("children of a state are listed page by page, with what they have of their array", async (t, aws) => {
  const container = { environment: [{ name: "A", value: "1" }] };
  aws.answer("describejobs", [
    {
      body: {
        jobs: [detail(1, { status: "PENDING", container, arrayProperties: { size: 3, statusSummary: { FAILED: 3 } } })],
      },
    },
  ]);
  const child = (index: number) => ({
    jobId: `${id(1)}:${index}`,
    jobName: "flights",
    status: "FAILED",
    statusReason: "Essential container in task exited",
    createdAt: 1,
    container: { exitCode: 2 },
    arrayProperties: { index },
  });
  aws.answer("listjobs", ({ nextToken }) =>
    nextToken
      ? { body: { jobSummaryList: [child(2)] } }
      : { body: { jobSummaryList: [child(0), child(1)], nextToken: "more" } },
  );
  const children = [];
  for await (const job of serviceOf().children(id(1), "FAILED")) children.push(job);
  t.deepEqual(
    children.map(({ index }) => index),
    [0, 1, 2],
  );
  const { jobId, exitCode, statusReason, environment, jobQueue } = children[2]!;
  t.deepEqual(
    { jobId, exitCode, statusReason, environment, jobQueue },
    {
      jobId: `${id(1)}:2`,
      exitCode: 2,
      statusReason: "Essential container in task exited",
      environment: { A: "1" },
      jobQueue: place.jobQueue,
    },
  );
  t.deepEqual(aws.bodies("listjobs"), [
    { arrayJobId: id(1), jobStatus: "FAILED", maxResults: 100 },
    { arrayJobId: id(1), jobStatus: "FAILED", maxResults: 100, nextToken: "more" },
  ]);
});

given("what runs already under a name is told, whatever ended under it", async (t, aws) => {
  const statuses = ["SUCCEEDED", "RUNNABLE", "FAILED", "SUBMITTED"];
  aws.answer("listjobs", [
    { body: { jobSummaryList: statuses.map((status, number) => ({ jobId: id(number), jobName: "flights", status })) } },
  ]);
  aws.answer("describejobs", ({ jobs }) => ({
    body: { jobs: jobs.map((jobId: string) => ({ ...detail(0), jobId })) },
  }));
  t.deepEqual(
    (await serviceOf().running("flights")).map(({ jobId }) => jobId),
    [id(1), id(3)],
  );
  t.deepEqual(aws.bodies("listjobs"), [
    { jobQueue: place.jobQueue, filters: [{ name: "JOB_NAME", values: ["flights"] }], maxResults: 100 },
  ]);
  t.deepEqual(await serviceOf().running("FLIGHTS"), []);
});

given("lines follow each other by the stream's own token", async (t, aws) => {
  aws.answer("GetLogEvents", ({ nextToken }) =>
    nextToken === undefined
      ? { body: { events: [{ timestamp: 5, message: "one", ingestionTime: 6 }], nextForwardToken: "f/1" } }
      : { body: { events: nextToken === "f/1" ? [{ timestamp: 7, message: "two" }] : [], nextForwardToken: "f/2" } },
  );
  const service = serviceOf();
  const first = await service.logs("job/default/1");
  t.deepEqual(first.events, [{ timestamp: 5, message: "one" }]);
  const second = await service.logs("job/default/1", { after: first.next });
  t.deepEqual(second.events, [{ timestamp: 7, message: "two" }]);
  const third = await service.logs("job/default/1", { after: second.next });
  t.deepEqual(third, { events: [], next: second.next });
  t.deepEqual(aws.bodies("GetLogEvents")[0], {
    logGroupName: "/aws/batch/job",
    logStreamName: "job/default/1",
    startFromHead: true,
  });
});

given("lines since a time, so many at most, and the last ones, are asked of CloudWatch Logs", async (t, aws) => {
  aws.answer("GetLogEvents", [
    { body: { events: [{ timestamp: 5, message: "one" }], nextForwardToken: "f/1", nextBackwardToken: "b/1" } },
  ]);
  const service = serviceOf();
  const { next } = await service.logs("s", { since: 3, limit: 7 });
  await service.logs("s", { after: next, since: 3 });
  const { previous, next: onwards } = await service.lastLogs("s", { limit: 2 });
  await service.lastLogs("s", { before: previous, since: 4, limit: 2 });
  await service.logs("s", { after: onwards });
  const from = { logGroupName: "/aws/batch/job", logStreamName: "s" };
  t.deepEqual(aws.bodies("GetLogEvents"), [
    { ...from, startFromHead: true, startTime: 3, limit: 7 },
    { ...from, startFromHead: true, startTime: 3, nextToken: "f/1" },
    { ...from, startFromHead: false, limit: 2 },
    { ...from, startFromHead: false, startTime: 4, limit: 2, nextToken: "b/1" },
    { ...from, startFromHead: true, nextToken: "f/1" },
  ]);
});

given("of jobs that are looked for those come that there are", async (t, aws) => {
  aws.answer("describejobs", [{ body: { jobs: [detail(3), detail(1)] } }]);
  t.deepEqual(
    (await serviceOf().find([id(1), id(2), id(3)])).map(({ jobId }) => jobId),
    [id(1), id(3)],
  );
});

given("a stream that is not there yet has no lines, and a token that is too old is done without", async (t, aws) => {
  const gone = {
    status: 400,
    error: "ResourceNotFoundException",
    body: { message: "The specified log stream does not exist." },
  };
  const stale = {
    status: 400,
    error: "InvalidParameterException",
    body: { message: "The specified nextToken is invalid." },
  };
  aws.answer("GetLogEvents", [
    gone,
    { body: { events: [{ timestamp: 5, message: "one" }], nextForwardToken: "f/1" } },
    stale,
    { body: { events: [{ timestamp: 9, message: "two" }], nextForwardToken: "f/9" } },
  ]);
  const service = serviceOf();
  const none = await service.logs("job/default/1");
  t.deepEqual(none.events, []);
  const one = await service.logs("job/default/1", { after: none.next });
  t.deepEqual((await service.logs("job/default/1", { after: one.next })).events, [{ timestamp: 9, message: "two" }]);
  const [, first, , again] = aws.bodies("GetLogEvents");
  t.is(first.nextToken, undefined);
  t.deepEqual({ startTime: again.startTime, nextToken: again.nextToken }, { startTime: 6, nextToken: undefined });
});

given(
  "a queue's state is that of its compute environments, in its order; DISABLED, it goes on with the jobs it has",
  async (t, aws) => {
    const environment = (name: string, more: Json = {}) => ({
      computeEnvironmentName: name,
      computeEnvironmentArn: arn(`compute-environment/${name}`),
      state: "ENABLED",
      status: "VALID",
      ...more,
    });
    const order = ["b", "a", "c"].map((name, number) => ({
      order: number + 1,
      computeEnvironment: arn(`compute-environment/${name}`),
    }));
    const state = (own: Json = {}) => ({
      body: { jobQueues: [{ ...queue, ...own, computeEnvironmentOrder: order.toReversed() }] },
    });
    aws.answer("describejobqueues", [
      state({ state: "DISABLED" }),
      state({ status: "INVALID", statusReason: "gone" }),
      { body: {} },
    ]);
    const invalid = { status: "INVALID", statusReason: "CLIENT_ERROR - denied" };
    const none = { computeResources: { maxvCpus: 0 } };
    aws.answer("describecomputeenvironments", [
      {
        body: {
          computeEnvironments: [
            environment("a", { state: "DISABLED" }),
            environment("b", invalid),
            environment("c", none),
          ],
        },
      },
      { body: { computeEnvironments: [environment("a"), environment("b"), environment("c")] } },
    ]);
    const service = serviceOf();
    t.deepEqual(await service.queueState(place.jobQueue), {
      faults: [
        "compute environment b is INVALID (CLIENT_ERROR - denied)",
        "compute environment a is DISABLED (aws batch update-compute-environment --compute-environment a --state ENABLED)",
        "compute environment c may have no vCPUs (maxvCpus 0)",
      ],
      computeEnvironments: ["b", "a", "c"],
    });
    t.deepEqual((await service.queueState(place.jobQueue)).faults, ["job queue jobs is INVALID (gone)"]);
    t.deepEqual((await service.queueState("jobs")).faults, ["there is no job queue jobs any more"]);
  },
);

given("a job is ended with the reason that is given", async (t, aws) => {
  aws.answer("describejobs", [{ body: { jobs: [detail(1)] } }]);
  aws.answer("terminatejob", [{}]);
  await serviceOf().terminate(id(1), "no longer wanted");
  t.deepEqual(aws.bodies("terminatejob"), [{ jobId: id(1), reason: "no longer wanted" }]);
});

const throttled = { status: 429, error: "TooManyRequestsException", body: { message: "Too Many Requests" } };
const passing: readonly (readonly [title: string, Json])[] = [
  ["too many calls", throttled],
  ["a service that is out of order", { status: 503, error: "ServiceUnavailable" }],
  ["a connection that is cut", "cut"],
];
for (const [title, answer] of passing) {
  given(`${title} is waited for`, async (t, aws) => {
    aws.answer("describejobs", [answer, answer, { body: { jobs: [detail(1)] } }]);
    t.is((await serviceOf().describe([id(1)])).length, 1);
    t.is(aws.bodies("describejobs").length, 3);
  });
}

const faults: readonly (readonly [
  title: string,
  answer: Json,
  fault: { readonly isOutage: boolean; readonly kind: string; readonly message: RegExp },
])[] = [
  [
    "calls that stay too many",
    throttled,
    {
      isOutage: true,
      kind: "failed",
      message: /^AWS Batch has refused batch:DescribeJobs as one call too many, again and again; try later\.$/,
    },
  ],
  [
    "a service that stays out of order",
    { status: 500, error: "ServerException", body: { message: "oops" } },
    {
      isOutage: true,
      kind: "failed",
      message: /^AWS Batch is out of order \(batch:DescribeJobs: 500 oops\); try later\.$/,
    },
  ],
  [
    "connections that are cut each time",
    "cut",
    {
      isOutage: true,
      kind: "failed",
      message: /^AWS Batch can't be reached \(ECONNRESET\); check the network, the Region and AWS_ENDPOINT_URL\.$/,
    },
  ],
  [
    "credentials that have expired",
    {
      status: 403,
      error: "ExpiredTokenException",
      body: { message: "The security token included in the request is expired" },
    },
    {
      isOutage: true,
      kind: "usage",
      message:
        /^The credentials for AWS have expired \(The security token included in the request is expired\); renew them \(with IAM Identity Center: aws sso login\)\.$/,
    },
  ],
  [
    "credentials that AWS does not know",
    {
      status: 403,
      error: "UnrecognizedClientException",
      body: { message: "The security token included in the request is invalid." },
    },
    {
      isOutage: false,
      kind: "usage",
      message:
        /^AWS refuses the credentials \(The security token included in the request is invalid\.\); check AWS_PROFILE/,
    },
  ],
  [
    "a role that may not",
    {
      status: 403,
      error: "AccessDeniedException",
      body: { message: "User: arn:aws:iam::1:user/a is not authorized to perform: batch:DescribeJobs" },
    },
    {
      isOutage: false,
      kind: "usage",
      message:
        /^AWS denies batch:DescribeJobs \(User: .* is not authorized to perform: batch:DescribeJobs\); take a role that may/,
    },
  ],
  [
    "what AWS Batch refuses",
    { status: 400, error: "ClientException", body: { message: "Invalid\n job ids" } },
    { isOutage: false, kind: "usage", message: /^AWS Batch refuses batch:DescribeJobs: Invalid job ids\.$/ },
  ],
  [
    "a proxy's page in place of AWS",
    { body: "<html>Sign in</html>" },
    {
      isOutage: false,
      kind: "failed",
      message:
        /^What answers for AWS Batch is not AWS \(batch:DescribeJobs: .*\); check AWS_ENDPOINT_URL and proxies\.$/,
    },
  ],
  [
    "a job that there is not, or another account's",
    { body: { jobs: [] } },
    {
      isOutage: false,
      kind: "usage",
      message:
        /^Job 00000000-.*: AWS Batch knows no such job in this account and eu-west-1; check the id, AWS_PROFILE and AWS_REGION/,
    },
  ],
];
for (const [title, answer, { isOutage, kind, message }] of faults) {
  given(`one sentence tells of ${title}`, async (t, aws) => {
    aws.answer("describejobs", [answer]);
    const failure = await failureOf(t, () => serviceOf({ maxAttempts: 2 }).describe([id(1)]));
    t.is(failure instanceof Outage, isOutage);
    t.is(failure.kind, kind as never);
    t.regex(failure.message, message);
    t.false(failure.message.includes("\n"));
  });
}

given("who looks in another Region than the queue's is told", async (t, aws) => {
  process.env.AWS_REGION = "us-east-1";
  aws.answer("describejobs", [{ body: { jobs: [] } }]);
  const { message } = await failureOf(t, () => serviceOf().describe([id(1)]));
  t.regex(
    message,
    /knows no such job in this account and us-east-1; the job queue is in eu-west-1: set AWS_REGION=eu-west-1\.$/,
  );
  const homeless = serviceOf({ place: async () => Promise.reject(new Failure("usage", "no stack")) });
  t.regex((await failureOf(t, () => homeless.describe([id(1)]))).message, /us-east-1; check the id/);
});

given("credentials that a person renews in their file are read anew", async (t, aws) => {
  const file = path.join(await temporaryFolder(t), "credentials");
  const login = (key: string) => writeFile(file, `[default]\naws_access_key_id=${key}\naws_secret_access_key=none\n`);
  await login("OLD");
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  const fresh = { body: { jobs: [detail(1)] } };
  aws.answer("describejobs", () =>
    aws.calls.at(-1)?.key === "OLD" ? { status: 403, error: "ExpiredTokenException" } : fresh,
  );
  const service = serviceOf();
  t.true((await failureOf(t, () => service.describe([id(1)]))) instanceof Outage);
  await login("NEW");
  t.is((await service.describe([id(1)])).length, 1);
  t.deepEqual(
    aws.calls.map(({ key }) => key),
    ["OLD", "NEW"],
  );
});

given("credentials that are gone, or refused, after they were good are waited for", async (t, aws) => {
  aws.answer("describejobs", [
    { body: { jobs: [detail(1)] } },
    { status: 403, error: "UnrecognizedClientException", body: { message: "The security token is invalid" } },
    { body: { jobs: [detail(1)] } },
  ]);
  const service = serviceOf();
  await service.describe([id(1)]);
  t.true((await failureOf(t, () => service.describe([id(1)]))) instanceof Outage);
  delete process.env.AWS_ACCESS_KEY_ID;
  t.true((await failureOf(t, () => service.describe([id(1)]))) instanceof Outage);
  Object.assign(process.env, fakeEnvironment);
  t.is((await service.describe([id(1)])).length, 1);
});

given("credentials that were renewed meanwhile are taken", async (t, aws) => {
  aws.answer("describejobs", [{ status: 403, error: "ExpiredTokenException" }, { body: { jobs: [detail(1)] } }]);
  const service = serviceOf();
  await failureOf(t, () => service.describe([id(1)]));
  t.is((await service.describe([id(1)])).length, 1);
});

given("without credentials, a Region, a network or an answer a person is told what to do", async (t, aws) => {
  const describe = (options?: Partial<AwsJobServiceOptions>) => () =>
    serviceOf({ maxAttempts: 1, ...options }).describe([id(1)]);
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
  t.regex((await failureOf(t, describe())).message, /^AWS Batch can't be reached \(ECONNREFUSED 127\.0\.0\.1\)/);
  useFakeAws(aws);
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  t.regex(
    (await failureOf(t, describe())).message,
    /^There are no credentials for AWS \(.*\); set AWS_PROFILE, or AWS_ACCESS_KEY_ID/,
  );
  process.env.AWS_PROFILE = "nobody";
  t.regex((await failureOf(t, describe())).message, /^There are no credentials for AWS in the profile nobody \(/);
  process.env.AWS_REGION = "mars 1";
  t.is(
    (await failureOf(t, describe())).message,
    'AWS_REGION is "mars 1"; it must be a Region\'s name, such as eu-west-1.',
  );
  delete process.env.AWS_REGION;
  const nowhere = describe({ place: async () => ({ jobQueue: "jobs", jobDefinition: "worker" }) });
  t.regex((await failureOf(t, nowhere)).message, /^No Region is set; set AWS_REGION/);
  t.deepEqual(aws.calls, []);
});

given("the Region of the queue's ARN stands in for one that is not set", async (t, aws) => {
  delete process.env.AWS_REGION;
  aws.answer("describejobs", [{ body: { jobs: [] } }]);
  t.regex((await failureOf(t, () => serviceOf().describe([id(1)]))).message, /eu-west-1/);
});

const ids: readonly (readonly [title: string, text: string, RegExp])[] = [
  ["a word", "flights", /^"flights" is no id of a job; give one as submit prints it/],
  ["nothing", "", /^"" is no id of a job/],
  ["a queue's ARN", place.jobQueue, /is no id of a job/],
  [
    "an ARN of another Region",
    `arn:aws:batch:us-east-1:123456789012:job/${id(1)}`,
    /is in the Region us-east-1, and eu-west-1 is asked; set AWS_REGION=us-east-1\.$/,
  ],
];
for (const [title, text, sentence] of ids) {
  given(`${title} for a job is refused before anyone is asked`, async (t, aws) => {
    const { kind, message } = await failureOf(t, () => serviceOf().describe([text]));
    t.is(kind, "usage");
    t.regex(message, sentence);
    t.deepEqual(aws.calls, []);
  });
}
