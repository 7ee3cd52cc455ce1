import test from "ava";
import {
  ComputeEnvironment,
  type ComputeEnvironmentArgs,
  computeEnvironmentFaults,
  whenStillQueued,
} from "../../batch/compute-environment.ts";
import { JobQueue } from "../../batch/job-queue.ts";
import { record } from "../recorded-program.ts";

const usual: ComputeEnvironmentArgs = {
  launchType: "ec2",
  instanceTypes: ["optimal"],
  minvCpus: 0,
  maxvCpus: 16,
  jobTimeoutSeconds: 3600,
  subnetIds: ["subnet-0a"],
  securityGroupId: "sg-0a",
  instanceProfileArn: "arn:aws:iam::123456789012:instance-profile/instance",
};

for (const [what, args, faults] of [
  ["nothing to run on", { maxvCpus: 0 }, ["maxvCpus is 0; it must be at least 1."]],
  ["half a vCPU", { maxvCpus: 1.5 }, ["maxvCpus is 1.5; it must be a whole number."]],
  ["more to keep than there is", { minvCpus: 32 }, ["minvCpus is 32, more than maxvCpus, 16; lower it."]],
  ["less than nothing to keep", { minvCpus: -1 }, ["minvCpus is -1; it must be a whole number, 0 at least."]],
  [
    "Fargate that keeps something",
    { launchType: "fargate", minvCpus: 1 },
    ["minvCpus is 1; Fargate keeps nothing running, so it must be 0."],
  ],
  ["no instance types", { instanceTypes: [] }, ['instanceTypes is empty; name types, families or "optimal".']],
  [
    "types that can't be, and ARM's",
    {
      instanceTypes: [
        "M7i.large",
        "m7g.large",
        "c6gn",
        "a1.large",
        "im4gn.large",
        "m7i",
        "g4dn.xlarge",
        "u-6tb1.metal",
      ],
    },
    [
      'instanceTypes has "M7i.large"; write a type as m7i.large, a family as m7i, or "optimal".',
      "instanceTypes has m7g.large, which is an ARM type, and jobs' images are x86-64; take an x86-64 type.",
      "instanceTypes has c6gn, which is an ARM type, and jobs' images are x86-64; take an x86-64 type.",
      "instanceTypes has a1.large, which is an ARM type, and jobs' images are x86-64; take an x86-64 type.",
      "instanceTypes has im4gn.large, which is an ARM type, and jobs' images are x86-64; take an x86-64 type.",
    ],
  ],
] as const) {
  test.serial(`refused: ${what}`, async (t) => {
    const expected = faults.map((fault) => `Compute environment "main": ${fault}`);
    t.deepEqual(computeEnvironmentFaults("main", { ...usual, ...args }), expected);
    const { message } = (await t.throwsAsync(record(() => new ComputeEnvironment("main", { ...usual, ...args }))))!;
    t.is(message, expected.join("\n"));
  });
}

/** In place of a replacement: what the provider asks of it (CustomizeDiff of aws_batch_compute_environment). */
for (const [launchType, type, strategy] of [
  ["ec2", "EC2", "BEST_FIT_PROGRESSIVE"],
  ["spot", "SPOT", "SPOT_CAPACITY_OPTIMIZED"],
  ["fargate", "FARGATE", undefined],
] as const) {
  test.serial(`${launchType} can be changed in place: no service role, and a strategy that allows it`, async (t) => {
    const recording = await record(() => new ComputeEnvironment("main", { ...usual, launchType }));
    const { inputs } = recording.one("batch/computeEnvironment:ComputeEnvironment");
    t.false("serviceRole" in inputs);
    t.is(inputs.computeResources.type, type);
    t.is(inputs.computeResources.allocationStrategy, strategy);
  });
}

test.serial("a successor can be made while the old one is there, and its queue is told of it", async (t) => {
  const recording = await record(() => {
    const { arn } = new ComputeEnvironment("main", usual);
    new JobQueue("jobs", { computeEnvironmentArns: [arn] });
  });
  const { inputs, urn } = recording.one("batch/computeEnvironment:ComputeEnvironment");
  t.false("name" in inputs || "namePrefix" in inputs);
  const queue = recording.one("batch/jobQueue:JobQueue");
  t.false("name" in queue.inputs);
  t.deepEqual(queue.inputs.computeEnvironmentOrders, [{ order: 1, computeEnvironment: "arn:main" }]);
  t.deepEqual(queue.propertyDependencies.computeEnvironmentOrders, [urn]);
});

test.serial("instances take no metadata without a token, and no disk that is not encrypted", async (t) => {
  const recording = await record(() => new ComputeEnvironment("main", usual));
  const { inputs } = recording.one("ec2/launchTemplate:LaunchTemplate");
  t.is(inputs.metadataOptions.httpTokens, "required");
  t.is(inputs.blockDeviceMappings[0].ebs.encrypted, "true");
  const { launchTemplate } = recording.one("batch/computeEnvironment:ComputeEnvironment").inputs.computeResources;
  t.deepEqual(launchTemplate, { launchTemplateId: "main-id", version: "1" });
});

for (const [jobTimeoutSeconds, jobExecutionTimeoutMinutes] of [
  [60, 1],
  [3601, 61],
  [86_400, 360],
] as const) {
  test.serial(`jobs of ${jobTimeoutSeconds} s end before their instances are replaced, within six hours`, async (t) => {
    const recording = await record(() => new ComputeEnvironment("main", { ...usual, jobTimeoutSeconds }));
    const { updatePolicy } = recording.one("batch/computeEnvironment:ComputeEnvironment").inputs;
    t.deepEqual(updatePolicy, { terminateJobsOnUpdate: false, jobExecutionTimeoutMinutes });
  });
}

test.serial("Fargate gets nothing that is for instances", async (t) => {
  const recording = await record(() => new ComputeEnvironment("main", { ...usual, launchType: "fargate" }));
  t.deepEqual(recording.all("ec2/launchTemplate:LaunchTemplate"), []);
  const { computeResources, updatePolicy } = recording.one("batch/computeEnvironment:ComputeEnvironment").inputs;
  t.is(updatePolicy, undefined);
  t.deepEqual(Object.keys(computeResources).sort(), ["maxVcpus", "securityGroupIds", "subnets", "type"]);
});

const refusal =
  "deleting Batch Compute Environment (main-1a2b3c4): ClientException: Cannot delete, found existing JobQueue relationship";

for (const [what, failedOperation, errors, again] of [
  ["AWS Batch still sees the queue", "delete", [refusal], true],
  ["and still", "delete", Array.from({ length: 30 }, () => refusal), true],
  ["and for five minutes", "delete", Array.from({ length: 31 }, () => refusal), false],
  ["another refusal, later", "delete", ["AccessDenied", refusal], false],
  ["it can't be made", "create", [refusal], false],
] as const) {
  test(`${what}: ${again ? "Pulumi tries again, after a pause" : "the failure stands"}`, async (t) => {
    let pauses = 0;
    const decide = whenStillQueued(async () => {
      pauses += 1;
    });
    t.is(await decide({ failedOperation, errors: [...errors] }), again);
    t.is(pauses, again ? 1 : 0);
  });
}
