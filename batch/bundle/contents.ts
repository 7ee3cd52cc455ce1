import { readlink, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { bundleLimit, isBelow } from "../../worker/bootstrap/unpack.ts";
import { Failure } from "../../worker/failure.ts";
import { entryFile, fileNames } from "./file-names.ts";
import { isLeftOut } from "./left-out.ts";
import { readAtRest } from "./read-at-rest.ts";

export interface BundleFile {
  /** With slashes, from the project's folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isExecutable: boolean;
}

export interface BundleContents {
  readonly files: readonly BundleFile[];
  /** What is there and looks like secrets or leftovers. */
  readonly leftOut: readonly string[];
}

/**
 * What a job runs of the working tree as it is now, uncommitted changes with it, in the order of names. Links are followed:
 * to other files of the bundle, and nowhere else.
 * @throws Failure `usage` with all that can't be taken
 */
export async function bundleContents(project: string): Promise<BundleContents> {
  const root = await realpath(project);
  const all = await fileNames(root);
  const names = all.filter((name) => !isLeftOut(name));
  const taken = new Set(names.map((name) => path.join(root, name)));
  const faults: string[] = [];
  const read = await Promise.all(
    names.map(async (name) => {
      const file = await readFileOf(root, name, taken);
      if (typeof file !== "string") return file;
      faults.push(`${name} ${file}`);
      return undefined;
    }),
  );
  if (faults.length > 0) {
    throw new Failure(
      "usage",
      `The code can't be bundled: ${faults.sort().join("; ")}. Copy it there, or move it away.`,
    );
  }
  const files = read.filter((file) => file !== undefined);
  if (!files.some(({ name }) => name === entryFile)) {
    throw new Failure(
      "usage",
      `The code can't be bundled: ${path.join(root, entryFile)} is missing; name the project's folder.`,
    );
  }
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > bundleLimit) {
    const largest = [...files].sort((one, other) => other.bytes.length - one.bytes.length).slice(0, 3);
    const told = largest.map(({ name, bytes }) => `${name} (${megabytes(bytes.length)})`).join(", ");
    throw new Failure(
      "usage",
      `The code can't be bundled: its files have ${megabytes(size)}, and a bundle ${megabytes(bundleLimit)} at most; the largest are ${told}: keep data elsewhere, or have Git ignore them.`,
    );
  }
  return { files, leftOut: all.filter(isLeftOut) };
}

/** @returns undefined: it is deleted, which Git tells of as long as that is not committed; a text: why it can't be taken */
async function readFileOf(
  root: string,
  name: string,
  taken: ReadonlySet<string>,
): Promise<BundleFile | string | undefined> {
  const file = path.join(root, name);
  // Node could not open it by this name, and would take it for deleted.
  if (name.includes("\uFFFD")) return "has a name that is not UTF-8";
  // What the job would refuse.
  if (!isBelow(name.replace(/\/$/, ""))) return "has a name that not every machine takes (: or \\ in it)";
  try {
    const target = await stat(file);
    const link = await readlink(file).catch(() => undefined);
    if (link === undefined && target.isDirectory()) return "is a folder of another Git repository";
    // By the whole path: one of its folders may be the link.
    const real = await realpath(file);
    if (!taken.has(real)) return `leads to ${link ?? real}, which is not in the bundle`;
    if (!target.isFile()) return "is no file";
    const { mode, size } = target;
    if (size > bundleLimit) return `has ${megabytes(size)}, and a bundle ${megabytes(bundleLimit)} at most`;
    const bytes = await readAtRest(file);
    if (bytes === undefined) return "is being written all the time";
    return { name, bytes, isExecutable: (mode & 0o100) !== 0 };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const link = await readlink(file).catch(() => undefined);
    if (link !== undefined) return `leads to ${link}, where nothing is`;
    return code === "ENOENT" ? undefined : `can't be read (${message})`;
  }
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
