import { createRequire } from "node:module";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { Ending } from "./ending.ts";
import { lendPackages } from "./lent-packages.ts";
import { Monitor } from "./monitor.ts";
import type { Assignment } from "./protocol.ts";
import { Recording } from "./recording.ts";
import { loadSdk } from "./sdk.ts";

// Runs the program that its argument describes and reports to the process that started it.

const assignment: Assignment = JSON.parse(process.argv[2]!);
const { entryPoint, isModule } = assignment;
// A program sees itself as what was started.
process.argv = [process.argv[0]!, entryPoint];

const recording = new Recording(assignment);
const ending = new Ending(assignment, recording);

process.on("uncaughtException", (error) => ending.fail(error));
process.on("unhandledRejection", (error) => ending.fail(error));

try {
  lendPackages(entryPoint);
  const sdk = loadSdk(entryPoint);
  sdk.start(new Monitor(recording, assignment, sdk, (fault) => ending.failWith(fault)), assignment);
  ending.watch(sdk);
  sdk.onMessage((message) => ending.say(message));
  await sdk.runInStack(load);
  await sdk.settled();
  ending.finish();
} catch (error) {
  ending.fail(error);
}

/** As @pulumi/pulumi's cmd/run/run.ts: a default export stands for all, and is called where it is a function. */
async function load(): Promise<unknown> {
  const exported = isModule ? await importedModule() : requiredModule();
  return await (typeof exported === "function" ? exported() : exported);
}

async function importedModule(): Promise<unknown> {
  const module: Record<string, unknown> = await import(pathToFileURL(entryPoint).href);
  if (!Object.hasOwn(module, "default")) return module;
  if (Object.keys(module).length === 1) return module.default;
  throw new Error("expected entrypoint module to have either a default export or named exports but not both");
}

function requiredModule(): unknown {
  const module: unknown = createRequire(entryPoint)(entryPoint);
  if (typeof module !== "object" || module === null) return module;
  const { default: main, ...others } = module as { default?: unknown };
  if (typeof main !== "function" || Object.keys(others).length > 0) return module;
  // Pulumi would declare nothing; whoever wrote it expects that it is called.
  const text =
    'Pulumi calls a default export only where package.json says "type": "module"; here it is called all the same.';
  ending.say({ severity: "warning", text });
  return main;
}
