import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { exitCodes, Failure } from "../failure.ts";
import { loadFault } from "../load-fault.js";
import { unpackBundle } from "./bootstrap.ts";

/**
 * Unpacks the bundle that the environment of `process` names.
 * @param signal of who wants the process to end
 * @returns the folder whose worker is to be run; undefined: it was said why there is none, and the exit code is set
 */
export async function main(process: NodeJS.Process, signal: AbortSignal): Promise<string | undefined> {
  try {
    const folder = await unpackBundle({
      bundle: process.env.BATCH_PREFLIGHT_BUNDLE ?? "",
      image: fileURLToPath(new URL("../..", import.meta.url)),
      env: process.env,
      signal,
    });
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } catch (error) {
    const fault = error instanceof Failure ? error.message : loadFault(error);
    // A bug: here the stack is what helps.
    process.stderr.write(`${fault ?? (error instanceof Error ? error.stack : String(error))}\n`);
    const { code } = exitCodes[fault === undefined ? "failed" : "usage"];
    process.exitCode = error instanceof Failure ? error.exitCode : code;
    return undefined;
  }
}
