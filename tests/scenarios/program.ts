import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ProgramResource } from "../../network/adapters/pulumi/resource.ts";
import { Monitor } from "../../network/adapters/pulumi-program/child/monitor.ts";
import type { Assignment, Ids } from "../../network/adapters/pulumi-program/child/protocol.ts";
import { Recording } from "../../network/adapters/pulumi-program/child/recording.ts";
import { loadSdk } from "../../network/adapters/pulumi-program/child/sdk.ts";
import { readProject } from "../../network/adapters/pulumi-program/project.ts";

const here = import.meta.dirname;
const runtime: typeof import("@pulumi/pulumi/runtime/index.js") = createRequire(import.meta.url)(
  "@pulumi/pulumi/runtime",
);
let runs = 0;

/**
 * The resources of a scenario's program, recorded in this process, one program after the other: a process for each takes
 * seconds.
 */
export async function resourcesOf(name: string, ids: Ids): Promise<readonly ProgramResource[]> {
  const directory = path.join(here, name);
  const project = readProject(directory);
  const region = String(project.config.get("aws:region")?.value);
  const entryPoint = path.join(directory, "index.ts");
  const assignment: Assignment = {
    entryPoint,
    isModule: true,
    rootDirectory: directory,
    stackFile: path.join(directory, "Pulumi.dev.yaml"),
    project: project.name,
    stack: "dev",
    organization: "organization",
    ids,
    region,
  };
  const recording = new Recording(assignment);
  const sdk = loadSdk(entryPoint);
  const faults: unknown[] = [];
  sdk.start(new Monitor(recording, assignment, sdk, (fault) => faults.push(fault)), assignment);
  sdk.onMessage(({ severity, text }) => {
    if (severity === "error") faults.push(text);
  });
  runtime.setAllConfig({ "aws:region": region });
  runs += 1;
  await sdk.runInStack(() => import(`${pathToFileURL(entryPoint)}?run=${runs}`));
  await sdk.settled();
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return recording.content().resources;
}
