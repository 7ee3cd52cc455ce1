import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import type { ExecutionContext } from "ava";
import type { JobStatus } from "../../batch/jobs/job.ts";
import { type FakeAws, fakeEnvironment, type Json, startFakeAws } from "../fake-aws.ts";
import { type Measure, measure } from "./measure.ts";

const project = path.resolve(import.meta.dirname, "../..");
const arrayId = "00000000-0000-4000-8000-000000000001";
const children = 10_000;
/** The array takes ten minutes of its own time, one of ours. */
const speed = 10;
const linesPerChild = 1000;

interface Settings {
  t: Pick<ExecutionContext, "teardown">;
}

/**
 * Benches of `node batch watch`, with and without --json: an array of 10,000 children of which half fail, 1,000 at a time, with
 * 1,000 lines each.
 */
export function watchBenches({ t }: Settings): Record<string, () => Promise<Measure[]>> {
  return {
    watch: async () => [...(await measured(t, "watch", [])), ...(await measured(t, "watch-json", ["--json"]))],
  };
}

async function measured(t: Settings["t"], name: string, flags: readonly string[]): Promise<Measure[]> {
  const aws = await startFakeAws(t);
  serveArray(aws, Date.now());
  const megabytes = await watchFast(aws, flags);
  const seconds = ((aws.calls.at(-1)!.at - aws.calls[0]!.at) / 1000) * speed;
  const everything = children / 100 / 5;
  return [
    measure(
      `${name}-calls`,
      aws.calls.length / seconds,
      "calls/s",
      { name: "listing all children every 5 s", value: everything },
      { most: 1, of: "value" },
    ),
    measure(`${name}-memory`, megabytes, "MB", null, { most: 150, of: "value" }),
  ];
}

/** Watches the array to its end as a person does, in a process of its own. @returns its peak in memory, in MB */
async function watchFast({ url }: FakeAws, flags: readonly string[]): Promise<number> {
  const preload = path.join(import.meta.dirname, "watch-time.js");
  const args = ["--import", preload, "batch", "watch", arrayId, ...flags];
  const env = { ...process.env, ...fakeEnvironment, AWS_ENDPOINT_URL: url, WATCH_SPEED: String(speed) };
  const child = spawn(process.execPath, args, { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, peakOf(child.pid!));
  };
  const timer = setInterval(look, 500);
  child.stdout.on("data", (text: Buffer) => {
    look();
    said = (said + String(text)).slice(-10_000);
  });
  child.stderr.on("data", (text: Buffer) => {
    look();
    said = (said + String(text)).slice(-10_000);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  // The exit code of the children that failed.
  if (code !== 137) throw new Error(`node batch watch ended with ${code}: ${said}`);
  return peak;
}

/** VmHWM of proc_pid_status(5), in MB; 0: it has ended. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** As AWS Batch and CloudWatch Logs tell of it, since `begin`. */
function serveArray(aws: FakeAws, begin: number): void {
  const statusOf = (index: number): JobStatus => {
    const second = ((Date.now() - begin) / 1000) * speed;
    const from = 20 + Math.floor(index / 1000) * 60;
    if (second < from) return "RUNNABLE";
    if (second < from + 50 + (index % 10)) return "RUNNING";
    return index % 2 === 1 ? "FAILED" : "SUCCEEDED";
  };
  const summary = () => {
    const counts: Partial<Record<JobStatus, number>> = {};
    for (let index = 0; index < children; index += 1) {
      const status = statusOf(index);
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  };
  const environment = Array.from({ length: 30 }, (_, number) => ({
    name: `VARIABLE_${number}`,
    value: "x".repeat(60),
  }));
  const logConfiguration = { logDriver: "awslogs", options: { "awslogs-group": "jobs" } };
  const common = { jobName: "bench", jobQueue: "queue", jobDefinition: "definition", createdAt: begin };
  const detail = (jobId: string): Json => {
    const index = jobId.split(":")[1];
    if (index !== undefined) {
      const container = { environment, logConfiguration, logStreamName: `job/default/${index}` };
      return { ...common, jobId, container, status: statusOf(Number(index)), startedAt: begin };
    }
    const statusSummary = summary();
    const isOver = (statusSummary.SUCCEEDED ?? 0) + (statusSummary.FAILED ?? 0) === children;
    const status = isOver ? "FAILED" : "PENDING";
    return { ...common, jobId, container: { environment }, status, arrayProperties: { size: children, statusSummary } };
  };
  const statusReason = "Essential container in task exited";
  const container = { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" };
  aws.answer("describejobs", ({ jobs }) => ({ body: { jobs: jobs.map(detail) } }));
  aws.answer("listjobs", ({ jobStatus, nextToken }) => {
    const found: Json[] = [];
    let index = Number(nextToken ?? 0);
    for (; index < children && found.length < 100; index += 1) {
      if (statusOf(index) !== jobStatus) continue;
      const jobId = `${arrayId}:${index}`;
      const times = { createdAt: begin, startedAt: begin };
      found.push({
        ...times,
        jobId,
        jobName: "bench",
        status: jobStatus,
        statusReason,
        container,
        arrayProperties: { index },
      });
    }
    return { body: { jobSummaryList: found, ...(index < children ? { nextToken: String(index) } : {}) } };
  });
  const message =
    "a line of about a hundred characters, as a worker that tells of its progress writes them each second";
  const events = Array.from({ length: linesPerChild }, (_, line) => ({ timestamp: begin + line, message }));
  aws.answer("GetLogEvents", ({ nextToken }) => ({
    body: { events: nextToken ? [] : events, nextForwardToken: "f/1" },
  }));
}
