import test from "ava";
import { retryRules } from "../../batch/retry-strategy.ts";
import { exitCodes } from "../../worker/failure.ts";

/** What AWS Batch does with an attempt that ended so: the first rule that matches decides, no match is a retry. */
function outcome(end: { exitCode?: number; statusReason?: string }): string {
  const matches = (pattern: string, value: string) =>
    pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : pattern === value;
  const rule = retryRules(exitCodes).find(
    ({ onExitCode, onReason, onStatusReason }) =>
      (onExitCode === undefined || matches(onExitCode, String(end.exitCode))) &&
      (onReason === undefined || matches(onReason, "")) &&
      (onStatusReason === undefined || matches(onStatusReason, end.statusReason ?? "")),
  );
  return rule?.action ?? "RETRY";
}

for (const { code, retry, meaning } of Object.values(exitCodes)) {
  test(`exit code ${code} (${meaning}): ${retry ? "again" : "not again"}`, (t) => {
    t.is(outcome({ exitCode: code, statusReason: "Essential container in task exited" }), retry ? "RETRY" : "EXIT");
  });
}

test("an instance that AWS takes back is worth a retry, an image that can't be pulled is not", (t) => {
  t.is(outcome({ statusReason: "Host EC2 (instance i-0123456789abcdef0) terminated." }), "RETRY");
  t.is(outcome({ statusReason: "CannotPullContainerError: no such image" }), "EXIT");
  t.is(outcome({ exitCode: 137, statusReason: "OutOfMemoryError: Container killed" }), "EXIT");
});

test("a table with more codes to retry than AWS Batch takes rules is refused", (t) => {
  const table = Object.fromEntries([70, 71, 72, 73].map((code) => [code, { code, retry: true }]));
  t.throws(() => retryRules(table), {
    instanceOf: RangeError,
    message:
      "evaluateOnExit: 4 exit codes ask for a retry; AWS Batch takes 5 rules, of which 2 are needed for the rest.",
  });
});
