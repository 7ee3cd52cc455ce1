import { open, statfs } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../failure.ts";
import type { ServerHome } from "./server-user.ts";

export const logFile = (home: ServerHome) => path.join(home.folder, "postgres.log");

/** Under one segment of write-ahead log nothing can be written any more. */
const leastFreeBytes = 16 * 2 ** 20;

/** What the server wrote from `position` (bytes; negative: from the end) on; nothing when there is no log. */
export async function readLog(home: ServerHome, position: number): Promise<string> {
  const handle = await open(logFile(home)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (handle === undefined) return "";
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, position < 0 ? size + position : position);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - start)), 0, null, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** `subject` failed while the server or initdb said `output`: the sentence, with the cause if it can be told. */
export async function serverFailure(home: ServerHome, subject: string, output: string): Promise<Failure> {
  if (saysDiskFull(output) || (await hasFullDisk(home))) return diskFull(home);
  const reason = output.match(/(?:FATAL|PANIC|error|ERROR): +(.*)/)?.[1] ?? output.trim().split("\n").at(-1) ?? "";
  return new Failure(
    "databaseUnavailable",
    `The local database ${subject}: ${reason || "no reason given"}. See ${logFile(home)}, or set DATABASE_URL to another PostgreSQL.`,
  );
}

/** A full disk that the server has hit after `time`, when it may have cut our connections for it. */
export async function diskFullSince(home: ServerHome, time: Date): Promise<Failure | undefined> {
  const lines = (await readLog(home, -65_536)).split("\n");
  const recent = lines.filter((line) => Date.parse(`${line.slice(0, 10)}T${line.slice(11, 23)}Z`) >= time.getTime());
  return saysDiskFull(recent.join("\n")) || (await hasFullDisk(home)) ? diskFull(home) : undefined;
}

export function diskFull(home: ServerHome): Failure {
  return new Failure(
    "databaseUnavailable",
    `The disk of the local database (${home.folder}) is full; free some space and run the same command again.`,
  );
}

/** A full disk, in words of the server or the system. A full /dev/shm says the same, and is not meant. */
function saysDiskFull(text: string): boolean {
  return text
    .split("\n")
    .some((line) => /No space left on device|Disk quota exceeded/.test(line) && !line.includes("shared memory"));
}

/** A disk so full that the server couldn't even log it. */
async function hasFullDisk(home: ServerHome): Promise<boolean> {
  const { bavail, bsize } = await statfs(home.folder);
  return bavail * bsize < leastFreeBytes;
}
