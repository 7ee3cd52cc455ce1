import test from "ava";
import { type AttemptEnd, decideAfter } from "../../../batch/jobs/retry-decision.ts";
import { type RetryRule, retryRules } from "../../../batch/retry-strategy.ts";
import { exitCodes } from "../../../worker/failure.ts";

const guide = "https://docs.aws.amazon.com/batch/latest/userguide";
const reference = "https://docs.aws.amazon.com/batch/latest/APIReference";
const [retries, timeouts] = [`${guide}/job_retries.html`, `${guide}/job_timeouts.html`];
const [strategy, evaluate] = [`${reference}/API_RetryStrategy.html`, `${reference}/API_EvaluateOnExit.html`];

/** The example of job_retries. */
const example: RetryRule[] = [
  { action: "RETRY", onReason: "AGENT" },
  { action: "RETRY", onStatusReason: "Task failed to start" },
  { action: "EXIT", onReason: "*" },
];

type Case = readonly [
  what: string,
  page: string,
  end: AttemptEnd,
  rules: readonly RetryRule[],
  attempt: readonly [number, of: number],
  becomes: ReturnType<typeof decideAfter>,
];

const cases: readonly Case[] = [
  ["exit code 0 is a success", `${guide}/job_states.html`, { exitCode: 0 }, [], [1, 3], "succeeded"],
  ["a job has one attempt", retries, { exitCode: 1 }, [], [1, 1], "failed"],
  ["any other exit code is retried", retries, { exitCode: 1 }, [], [1, 2], "runnable"],
  ["the last attempt is the last", strategy, { exitCode: 1 }, [], [3, 3], "failed"],
  ["a rule that says RETRY makes no attempts", strategy, { exitCode: 69 }, retryRules(exitCodes), [3, 3], "failed"],
  ["no rule matches: retried", strategy, { exitCode: 1 }, [{ action: "EXIT", onExitCode: "2" }], [1, 2], "runnable"],
  ["the example: reason", retries, { exitCode: 1, reason: "AGENT" }, example, [1, 2], "runnable"],
  ["the example: a reason that only begins so", retries, { reason: "AGENT x" }, example, [1, 2], "failed"],
  ["the example: status reason", retries, { statusReason: "Task failed to start" }, example, [1, 2], "runnable"],
  ["the example: anything else, also without a reason", retries, { exitCode: 1 }, example, [1, 2], "failed"],
  [
    "the first that matches decides",
    evaluate,
    { exitCode: 7 },
    [
      { action: "EXIT", onExitCode: "7" },
      { action: "RETRY", onExitCode: "*" },
    ],
    [1, 2],
    "failed",
  ],
  [
    "all conditions of a rule must be met",
    evaluate,
    { exitCode: 7, reason: "other" },
    [{ action: "EXIT", onExitCode: "7", onReason: "this" }],
    [1, 2],
    "runnable",
  ],
  [
    "all conditions of a rule are met",
    evaluate,
    { exitCode: 7, reason: "this one", statusReason: "so" },
    [{ action: "EXIT", onExitCode: "7", onReason: "this*", onStatusReason: "so" }],
    [1, 2],
    "failed",
  ],
  [
    "a pattern is the whole code",
    evaluate,
    { exitCode: 13 },
    [{ action: "EXIT", onExitCode: "1" }],
    [1, 2],
    "runnable",
  ],
  [
    "with an asterisk its start",
    evaluate,
    { exitCode: 137 },
    [{ action: "EXIT", onExitCode: "13*" }],
    [1, 2],
    "failed",
  ],
  [
    "an asterisk elsewhere is none",
    evaluate,
    { reason: "abc" },
    [{ action: "EXIT", onReason: "a*c" }],
    [1, 2],
    "runnable",
  ],
  ["no exit code meets no pattern", evaluate, {}, [{ action: "EXIT", onExitCode: "*" }], [1, 2], "runnable"],
  [
    "an instance that is taken back",
    retries,
    { statusReason: "Host EC2 (instance i-0123456789abcdef0) terminated." },
    retryRules(exitCodes),
    [1, 2],
    "runnable",
  ],
  ["a timeout is not retried", timeouts, { exitCode: 143, endedBy: "timeout" }, [], [1, 2], "failed"],
  ["a terminated job is not retried", retries, { exitCode: 75, endedBy: "termination" }, [], [1, 2], "failed"],
  [
    "a job that is told to stop has failed, whatever it says",
    timeouts,
    { exitCode: 0, endedBy: "timeout" },
    [],
    [1, 1],
    "failed",
  ],
];

for (const [what, page, end, evaluateOnExit, [attempt, attempts], becomes] of cases) {
  test(`${what} (${page})`, (t) => {
    t.is(decideAfter(end, attempt, { attempts, evaluateOnExit }), becomes);
  });
}

for (const { code, retry, meaning } of Object.values(exitCodes).filter(({ code }) => code !== 0)) {
  test(`the worker's exit code ${code} (${meaning}) by the rules of the job definition`, (t) => {
    const end = { exitCode: code, statusReason: "Essential container in task exited" };
    const becomes = decideAfter(end, 1, { attempts: 3, evaluateOnExit: retryRules(exitCodes) });
    t.is(becomes, retry ? "runnable" : "failed");
  });
}
