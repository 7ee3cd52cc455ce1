import test from "ava";
import { FailureGroups, failureReason, rangesText } from "../../../batch/jobs/failures.ts";
import type { Job, JobStatus } from "../../../batch/jobs/job.ts";
import { duration, picture } from "../../../batch/jobs/picture.ts";
import { StateSpans } from "../../../batch/jobs/state-spans.ts";
import { stateTimes } from "../../../batch/jobs/state-times.ts";

const job = (status: JobStatus, rest: Partial<Job> = {}): Job => ({
  jobId: "a",
  jobName: "flights",
  status,
  createdAt: 0,
  dependsOn: [],
  attempts: [],
  environment: {},
  jobQueue: "local",
  jobDefinition: "local",
  ...rest,
});

const meaningOf = (code: number) => (code === 65 ? "too many bad records" : undefined);

function groupsOf(failed: Iterable<{ readonly index?: number; readonly reason: string }>) {
  const groups = new FailureGroups();
  for (const one of failed) groups.add(one);
  return groups.all;
}

test("10,000 children are a few lines: counts by state, then failures by reason, the most frequent first", (t) => {
  const failed = Array.from({ length: 1200 }, (_, index) => ({
    index: index * 2,
    reason: failureReason({ exitCode: index < 1000 ? 65 : 137, statusReason: "x" }, meaningOf),
  }));
  const parent = job("PENDING", {
    array: { size: 10_000, statusSummary: { FAILED: 1200, SUCCEEDED: 3000, RUNNABLE: 5798, RUNNING: 2 } },
  });
  const views = [
    { job: parent, times: [["PENDING", 61_000] as const], failures: groupsOf(failed) },
    { job: job("SUBMITTED", { jobName: "route_stats" }), times: [], failures: [] },
  ];
  t.deepEqual(picture(views), [
    "flights      PENDING    PENDING 1 min 1 s",
    "  10,000 children: RUNNABLE 5,798, RUNNING 2, SUCCEEDED 3,000, FAILED 1,200",
    "  1,000 failed, x; exit code 65 (too many bad records): children 0, 2, 4, 6, 8 and 995 more",
    "  200 failed, x; exit code 137: children 2000, 2002, 2004, 2006, 2008 and 195 more",
    "route_stats  SUBMITTED",
  ]);
});

test("reasons that nobody shares are counted from the sixth on", (t) => {
  const failures = groupsOf(Array.from({ length: 9 }, (_, index) => ({ index, reason: `reason ${index}` })));
  const lines = picture([
    { job: job("FAILED", { array: { size: 9, statusSummary: { FAILED: 9 } } }), times: [], failures },
  ]);
  t.is(lines.length, 8);
  t.is(lines.at(-1), "  4 failed for 4 other reasons");
});

test("a job without children tells its own failure", (t) => {
  const failures = groupsOf([{ reason: "exit code 1" }]);
  t.deepEqual(picture([{ job: job("FAILED"), times: [["RUNNING", 400]], failures }]), [
    "flights  FAILED  RUNNING 0.4 s",
    "  failed, exit code 1",
  ]);
});

test("why a job failed, in one sentence that its likes share", (t) => {
  const exited = "Essential container in task exited";
  t.is(failureReason({ exitCode: 65, statusReason: exited }, meaningOf), "exit code 65 (too many bad records)");
  t.is(
    failureReason({ exitCode: 137, statusReason: exited, reason: "OutOfMemoryError: killed" }, meaningOf),
    "OutOfMemoryError: killed; exit code 137",
  );
  t.is(failureReason({ statusReason: "Dependent Job failed" }, meaningOf), "Dependent Job failed");
  t.is(failureReason({}, meaningOf), "no reason is told");
});

test("children as ranges", (t) => {
  t.is(rangesText([0, 1, 2, 3]), "0-3");
  t.is(rangesText([0, 1, 2, 7, 9, 10]), "0-2, 7, 9-10");
  t.is(rangesText([0, 2, 4, 5, 6], 2), "0, 2 and 3 more");
});

test("durations", (t) => {
  t.deepEqual([440, 12_300, 59_600, 185_000, 7_800_000].map(duration), [
    "0.4 s",
    "12 s",
    "1 min 0 s",
    "3 min 5 s",
    "2 h 10 min",
  ]);
});

test("the time in each state: what was seen, and what Batch tells of before", (t) => {
  const spans = new StateSpans();
  spans.tell(job("RUNNABLE"), 2_000);
  spans.tell(job("RUNNABLE"), 3_000);
  spans.tell(job("STARTING"), 4_000);
  const running = job("RUNNING", { startedAt: 4_500 });
  spans.tell(running, 5_000);
  t.deepEqual(stateTimes(running, spans.all.get("a")!, 6_000), [
    ["RUNNABLE", 4_000],
    ["STARTING", 500],
    ["RUNNING", 1_500],
  ]);
  const ended = job("SUCCEEDED", { startedAt: 4_500, stoppedAt: 7_000 });
  spans.tell(ended, 9_000);
  t.deepEqual(stateTimes(ended, spans.all.get("a")!, 10_000).at(-1), ["RUNNING", 2_500]);
});

test("a job that had ended before it was looked at tells how long it waited and ran", (t) => {
  const ended = job("FAILED", { startedAt: 1_000, stoppedAt: 4_000 });
  t.deepEqual(stateTimes(ended, [{ status: "FAILED", since: 4_000 }], 95_000), [
    ["RUNNABLE", 1_000],
    ["RUNNING", 3_000],
  ]);
});

test("attempts of a job add up", (t) => {
  const states = [
    { status: "RUNNING", since: 1_000 },
    { status: "RUNNABLE", since: 2_000 },
    { status: "RUNNING", since: 2_500 },
  ] as const;
  t.deepEqual(stateTimes(job("RUNNING", { startedAt: 2_500 }), states, 3_000), [
    ["RUNNABLE", 1_500],
    ["RUNNING", 1_500],
  ]);
});
