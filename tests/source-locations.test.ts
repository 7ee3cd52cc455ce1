import { writeFile } from "node:fs/promises";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import type { ProgramResource } from "../network/adapters/pulumi/resource.ts";
import { recordProgram } from "../network/adapters/pulumi-program.ts";
import { prove } from "../network/preflight.ts";
import { projectCopy } from "./project-copy.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const region = "eu-west-1";

/** What this project's program declares whose jobs read `locations`, and no endpoint leads anywhere else. */
async function recorded(t: ExecutionContext, locations: readonly string[], ids: "known" | "unknown") {
  const { folder } = await projectCopy(t, path.join(await temporaryFolder(t), "project"), { binaries: "absent" });
  const config = { "aws:region": region, "batch-preflight:sourceLocations": locations };
  await writeFile(path.join(folder, "Pulumi.sources.yaml"), JSON.stringify({ config }));
  return (await recordProgram({ directory: folder, stack: "sources", ids })).resources;
}

/** The flows from jobs to Amazon S3. */
function flowsToS3(resources: readonly ProgramResource[]) {
  const { flows } = prove(resources, { region });
  return flows.filter(({ destination, symptom }) => destination === "s3" && symptom.jobState === "RUNNING");
}

/** The same, but that S3's endpoint lets through what `lets` says of its resources. */
function withPolicy(resources: readonly ProgramResource[], lets: (resource: string) => boolean, without = "none") {
  const policyOf = (text: string) => {
    const policy = JSON.parse(text) as { Statement: { Action: string[]; Resource: string[] }[] };
    const statements = policy.Statement.map((one) => ({
      ...one,
      Action: one.Action.filter((action) => action !== without),
      Resource: one.Resource.filter(lets),
    }));
    return JSON.stringify({ ...policy, Statement: statements.filter(({ Resource }) => Resource.length > 0) });
  };
  return resources.map((one) =>
    one.type === "aws:ec2/vpcEndpoint:VpcEndpoint" && one.name.endsWith("-s3")
      ? { ...one, inputs: { ...one.inputs, policy: policyOf(String(one.inputs.policy)) } }
      : one,
  );
}

for (const [ids, when] of [
  ["unknown", "in a first preview"],
  ["known", "after pulumi up"],
] as const) {
  test(`${when} it is proved that jobs read from sourceLocations, and an endpoint policy that leaves one out is refused`, async (t) => {
    const resources = await recorded(t, ["s3://flights-of-us", "s3://airports/2001/my%20csv"], ids);
    const flows = flowsToS3(resources);
    t.is(flows.length, 2, "from two subnets");
    t.deepEqual([...new Set(flows.map(({ analysis }) => analysis.verdict))], ["reachable"]);
    t.deepEqual(
      [...new Set(flowsToS3(withPolicy(resources, () => true)).map(({ analysis }) => analysis.verdict))],
      ["reachable"],
    );
    const tampered: readonly (readonly [(resource: string) => boolean, without?: string])[] = [
      [(resource) => !resource.includes("flights-of-us")],
      [(resource) => !resource.includes("my csv")],
      [() => true, "s3:GetObjectVersion"],
    ];
    for (const [lets, without] of tampered) {
      const found = flowsToS3(withPolicy(resources, lets, without));
      t.deepEqual([...new Set(found.map(({ analysis }) => analysis.verdict))], ["not-reachable"]);
      t.deepEqual(
        [...new Set(found.flatMap(({ analysis }) => analysis.explanations.map(({ code }) => code)))],
        ["endpoint-policy"],
      );
    }
  });
}
