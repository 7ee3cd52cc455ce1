import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Failure } from "../../failure.ts";
import type { OpenObject, StoredObject } from "./stored-object.ts";

/** The project's root. */
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A file of an npm package's folder beside its entry point: `packageFile("vega-datasets", "../data/airports.csv")`. */
export function packageFile(name: string, path: string): URL {
  const require = createRequire(import.meta.url);
  return new URL(path, pathToFileURL(require.resolve(name)));
}

/** A file named by a path, absolute or from the project's root, wherever the worker is started. */
export function localFile(file: string): URL {
  return pathToFileURL(path.resolve(root, file));
}

/**
 * The part of a file's path that means the same on every machine: of a package's file that from the package's name on,
 * of the project's that from its root on; of any other file all of it.
 */
export function locationOf(file: URL): string {
  const inPackage = pathInPackages(file);
  if (inPackage !== undefined) return inPackage;
  const absolute = fileURLToPath(file);
  const fromRoot = path.relative(root, absolute);
  const isOutside = fromRoot === "" || fromRoot.split(path.sep)[0] === ".." || path.isAbsolute(fromRoot);
  return isOutside ? absolute : fromRoot.replaceAll(path.sep, "/");
}

function pathInPackages(file: URL): string | undefined {
  return /.*\/node_modules\/(.*)/s.exec(decodeURIComponent(file.pathname))?.[1];
}

/** A file to read sources from. */
export function fileObject(file: URL): StoredObject {
  return { location: locationOf(file), open: () => openFile(file) };
}

async function openFile(file: URL): Promise<OpenObject> {
  const { size } = await stat(file).catch((error) => {
    throw unreadable(file, error);
  });
  return {
    size,
    version: () => versionOf(file),
    scan: (see) => versionOf(file, see),
    async *stream(from) {
      try {
        yield* createReadStream(file, { start: from });
      } catch (error) {
        throw unreadable(file, error);
      }
    },
    slice: (from, to) => slice(file, from, to),
  };
}

async function slice(file: URL, from: number, to: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(to - from);
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
      if (bytesRead === 0) throw new Failure("failed", `Source ${locationOf(file)} has become shorter; run it again.`);
      at += bytesRead;
    }
    return bytes.buffer;
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(file, error);
  } finally {
    await handle?.close();
  }
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
    throw error instanceof Failure ? error : unreadable(file, error);
  }
  return hash.digest("hex").slice(0, 16);
}

export function unreadable(file: URL, error: unknown): Failure {
  const { code } = error as NodeJS.ErrnoException;
  const missing =
    pathInPackages(file) === undefined
      ? `does not exist as ${fileURLToPath(file)}; put it there, or correct the path`
      : "does not exist; run npm ci, or correct the path";
  const reasons: Record<string, string> = {
    ENOENT: missing,
    EACCES: "can't be read by this user; give it read permission",
    EISDIR: "is a folder; name a file",
  };
  const reason = reasons[code ?? ""] ?? `can't be read (${(error as Error).message})`;
  return new Failure("usage", `Source ${locationOf(file)} ${reason}.`, { cause: error });
}
