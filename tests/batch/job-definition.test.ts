import test from "ava";
import { JobDefinition, type JobDefinitionArgs, jobFaults } from "../../batch/job-definition.ts";
import { record } from "../recorded-program.ts";

const size = { vcpu: 1, memory: 2048, timeoutSeconds: 3600, attempts: 3, arraySize: 1 };

for (const [what, job, place, faults] of [
  ["a usual job", {}, {}, []],
  ["the limits of everything", { timeoutSeconds: 60, attempts: 10, arraySize: 10_000 }, {}, []],
  [
    "beyond every limit",
    { vcpu: 0.5, memory: 3, timeoutSeconds: 59, attempts: 11, arraySize: 0 },
    {},
    [
      "vcpu is 0.5; it must be a whole number from 1 to 448.",
      "memory is 3; it must be a whole number from 4 to 25165824.",
      "timeout is 59; it must be a whole number from 60 to 2147483647.",
      "attempts is 11; it must be a whole number from 1 to 10.",
      "arraySize is 0; it must be a whole number from 1 to 10000.",
    ],
  ],
  [
    "more than its compute environment has",
    { vcpu: 17 },
    {},
    ["vcpu is 17, more than maxvCpus, 16: the job would hang in RUNNABLE; raise maxvCpus."],
  ],
  ["a small Fargate job", { vcpu: 0.25, memory: 512 }, { onFargate: true }, []],
  ["a large one", { vcpu: 16, memory: 122_880 }, { onFargate: true }, []],
  [
    "a size that Fargate has not",
    { vcpu: 3 },
    { onFargate: true },
    ["vcpu is 3; Fargate has 0.25, 0.5, 1, 2, 4, 8, 16."],
  ],
  [
    "memory that Fargate has not, above",
    { vcpu: 1, memory: 16_384 },
    { onFargate: true },
    ["memory is 16384; with 1 vCPU Fargate has 2048 to 8192 in steps of 1024 (MiB)."],
  ],
  [
    "memory that Fargate has not, between",
    { vcpu: 8, memory: 18_432 },
    { onFargate: true },
    ["memory is 18432; with 8 vCPU Fargate has 16384 to 61440 in steps of 4096 (MiB)."],
  ],
  [
    "memory that Fargate has not, in powers of two",
    { vcpu: 0.25, memory: 1536 },
    { onFargate: true },
    ["memory is 1536; with 0.25 vCPU Fargate has 512, 1024 or 2048 (MiB)."],
  ],
  [
    "a longer time than Fargate gives",
    { timeoutSeconds: 1_209_601 },
    { onFargate: true },
    ["timeout is 1209601; it must be a whole number from 60 to 1209600."],
  ],
] as const) {
  test(`${what}: ${faults.length === 0 ? "taken" : "refused"}`, (t) => {
    t.deepEqual(jobFaults({ ...size, ...job }, { onFargate: false, maxvCpus: 16, ...place }), [...faults]);
  });
}

const usual: JobDefinitionArgs = {
  ...size,
  region: "eu-west-1",
  onFargate: false,
  assignPublicIp: false,
  image: "registry.example/worker:1",
  parameters: {},
  command: ["--env", "aws"],
  environment: { PGPORT: "5432", PGHOST: "database.example" },
  secrets: { PGPASSWORD: "arn:secret:password::" },
  logGroupName: "logs",
  executionRoleArn: "arn:execution",
  jobRoleArn: "arn:job",
};

test.serial("a job is the worker's container with its size, its secrets and its log", async (t) => {
  const { inputs } = (await record(() => new JobDefinition("jobs", usual))).one("batch/jobDefinition:JobDefinition");
  t.deepEqual(inputs.platformCapabilities, ["EC2"]);
  t.deepEqual(inputs.timeout, { attemptDurationSeconds: 3600 });
  t.is(inputs.retryStrategy.attempts, 3);
  t.is(inputs.retryStrategy.evaluateOnExits.at(-1).action, "EXIT");
  t.deepEqual(JSON.parse(inputs.containerProperties), {
    image: "registry.example/worker:1",
    command: ["--env", "aws"],
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "2048" },
    ],
    executionRoleArn: "arn:execution",
    jobRoleArn: "arn:job",
    environment: [
      { name: "PGHOST", value: "database.example" },
      { name: "PGPORT", value: "5432" },
    ],
    secrets: [{ name: "PGPASSWORD", valueFrom: "arn:secret:password::" }],
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": "logs", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "job" },
    },
  });
});

test.serial("on Fargate it says so, and whether it has a public address", async (t) => {
  const recording = await record(() => new JobDefinition("jobs", { ...usual, onFargate: true, assignPublicIp: true }));
  const { inputs } = recording.one("batch/jobDefinition:JobDefinition");
  t.deepEqual(inputs.platformCapabilities, ["FARGATE"]);
  t.deepEqual(JSON.parse(inputs.containerProperties).networkConfiguration, { assignPublicIp: "ENABLED" });
});
