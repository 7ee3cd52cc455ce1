import { randomBytes } from "node:crypto";
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { Failure } from "../../worker/failure.ts";

/**
 * Writes `pieces` to a file that has either all of them or what it had before: they go to a neighbour, which takes the
 * file's name when it is complete. What is no plain file (`/dev/stdout`, a pipe) is written to as it is.
 * @throws Failure `usage` where the file can't be written; before the first piece is asked for, if that can be seen
 */
export function writeOutput(file: string, pieces: Iterable<string>): void {
  const existing = faulty(file, () => statSync(file, { throwIfNoEntry: false }));
  if (existing && !existing.isFile()) {
    const device = faulty(file, () => openSync(file, "w"));
    try {
      for (const piece of pieces) faulty(file, () => writeWhole(device, piece));
    } finally {
      closeSync(device);
    }
    return;
  }
  // A link stays a link: what it leads to is replaced.
  const target = existing ? realpathSync(file) : path.resolve(file);
  const neighbour = `${target}.${randomBytes(4).toString("hex")}.tmp`;
  const descriptor = faulty(file, () => openSync(neighbour, "wx", existing ? existing.mode & 0o777 : 0o666));
  try {
    try {
      for (const piece of pieces) faulty(file, () => writeWhole(descriptor, piece));
    } finally {
      closeSync(descriptor);
    }
    faulty(file, () => renameSync(neighbour, target));
  } catch (error) {
    rmSync(neighbour, { force: true });
    throw error;
  }
}

function writeWhole(descriptor: number, piece: string): void {
  const bytes = Buffer.from(piece);
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

function faulty<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Failure("usage", `--out ${file} can't be written: ${reasonOf(error as Error)}`);
  }
}

/** Of "ENOENT: no such file or directory, open '...'" what comes first: the name that follows may be the neighbour's. */
export const reasonOf = ({ message }: Error): string => message.replace(/, \w+( '.*)?$/s, "");
