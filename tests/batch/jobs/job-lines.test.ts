import test from "ava";
import { followLines, JobLines, type JobLinesOptions, type Line } from "../../../batch/jobs/job-lines.ts";
import type { JobService, LogPage } from "../../../batch/jobs/job-service.ts";
import { Outage } from "../../../batch/jobs/outage.ts";
import { Failure } from "../../../worker/failure.ts";
import { describedJob as job } from "../described-job.ts";
import { type Life, SimulatedService } from "./simulated-service.ts";

const line = (message: string) => ({ timestamp: 1, message });

const linesOf = (service: SimulatedService, more: Partial<JobLinesOptions> = {}) =>
  new JobLines(service, { jobId: "a", clock: service.clock, sleep: service.sleep, spacing: 100, ...more });

async function read(lines: JobLines): Promise<string[]> {
  const seen: string[] = [];
  for await (const some of lines.read()) seen.push(...some.map(textOf));
  return seen;
}

const textOf = ({ job: { index }, message }: Line) => (index === undefined ? message : `${index} ${message}`);

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
    logs: async (_: string, { after = "" }: LogPage = {}) => pages[after]!,
  });
  const lines = linesOf(service);
  t.deepEqual(await read(lines), ["one", "two"]);
  t.deepEqual(await read(lines), []);
});

test("a stream that is not there has no lines", async (t) => {
  const service = Object.assign(new SimulatedService(), {
    describe: async () => [job({ status: "RUNNING", logStreamName: "stream" })],
    logs: async () => ({ events: [], next: "" }),
  });
  t.deepEqual(await read(linesOf(service)), []);
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
  const streams = linesOf(service);
  const seen = await read(streams);
  const told: string[] = [];
  for await (const next of followLines(streams, () => service.sleep(5000))) {
    if (typeof next === "string") told.push(`${next} ${service.second}`);
    else seen.push(...next.map(textOf));
  }
  t.deepEqual(seen.sort(), [0, 1].flatMap((index) => lines.map(([, message]) => `${index} ${message}`)).sort());
  t.true(told.length > 0 && told.length < 4, told.join());
});

test("what does not pass ends the following", async (t) => {
  const service = new SimulatedService();
  service.add("a", { states: [[0, "RUNNING"]] });
  const streams = linesOf(service);
  await read(streams);
  service.fault = () => new Failure("usage", "denied");
  await t.throwsAsync(followLines(streams, () => service.sleep(5000)).next(), { message: "denied" });
});

/** Children that run for a second each, one after the other, and say two lines. */
const inTurn = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    states: [
      [index, "RUNNING"],
      [index + 1, "SUCCEEDED"],
    ],
    lines: [
      [index, "first"],
      [index + 0.5, "last"],
    ],
  })) as unknown as [Life, ...Life[]];

test("lines of 100 children come in the order of time, though each page of theirs is short", async (t) => {
  const service = new SimulatedService();
  const all = service.logs.bind(service);
  service.logs = async (stream, page) => await all(stream, { ...page, limit: 3 });
  const lives = Array.from({ length: 100 }, (_, child) => ({
    states: [[0, "SUCCEEDED"]],
    lines: Array.from({ length: 10 }, (_, line) => [line * 100 + ((child * 37) % 100), String(line)]),
  })) as unknown as [Life, ...Life[]];
  service.add(
    "a",
    ...(lives.map((life) => ({
      ...life,
      states: [
        [0, "RUNNING"],
        [1000, "SUCCEEDED"],
      ] as const,
    })) as unknown as [Life, ...Life[]]),
  );
  service.now += 2_000_000;
  const times: number[] = [];
  for await (const some of linesOf(service).read()) times.push(...some.map(({ timestamp }) => timestamp));
  t.is(times.length, 1000);
  t.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );
});

test("10,000 children that have ended are read once, ten calls a second, and no more than 100 streams are held", async (t) => {
  const service = new SimulatedService();
  service.add("a", ...inTurn(10_000));
  service.now += 20_000_000;
  const lines = linesOf(service);
  let most = 0;
  let count = 0;
  for await (const some of lines.read()) {
    most = Math.max(most, new Set(some.map(({ job }) => job.jobId)).size);
    count += some.length;
  }
  t.is(count, 20_000);
  t.true(most <= 100);
  // One to describe each hundred, two to be sure of the end of a stream.
  t.true(service.calls.length <= 1 + 100 + 2 * 10_000, `${service.calls.length}`);
  for (const [index, { at }] of service.calls.entries())
    if (index > 0) t.true(at - service.calls[index - 1]!.at >= 100);
  t.true(lines.isDone);
});

test("the last lines of 10,000 children are asked of those that have ended last", async (t) => {
  const service = new SimulatedService();
  service.add("a", ...inTurn(10_000));
  service.now += 20_000_000;
  const lines = linesOf(service);
  t.deepEqual((await lines.last(4)).map(textOf), ["9998 first", "9998 last", "9999 first", "9999 last"]);
  const asked = service.calls.filter(({ kind }) => kind === "lastLogs");
  t.true(asked.length < 200, `${asked.length}`);
  t.deepEqual(await read(lines), []);
});

test("who asks for lines since a time asks no child that had ended before", async (t) => {
  const service = new SimulatedService();
  service.add("a", ...inTurn(1000));
  service.now += 20_000_000;
  const since = 1_000_000 + 990_500;
  t.deepEqual((await read(linesOf(service, { since }))).slice(0, 3), ["990 last", "991 first", "991 last"]);
  t.true(service.calls.filter(({ kind }) => kind === "logs").length < 200);
});

test("after the last lines the following goes on behind them", async (t) => {
  const service = new SimulatedService();
  const lines = Array.from({ length: 30 }, (_, second) => [second + 1, `line ${second}`] as const);
  service.add("a", {
    states: [
      [0, "RUNNING"],
      [60, "SUCCEEDED"],
    ],
    lines,
  });
  service.now += 10_000;
  const streams = linesOf(service);
  const seen = (await streams.last(2)).map(textOf);
  t.deepEqual(seen, ["line 8", "line 9"]);
  for await (const next of followLines(streams, () => service.sleep(5000))) {
    if (typeof next !== "string") seen.push(...next.map(textOf));
  }
  t.deepEqual(
    seen,
    lines.slice(8).map(([, message]) => message),
  );
  t.true(service.second < 80);
});

test("the last lines of a job that is tried for the second time are those of both attempts, the first's are not read again", async (t) => {
  const service = Object.assign(new SimulatedService(), {
    describe: async () => [job({ attempts: [{ logStreamName: "one", stoppedAt: 5 }], logStreamName: "two" })],
    lastLogs: async (stream: string) => ({
      events: [{ timestamp: stream === "one" ? 1 : 2, message: stream }],
      previous: "",
      next: "1",
    }),
    logs: async () => ({ events: [], next: "1" }),
  });
  t.deepEqual((await linesOf(service).last(5)).map(textOf), ["one", "two"]);
  const lines = linesOf(service);
  t.deepEqual((await lines.last(1)).map(textOf), ["two"]);
  t.deepEqual(await read(lines), []);
});

test("children that the service does not know are counted in the end, and keep nobody waiting", async (t) => {
  const service = new SimulatedService();
  service.add("a", ...inTurn(300));
  service.unknown.add("a:7");
  const lines = linesOf(service);
  const seen = await read(lines);
  for await (const next of followLines(lines, () => service.sleep(5000))) {
    if (typeof next !== "string") seen.push(...next.map(textOf));
  }
  t.is(new Set(seen).size, 598);
  t.is(seen.length, 598);
  t.is(lines.missing, 1);
});
