import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Failure } from "../../worker/failure.ts";
import { type Folder, ifThere, writeWhole } from "./folder.ts";
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
  throw await whyNone(folder);
}

/** @throws what the file system has against the folder: a runner that can't write does not say so either */
async function whyNone(folder: Folder): Promise<Failure> {
  const trial = path.join(folder.root, `.trial.${process.pid}`);
  await writeWhole(trial, " ".repeat(4096));
  await rm(trial, { force: true });
  const isThere = (await lastRunner(folder))?.state === "running";
  const lines = ((await ifThere(readFile(folder.runnerLog, "utf8"))) ?? "").split("\n");
  // Node shows the line of code first and its own version last.
  const said =
    lines.findLast((line) => /^\s*(\w*Error|Failure)\b.*:/.test(line)) ??
    lines.findLast((line) => /\S/.test(line) && !/^\s+at |^Node\.js v/.test(line));
  const what = isThere ? `has not answered for ${patienceMilliseconds / 1000} s` : "does not start";
  return new Failure(
    "failed",
    `The local runner ${what}${said === undefined ? "" : ` (${said.trim()})`}; its log: ${folder.runnerLog}`,
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
