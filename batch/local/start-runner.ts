import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Failure } from "../../worker/failure.ts";
import { type Folder, ifThere } from "./folder.ts";
import { lastRunner, runnerArguments } from "./runner-lease.ts";

/** How long a runner may take to load on a busy machine. */
const patienceMilliseconds = 30_000;

const entry = fileURLToPath(new URL("./runner.js", import.meta.url));

/** Those that this process has started and that may not be there yet. */
const starting = new WeakMap<Folder, { hasEnded: () => boolean }>();

/** Has one load while others work: it takes as long as all the rest of a submission. */
export async function prepareRunner(folder: Folder): Promise<void> {
  if ((await lastRunner(folder))?.state !== "running" && !starting.has(folder)) starting.set(folder, start(folder));
}

/**
 * Has a runner run, until `isServed`: the one that is there, or a new one in a session of its own, that no terminal ends.
 * @throws Failure `failed` with what it said, where none comes to run
 */
export async function haveRunner(folder: Folder, isServed: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMilliseconds;
  let failures = 0;
  for (; Date.now() < end; await sleep(10)) {
    if (await isServed()) return;
    if ((await lastRunner(folder))?.state === "running") continue;
    if (starting.get(folder)?.hasEnded()) {
      // One that comes second leaves it to the first; only who has something to say has failed.
      failures += 1;
      if (failures > 3 && !(await isServed())) break;
      starting.delete(folder);
    }
    if (!starting.has(folder)) starting.set(folder, start(folder));
  }
  const text = (await ifThere(readFile(folder.runnerLog, "utf8"))) ?? "";
  const said = text
    .trim()
    .split("\n")
    .findLast((line) => /\S/.test(line) && !/^\s+at /.test(line));
  throw new Failure(
    "failed",
    `The local runner does not start${said === undefined ? "" : ` (${said.trim()})`}; its log: ${folder.runnerLog}`,
  );
}

function start(folder: Folder): { hasEnded: () => boolean } {
  const log = openSync(folder.runnerLog, "w", 0o600);
  try {
    const child = spawn(process.execPath, [entry, ...runnerArguments(folder)], {
      detached: true,
      stdio: ["ignore", log, log],
    });
    let hasEnded = false;
    child.on("error", () => {
      hasEnded = true;
    });
    child.on("exit", () => {
      hasEnded = true;
    });
    child.unref();
    return { hasEnded: () => hasEnded };
  } finally {
    closeSync(log);
  }
}

export const isGone = async (file: string): Promise<boolean> => (await ifThere(stat(file))) === undefined;
