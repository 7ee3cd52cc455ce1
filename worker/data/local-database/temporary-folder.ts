import { randomBytes } from "node:crypto";
import { access, chown, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import type { ServerHome } from "./server-user.ts";

const prefix = "temporary-";

/**
 * Things come to be in a temporary folder and are renamed into place when complete, so that a process that dies half-way
 * leaves nothing that looks complete; what dead processes left is swept here.
 */
export async function inTemporaryFolder<Result>(
  home: ServerHome,
  work: (temporary: string) => Promise<Result>,
): Promise<Result> {
  await sweep(home.folder);
  const temporary = path.join(home.folder, `${prefix}${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(temporary, { mode: 0o700 });
  try {
    if (home.user !== undefined) await chown(temporary, home.user.uid, home.user.gid);
    return await work(temporary);
  } finally {
    await remove(temporary);
  }
}

/** Renames to a place that a concurrent process may have filled first; then its work stays and ours is dropped. */
export async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await exists(to))) throw error;
  }
  await syncFolder(path.dirname(to));
}

/** Makes renames and new names in `folder` survive a power loss. Windows neither can nor needs to. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

async function sweep(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  // An orphan of a killed process may still write there; what resists is swept next time.
  const swept = names.filter((name) => !isAlive(Number(name.split("-")[1])));
  await Promise.all(swept.map((name) => remove(path.join(folder, name)).catch(() => undefined)));
}

const remove = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 3 });

/** Whether a process of this number exists, whosever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
