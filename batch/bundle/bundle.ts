import { createHash } from "node:crypto";
import { fingerprintFile, imageFingerprint } from "../../worker/bootstrap/image-fingerprint.ts";
import { Failure } from "../../worker/failure.ts";
import { archiveOf } from "./archive.ts";
import { bundleContents } from "./contents.ts";

/** The code of a working tree, packed for jobs. */
export interface Bundle {
  /** Of `bytes`, in hexadecimal. */
  readonly sha256: string;
  /** tar.gz. */
  readonly bytes: Uint8Array;
  /** Of the image that this code wants (`imageFingerprint`); a job in another one ends with exit code 2. */
  readonly fingerprint: string;
  /** How many files it has. */
  readonly files: number;
  /** Paths of what is in the tree and stays out because it looks like secrets or leftovers: worth telling. */
  readonly leftOut: readonly string[];
}

/**
 * Packs the working tree of `project` as it is. The same tree has the same hash on every machine, for every user, time zone
 * and umask.
 * @throws Failure `usage`: a tree that can't be bundled
 */
export async function createBundle(project: string): Promise<Bundle> {
  const [{ files, leftOut }, fingerprint] = await Promise.all([bundleContents(project), fingerprintOf(project)]);
  const own = { name: fingerprintFile, bytes: Buffer.from(fingerprint), isExecutable: false };
  const bytes = await archiveOf([own, ...files]);
  return {
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes,
    fingerprint,
    files: files.length,
    leftOut,
  };
}

async function fingerprintOf(project: string): Promise<string> {
  try {
    return await imageFingerprint(project);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure("usage", `What the code needs of the image can't be told: ${reason}.`, { cause: error });
  }
}
