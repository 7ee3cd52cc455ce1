import test from "ava";
import { workloadOf } from "../../../batch/adapters/pulumi-workload.ts";
import { Program } from "../../../network/adapters/pulumi/program.ts";
import { type ProgramResource, unknownValue } from "../../../network/adapters/pulumi/resource.ts";
import { noSettings, prove } from "../../../network/preflight.ts";
import { region } from "../../scenarios/base/vpc.ts";
import { resourcesOf } from "../../scenarios/program.ts";

/** What a person says of jobs whose container properties a preview hides. */

test.serial("an image that is said is the one whose registry must be reached", async (t) => {
  const resources = await resourcesOf("image-hidden-by-a-preview", "unknown");
  const verdictOf = (images: readonly string[]) => {
    const { flows } = prove(resources, { region, settings: { ...noSettings, images } });
    return [...new Set(flows.map(({ analysis }) => analysis.verdict))].sort();
  };
  t.deepEqual(verdictOf([]), ["reachable", "unknown"]);
  t.deepEqual(verdictOf([`123456789012.dkr.ecr.${region}.amazonaws.com/worker:1`]), ["reachable"]);
  t.deepEqual(verdictOf(["docker.io/library/busybox:1"]), ["not-reachable", "reachable"]);
});

for (const assignPublicIp of [true, false, undefined]) {
  test(`jobs on Fargate with a public address that is hidden, and said to be ${assignPublicIp}`, (t) => {
    const declared = (type: string, inputs: ProgramResource["inputs"]): ProgramResource => ({
      urn: `urn:pulumi:dev::p::${type}::one`,
      type,
      name: "one",
      isCustom: true,
      inputs,
      outputs: {},
      propertyDependencies: {},
      dependencies: [],
    });
    const program = new Program([
      declared("aws:batch/computeEnvironment:ComputeEnvironment", {
        type: "MANAGED",
        computeResources: { type: "FARGATE", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
      }),
      declared("aws:batch/jobDefinition:JobDefinition", {
        type: "container",
        platformCapabilities: ["FARGATE"],
        containerProperties: unknownValue,
      }),
    ]);
    const { runs } = workloadOf(program, { region, assignPublicIp });
    const said = new Set(runs.flatMap(({ flows }) => flows.map(({ hasPublicAddress: own }) => own)));
    t.is(said.size, 1);
    const [own] = said;
    t.is(typeof own === "boolean" ? own : undefined, assignPublicIp);
  });
}
