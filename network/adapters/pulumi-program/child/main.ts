import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
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
const ending = new Ending(entryPoint);

process.on("uncaughtException", (error) => ending.fail(error));
process.on("unhandledRejection", (error) => ending.fail(error));

try {
  lendPackages(entryPoint);
  const sdk = loadSdk(entryPoint);
  sdk.start(new Monitor(recording, assignment, (fault) => ending.failWith(fault)), assignment);
  ending.watch(sdk);
  sdk.onMessage((message) => ending.say(message));
  await sdk.runInStack(load);
  await sdk.settled();
  ending.finish(recording);
} catch (error) {
  ending.fail(error);
}

/** As @pulumi/pulumi's cmd/run/run.ts: a default export stands for all, and is called where it is a function. */
async function load(): Promise<unknown> {
  let exported: unknown;
  if (isModule) {
    const module: Record<string, unknown> = await import(pathToFileURL(entryPoint).href);
    if (Object.hasOwn(module, "default")) {
      if (Object.keys(module).length !== 1) {
        throw new Error("expected entrypoint module to have either a default export or named exports but not both");
      }
      exported = module.default;
    } else exported = module;
  } else exported = createRequire(fileURLToPath(pathToFileURL(entryPoint)))(entryPoint);
  return await (typeof exported === "function" ? exported() : exported);
}
