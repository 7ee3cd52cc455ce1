import { engineTests } from "./engine.ts";
import { projectProgramCopy } from "./program-copy.ts";
import { stateOf } from "./stack-life.ts";

/** What https://github.com/pulumi/pulumi-aws/issues/6233 tells of, in the real engine. */

const test = await engineTests();

test("a compute environment that AWS Batch still sees in its queue is deleted once it no longer does", async (t, {
  pulumi,
  folder,
}) => {
  const program = projectProgramCopy(folder);
  const run = async (...command: string[]) => {
    const { code, text } = await pulumi.run(program, ...command);
    t.is(code, 0, text);
  };
  await run("stack", "init", "dev");
  await run("up", "--yes");

  const from = pulumi.cloud.calls.length;
  pulumi.cloud.staleQueues = 2;
  await run("config", "set", "launchType", "spot");
  await run("up", "--yes");
  t.deepEqual(
    pulumi.cloud.calls
      .slice(from)
      .filter(({ urn }) => /[$:]aws:batch\/(computeEnvironment|jobQueue):/.test(urn))
      .map(({ method, urn }) => `${method} ${urn.split("::").at(-1)}`),
    [
      "create batch-preflight-spot",
      "update batch-preflight",
      ...Array.from({ length: 3 }, () => "delete batch-preflight-ec2"),
    ],
  );

  // Without the program, which has the hook: nothing else may need it.
  await run("destroy", "--yes");
  t.deepEqual(await stateOf(pulumi, program), []);
});
