import path from "node:path";
import process from "node:process";
import test from "ava";
import { whyRunnable } from "../../../batch/cli/why-runnable.ts";
import { smallProgram } from "../../small-program.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const project = path.resolve(import.meta.dirname, "../../..");
const job = { statusReason: "UNDETERMINED - Batch job is blocked", jobQueue: "queue", jobDefinition: "job" };
const lineOf = (program: string, stack?: string) => whyRunnable({ job, program, stack, env: process.env });

const batch = (type: "EC2" | "FARGATE") => `
const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
const subnet = new aws.ec2.Subnet("jobs", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
const group = new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.id });
new aws.batch.ComputeEnvironment("main", {
  type: "MANAGED",
  computeResources: {
    type: "${type}", maxVcpus: 1, subnets: [subnet.id], securityGroupIds: [group.id],
    ${type === "EC2" ? 'instanceTypes: ["optimal"], instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",' : ""}
  },
});
new aws.batch.JobDefinition("job", {
  type: "container", platformCapabilities: ["${type}"],
  containerProperties: JSON.stringify({ image: "busybox" }),
});
`;

test("a line names the flow that keeps instances away, why, and the fix", async (t) => {
  const line = await lineOf(await smallProgram(t, batch("EC2")));
  t.regex(
    line,
    /^AWS Batch says UNDETERMINED - Batch job is blocked; node network check: Subnet jobs -> ecs\S* tcp\/443: not-reachable: .+ Fix: .+ \(and \d+ more like it: node network check\)$/,
  );
  t.false(line.includes("\n"));
});

test("where the network is not to blame, a line says where to look", async (t) => {
  const own = await lineOf(project, "dev");
  t.regex(own, /all \d+ flows that jobs need to leave RUNNABLE are reachable; look at the capacity/);
  // What Fargate's jobs can't reach ends them in STARTING.
  const fargate = await lineOf(await smallProgram(t, batch("FARGATE")));
  t.regex(fargate, /no flow of the network decides whether jobs leave RUNNABLE here; look at the capacity/);
});

test("a program that can't be asked is told in the line", async (t) => {
  t.regex(
    await lineOf(await smallProgram(t, "")),
    /node network check: nothing, the program in .* declares no compute environment\.$/,
  );
  t.regex(
    await lineOf(await smallProgram(t, 'throw new Error("no\\n way");')),
    /node network check: no answer, .*no way/,
  );
  t.regex(await lineOf(await temporaryFolder(t)), /node network check: no answer, .*Pulumi\.yaml/);
});

const arn = (rest: string) => `arn:aws:batch:eu-west-1:123456789012:${rest}`;

/** Two queues; the second one's compute environment reaches nothing, the first one's is on Fargate, where that does not matter. */
const twoQueues = `
const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
const subnet = new aws.ec2.Subnet("jobs", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
const group = new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.id });
const common = { maxVcpus: 1, subnets: [subnet.id], securityGroupIds: [group.id] };
const light = new aws.batch.ComputeEnvironment("light", { type: "MANAGED", computeResources: { ...common, type: "FARGATE" } });
const heavy = new aws.batch.ComputeEnvironment("heavy", {
  name: "heavy-jobs", type: "MANAGED",
  computeResources: {
    ...common, type: "EC2", instanceTypes: ["optimal"], instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
  },
});
for (const [name, { arn }] of Object.entries({ light, heavy })) {
  new aws.batch.JobQueue(name, {
    state: "ENABLED", priority: 1, computeEnvironmentOrders: [{ order: 1, computeEnvironment: arn }],
  });
}
new aws.batch.JobDefinition("job", {
  type: "container", platformCapabilities: ["EC2"], containerProperties: JSON.stringify({ image: "busybox" }),
});
`;

test("of several compute environments those of the job's queue are told of", async (t) => {
  const program = await smallProgram(t, twoQueues);
  const of = (jobQueue: string, computeEnvironments: readonly string[] = []) =>
    whyRunnable({
      job: { jobQueue: arn(`job-queue/${jobQueue}`), jobDefinition: arn("job-definition/job-1a2b3c4:1") },
      queue: { faults: [], computeEnvironments },
      program,
      env: process.env,
    });
  const blocked = /^node network check: Subnet jobs -> ecs\S* tcp\/443: not-reachable/;
  const quiet = /^node network check: no flow of the network decides/;
  t.regex(await of("light-1a2b3c4"), quiet);
  t.regex(await of("heavy-1a2b3c4"), blocked);
  // AWS knows best.
  t.regex(await of("another", ["light-1a2b3c4"]), quiet);
  t.regex(await of("another", ["heavy-jobs"]), blocked);
  // Nobody tells which: all.
  t.regex(await of("another"), blocked);
});

test("what AWS Batch says of the queue comes first", async (t) => {
  const program = await smallProgram(t, "");
  const faults = [
    "compute environment main is INVALID (CLIENT_ERROR -\n Access denied)",
    "compute environment b is DISABLED",
  ];
  t.regex(
    await whyRunnable({ job, queue: { faults, computeEnvironments: ["main", "b"] }, program, env: process.env }),
    /^AWS Batch says UNDETERMINED - Batch job is blocked; compute environment main is INVALID \(CLIENT_ERROR - Access denied\); compute environment b is DISABLED; node network check: /,
  );
  t.regex(
    await whyRunnable({ job, queue: "AWS denies it.", program, env: process.env }),
    /; its queue can't be asked \(AWS denies it\.\); node network check: /,
  );
});
