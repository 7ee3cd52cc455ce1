import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import fc from "fast-check";
import { errands, putErrand, refusal } from "../../../batch/local/inbox.ts";
import { exits, isAsked, request, start, submitted } from "./stage.ts";

const jobId = "11111111-1111-1111-1111-111111111111";
const facts = { jobId, request: request(), createdAt: 1, jobQueue: "local", jobDefinition: "local" };
const run = { what: "run", jobId, facts, environment: {} };
const withRequest = (more: object) => ({ ...run, facts: { ...facts, request: { ...request(), ...more } } });

const shapes: readonly (readonly [what: string, errand: unknown])[] = [
  ["nothing", null],
  ["a list", []],
  ["another thing to do", { what: "suspend", jobId }],
  ["a job without facts", { what: "run", jobId: "x" }],
  ["an id that is a path", { what: "terminate", jobId: "../../x", reason: "" }],
  ["facts of another job", { ...run, jobId: "22222222-2222-2222-2222-222222222222" }],
  ["more than there was", { ...run, gpu: 1 }],
  ["a request with more than there was", withRequest({ consumableResources: ["licence"] })],
  ["a number as a variable", { ...run, environment: { SECRET: 1 } }],
  ["words that are none", withRequest({ command: [1] })],
  ["a dependency that is a path", withRequest({ dependsOn: [{ jobId: "../../etc" }] })],
  ["another type of dependency", withRequest({ dependsOn: [{ jobId, type: "ANY" }] })],
  ["half an array", withRequest({ arraySize: 2.5 })],
  ["a child below 0", { what: "terminate", jobId, index: -1, reason: "" }],
  ["an end without a reason", { what: "terminate", jobId }],
];

for (const [what, errand] of shapes) {
  test.serial(`${what} is refused, its sender told, and nothing kept of it; what is behind it is run`, async (t) => {
    const stage = await start(t, () => exits(0));
    const file = await putErrand(stage.folder, errand as never, 0);
    const [id = ""] = await submitted(stage, request());
    t.like((await stage.service().describe([id]))[0], { status: "SUCCEEDED" });
    t.deepEqual(stage.faults, [`${file} is no request that this runner knows; it is deleted.`]);
    t.is(await refusal(file), "it does not know such a request");
    t.is(await refusal(file), undefined);
    t.deepEqual(await readdir(stage.folder.inbox), []);
  });
}

for (const text of ['{"what":', "", "\0\0", "[1"]) {
  test.serial(`${JSON.stringify(text)} is refused as well`, async (t) => {
    const stage = await start(t, () => exits(0));
    await writeFile(path.join(stage.folder.inbox, "000-1.json"), text);
    await stage.run();
    t.is(await refusal(path.join(stage.folder.inbox, "000-1.json")), "it does not know such a request");
  });
}

test.serial("what Batch would refuse is refused by the runner too, whoever sends it", async (t) => {
  const stage = await start(t, () => exits(0));
  const [array = ""] = await submitted(stage, request({ arraySize: 2 }));
  for (const [more, why] of [
    [{ arraySize: -1 }, "the size of the array is -1; it must be a whole number from 2 to 10000"],
    [{ vcpu: 0.3 }, "vcpu is 0.3; it must be a whole number, or 0.25 or 0.5 on AWS Fargate"],
    [
      { arraySize: 3, dependsOn: [{ jobId: array, type: "N_TO_N" }] },
      `N_TO_N needs two arrays of one size; ${array} has 2 children`,
    ],
    [
      { arraySize: 3, dependsOn: [{ jobId, type: "N_TO_N" }] },
      `N_TO_N needs two arrays of one size; ${jobId} has no children`,
    ],
  ] as const) {
    const id = "33333333-3333-3333-3333-333333333333";
    const errand = withRequest(more);
    const file = await putErrand(
      stage.folder,
      { ...errand, jobId: id, facts: { ...errand.facts, jobId: id } } as never,
      0,
    );
    await stage.run();
    t.is(await refusal(file), why);
  }
  t.deepEqual(await readdir(stage.folder.jobs), [array]);
});

test.serial("the end of a child that there is not is refused, and the job goes on", async (t) => {
  let file = "";
  const stage = await start(t, () => ({
    ended: (async () => {
      file = await putErrand(stage.folder, { what: "terminate", jobId: id, index: 2, reason: "enough" }, 0);
      while ((await readdir(stage.folder.inbox)).some((name) => name.endsWith(".json"))) {
        await new Promise(setImmediate);
      }
      return { exitCode: 0 };
    })(),
    kill: () => {},
  }));
  let id = "";
  const submitting = stage.service().submit(request({ attempts: 1 }));
  await isAsked(stage.folder);
  [id = ""] = (await errands(stage.folder, 0, () => {})).map(({ errand }) => errand.jobId);
  await stage.run();
  t.is(await refusal(file), `job ${id} has no child 2`);
  t.like((await stage.service().describe([await submitting]))[0], { status: "SUCCEEDED" });
});

test.serial("who submits what the runner does not know is told so, and no job is promised", async (t) => {
  const stage = await start(t, () => exits(0));
  const submitting = stage.service().submit({ ...request(), shares: 2 } as never);
  const refused = t.throwsAsync(submitting, {
    name: "Failure",
    message:
      "The local runner, which other code than this has started, refuses what was asked of it: it does not know such a request. Try again when its jobs have ended.",
  });
  await isAsked(stage.folder);
  await stage.run();
  await refused;
});

test.serial("what a sender has left that was killed goes after a minute; what is being written stays", async (t) => {
  const stage = await start(t, () => exits(0));
  const old = new Date(Date.now() - 61_000);
  for (const name of [".1-2-3.json.4", "1-2-3.json.broken", "1-2-3.json.refused"]) {
    const file = path.join(stage.folder.inbox, name);
    await writeFile(file, "a secret");
    await utimes(file, old, old);
  }
  await writeFile(path.join(stage.folder.inbox, ".5-6-7.json.8"), "being written");
  await stage.run();
  t.deepEqual(await readdir(stage.folder.inbox), [".5-6-7.json.8"]);
});

test.serial("what can't be read in the inbox keeps nothing else from being run", async (t) => {
  const stage = await start(t, () => exits(0));
  const folder = path.join(stage.folder.inbox, "000-1.json");
  await mkdir(folder);
  const submitting = stage.service().submit(request());
  while ((await readdir(stage.folder.inbox)).filter((name) => name.endsWith(".json")).length < 2) {
    await new Promise(setImmediate);
  }
  await stage.run();
  t.like((await stage.service().describe([await submitting]))[0], { status: "SUCCEEDED" });
  t.deepEqual(
    [...new Set(stage.faults)],
    [`${folder} can't be used (EISDIR: illegal operation on a directory, read).`],
  );
});

/** An errand of which a part is anything. */
const damaged = fc
  .tuple(
    fc.constantFrom(run, { what: "terminate", jobId, reason: "enough" }),
    fc.constantFrom(
      ...["what", "jobId", "environment", "facts", "index", "reason"].map((name) => [name]),
      ...["jobId", "createdAt", "request", "jobQueue"].map((name) => ["facts", name]),
      ...["command", "environment", "arraySize", "dependsOn", "timeout", "attempts", "evaluateOnExit", "vcpu"].map(
        (name) => ["facts", "request", name],
      ),
    ),
    fc.oneof(fc.jsonValue(), fc.array(fc.record({ jobId: fc.string(), type: fc.string() })), fc.integer()),
  )
  .map(([errand, names, value]) => {
    const copy = structuredClone(errand) as Record<string, unknown>;
    let part = copy;
    for (const name of names.slice(0, -1)) {
      part[name] ??= {};
      part = part[name] as Record<string, unknown>;
    }
    part[names.at(-1)!] = value;
    return JSON.stringify(copy);
  });

test.serial("whatever is asked, the runner ends in order and leaves nothing in its inbox but answers", async (t) => {
  const stage = await start(t, () => exits(0));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(damaged, fc.json(), fc.string()), { minLength: 1, maxLength: 3 }),
      async (texts) => {
        for (const [number, text] of texts.entries()) {
          await writeFile(path.join(stage.folder.inbox, `${number}-x.json`), text);
        }
        t.true(await stage.run());
        const left = await readdir(stage.folder.inbox);
        t.deepEqual(
          left.filter((name) => !name.endsWith(".refused")),
          [],
        );
      },
    ),
    { numRuns: 150 },
  );
});
