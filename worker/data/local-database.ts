import { realpath, rename } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import type { ConnectionSettings, Database } from "./database.ts";
import { type Binaries, binaries } from "./local-database/binaries.ts";
import { applicationName, createCluster, dataFolder, password, wrongPassword } from "./local-database/cluster.ts";
import { diskFull, diskFullSince, logFile, serverFailure } from "./local-database/log.ts";
import { randomPort, rememberedPort, rememberPort } from "./local-database/port.ts";
import {
  type Attempt,
  readPostmaster,
  removeStalePidFile,
  startPostmaster,
  stopPostmaster,
} from "./local-database/postmaster.ts";
import { type ServerHome, serverHome } from "./local-database/server-user.ts";
import { inTemporaryFolder } from "./local-database/temporary-folder.ts";
import { queryOnce } from "./query-once.ts";
import { readServerTraits, traitDifferences } from "./server-traits.ts";

/** What `node worker database status` tells. */
export interface LocalStatus {
  running: boolean;
  pid: number | undefined;
  port: number | undefined;
  /** Folder of the data files. */
  data: string;
  log: string;
}

/** The program that is waited for: `initdb` where there are no data yet, then `postgres`. */
export type OnWait = (program: "initdb" | "postgres") => void;

/** The embedded PostgreSQL of one project folder. */
export interface LocalDatabase extends Database {
  /**
   * Starts the server, or adopts the one that runs; `started` tells which.
   * @param onWait called when a program of PostgreSQL is at work, and this process has time for something else
   */
  start(onWait?: OnWait): Promise<{ settings: ConnectionSettings; started: boolean }>;
  stop(): Promise<boolean>;
  status(): Promise<LocalStatus>;
  /** Stops the server and deletes its data. */
  reset(): Promise<void>;
  /** Why the server may have failed us after `time`, when connections die without saying it: a full disk. */
  failureSince(time: Date): Promise<Failure | undefined>;
}

const label = "the local database";

/** How long a server may take to answer; most of it is for replaying the log after a power loss. */
const startSeconds = 120;
const pollMilliseconds = 10;

/** `folder`: where its files go (`.local/postgres` of the project). */
export function localDatabase(folder: string): LocalDatabase {
  let starting: Promise<{ settings: ConnectionSettings; started: boolean }> | undefined;
  let verified: { pid: number; settings: ConnectionSettings } | undefined;
  const start = (onWait: OnWait = () => {}) => {
    starting ??= inSentences(folder, (home) => startServer(home, onWait)).finally(() => {
      starting = undefined;
    });
    return starting;
  };
  /** A server that was asked who it is need not be asked again for each connection: 15 ms. */
  const stillRuns = async (home: ServerHome) => {
    const postmaster = await readPostmaster(dataFolder(home));
    const isSame = postmaster?.pid === verified?.pid && postmaster?.port === verified?.settings.port;
    return isSame && postmaster?.ready === true && postmaster.process === "server";
  };
  return {
    label,
    start,
    settings: async () => {
      if (verified && (await inSentences(folder, stillRuns))) return verified.settings;
      const { settings } = await start();
      const pid = await inSentences(folder, async (home) => (await readPostmaster(dataFolder(home)))?.pid ?? 0);
      verified = { pid, settings };
      return settings;
    },
    stop: () => inSentences(folder, stopPostmaster),
    status: () =>
      inSentences(folder, async (home) => {
        const data = dataFolder(home);
        const postmaster = await readPostmaster(data);
        const running = postmaster?.process === "server" || postmaster?.process === "unknown";
        return {
          running,
          pid: running ? postmaster.pid : undefined,
          port: running ? postmaster.port : undefined,
          data,
          log: logFile(home),
        };
      }),
    reset: () =>
      inSentences(folder, async (home) => {
        await stopPostmaster(home);
        // Renamed first: a reset that is killed leaves no half of the data in their place.
        await inTemporaryFolder(home, (temporary) => rename(dataFolder(home), path.join(temporary, "data"))).catch(
          (error: NodeJS.ErrnoException) => {
            if (error.code !== "ENOENT") throw error;
          },
        );
      }),
    failureSince: (time) => inSentences(folder, (home) => diskFullSince(home, time)),
  };
}

async function startServer(
  home: ServerHome,
  onWait: OnWait,
): Promise<{ settings: ConnectionSettings; started: boolean }> {
  const data = dataFolder(home);
  const deadline = Date.now() + startSeconds * 1_000;
  let programs: Binaries | undefined;
  let attempt: Attempt | undefined;
  let reason = "";
  const remembered = await rememberedPort(home);
  let port = remembered ?? randomPort();
  for (; Date.now() < deadline; await sleep(pollMilliseconds)) {
    const postmaster = await readPostmaster(data);
    if (postmaster?.ready && (postmaster.process === "server" || postmaster.process === "unknown")) {
      const found = await answer(home, postmaster.port);
      if ("settings" in found) {
        if (found.settings.port !== remembered) await rememberPort(home, found.settings.port);
        return { settings: found.settings, started: postmaster.pid === attempt?.pid };
      }
      reason = found.refusal.message;
    }
    if (attempt?.ended) {
      if (attempt.error !== undefined) throw attempt.error;
      const { own, all } = await attempt.output();
      attempt = undefined;
      reason = own;
      if (own.includes("could not bind")) port = randomPort();
      // The last sessions of a killed server are still ending.
      else if (/shared memory block .* is still in use/.test(own)) await sleep(100);
      // Else another worker's server was faster, or is just writing its pid file; an empty one that stays is taken away.
      else if (!/lock file ".*" (already exists|is empty)/.test(own))
        throw await serverFailure(home, "does not start", all);
    }
    if (attempt !== undefined || postmaster?.process === "server") continue;
    programs ??= await binaries(home);
    await createCluster(home, programs, () => onWait("initdb"));
    if (postmaster?.process === "moved") await stopPostmaster(home);
    if (postmaster?.process === "other") await removeStalePidFile(data, postmaster);
    attempt = await startPostmaster(home, programs, port);
    onWait("postgres");
  }
  throw await serverFailure(home, `gives no answer in ${startSeconds} s`, reason);
}

/** Asks the server at `port` whether it is ours, for our data and fit for use; makes its database when there is none. */
async function answer(home: ServerHome, port: number): Promise<{ settings: ConnectionSettings } | { refusal: Error }> {
  const settings: ConnectionSettings = {
    host: "127.0.0.1",
    port,
    database: applicationName,
    username: applicationName,
    password: await password(home),
    ssl: false,
  };
  try {
    const traits = await readServerTraits(settings).catch(async (error) => {
      if (error.code !== "3D000") throw error;
      await createDatabase(settings);
      return await readServerTraits(settings);
    });
    if (traits.data === null || (await realpath(traits.data)) !== dataFolder(home)) {
      return { refusal: new Error(`port ${port} is another server's`) };
    }
    const differences = traitDifferences("The local database", traits);
    if (differences.length === 0) return { settings };
    throw new Failure("failed", `${differences.join("; ")}. Start over with: node worker database reset --yes`);
  } catch (error) {
    const { code } = error as { code?: string };
    if (error instanceof Failure) throw error;
    if (code === "28P01") throw wrongPassword(home);
    if (code === "53100") throw diskFull(home);
    return { refusal: error as Error };
  }
}

async function createDatabase(settings: ConnectionSettings): Promise<void> {
  try {
    await queryOnce({ ...settings, database: "postgres" }, `CREATE DATABASE ${settings.database}`);
  } catch (error) {
    // Another worker was faster.
    if (!["42P04", "23505"].includes((error as { code?: string }).code ?? "")) throw error;
  }
}

/** Does `work` in the folder's home; what the file system refuses becomes one sentence. */
async function inSentences<Result>(folder: string, work: (home: ServerHome) => Promise<Result>): Promise<Result> {
  let home: ServerHome = { folder, user: undefined };
  try {
    home = await serverHome(folder);
    return await work(home);
  } catch (error) {
    const { code, path: file, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof Failure || syscall === undefined) throw error;
    if (code === "ENOSPC" || code === "EDQUOT") throw diskFull(home);
    throw new Failure(
      "failed",
      `The local database can't use ${file ?? folder} (${(error as Error).message}); allow it, or set DATABASE_URL to another PostgreSQL.`,
      { cause: error },
    );
  }
}
