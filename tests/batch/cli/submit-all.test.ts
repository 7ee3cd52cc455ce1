import test from "ava";
import { submitAll } from "../../../batch/cli/submit-all.ts";
import type { JobService } from "../../../batch/jobs/job-service.ts";
import { Outage } from "../../../batch/jobs/outage.ts";
import { Failure } from "../../../worker/failure.ts";

const planned = ["a", "b", "c"].map((jobName) => ({ jobName, command: [], after: [] }));

/** Takes jobs until it fails; `endings` are what becomes of each call to end one. */
async function submitted(fault: Error, endings: readonly (Error | undefined)[]) {
  const ended: string[] = [];
  const service = {
    submit: async ({ jobName }: { jobName: string }) => {
      if (jobName === "c") throw fault;
      return `id-${jobName}`;
    },
    terminate: async (jobId: string) => {
      ended.push(jobId);
      const ending = endings[ended.length - 1];
      if (ending !== undefined) throw ending;
    },
  } as unknown as JobService;
  const context = { env: "aws", stop: new AbortController().signal, stderr: { write: () => true, isTTY: false } };
  const error = await submitAll(service, planned, { environment: {} }, context as never).catch((each: unknown) => each);
  return { error: error as Failure, ended };
}

test("what was submitted before one that is refused is ended", async (t) => {
  const { error, ended } = await submitted(new Failure("failed", "No."), []);
  t.is(error.message, "No. What was submitted is asked to end: id-a id-b.");
  t.is(error.kind, "failed");
  t.deepEqual(ended, ["id-a", "id-b"]);
});

test("what can't be ended is named, the rest is ended all the same", async (t) => {
  const { error, ended } = await submitted(new Failure("usage", "No."), [new Failure("usage", "denied")]);
  t.is(error.message, "No. End what was submitted: node batch cancel id-a --env aws");
  t.deepEqual(ended, ["id-a", "id-b"]);
});

test("a service that does not answer is asked once", async (t) => {
  const { error, ended } = await submitted(new Failure("failed", "No."), [new Outage("failed", "no network")]);
  t.is(error.message, "No. End what was submitted: node batch cancel id-a id-b --env aws");
  t.deepEqual(ended, ["id-a"]);
});

test("a bug stays one, and leaves no jobs either", async (t) => {
  const bug = new TypeError("bug");
  const { error, ended } = await submitted(bug, []);
  t.is(error as Error, bug);
  t.deepEqual(ended, ["id-a", "id-b"]);
});
