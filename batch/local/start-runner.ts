import { spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
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

/** Bytes of a runner's log from which on the next one begins a new file; the last one is kept beside it. */
const longestLog = 256 * 1024;

const entry = fileURLToPath(new URL("./runner.js", import.meta.url));

interface Starting {
  readonly hasEnded: () => boolean;
  /** Byte of the log at which it has begun. */
  readonly logStart: number;
}

/** Those that this process has started and that may not be there yet. */
const starting = new WeakMap<Folder, Starting>();

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
  let logStart: number | undefined;
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
    logStart ??= starting.get(folder)?.logStart;
  }
  throw await whyNone(folder, logStart);
}

/** @throws what the file system has against the folder: a runner that can't write does not say so either */
async function whyNone(folder: Folder, logStart = 0): Promise<Failure> {
  const trial = path.join(folder.root, `.trial.${process.pid}`);
  await writeWhole(trial, " ".repeat(4096));
  await rm(trial, { force: true });
  const isThere = (await lastRunner(folder))?.state === "running";
  const log = (await ifThere(readFile(folder.runnerLog))) ?? Buffer.alloc(0);
  // Somebody else has begun a new one.
  const since = log.length < logStart ? log : log.subarray(logStart);
  const lines = since
    .toString()
    .split("\n")
    .filter((line) => !isHeading(line));
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

/** Added to the log that there is: it may tell why the runner before is gone, or be another one's that starts just now. */
function openLog({ runnerLog }: Folder): { log: number; size: number } {
  const log = openSync(runnerLog, "a", 0o600);
  const { size } = fstatSync(log);
  if (size <= longestLog) return { log, size };
  closeSync(log);
  try {
    renameSync(runnerLog, `${runnerLog}.old`);
  } catch (error) {
    // Another starter was first.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return { log: openSync(runnerLog, "a", 0o600), size: 0 };
}

const heading = (time: number) => `--- a runner starts, ${new Date(time).toISOString()}\n`;
const isHeading = (line: string) => line.startsWith("--- ");

function start(folder: Folder): Starting {
  const { log, size } = openLog(folder);
  try {
    writeSync(log, heading(Date.now()));
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
    return { hasEnded: () => hasEnded, logStart: size };
  } finally {
    closeSync(log);
  }
}

export const isGone = async (file: string): Promise<boolean> => (await ifThere(stat(file))) === undefined;
