import { execFile } from "node:child_process";
import { link, open, readFile, readlink, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { Failure } from "../../failure.ts";
import { type Binaries, binaries, cannotRun } from "./binaries.ts";
import { dataFolder } from "./cluster.ts";
import { logFile, readLog } from "./log.ts";
import type { ServerHome } from "./server-user.ts";
import { isAlive } from "./temporary-folder.ts";

/** What the running server says of itself in `postmaster.pid` (PostgreSQL's `src/include/utils/pidfile.h`). */
export interface Postmaster {
  /** 0: the file is empty or damaged. */
  pid: number;
  port: number;
  ready: boolean;
  /**
   * Whose process that is: the server's on these data; the same, and their folder was renamed since; another program's,
   * that got a dead server's number; nobody's; or it can't be told here.
   */
  process: "server" | "moved" | "other" | "none" | "unknown";
}

const pidFile = (data: string) => path.join(data, "postmaster.pid");

/** Longest time between a server's making of its pid file and its first line there, in milliseconds. */
const writingMilliseconds = 2_000;

/** The server that runs on these data, or what a dead one left behind; `undefined`: neither. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readIfThere(pidFile(data));
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  const pid = /^[1-9]\d*$/.test(lines[0]!) ? Number(lines[0]) : 0;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready", process: await processOf(pid, data) };
}

async function processOf(pid: number, data: string): Promise<Postmaster["process"]> {
  if (pid === 0) {
    // Just being written, or a power loss has emptied it; PostgreSQL refuses to decide.
    const written = await stat(pidFile(data)).catch(() => undefined);
    return written && Date.now() - written.mtimeMs > writingMilliseconds ? "other" : "server";
  }
  if (!isAlive(pid)) return "none";
  const command = await commandOf(pid);
  if (command === undefined) return "unknown";
  if (!command.includes("postgres -D ")) return "other";
  if (command.includes(`postgres -D ${data} `)) return "server";
  return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === data ? "moved" : "other";
}

/** The command line of a process; a zombie's is empty. `undefined` where it can't be had. */
async function commandOf(pid: number): Promise<string | undefined> {
  if (process.platform === "win32") return undefined;
  if (process.platform === "linux") return (await readIfThere(`/proc/${pid}/cmdline`))?.replaceAll("\0", " ");
  const listed = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(() => undefined);
  return listed?.stdout;
}

/**
 * Takes away the pid file of a dead server whose number another program got since: the server would take that one for
 * itself and refuse to start. Only what was judged is taken; should a new server have written in between, it gets its file back.
 */
export async function removeStalePidFile(data: string, stale: Postmaster): Promise<void> {
  const aside = `${pidFile(data)}.stale-${process.pid}`;
  try {
    await rename(pidFile(data), aside);
    const [pid] = (await readFile(aside, "utf8")).split("\n");
    if (stale.pid > 0 && pid !== String(stale.pid)) await link(aside, pidFile(data));
    await rm(aside);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** A server process that we started. */
export interface Attempt {
  pid: number | undefined;
  /** Set once the process has ended, that is, has failed or has left the data to a server that was faster. */
  ended: boolean;
  error: Failure | undefined;
  /** What was logged since it was started; a server that was started at the same time logs there too. */
  output(): Promise<{ own: string; all: string }>;
}

/**
 * The write-ahead log may grow to 2 GB between checkpoints, which a bulk load fills in seconds; no replica reads it, so
 * it holds the minimum. Nothing here risks committed rows: fsync and synchronous_commit stay on.
 */
const serverSettings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  max_connections: "200",
  shared_buffers: "256MB",
  max_wal_size: "2GB",
  wal_level: "minimal",
  max_wal_senders: "0",
  maintenance_work_mem: "256MB",
  jit: "off",
};

/** Longest log that is kept when a server starts, in bytes. */
const longestLog = 10 * 2 ** 20;

export async function startPostmaster(home: ServerHome, programs: Binaries, port: number): Promise<Attempt> {
  const data = dataFolder(home);
  const size = await stat(logFile(home)).then(
    (log) => log.size,
    () => 0,
  );
  const log = await open(logFile(home), size > longestLog ? "w" : "a", 0o600);
  try {
    if (home.user !== undefined) await log.chown(home.user.uid, home.user.gid);
    const position = (await log.stat()).size;
    const settings = Object.entries({ ...serverSettings, port }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    // Its own session, and none of our pipes: it goes on when the worker ends, however that happens.
    const child = programs.spawn("postgres", ["-D", data, ...settings], {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const attempt: Attempt = {
      pid: child.pid,
      ended: false,
      error: undefined,
      output: async () => {
        const all = await readLog(home, position);
        const own = all.split("\n").filter((line) => line.includes(`[${child.pid}]`));
        return { own: own.join("\n"), all };
      },
    };
    child.on("error", (error) => {
      attempt.ended = true;
      attempt.error = cannotRun("postgres", error);
    });
    child.on("exit", () => {
      attempt.ended = true;
    });
    child.unref();
    return attempt;
  } finally {
    await log.close();
  }
}

/** Fast shutdown: sessions are cut, everything committed is on the disk. */
export async function stopPostmaster(home: ServerHome): Promise<boolean> {
  const data = dataFolder(home);
  const postmaster = await readPostmaster(data);
  if (postmaster === undefined || postmaster.process === "none" || postmaster.process === "other") return false;
  const { code, output } = await (await binaries(home)).run("pg_ctl", [
    "stop",
    "-D",
    data,
    "-m",
    "fast",
    "-w",
    "-t",
    "60",
  ]);
  if (code === 0 || (await readPostmaster(data))?.process !== "server") return true;
  throw new Failure(
    "failed",
    `The local database (process ${postmaster.pid}) does not stop: ${output.trim().split("\n").at(-1)}`,
  );
}

async function readIfThere(file: string): Promise<string | undefined> {
  return await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ESRCH") return undefined;
    throw error;
  });
}
