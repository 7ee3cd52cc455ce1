import test from "ava";
import { Failure } from "../../../../worker/failure.ts";
import { withRetries } from "../../../../worker/processes/execution/retry.ts";

const gone = () => new Failure("databaseUnavailable", "The database is gone.");

function options(signal = new AbortController().signal) {
  const pauses: number[] = [];
  return {
    pauses,
    attempts: 4,
    pauseMs: 4,
    longestPauseMs: 8,
    signal,
    random: () => 1,
    explain: async (failure: Failure) => failure,
    onRetry: (_: Failure, pause: number) => void pauses.push(pause),
  };
}

test("pauses grow to their bound, and the last failure comes out", async (t) => {
  const retry = options();
  let calls = 0;
  await t.throwsAsync(
    withRetries(retry, async () => {
      calls++;
      throw gone();
    }),
    { message: "The database is gone." },
  );
  t.is(calls, 4);
  t.deepEqual(retry.pauses, [4, 8, 8]);
});

test("progress starts the count over", async (t) => {
  let calls = 0;
  const result = await withRetries(options(), async (progress) => {
    calls++;
    if (calls % 3 === 0) progress();
    if (calls < 12) throw gone();
    return calls;
  });
  t.is(result, 12);
});

test("what is not transient is not tried again", async (t) => {
  let calls = 0;
  const fails = withRetries(options(), async () => {
    calls++;
    throw new Failure("usage", "no");
  });
  await t.throwsAsync(fails, { message: "no" });
  t.is(calls, 1);
});

test("a signal ends the pause and the tries", async (t) => {
  const controller = new AbortController();
  let calls = 0;
  const fails = withRetries({ ...options(controller.signal), pauseMs: 60_000, longestPauseMs: 60_000 }, async () => {
    calls++;
    setTimeout(() => controller.abort(), 5);
    throw gone();
  });
  await t.throwsAsync(fails, { instanceOf: Failure });
  t.is(calls, 2);
});

test("the explanation of a failure is what comes out", async (t) => {
  const explain = async () => new Failure("databaseUnavailable", "The disk is full.");
  const fails = withRetries({ ...options(), attempts: 1, explain }, async () => {
    throw gone();
  });
  await t.throwsAsync(fails, { message: "The disk is full." });
});
