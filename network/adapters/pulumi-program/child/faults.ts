import { fileURLToPath } from "node:url";
import type { Assignment } from "./protocol.ts";

/** A sentence that is said as it is, without a stack. */
export class ProgramFault extends Error {}

/** The folder of this project's own frames. */
const own = fileURLToPath(new URL("..", import.meta.url));

/** One sentence for each different error, with the program's own stack where it tells more. */
export function sentencesOf(errors: readonly unknown[], program: Program, lookUps: readonly string[]): string[] {
  return [...new Set(errors.map((error) => sentence(error, program, lookUps)))];
}

type Program = Pick<Assignment, "entryPoint" | "stackFile">;

function sentence(error: unknown, { entryPoint, stackFile }: Program, lookUps: readonly string[]): string {
  if (error instanceof ProgramFault) return error.message;
  if (!(error instanceof Error)) return `Program ${entryPoint} throws ${String(error)}.`;
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined) return missingModule(missing, error, entryPoint);
  const config = /Missing required configuration variable '([^']+)'/.exec(error.message)?.[1];
  if (config !== undefined) {
    return `Program ${entryPoint} requires ${config}, which is not set: set it in ${stackFile}, under config.`;
  }
  const awaited = /(\S+:\d+:\d+): ERROR: Top-level await /.exec(error.message)?.[1];
  if (awaited !== undefined) {
    return `Program ${entryPoint} awaits at its top level (${awaited}), which takes ES modules: say "type": "module" in its package.json.`;
  }
  if (error.name === "TransformError" || error instanceof SyntaxError)
    return `Program ${entryPoint} does not parse: ${error.message.replace(/^Transform failed with \d+ errors?:\n/, "")}`;
  // The SDK hides the stacks of its own errors, which say all in their message.
  if ("__pulumiRunError" in error) return `Program ${entryPoint} fails: ${error.message}`;
  const thrown = `Program ${entryPoint} throws ${error.name}: ${error.message}\n${frames(error)}`.trimEnd();
  if (lookUps.length === 0) return thrown;
  return `${thrown}\nIt looks up what only an account can tell, which may be why: ${lookUps.join(", ")}.`;
}

function missingModule(name: string, error: Error, entryPoint: string): string {
  const importer = /imported from (\S+)|Require stack:\n- (.+)/.exec(error.message);
  const from = importer?.[1] ?? importer?.[2] ?? entryPoint;
  if (/^(\.{0,2}\/|file:)/.test(name)) return `Program ${entryPoint}: ${from} imports ${name}, which does not exist.`;
  return `Program ${entryPoint} imports ${name}, which is not installed: run npm ci in its folder.`;
}

/** The program's own part of the stack. */
function frames(error: Error): string {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes(own) && !line.includes("node:internal"))
    .join("\n");
}
