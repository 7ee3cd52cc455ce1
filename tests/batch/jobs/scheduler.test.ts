import test from "ava";
import fc from "fast-check";
import { JobRecord } from "../../../batch/jobs/job-record.ts";
import { Scheduled } from "./scheduled.ts";

/** Each title ends in the page of the user guide (docs.aws.amazon.com/batch/latest/userguide) that says so. */

test("a job without dependencies is RUNNABLE, STARTING, RUNNING, SUCCEEDED (job_states)", (t) => {
  const queue = new Scheduled(1);
  queue.submit("a");
  t.deepEqual(queue.tick(), ["start a:0 attempt 1"]);
  queue.end("a", 0);
  t.deepEqual(
    queue.transitions.map(([, { status }]) => status),
    ["RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"],
  );
});

test("a job waits in RUNNABLE until there is room, and the first come is the first served (job_states)", (t) => {
  const queue = new Scheduled(2);
  for (const id of ["a", "b", "c"]) queue.submit(id);
  t.deepEqual(queue.tick(), ["start a:0 attempt 1", "start b:0 attempt 1"]);
  t.is(queue.status("c"), "RUNNABLE");
  t.deepEqual(queue.tick(), []);
  queue.end("b", 0);
  t.deepEqual(queue.tick(), ["start c:0 attempt 1"]);
});

test("a job takes as many vCPUs as it asks for, and all where it asks for more than there are", (t) => {
  const queue = new Scheduled(2);
  queue.submit("small");
  queue.submit("large", { vcpu: 4 });
  queue.submit("late");
  queue.submit("last");
  t.deepEqual(queue.tick(), ["start small:0 attempt 1"]);
  queue.end("small", 0);
  t.deepEqual(queue.tick(), ["start large:0 attempt 1"]);
  queue.end("large", 0);
  t.deepEqual(queue.tick(), ["start late:0 attempt 1", "start last:0 attempt 1"]);
});

test("a machine on which nothing runs has room for a job that wants all of it, whatever has run before", (t) => {
  const parts = fc.integer({ min: 1, max: 5000 }).map((thousandths) => thousandths / 1000);
  const jobs = fc.array(
    fc.record({ vcpu: parts, exitCode: fc.constantFrom(0, 1), attempts: fc.integer({ min: 1, max: 3 }) }),
    {
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), jobs, fc.infiniteStream(fc.nat()), (capacity, requests, choices) => {
      const queue = new Scheduled(capacity);
      const running: { jobId: string; vcpu: number }[] = [];
      const ids = requests.map((_, number) => `job-${number}`);
      for (const [number, request] of requests.entries()) queue.submit(ids[number]!, request);
      const vcpuOf = (jobId: string) => Math.min(capacity, requests[ids.indexOf(jobId)]!.vcpu);
      for (;;) {
        for (const text of queue.tick()) {
          const [, jobId = ""] = text.match(/^start (.*):0 attempt/) ?? [];
          running.push({ jobId, vcpu: vcpuOf(jobId) });
        }
        const [next] = running.splice((choices.next().value ?? 0) % Math.max(1, running.length), 1);
        if (next === undefined) break;
        const taken = running.reduce((sum, { vcpu }) => sum + vcpu, next.vcpu);
        t.true(taken <= capacity + 1e-9);
        queue.end(next.jobId, requests[ids.indexOf(next.jobId)]!.exitCode);
      }
      t.true(queue.scheduler.isIdle);
      queue.submit("whole", { vcpu: capacity });
      t.deepEqual(queue.tick(), ["start whole:0 attempt 1"]);
    }),
    { numRuns: 200 },
  );
});

test("parts that make up the whole run at once", (t) => {
  const queue = new Scheduled(1);
  for (const [number, vcpu] of [0.1, 0.2, 0.7].entries()) queue.submit(`${number}`, { vcpu });
  t.is(queue.tick().length, 3);
});

test("a job that has ended is forgotten when nobody can wait for it any more, and may be added again for who does", (t) => {
  const queue = new Scheduled(4);
  const first = queue.submit("a", { arraySize: 3 });
  queue.submit("b", { arraySize: 3, dependsOn: [{ jobId: "a", type: "N_TO_N" }] });
  queue.submit("never", { dependsOn: [{ jobId: "a" }] });
  queue.scheduler.terminate("never", undefined, "no longer wanted", queue.now);
  queue.runAll();
  queue.tick();
  t.deepEqual(
    ["a", "b", "never"].map((id) => queue.scheduler.has(id)),
    [false, false, false],
  );
  t.true(queue.scheduler.isIdle);
  queue.scheduler.add(first, queue.now);
  queue.submit("c", { dependsOn: [{ jobId: "a" }] });
  t.false(queue.scheduler.isIdle);
  t.deepEqual(queue.tick(), ["start c:0 attempt 1"]);
  t.false(queue.scheduler.has("a"));
});

test("a dependency that has not succeeded yet keeps a job in PENDING (job_dependencies)", (t) => {
  const queue = new Scheduled(4);
  queue.submit("a");
  queue.submit("b");
  queue.submit("c", { dependsOn: [{ jobId: "a" }, { jobId: "b" }] });
  queue.tick();
  queue.end("a", 0);
  t.is(queue.status("c"), "PENDING");
  t.deepEqual(queue.tick(), []);
  queue.end("b", 0);
  t.is(queue.status("c"), "RUNNABLE");
  t.deepEqual(queue.tick(), ["start c:0 attempt 1"]);
});

test("a dependency that fails for good fails who waits, and who waits for that one (job_dependencies)", (t) => {
  const queue = new Scheduled(1);
  queue.submit("a", { attempts: 2 });
  queue.submit("b", { dependsOn: [{ jobId: "a" }] });
  queue.submit("c", { dependsOn: [{ jobId: "b" }] });
  queue.tick();
  queue.end("a", 1);
  t.deepEqual([queue.status("a"), queue.status("b")], ["RUNNABLE", "PENDING"]);
  queue.tick();
  queue.end("a", 1);
  t.deepEqual([queue.status("a"), queue.status("b"), queue.status("c")], ["FAILED", "FAILED", "FAILED"]);
  t.is(queue.record("b").describe().statusReason, "Dependent Job failed");
  t.deepEqual(queue.record("b").describe().attempts, []);
  t.true(queue.scheduler.isIdle);
});

test("a dependency that ended before is one that is met, or one that failed (job_dependencies)", (t) => {
  const queue = new Scheduled(4);
  queue.submit("good");
  queue.submit("bad");
  queue.tick();
  queue.end("good", 0);
  queue.end("bad", 1);
  queue.submit("after good", { dependsOn: [{ jobId: "good" }] });
  queue.submit("after bad", { dependsOn: [{ jobId: "bad" }], arraySize: 3 });
  t.is(queue.status("after good"), "RUNNABLE");
  t.is(queue.status("after bad"), "FAILED");
});

test("the parent of an array is SUBMITTED, PENDING from the first RUNNABLE child, then SUCCEEDED (array_jobs)", (t) => {
  const queue = new Scheduled(2);
  queue.submit("first");
  const parent = queue.submit("a", { arraySize: 3, dependsOn: [{ jobId: "first" }] });
  t.is(parent.status, "SUBMITTED");
  t.is(queue.status("a:2"), "PENDING");
  queue.tick();
  queue.end("first", 0);
  t.is(parent.status, "PENDING");
  t.deepEqual(queue.tick(), ["start a:0 attempt 1", "start a:1 attempt 1"]);
  t.is(parent.status, "PENDING");
  t.deepEqual(parent.describe().array, { size: 3, statusSummary: { RUNNING: 2, RUNNABLE: 1 } });
  queue.runAll();
  queue.end("a:0", 0);
  queue.end("a:1", 0);
  queue.runAll();
  t.is(parent.status, "SUCCEEDED");
  t.deepEqual(parent.describe().array, { size: 3, statusSummary: { SUCCEEDED: 3 } });
});

test("a parent fails when its children have ended and one has failed; the others run to their end (array_jobs)", (t) => {
  const queue = new Scheduled(1);
  const parent = queue.submit("a", { arraySize: 3 });
  queue.tick();
  queue.end("a:0", 1);
  t.is(parent.status, "PENDING");
  queue.runAll();
  t.is(parent.status, "FAILED");
  t.deepEqual(parent.describe().array?.statusSummary, { FAILED: 1, SUCCEEDED: 2 });
});

test("who depends on an array waits for all of its children (job_dependencies)", (t) => {
  const queue = new Scheduled(4);
  queue.submit("a", { arraySize: 2 });
  queue.submit("b", { dependsOn: [{ jobId: "a" }] });
  queue.tick();
  queue.end("a:1", 0);
  t.is(queue.status("b"), "PENDING");
  queue.end("a:0", 0);
  t.is(queue.status("b"), "RUNNABLE");
});

test("N_TO_N: each child waits for its like alone, and fails with it alone (array_jobs)", (t) => {
  const queue = new Scheduled(8);
  queue.submit("a", { arraySize: 3 });
  queue.submit("b", { arraySize: 3, dependsOn: [{ jobId: "a", type: "N_TO_N" }] });
  queue.tick();
  queue.end("a:1", 0);
  t.deepEqual(
    [0, 1, 2].map((index) => queue.status(`b:${index}`)),
    ["PENDING", "RUNNABLE", "PENDING"],
  );
  queue.end("a:2", 1);
  queue.end("a:0", 0);
  t.deepEqual(
    [0, 1, 2].map((index) => queue.status(`b:${index}`)),
    ["RUNNABLE", "RUNNABLE", "FAILED"],
  );
});

test("N_TO_N: children whose like had ended before they were submitted do not wait, or have failed (array_jobs)", (t) => {
  const queue = new Scheduled(8);
  queue.submit("a", { arraySize: 3 });
  queue.tick();
  queue.end("a:0", 0);
  queue.end("a:1", 1);
  queue.submit("b", { arraySize: 3, dependsOn: [{ jobId: "a", type: "N_TO_N" }] });
  t.deepEqual(
    [0, 1, 2].map((index) => queue.status(`b:${index}`)),
    ["RUNNABLE", "FAILED", "PENDING"],
  );
});

test("SEQUENTIAL: each child waits for the one before, from index 0 (array_jobs)", (t) => {
  const queue = new Scheduled(8);
  queue.submit("a", { arraySize: 3, dependsOn: [{ type: "SEQUENTIAL" }] });
  t.deepEqual(queue.tick(), ["start a:0 attempt 1"]);
  queue.end("a:0", 0);
  t.deepEqual(queue.tick(), ["start a:1 attempt 1"]);
  queue.end("a:1", 0);
  t.deepEqual(queue.tick(), ["start a:2 attempt 1"]);
});

test("SEQUENTIAL: a child that fails fails all after it, 10,000 of them", (t) => {
  const queue = new Scheduled(8);
  const parent = queue.submit("a", { arraySize: 10_000, dependsOn: [{ type: "SEQUENTIAL" }] });
  queue.tick();
  queue.end("a:0", 1);
  t.deepEqual(parent.describe().array?.statusSummary, { FAILED: 10_000 });
  t.is(parent.describeChild(9_999).statusReason, "Dependent Job failed");
});

test("an attempt that failed goes back to RUNNABLE, and each attempt is told (job_retries)", (t) => {
  const queue = new Scheduled(1);
  const job = queue.submit("a", { attempts: 3 });
  t.deepEqual(queue.tick(), ["start a:0 attempt 1"]);
  queue.now = 5;
  queue.end("a", 69);
  t.is(queue.status("a"), "RUNNABLE");
  t.deepEqual(queue.tick(), ["start a:0 attempt 2"]);
  queue.now = 9;
  queue.end("a", 0);
  const { attempts, status, exitCode, logStreamName } = job.describe();
  t.is(status, "SUCCEEDED");
  t.is(exitCode, 0);
  t.is(logStreamName, "a/2");
  t.deepEqual(attempts, [
    {
      logStreamName: "a/1",
      startedAt: 0,
      stoppedAt: 5,
      statusReason: "Essential container in task exited",
      exitCode: 69,
    },
    {
      logStreamName: "a/2",
      startedAt: 5,
      stoppedAt: 9,
      statusReason: "Essential container in task exited",
      exitCode: 0,
    },
  ]);
});

test("the attempts of an array are each child's own (API_SubmitJob)", (t) => {
  const queue = new Scheduled(2);
  const parent = queue.submit("a", { arraySize: 4, attempts: 2 });
  queue.runAll(({ index }, attempt) => (index === 3 || (index === 1 && attempt === 1) ? 1 : 0));
  t.deepEqual(
    [0, 1, 2, 3].map((index) => parent.describeChild(index).attempts.length),
    [1, 2, 1, 2],
  );
  t.deepEqual(parent.describe().array?.statusSummary, { SUCCEEDED: 3, FAILED: 1 });
});

test("a timeout counts from the start of the attempt; SIGTERM, and SIGKILL 30 seconds later (job_timeouts)", (t) => {
  const queue = new Scheduled(1);
  const job = queue.submit("a", { timeout: 60, attempts: 3 });
  queue.now = 100_000;
  queue.tick();
  t.is(queue.scheduler.nextDeadline, 160_000);
  queue.now = 159_999;
  t.deepEqual(queue.tick(), []);
  queue.now = 160_000;
  t.deepEqual(queue.tick(), ["terminate a:0"]);
  t.is(queue.scheduler.nextDeadline, 190_000);
  queue.now = 189_999;
  t.deepEqual(queue.tick(), []);
  queue.now = 190_000;
  t.deepEqual(queue.tick(), ["kill a:0"]);
  t.deepEqual(queue.tick(), []);
  queue.end("a", 137);
  t.like(job.describe(), { status: "FAILED", statusReason: "Job attempt duration exceeded timeout", exitCode: 137 });
});

test("a clock that is set takes no time from an attempt, and gives it none", (t) => {
  for (const by of [-3_600_000, 3_600_000]) {
    const queue = new Scheduled(1);
    queue.submit("a", { timeout: 60 });
    queue.now = 10_000_000;
    queue.tick();
    queue.now += 59_000 + by;
    queue.scheduler.clockMoved(by);
    t.deepEqual(queue.tick(), []);
    queue.now += 1000;
    t.deepEqual(queue.tick(), ["terminate a:0"]);
    queue.now += 29_000 + by;
    queue.scheduler.clockMoved(by);
    t.deepEqual(queue.tick(), []);
    queue.now += 1000;
    t.deepEqual(queue.tick(), ["kill a:0"]);
  }
});

test("a second attempt has a timeout of its own (job_timeouts)", (t) => {
  const queue = new Scheduled(1);
  queue.submit("a", { timeout: 60, attempts: 2 });
  queue.tick();
  queue.now = 59_000;
  queue.end("a", 1);
  queue.tick();
  queue.now = 100_000;
  t.deepEqual(queue.tick(), []);
  queue.now = 119_000;
  t.deepEqual(queue.tick(), ["terminate a:0"]);
});

test("without a timeout a job runs until it ends (job_timeouts)", (t) => {
  const queue = new Scheduled(1);
  queue.submit("a");
  queue.tick();
  t.is(queue.scheduler.nextDeadline, Number.POSITIVE_INFINITY);
});

test("who is terminated fails with the reason: what waits at once, what runs when it has stopped (API_TerminateJob)", (t) => {
  const queue = new Scheduled(1);
  const parent = queue.submit("a", { arraySize: 3, attempts: 3 });
  queue.submit("b", { dependsOn: [{ jobId: "a" }] });
  queue.tick();
  queue.scheduler.terminate("a", undefined, "no longer wanted", queue.now);
  t.deepEqual(
    [0, 1, 2].map((index) => queue.status(`a:${index}`)),
    ["RUNNING", "FAILED", "FAILED"],
  );
  t.deepEqual(queue.tick(), ["terminate a:0"]);
  queue.scheduler.terminate("a", undefined, "again", queue.now);
  t.deepEqual(queue.tick(), []);
  queue.end("a:0", 75);
  t.is(parent.status, "FAILED");
  t.like(parent.describeChild(0), { statusReason: "no longer wanted", exitCode: 75 });
  t.is(queue.status("b"), "FAILED");
  t.deepEqual(queue.tick(), []);
});

test("one child is terminated alone (API_TerminateJob)", (t) => {
  const queue = new Scheduled(1);
  const parent = queue.submit("a", { arraySize: 3 });
  queue.tick();
  queue.scheduler.terminate("a", 1, "no longer wanted", queue.now);
  queue.end("a:0", 0);
  queue.runAll();
  t.deepEqual(parent.describe().array?.statusSummary, { SUCCEEDED: 2, FAILED: 1 });
});

test("10,000 children run to their end, never more at once than there is room, and each is told by its transitions", (t) => {
  const queue = new Scheduled(3);
  const parent = queue.submit("a", { arraySize: 10_000, attempts: 2 });
  queue.runAll(({ index }) => (index % 1000 === 7 ? 65 : 0));
  t.deepEqual(parent.describe().array?.statusSummary, { SUCCEEDED: 9_990, FAILED: 10 });
  // Whoever reads the transitions knows what the scheduler knows.
  const copy = new JobRecord(parent.facts);
  let running = 0;
  for (const [, transition] of queue.transitions) {
    copy.apply(transition);
    running = Math.max(running, copy.count("RUNNING") + copy.count("STARTING"));
  }
  t.is(running, 3);
  t.deepEqual(copy.describe(), parent.describe());
  t.deepEqual(copy.describeChild(1_007), parent.describeChild(1_007));
});
