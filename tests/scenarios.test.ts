import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import type { ProgramResource } from "../network/adapters/pulumi/resource.ts";
import { recordProgram } from "../network/adapters/pulumi-program.ts";
import { prove } from "../network/preflight.ts";
import { region } from "./scenarios/base/vpc.ts";
import { compared, readExpected } from "./scenarios/expected.ts";
import { resourcesOf } from "./scenarios/program.ts";

const folder = path.join(import.meta.dirname, "scenarios");
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "base")
  .map(({ name }) => name);

const stages = { unknown: "in a first preview", known: "after pulumi up" } as const;

for (const name of names) {
  for (const [ids, stage] of Object.entries(stages) as [keyof typeof stages, string][]) {
    // One after the other: the Pulumi SDK has one state a process.
    test.serial(`${name}, ${stage}`, async (t) => {
      const expected = readExpected(new URL(`./scenarios/${name}/expected.json`, import.meta.url), ids === "unknown");
      const { flows } = prove(await resourcesOf(name, ids), { region });
      const { actual, expected: wanted, unmet } = compared(flows, expected);
      t.deepEqual(actual, wanted);
      t.deepEqual(unmet, [], "no flow is what these are about");
      t.true(flows.length > 0);
    });
  }
}

test("each scenario tells its story in Pulumi.yaml", (t) => {
  for (const name of names) {
    const project = readFileSync(path.join(folder, name, "Pulumi.yaml"), "utf8");
    t.regex(project, new RegExp(`^name: ${name}\ndescription: ["A-Z].+\\."?\n`));
  }
});

test.serial("a scenario is a program that node network check runs", async (t) => {
  for (const name of ["good-endpoints-only", "telemetry-endpoint-missing"]) {
    const { resources } = await recordProgram({ directory: path.join(folder, name), ids: "unknown" });
    t.deepEqual(sorted(resources), sorted(await resourcesOf(name, "unknown")));
  }
});

const sorted = (all: readonly ProgramResource[]) => [...all].sort((one, other) => (one.urn < other.urn ? -1 : 1));
