import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface BatchProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout and stderr together have shown it. */
  shows(pattern: RegExp): Promise<void>;
}

/** `node batch ARGS` as a process of its own. */
export function startBatch(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): BatchProcess {
  const child = spawn(process.execPath, ["batch", ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (bytes) => {
      output[name] += bytes;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...output }));
  });
  const shows = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(output.stdout + output.stderr)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without ${pattern}: ${output.stdout}${output.stderr}`)));
    });
  return { child, ended, shows };
}

export const runBatch = (folder: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> =>
  startBatch(folder, args, env).ended;
