import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Failure } from "../../failure.ts";

/** A file of an npm package's folder beside its entry point: `packageFile("vega-datasets", "../data/airports.csv")`. */
export function packageFile(name: string, path: string): URL {
  const require = createRequire(import.meta.url);
  return new URL(path, pathToFileURL(require.resolve(name)));
}

/** A file named by a path, absolute or from the current folder. */
export function localFile(path: string): URL {
  return pathToFileURL(path);
}

/** The part of a file's path that means the same on every machine. */
export function locationOf(file: URL): string {
  const path = decodeURIComponent(file.pathname);
  const inPackages = path.lastIndexOf("/node_modules/");
  return inPackages === -1 ? path : path.slice(inPackages + "/node_modules/".length);
}

/**
 * Reads a file once from end to end, giving each block to `see`.
 * @returns SHA-256 of the content, hexadecimal, shortened to 16 digits
 */
export async function versionOf(file: URL, see: (block: Buffer) => void = () => {}): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const block of createReadStream(file, { highWaterMark: 1 << 20 })) {
      hash.update(block);
      see(block);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return hash.digest("hex").slice(0, 16);
}

export function unreadable(file: URL, error: unknown): Failure {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: "does not exist; run npm ci, or correct the path",
    EACCES: "can't be read by this user; give it read permission",
    EISDIR: "is a folder; name a file",
  };
  const reason = reasons[code ?? ""] ?? `can't be read (${(error as Error).message})`;
  return new Failure("usage", `Source ${locationOf(file)} ${reason}.`, { cause: error });
}
