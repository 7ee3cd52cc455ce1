import { engineTests } from "./engine.ts";
import { projectProgramCopy } from "./program-copy.ts";
import { isRefused, pack, passes, stateOf } from "./stack-life.ts";

/** The life of the example stack in the real engine, under its policy pack. */

const test = await engineTests();
let program = "";

test("the first preview passes, with every id unknown", async (t, { pulumi, folder }) => {
  program = projectProgramCopy(folder);
  t.is((await pulumi.run(program, "stack", "init", "dev")).code, 0);
  passes(t, await pulumi.run(program, "preview", ...pack));
  t.deepEqual(pulumi.cloud.calls, []);
});

test("up makes it, and a second up has nothing to change", async (t, { pulumi }) => {
  passes(t, await pulumi.run(program, "up", "--yes", ...pack));
  passes(t, await pulumi.run(program, "up", "--yes", ...pack), {});
});

test("no password is in the state in the clear", async (t, { pulumi }) => {
  t.deepEqual(clearSecrets(await stateOf(pulumi, program)), []);
});

/** Passwords and the like that are not encrypted. */
function clearSecrets(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, own]) =>
    /password|secretString/i.test(key) && typeof own === "string" ? [`${key}: ${own}`] : clearSecrets(own),
  );
}

for (const fault of [
  "a port that nobody listens on",
  "an endpoint of another service",
  "a gateway endpoint that no route leads to",
]) {
  test(`with ${fault} preview and up are refused, and nothing is touched`, async (t, { pulumi }) => {
    await isRefused(t, pulumi, program, "test:broken", fault);
  });
}

test("another launch type has its compute environment before the queue lets go of the old one", async (t, {
  pulumi,
}) => {
  const from = pulumi.cloud.calls.length;
  await pulumi.run(program, "config", "set", "launchType", "fargate");
  passes(t, await pulumi.run(program, "up", "--yes", ...pack));
  const calls = pulumi.cloud.calls
    .slice(from)
    .filter(({ urn }) => /aws:batch\/(computeEnvironment|jobQueue):/.test(urn))
    .map(({ method, urn }) => `${method} ${/:(\w+)::[^:]*$/.exec(urn)?.[1]}`);
  t.deepEqual(calls, ["create ComputeEnvironment", "update JobQueue", "delete ComputeEnvironment"]);
  passes(t, await pulumi.run(program, "preview", ...pack), {});
});

test("destroy leaves nothing", async (t, { pulumi }) => {
  const { code, text } = await pulumi.run(program, "destroy", "--yes");
  t.is(code, 0, text);
  t.deepEqual([...pulumi.cloud.resources.keys()], []);
  t.deepEqual(await stateOf(pulumi, program), []);
});
