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

/** Takes jobs, and is stopped while one is submitted; `take` is what becomes of that one. */
async function stoppedAt(name: string, take: () => Promise<string>) {
  const stop = new AbortController();
  const ended: string[] = [];
  let said = "";
  let leave: (() => void) | undefined;
  let saidAtLeave = "";
  const service = {
    submit: async ({ jobName }: { jobName: string }) => {
      if (jobName !== name) return `id-${jobName}`;
      stop.abort(130);
      const before = said;
      leave?.();
      saidAtLeave = said.slice(before.length);
      said = before;
      return await take();
    },
    terminate: async (jobId: string) => void ended.push(jobId),
  } as unknown as JobService;
  const context = {
    env: "aws",
    stop: stop.signal,
    stderr: {
      isTTY: false,
      write: (text: string) => {
        said += text;
        return true;
      },
    },
    onLeave: (last: () => void) => {
      leave = last;
      return () => {
        leave = undefined;
      };
    },
  };
  const result = await submitAll(service, planned, { environment: {} }, context as never);
  return { result, ended, said, saidAtLeave, isListened: leave !== undefined };
}

const stopping = "Stopping: what was submitted is ended; a second signal leaves at once.\n";

test("who leaves in the middle is told what was submitted, and what is not known", async (t) => {
  const taken = async () => "id";
  t.is(
    (await stoppedAt("c", taken)).saidAtLeave,
    "End what was submitted: node batch cancel id-a id-b --env aws Whether c was submitted as well is not known: look for it before you submit again.\n",
  );
  t.is(
    (await stoppedAt("a", taken)).saidAtLeave,
    "No job is known to be submitted. Whether a was submitted as well is not known: look for it before you submit again.\n",
  );
});

test("who stops while a job is submitted has all ended, that one as well, were it the last", async (t) => {
  for (const [name, ids] of [
    ["a", ["id-x"]],
    ["c", ["id-a", "id-b", "id-x"]],
  ] as const) {
    const { result, ended, said, isListened } = await stoppedAt(name, async () => "id-x");
    t.is(result, undefined);
    t.deepEqual(ended, [...ids]);
    t.is(said, `${stopping}Stopped. What was submitted is asked to end: ${ids.join(" ")}.\n`);
    t.false(isListened);
  }
});

test("who stops while a job is refused is told both", async (t) => {
  const refused = () => Promise.reject(new Outage("failed", "No answer."));
  t.like(await stoppedAt("a", refused), { result: undefined, said: `${stopping}Stopped. No answer.\n` });
  const { result, said } = await stoppedAt("b", refused);
  t.is(result, undefined);
  t.is(said, `${stopping}Stopped. No answer. What was submitted is asked to end: id-a.\n`);
});
