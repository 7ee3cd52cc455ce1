import test from "ava";
import type { Job } from "../../../batch/jobs/job.ts";
import { followLines, JobLines } from "../../../batch/jobs/job-lines.ts";
import type { JobService } from "../../../batch/jobs/job-service.ts";
import { Outage } from "../../../batch/jobs/outage.ts";
import { Failure } from "../../../worker/failure.ts";
import { SimulatedService } from "./simulated-service.ts";

const job = (own: Partial<Job>): Job => ({
  jobId: "a",
  jobName: "a",
  status: "RUNNING",
  createdAt: 0,
  dependsOn: [],
  attempts: [],
  environment: {},
  jobQueue: "",
  jobDefinition: "",
  ...own,
});
const line = (message: string) => ({ timestamp: 1, message });

test("an empty page is not the end of a stream, the token that was passed in is", async (t) => {
  const pages: Record<string, Awaited<ReturnType<JobService["logs"]>>> = {
    "": { events: [], next: "f/1" },
    "f/1": { events: [line("one")], next: "f/2" },
    "f/2": { events: [], next: "f/3" },
    "f/3": { events: [line("two")], next: "f/4" },
    "f/4": { events: [], next: "f/4" },
  };
  const service = Object.assign(new SimulatedService(), {
    describe: async () => [job({ status: "SUCCEEDED", logStreamName: "stream" })],
    logs: async (_: string, after = "") => pages[after]!,
  });
  const lines = new JobLines(service, "a");
  t.deepEqual(
    (await lines.read()).map(({ message }) => message),
    ["one", "two"],
  );
  t.deepEqual(await lines.read(), []);
});

test("a stream that is not there has no lines", async (t) => {
  const service = Object.assign(new SimulatedService(), {
    describe: async () => [job({ status: "RUNNING", logStreamName: "stream" })],
    logs: async () => ({ events: [], next: "" }),
  });
  t.deepEqual(await new JobLines(service, "a").read(), []);
});

test("who follows a job through an outage misses no line and is told of it once", async (t) => {
  const service = new SimulatedService();
  const lines = Array.from({ length: 30 }, (_, second) => [second + 10, `line ${second}`] as const);
  const life = {
    states: [
      [0, "RUNNING"],
      [60, "SUCCEEDED"],
    ] as const,
    lines,
  };
  service.add("a", life, life);
  let calls = 0;
  service.fault = (kind, second) => {
    calls += 1;
    if (second <= 10 || second >= 50) return undefined;
    return second > 30 || (kind === "logs" && calls % 3 === 0) ? new Outage("usage", "expired") : undefined;
  };
  const streams = new JobLines(service, "a");
  const seen = (await streams.read()).map(({ job: { index }, message }) => `${index} ${message}`);
  const told: string[] = [];
  for await (const next of followLines(streams, () => service.sleep(5000))) {
    if (typeof next === "string") told.push(`${next} ${service.second}`);
    else seen.push(...next.map(({ job: { index }, message }) => `${index} ${message}`));
  }
  t.deepEqual(seen.sort(), [0, 1].flatMap((index) => lines.map(([, message]) => `${index} ${message}`)).sort());
  t.true(told.length > 0 && told.length < 4, told.join());
});

test("what does not pass ends the following", async (t) => {
  const service = new SimulatedService();
  service.add("a", { states: [[0, "RUNNING"]] });
  const streams = new JobLines(service, "a");
  await streams.read();
  service.fault = () => new Failure("usage", "denied");
  await t.throwsAsync(followLines(streams, () => service.sleep(5000)).next(), { message: "denied" });
});
