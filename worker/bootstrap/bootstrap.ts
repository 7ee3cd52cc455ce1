import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Failure } from "../failure.ts";
import { addressText } from "../s3/address.ts";
import { type BundleAddress, parseAddress } from "./bundle-address.ts";
import { fetchBundle, stopped } from "./fetch-bundle.ts";
import { fingerprintFile, imageDifference } from "./image-fingerprint.ts";
import { readBundle, type UnpackedFile, writeFiles } from "./unpack.ts";

export interface BootstrapArgs {
  /** `s3://BUCKET/PREFIX/SHA256.tar.gz`. */
  readonly bundle: string;
  /** Folder of the image's own copy, whose packages and settings the bundle's code takes. */
  readonly image: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Stands for Amazon S3. */
  readonly fetch?: typeof fetchBundle;
}

/**
 * Brings the code of a bundle into a folder of its own, checked before anything of it is written, and says in `env` that it
 * is what runs: BATCH_PREFLIGHT_CODE, its hash. BATCH_PREFLIGHT_BUNDLE tells no more than what was asked for, also in an image
 * that knows nothing of bundles.
 * @returns the folder, which is as the image's but for the code
 * @throws Failure, one sentence: `usage` for what no further attempt mends, `interrupted` where `signal` came before the end
 */
export async function unpackBundle({
  bundle,
  image,
  env,
  signal,
  fetch = fetchBundle,
}: BootstrapArgs): Promise<string> {
  const address = parseAddress(bundle);
  const files = await readBundle(await fetch(address, env, signal), address.sha256, addressText(address));
  await checkImage(address, files, image);
  const folder = await place(files, image);
  if (signal.aborted) {
    await rm(folder, { recursive: true, force: true });
    throw stopped();
  }
  env.BATCH_PREFLIGHT_CODE = address.sha256;
  return folder;
}

/** Code that wants other packages than there are would fail anywhere, or worse, not fail. */
async function checkImage(address: BundleAddress, files: ReadonlyMap<string, UnpackedFile>, image: string) {
  const wanted = files.get(fingerprintFile)?.bytes.toString().trim();
  if (wanted === undefined || !files.has("worker/index.js")) {
    throw new Failure(
      "usage",
      `The bundle ${addressText(address)} is none of this project's worker; nothing of it was run.`,
    );
  }
  const there = await readFile(path.join(image, fingerprintFile), "utf8").catch(() => undefined);
  const difference = there === undefined ? undefined : imageDifference(there.trim(), wanted);
  if (there !== undefined && difference === undefined) return;
  const fault =
    there === undefined
      ? `does not tell what it holds (${fingerprintFile} is missing)`
      : `has ${difference} than the code wants`;
  throw new Failure("usage", `The job's image ${fault}; build it: pulumi up, then node batch submit.`);
}

async function place(files: ReadonlyMap<string, UnpackedFile>, image: string): Promise<string> {
  const folder = path.join(await realpath(tmpdir()), `batch-preflight-${randomUUID()}`);
  try {
    // Of nobody else: what is in it is run.
    await mkdir(folder, { mode: 0o700 });
    await writeFiles(files, folder);
    const shared = (await readdir(image)).filter((name) => name === "node_modules" || name.startsWith(".env."));
    for (const name of shared) await symlink(path.join(image, name), path.join(folder, name));
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const { message } = error as Error;
    throw new Failure("failed", `The code can't be unpacked to ${folder}: ${message}.`, { cause: error });
  }
}
