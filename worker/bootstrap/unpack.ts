import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { Failure } from "../failure.ts";

/** Bytes that the files of a bundle may have in all: it is held in memory before any of it is written. */
export const bundleLimit = 32 * 2 ** 20;

/** What an archive of that much may have beyond it: headers, and the padding of small files. */
export const archiveLimit = 2 * bundleLimit;

export interface UnpackedFile {
  readonly bytes: Buffer;
  readonly isExecutable: boolean;
}

/**
 * Reads a bundle into memory, its hash first and all of it before anybody writes a byte.
 * @param name of the bundle, for sentences
 * @returns files by their names, with slashes
 * @throws Failure `usage`: another hash, cut off, or anything in it but plain files below the folder that it is unpacked to
 */
export async function readBundle(bytes: Buffer, sha256: string, name: string): Promise<Map<string, UnpackedFile>> {
  const own = createHash("sha256").update(bytes).digest("hex");
  if (own !== sha256) {
    throw new Failure(
      "usage",
      `The bundle ${name} is not what it was: its SHA-256 is ${own} (${bytes.length} bytes); nothing of it was run; submit the job again from the code that you mean.`,
    );
  }
  const refused = (why: string, options?: ErrorOptions) =>
    new Failure("usage", `The bundle ${name} is refused: ${why}; nothing of it was run.`, options);
  const files = new Map<string, UnpackedFile>();
  try {
    const archive = extract();
    const stream = Readable.from([gunzipSync(bytes, { maxOutputLength: archiveLimit })]);
    // Both ends: an archive that is broken ends the reading by an error of its own.
    stream.on("error", (error) => archive.destroy(error)).pipe(archive);
    for await (const entry of archive) {
      const { type, name: file, mode = 0 } = entry.header;
      const what = JSON.stringify(file);
      if (type !== "file") throw refused(`${what} is no file but of type ${type}`);
      if (!isBelow(file)) throw refused(`${what} leads out of its folder`);
      if (files.has(file)) throw refused(`${what} is in it twice`);
      files.set(file, { bytes: await buffer(entry), isExecutable: (mode & 0o100) !== 0 });
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw refused(`it is no whole tar.gz (${error instanceof Error ? error.message : error})`, { cause: error });
  }
  return files;
}

/** Whether a path stays below, on Windows as well, and away from what the image adds. */
export function isBelow(file: string): boolean {
  const names = file.split("/");
  return !/[\\:\0]/.test(file) && names.every((name) => !["", ".", "..", "node_modules"].includes(name));
}

/** Writes the files into an empty folder. */
export async function writeFiles(files: ReadonlyMap<string, UnpackedFile>, folder: string): Promise<void> {
  const folders = new Set([...files.keys()].map((file) => path.join(folder, path.dirname(file))));
  for (const one of folders) await mkdir(one, { recursive: true });
  await Promise.all(
    [...files].map(([file, { bytes, isExecutable }]) =>
      writeFile(path.join(folder, file), bytes, { flag: "wx", mode: isExecutable ? 0o755 : 0o644 }),
    ),
  );
}
