import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";

const project = path.dirname(import.meta.dirname);

export interface Ended {
  /** Exit code; null: ended by a signal. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `node worker ARGS` as a process of its own, from the project's root. */
export function startWorker(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = project,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ["worker", ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => {
    output.stdout += text;
  });
  child.stderr.on("data", (text) => {
    output.stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...output }));
  });
  return { child, ended };
}

export async function runWorker(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return await startWorker(args, env).ended;
}
