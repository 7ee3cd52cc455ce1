import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { createWhole, type Folder, ifThere } from "./folder.ts";

/**
 * One runner at a time: the last of `runners/N.json`. Who wants to follow makes N + 1, which only one can; nothing is
 * deleted or overwritten on the way, so that no two can both think they won.
 */
export interface Runner {
  readonly number: number;
  /** undefined: its file is broken. */
  readonly pid: number | undefined;
  /** `ended`: it left in order; `killed`: it is gone and had not finished. */
  readonly state: "running" | "ended" | "killed";
}

/** The last runner; undefined: there was none yet. */
export async function lastRunner(folder: Folder): Promise<Runner | undefined> {
  const names = (await ifThere(readdir(folder.runners))) ?? [];
  const number = Math.max(0, ...names.map((name) => Number(name.match(/^(\d+)\.json$/)?.[1] ?? 0)));
  if (number === 0) return undefined;
  const text = await ifThere(readFile(path.join(folder.runners, `${number}.json`), "utf8"));
  // Its successor has just cleaned up.
  if (text === undefined) return await lastRunner(folder);
  const pid = pidOf(text);
  if (names.includes(`${number}.ended`)) return { number, pid, state: "ended" };
  return { number, pid, state: pid !== undefined && (await isRunner(pid, folder)) ? "running" : "killed" };
}

function pidOf(text: string): number | undefined {
  try {
    const { pid } = JSON.parse(text) as { pid?: unknown };
    return typeof pid === "number" && Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes this process the runner.
 * @returns undefined: another one is; `after`: the runner before
 */
export async function becomeRunner(
  folder: Folder,
): Promise<{ number: number; after: Runner | undefined; end: () => Promise<void> } | undefined> {
  const after = await lastRunner(folder);
  if (after?.state === "running") return undefined;
  const number = (after?.number ?? 0) + 1;
  if (!(await createWhole(path.join(folder.runners, `${number}.json`), JSON.stringify({ pid: process.pid })))) {
    return undefined;
  }
  for (const name of await readdir(folder.runners)) {
    if (Number.parseInt(name, 10) < number) await rm(path.join(folder.runners, name), { force: true });
  }
  return { number, after, end: () => writeFile(path.join(folder.runners, `${number}.ended`), "") };
}

/** How the runner's command line ends, so that another process that got its number is not taken for it. */
export const runnerArguments = (folder: Folder): string[] => ["batch-preflight-runner", folder.root];

async function isRunner(pid: number, folder: Folder): Promise<boolean> {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const command = await commandOf(pid);
  // Where it can't be told, a process with that number is believed to be it.
  return command === undefined || command.includes(runnerArguments(folder).join(" "));
}

/** The command line of a process; that of a zombie is empty. */
async function commandOf(pid: number): Promise<string | undefined> {
  if (process.platform === "win32") return undefined;
  if (process.platform === "linux") {
    const reading = readFile(`/proc/${pid}/cmdline`, "utf8").catch((error: NodeJS.ErrnoException) =>
      ["ENOENT", "ESRCH"].includes(error.code ?? "") ? "" : undefined,
    );
    return (await reading)?.replaceAll("\0", " ");
  }
  const listed = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(() => undefined);
  return listed?.stdout;
}
