import path from "node:path";
import type { ExecutionContext } from "ava";
import type { Pulumi, Run } from "./stand-in/pulumi.ts";

export const pack = ["--policy-pack", path.join(import.meta.dirname, "..", "..", "policy")];

/** What the engine has stored of a stack. */
export async function stateOf(pulumi: Pulumi, program: string): Promise<readonly { readonly urn: string }[]> {
  const { text } = await pulumi.run(program, "stack", "export");
  return JSON.parse(text).deployment.resources ?? [];
}

/** That a run went well, without a violation, and what it changed. */
export function passes(t: ExecutionContext, run: Run, changes?: Run["changes"]): void {
  t.is(run.code, 0, run.text);
  t.deepEqual(
    run.policies.filter(({ enforcementLevel }) => enforcementLevel === "mandatory"),
    [],
  );
  if (changes) t.deepEqual(run.changes, changes);
}

/** That a preview and an update with this config are refused, each blocker at a resource, and nothing is touched. */
export async function isRefused(
  t: ExecutionContext,
  pulumi: Pulumi,
  program: string,
  key: string,
  value: string,
): Promise<void> {
  const before = await stateOf(pulumi, program);
  const calls = pulumi.cloud.calls.length;
  await pulumi.run(program, "config", "set", key, value);
  for (const command of [["preview"], ["up", "--yes"]]) {
    const run = await pulumi.run(program, ...command, ...pack);
    t.not(run.code, 0, run.text);
    const blockers = run.policies.filter(({ enforcementLevel }) => enforcementLevel === "mandatory");
    t.true(blockers.length > 0, run.text);
    for (const { policyName, resourceUrn, message } of blockers) {
      t.is(policyName, "network-reachability");
      t.true(
        before.some(({ urn }) => urn === resourceUrn && !urn.includes("pulumi:pulumi:Stack")),
        resourceUrn,
      );
      t.regex(message, /RUNNABLE|STARTING/);
    }
  }
  await pulumi.run(program, "config", "rm", key);
  t.is(pulumi.cloud.calls.length, calls);
  t.deepEqual(await stateOf(pulumi, program), before);
}
