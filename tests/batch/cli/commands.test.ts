import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import test from "ava";
import { exitCodeOf } from "../../../batch/cli/watching.ts";
import type { Job } from "../../../batch/jobs/job.ts";
import { runBatch } from "../../batch-process.ts";
import { describedJob } from "../described-job.ts";

const project = path.join(import.meta.dirname, "..", "..", "..");
const id = "22222222-2222-2222-2222-222222222222";

const faults: readonly (readonly [string, string])[] = [
  ["", "a command is missing; one of submit, watch, logs, cancel. See: node batch --help"],
  ["sumbit", 'unknown command "sumbit"; one of submit, watch, logs, cancel. See: node batch --help'],
  ["submit --env here", '--env "here" is not one of aws, local. See: node batch submit --help'],
  ["submit --shards 10001", '--shards "10001" must be at most 10000. See: node batch submit --help'],
  [
    "submit --shards x --attempts 11",
    '--shards "x" is not a number; --attempts "11" must be at most 10. See: node batch submit --help',
  ],
  ["submit --timeout 59", '--timeout "59" must be at least 60. See: node batch submit --help'],
  [
    "submit --vcpu 0.3",
    '--vcpu "0.3" must be a whole number, or 0.25 or 0.5 on AWS Fargate. See: node batch submit --help',
  ],
  ["submit --env-var NAME", "--env-var must be NAME=VALUE. See: node batch submit --help"],
  [
    "submit --env-var AWS_BATCH_JOB_ID=1",
    "--env-var AWS_BATCH_JOB_ID: names that begin with AWS_BATCH are Batch's own. See: node batch submit --help",
  ],
  [
    "submit --only airports --command",
    "--command needs arguments of node worker behind it; --only and --command are two ways to say what runs; give one of them. See: node batch submit --help",
  ],
  [
    "submit --command migrate status --watch",
    "--watch must come before --command, which takes all that is behind it. See: node batch submit --help",
  ],
  [
    "submit --fresh --command runs",
    "--limit and --fresh are the worker's own there: write them behind --command. See: node batch submit --help",
  ],
  ["submit --limit few", '--limit "few" must be a whole number from 1 on, or none. See: node batch submit --help'],
  [
    "submit --env-var BATCH_PREFLIGHT_BUNDLE=x",
    "--env-var BATCH_PREFLIGHT_BUNDLE: submit itself says what runs. See: node batch submit --help",
  ],
  [
    "submit airports",
    'unexpected "airports"; arguments of the worker come after --command. See: node batch submit --help',
  ],
  [
    "submit --env local --only planes",
    '--only names no sub-process "planes"; there are airports, bird_strikes, flights, route_stats. See: node batch submit --help',
  ],
  ["submit --env local --queue q", "--queue: --env local has one queue and one job definition; leave that out."],
  [
    "watch a --env local --stack dev --job-definition d",
    "--job-definition and --stack: --env local has one queue and one job definition; leave that out.",
  ],
  ["watch --env local", "the id of a job is missing. See: node batch watch --help"],
  [
    `watch ${id} --env local`,
    `There is no job ${id} on this machine; for one on AWS leave out --env local. Jobs are forgotten 14 days after their end.`,
  ],
  [
    `logs ${id} --env local --since soon`,
    '--since "soon" must be such as 10m, 2h, 1d or 2026-11-23T13:30:00Z. See: node batch logs --help',
  ],
  [
    `cancel ${id} --env local`,
    `There is no job ${id} on this machine; for one on AWS leave out --env local. Jobs are forgotten 14 days after their end.`,
  ],
];

for (const [args, sentence] of faults) {
  test.serial(`node batch ${args}: one sentence, exit code 2`, async (t) => {
    const ended = await runBatch(project, args === "" ? [] : args.split(" "));
    t.deepEqual(ended, { code: 2, stdout: "", stderr: `${sentence}\n` });
  });
}

test.serial("output that has no room on its disk: one sentence, exit code 1", async (t) => {
  if (!existsSync("/dev/full")) {
    t.log("this machine has no /dev/full");
    t.pass();
    return;
  }
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, ["batch", "--help"], { cwd: project, stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  const said = text(child.stderr!);
  const [code] = await once(child, "close");
  t.is(await said, "The output can't be written to standard output (ENOSPC: no space left on device, write).\n");
  t.is(code, 1);
});

const job = (own: Partial<Job>): Job => describedJob({ status: "FAILED", ...own });

test("the exit code of jobs is that of the first that failed by itself", (t) => {
  t.is(exitCodeOf([job({ status: "SUCCEEDED" }), job({ status: "SUCCEEDED" })], []), 0);
  t.is(exitCodeOf([job({ status: "SUCCEEDED" }), job({ exitCode: 65 }), job({ exitCode: 69 })], []), 65);
  t.is(exitCodeOf([job({}), job({ exitCode: 69 })], []), 69);
  t.is(exitCodeOf([job({})], []), 1);
  t.is(exitCodeOf([job({ exitCode: 0 })], []), 1);
});

test("that of an array is its first failed child's", (t) => {
  const array = { size: 3, statusSummary: { FAILED: 2 } };
  const children = [
    job({ jobId: "a:2", index: 2, exitCode: 1 }),
    job({ jobId: "a:1", index: 1, exitCode: 75 }),
    job({ jobId: "b:0", index: 0, exitCode: 2 }),
  ];
  t.is(exitCodeOf([job({ array })], children), 75);
});
