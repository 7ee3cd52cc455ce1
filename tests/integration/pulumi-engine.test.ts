import path from "node:path";
import type { ExecutionContext } from "ava";
import { type Engine, engineTests } from "./engine.ts";
import { programCopy } from "./program-copy.ts";
import type { Run } from "./stand-in/pulumi.ts";

/** The life of a stack in the real engine: a program in the plain style of another author, and this project's policy pack. */

const test = await engineTests();
const pack = ["--policy-pack", path.join(import.meta.dirname, "..", "..", "policy")];
let program = "";

/** What the engine has stored of the stack. */
async function stateOf(pulumi: Engine["pulumi"]): Promise<{ urn: string }[]> {
  const { text } = await pulumi.run(program, "stack", "export");
  return JSON.parse(text).deployment.resources ?? [];
}

function passes(t: ExecutionContext, run: Run, changes: Run["changes"]): void {
  t.is(run.code, 0, run.text);
  t.deepEqual(
    run.policies.filter(({ enforcementLevel }) => enforcementLevel === "mandatory"),
    [],
  );
  t.deepEqual(run.changes, changes);
}

const resourceCount = 21;

test("the first preview passes, with every id unknown", async (t, { pulumi, folder }) => {
  program = programCopy("fargate", folder);
  t.is((await pulumi.run(program, "stack", "init", "dev")).code, 0);
  passes(t, await pulumi.run(program, "preview", ...pack), { create: resourceCount });
  t.deepEqual(pulumi.cloud.calls, []);
});

test("up makes what the preview has shown", async (t, { pulumi }) => {
  passes(t, await pulumi.run(program, "up", "--yes", ...pack), { create: resourceCount });
  // All but the stack itself.
  t.is(pulumi.cloud.resources.size, resourceCount - 1);
});

test("a second preview, with the ids known, passes and has nothing to change", async (t, { pulumi }) => {
  passes(t, await pulumi.run(program, "preview", ...pack), {});
});

for (const [without, type] of [
  ["egress", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"],
  ["endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint"],
  ["association", "aws:ec2/routeTableAssociation:RouteTableAssociation"],
] as const) {
  test(`a change that leaves jobs without ${without} is refused by preview and by up, and nothing is touched`, async (t, {
    pulumi,
  }) => {
    const before = await stateOf(pulumi);
    const calls = pulumi.cloud.calls.length;
    await pulumi.run(program, "config", "set", "without", without);
    t.teardown(() => pulumi.run(program, "config", "set", "without", "nothing"));
    t.true(before.some(({ urn }) => urn.includes(`::${type}::`)));
    for (const command of [["preview"], ["up", "--yes"]]) {
      const run = await pulumi.run(program, ...command, ...pack);
      t.not(run.code, 0);
      const blockers = run.policies.filter(({ enforcementLevel }) => enforcementLevel === "mandatory");
      t.true(blockers.length > 0, run.text);
      for (const { policyName, resourceUrn, message } of blockers) {
        t.is(policyName, "network-reachability");
        // Each names a resource to change, in words about what a job would do.
        t.true(
          before.some(({ urn }) => urn === resourceUrn && !urn.includes("pulumi:pulumi:Stack")),
          resourceUrn,
        );
        t.regex(message, /RUNNABLE|STARTING/);
      }
    }
    t.is(pulumi.cloud.calls.length, calls);
    t.deepEqual(await stateOf(pulumi), before);
  });
}

test("destroy leaves nothing", async (t, { pulumi }) => {
  const { code, text } = await pulumi.run(program, "destroy", "--yes");
  t.is(code, 0, text);
  t.is(pulumi.cloud.resources.size, 0);
  t.deepEqual(await stateOf(pulumi), []);
});
