import test from "ava";
import { Outage } from "../../../batch/jobs/outage.ts";
import type { Sighting } from "../../../batch/jobs/sighting.ts";
import { watch } from "../../../batch/jobs/watcher.ts";
import { Failure } from "../../../worker/failure.ts";
import { type Life, SimulatedService } from "./simulated-service.ts";

type Kind<Name extends Sighting["kind"]> = Extract<Sighting, { kind: Name }>;

async function see(service: SimulatedService, jobIds: readonly string[], withLogs = true) {
  const sightings: (Sighting & { readonly second: number })[] = [];
  const { clock, sleep } = service;
  for await (const sighting of watch(service, { jobIds, clock, sleep, withLogs })) {
    sightings.push({ ...sighting, second: service.second });
  }
  const of = <Name extends Sighting["kind"]>(kind: Name) =>
    sightings.filter((one) => one.kind === kind) as unknown as (Kind<Name> & { second: number })[];
  const lines = of("lines").flatMap(({ job, events }) => events.map(({ message }) => `${job.index ?? "-"} ${message}`));
  return { sightings, of, lines, last: of("jobs").at(-1)! };
}

const ran = (from: number, to: number, more: Partial<Life> = {}): Life => ({
  states: [
    [0, "RUNNABLE"],
    [from - 1, "STARTING"],
    [from, "RUNNING"],
    [to, (more.exitCode ?? 0) === 0 ? "SUCCEEDED" : "FAILED"],
  ],
  exitCode: 0,
  ...more,
});

test("a job is followed through its states and lines to its end", async (t) => {
  const service = new SimulatedService();
  service.add(
    "a",
    ran(10, 30, {
      exitCode: 65,
      lines: [
        [11, "one"],
        [20, "two"],
        [30, "last"],
      ],
      logDelay: 2,
    }),
  );
  const { lines, last, of, sightings } = await see(service, ["a"]);
  t.deepEqual(lines, ["- one", "- two", "- last"]);
  t.is(last.jobs[0]!.exitCode, 65);
  t.deepEqual(
    last.spans.get("a")!.map(({ status, since }) => [status, (since - 1_000_000) / 1000]),
    [
      ["RUNNABLE", 0],
      ["STARTING", 9],
      ["RUNNING", 10],
      ["FAILED", 30],
    ],
  );
  t.deepEqual(of("unread"), []);
  t.true(sightings.at(-1)!.second < 36);
});

test("a stream that appears after the job's end is still read", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(10, 12, { lines: [[11, "one"]], logDelay: 9 }));
  const { lines } = await see(service, ["a"]);
  t.deepEqual(lines, ["- one"]);
});

test("one child that the service does not know takes no lines from 99 others, and is told once", async (t) => {
  const service = new SimulatedService();
  const lives = Array.from({ length: 100 }, () => ran(5, 200, { lines: [[6, "begun"]] }));
  service.add("a", ...(lives as [Life, ...Life[]]));
  service.unknown.add("a:3");
  const { lines, of } = await see(service, ["a"]);
  t.is(new Set(lines).size, 99);
  t.deepEqual(
    of("trouble").map(({ message }) => message),
    ["Nothing is told of a:3: their lines are not shown."],
  );
  t.is(of("unread")[0]?.children, 1);
});

test("a role that may not ask about children is told so", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(5, 200), ran(5, 200));
  service.find = async () => {
    throw new Failure("usage", "AWS denies batch:DescribeJobs.");
  };
  await t.throwsAsync(() => see(service, ["a"]), { message: "AWS denies batch:DescribeJobs." });
});

test("what a failed attempt says last is shown, though the next one has begun before it can be read", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(10, 60));
  const [plain] = await service.describe(["a"]);
  const streams: Record<string, readonly (readonly [number, string])[]> = {
    one: [
      [12, "first"],
      [22, "why it failed"],
    ],
    two: [[25, "second"]],
  };
  service.describe = async () => {
    const second = service.second;
    const status = second < 20 ? "RUNNING" : second < 22 ? "STARTING" : second < 60 ? "RUNNING" : "SUCCEEDED";
    const attempts = second < 20 ? [] : [{ logStreamName: "one", startedAt: 10, stoppedAt: service.now }];
    return [{ ...plain!, status, attempts, logStreamName: second < 21 ? "one" : "two" }];
  };
  service.logs = async (name, { after } = {}) => {
    const there = streams[name]!.filter(([from]) => from <= service.second);
    const events = there.slice(Number(after ?? 0)).map(([, message]) => ({ timestamp: 1, message }));
    return { events, next: String(there.length) };
  };
  const { lines } = await see(service, ["a"]);
  t.deepEqual(lines, ["- first", "- why it failed", "- second"]);
});

test("an empty first page is not the end of a stream", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(10, 60, { lines: [[11, "one"]] }));
  const all = service.logs.bind(service);
  service.logs = async (stream, page) => {
    if (page?.after === undefined) return { events: [], next: "0" };
    return await all(stream, page);
  };
  service.now += 10_000_000;
  const { lines } = await see(service, ["a"]);
  t.deepEqual(lines, ["- one"]);
});

test("a line is shown within three seconds", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(10, 400, { lines: [[300, "late"]] }));
  const { of } = await see(service, ["a"]);
  const [line] = of("lines");
  t.true(line!.second - 300 <= 3, `${line!.second}`);
});

test("a job that has ended is read from its first line to its last", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(1, 2, { lines: [[1, "one"]] }));
  service.now += 1_000_000;
  const { lines } = await see(service, ["a"]);
  t.deepEqual(lines, ["- one"]);
});

test("all children of a small array are read, though they run for a second each", async (t) => {
  const service = new SimulatedService();
  service.add(
    "a",
    ...(Array.from({ length: 4 }, (_, index) =>
      ran(5 + index, 6 + index, { exitCode: index === 3 ? 2 : 0, lines: [[5 + index, "ran"]] }),
    ) as [Life, ...Life[]]),
  );
  const { lines, last, of } = await see(service, ["a"]);
  t.deepEqual(lines.sort(), ["0 ran", "1 ran", "2 ran", "3 ran"]);
  t.deepEqual(
    last.failed.map(({ index, exitCode }) => [index, exitCode]),
    [[3, 2]],
  );
  t.deepEqual(of("unread"), []);
});

test("all lines of 60 children are shown, though all end at once", async (t) => {
  const service = new SimulatedService();
  const lives = Array.from({ length: 60 }, () => ran(5, 20, { lines: [[6, "begun"]], logDelay: 1 }));
  service.add("a", ...(lives as [Life, ...Life[]]));
  const { lines, of } = await see(service, ["a"]);
  t.deepEqual(lines.sort(), Array.from({ length: 60 }, (_, index) => `${index} begun`).sort());
  t.deepEqual(of("unread"), []);
});

/** 1,000 at a time, each for a minute or two; every 20th fails. */
const tenThousand = Array.from({ length: 10_000 }, (_, index) => {
  const from = 30 + Math.floor(index / 1000) * 90;
  const fails = index % 20 === 7;
  return ran(from, from + 60 + (index % 30), {
    exitCode: fails ? 1 : 0,
    statusReason: fails ? `Essential container in task exited` : "",
    lines: [[from + 1, "begun"]],
  });
}) as [Life, ...Life[]];

test("an array of 10,000 costs a call a second, and its failures are all known", async (t) => {
  const service = new SimulatedService();
  service.add("a", ...tenThousand);
  const { last, of, lines } = await see(service, ["a"]);
  const { length } = service.calls;
  t.true(length <= service.second + 1, `${length} calls in ${service.second} s`);
  for (const [index, { at }] of service.calls.entries()) {
    if (index > 0) t.true(at - service.calls[index - 1]!.at >= 500, `call ${index}`);
  }
  t.is(last.failed.length, 500);
  t.is(last.jobs[0]!.status, "FAILED");
  t.deepEqual(last.jobs[0]!.array!.statusSummary, { SUCCEEDED: 9500, FAILED: 500 });
  const read = new Set(lines);
  t.is(read.size, lines.length, "no line twice");
  t.true(read.size > 200, `${read.size} lines`);
  t.true(of("unread")[0]!.children >= 10_000 - read.size);
  // Not one state is older than a few calls.
  const looks = service.calls.filter(({ kind }) => kind === "describe").map(({ at }) => at);
  t.true(Math.max(...looks.slice(1).map((at, index) => at - looks[index]!)) <= 10_000);
});

test("10,000 that fail in the end are all known, lines or not", async (t) => {
  const service = new SimulatedService();
  const lives = Array.from({ length: 10_000 }, (_, index) =>
    ran(30, 60, { exitCode: index === 9_999 ? 65 : 1, lines: [[31, "begun"]] }),
  );
  service.add("a", ...(lives as [Life, ...Life[]]));
  const { last, of } = await see(service, ["a"]);
  t.is(last.failed.length, 10_000);
  t.deepEqual(of("unlisted"), []);
  t.true(service.calls.length <= service.second + 1, `${service.calls.length} calls in ${service.second} s`);
});

test("a list that is slow to tell failures is asked again; what it never tells is said", async (t) => {
  for (const [from, missing] of [
    [70, 0],
    [Number.POSITIVE_INFINITY, 2],
  ] as const) {
    const service = new SimulatedService();
    service.add("a", ...(Array.from({ length: 300 }, () => ran(30, 60, { exitCode: 1 })) as [Life, ...Life[]]));
    const all = service.children.bind(service);
    service.children = async function* (jobId, status) {
      for await (const job of all(jobId, status)) if (job.index! > 1 || service.second >= from) yield job;
    };
    const { last, of } = await see(service, ["a"]);
    t.is(last.failed.length, 300 - missing);
    t.deepEqual(
      of("unlisted").map(({ children }) => children),
      missing === 0 ? [] : [missing],
    );
    t.true(service.second < 200);
  }
});

test("a job that has ended is asked for no more: one that is forgotten does not end the watch of others", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(10, 20, { exitCode: 3 }));
  service.add("b", ran(30, 300));
  const all = service.describe.bind(service);
  service.describe = async (jobIds) => {
    if (jobIds.includes("a") && service.second > 100) throw new Failure("usage", "no job a");
    return await all(jobIds);
  };
  const { last } = await see(service, ["a", "b"]);
  t.deepEqual(
    last.jobs.map(({ jobId, status, exitCode }) => [jobId, status, exitCode]),
    [
      ["a", "FAILED", 3],
      ["b", "SUCCEEDED", 0],
    ],
  );
});

test("nothing is listed while nothing changes", async (t) => {
  const service = new SimulatedService();
  const idle: Life = {
    states: [
      [0, "RUNNABLE"],
      [600, "RUNNING"],
      [700, "SUCCEEDED"],
    ],
  };
  service.add("a", ...(Array.from({ length: 200 }, () => idle) as [Life, ...Life[]]));
  await see(service, ["a"]);
  const before = service.calls.filter(({ at }) => at < 1_000_000 + 600_000);
  t.true(before.every(({ kind }) => kind === "describe"));
  t.true(before.length <= 600 / 5 + 1);
});

test("what stays in RUNNABLE for a minute is told once, what waits for others is not", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(200, 210));
  service.add("b", {
    states: [
      [0, "PENDING"],
      [210, "RUNNABLE"],
      [220, "RUNNING"],
      [230, "SUCCEEDED"],
    ],
    dependsOn: [{ jobId: "a" }],
  });
  service.add("c", ran(30, 40), ran(90, 100));
  const { of } = await see(service, ["a", "b", "c"]);
  t.deepEqual(
    of("stuck").map(({ job, seconds }) => [job.jobId, seconds]),
    [["a", 60]],
  );
});

test("whoever comes back to a job that has waited for an hour is told at once", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(3700, 3710));
  service.now += 3_600_000;
  const { of } = await see(service, ["a"]);
  t.deepEqual(
    of("stuck").map(({ seconds, second }) => [seconds, second]),
    [[3600, 3600]],
  );
});

test("an outage is told and outlived, wherever it comes", async (t) => {
  const service = new SimulatedService();
  service.add(
    "a",
    ...(Array.from({ length: 300 }, (_, index) => ran(10, 100, { exitCode: index % 2 })) as [Life, ...Life[]]),
  );
  let number = 0;
  service.fault = () => {
    number += 1;
    return number % 3 === 0 ? new Outage("usage", "The credentials for AWS have expired.") : undefined;
  };
  const { of, last } = await see(service, ["a"]);
  t.true(of("trouble").length > 3);
  t.true(of("recovered").length > 3);
  t.is(last.failed.length, 150);
});

test("an outage of ten minutes is asked about every half minute", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(10, 700));
  service.fault = (_, second) => (second > 20 && second < 620 ? new Outage("failed", "no network") : undefined);
  const { of, last } = await see(service, ["a"]);
  t.is(of("recovered").length, 1);
  t.true(of("recovered")[0]!.seconds >= 599);
  t.true(service.calls.filter(({ at }) => at > 1_020_000 && at < 1_620_000).length < 30);
  // Told once, not twenty times.
  t.is(of("trouble").length, 1);
  t.is(last.jobs[0]!.status, "SUCCEEDED");
});

test("what won't pass ends the watch; lines that are denied do not", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(10, 60, { lines: [[11, "one"]] }));
  service.fault = (kind) => (kind === "logs" ? new Failure("usage", "AWS denies logs:GetLogEvents.") : undefined);
  const { of, last } = await see(service, ["a"]);
  t.deepEqual(
    of("trouble").map(({ message }) => message),
    ["AWS denies logs:GetLogEvents."],
  );
  t.is(last.jobs[0]!.status, "SUCCEEDED");
  await t.throwsAsync(() => see(service, ["b"]), { message: "no job b" });
});

test("without lines nobody asks for streams", async (t) => {
  const service = new SimulatedService();
  service.add("a", ran(10, 60, { lines: [[11, "one"]] }));
  const { of } = await see(service, ["a"], false);
  t.true(service.calls.every(({ kind }) => kind === "describe"));
  t.deepEqual(of("unread"), []);
});
