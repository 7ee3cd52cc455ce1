import { execFile, spawn } from "node:child_process";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "../../temporary-folder.ts";

const project = path.resolve(import.meta.dirname, "../../..");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What an image has in its folder, and a way to start its entry. */
export interface ImageFolder {
  readonly folder: string;
  /** Folders of bundles that are still there. */
  unpacked(): Promise<string[]>;
  run(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended>;
  start(env: NodeJS.ProcessEnv, ...args: readonly string[]): ReturnType<typeof spawn>;
}

/** @param fingerprint of what the image holds; undefined: it does not tell */
export async function imageFolder(t: Pick<ExecutionContext, "teardown">, fingerprint?: string): Promise<ImageFolder> {
  const root = await temporaryFolder(t);
  const folder = path.join(root, "app");
  const temporary = path.join(root, "tmp");
  for (const name of [folder, temporary]) await mkdir(name);
  for (const name of ["worker", "migrations", "package.json"]) {
    await cp(path.join(project, name), path.join(folder, name), { recursive: true });
  }
  await symlink(path.join(project, "node_modules"), path.join(folder, "node_modules"));
  await writeFile(path.join(folder, ".env.aws"), "OWN_SETTING=1\n");
  if (fingerprint !== undefined) await writeFile(path.join(folder, "image.fingerprint"), `${fingerprint}\n`);
  const options = (env: NodeJS.ProcessEnv) => ({ cwd: folder, env: { ...process.env, TMPDIR: temporary, ...env } });
  return {
    folder,
    // tsx and Node's compile cache have folders there as well.
    unpacked: async () => (await readdir(temporary)).filter((name) => name.startsWith("batch-preflight-")),
    run: (env, ...args) =>
      new Promise((resolve) => {
        execFile(process.execPath, ["worker/bootstrap", ...args], options(env), (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : null, stdout, stderr }),
        );
      }),
    start: (env, ...args) => {
      const child = spawn(process.execPath, ["worker/bootstrap", ...args], options(env));
      t.teardown(() => child.kill("SIGKILL"));
      return child;
    },
  };
}
