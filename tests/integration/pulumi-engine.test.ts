import { engineTests } from "./engine.ts";
import { programCopy } from "./program-copy.ts";
import { isRefused, pack, passes, stateOf } from "./stack-life.ts";

/** The life of a stack in the real engine: a project elsewhere, in the plain style of another author, and this policy pack. */

const test = await engineTests();
let program = "";
/** The stack itself is one of them. */
const resources = 22;

test("the first preview passes, with every id unknown", async (t, { pulumi, folder }) => {
  program = programCopy("fargate", folder);
  t.is((await pulumi.run(program, "stack", "init", "dev")).code, 0);
  passes(t, await pulumi.run(program, "preview", ...pack), { create: resources });
  t.deepEqual(pulumi.cloud.calls, []);
});

test("up makes what the preview has shown", async (t, { pulumi }) => {
  passes(t, await pulumi.run(program, "up", "--yes", ...pack), { create: resources });
  t.is(pulumi.cloud.resources.size, resources - 1);
});

test("a second preview, with the ids known, passes and has nothing to change", async (t, { pulumi }) => {
  passes(t, await pulumi.run(program, "preview", ...pack), {});
});

for (const without of ["egress", "endpoint", "association"]) {
  test(`without ${without} preview and up are refused, and nothing is touched`, async (t, { pulumi }) => {
    await isRefused(t, pulumi, program, "without", without);
  });
}

test("destroy leaves nothing", async (t, { pulumi }) => {
  const { code, text } = await pulumi.run(program, "destroy", "--yes");
  t.is(code, 0, text);
  t.is(pulumi.cloud.resources.size, 0);
  t.deepEqual(await stateOf(pulumi, program), []);
});
