import { imageDifference } from "../../worker/bootstrap/image-fingerprint.ts";
import { Failure } from "../../worker/failure.ts";
import { loadModule } from "../../worker/load-module.ts";
import type { Bundle } from "../bundle/bundle.ts";
import type { CliContext } from "./context.ts";

/** In the job definition's environment: where bundles are kept, and what the image holds (batch/batch.ts, index.ts). */
const storeVariable = "BATCH_PREFLIGHT_BUNDLE_STORE";
const imageVariable = "BATCH_PREFLIGHT_IMAGE_FINGERPRINT";

/**
 * Sends the working tree's code where jobs fetch it from.
 * @param definition the environment that the job definition gives its jobs
 * @returns what the jobs' environment must say; nothing where the definition names no place: the image's own code runs
 * @throws Failure `usage` where the code wants another image than there is; as sendBundle
 */
export async function sendCode(
  definition: Readonly<Record<string, string>>,
  { project, env, stderr }: Pick<CliContext, "project" | "env" | "stderr">,
  now: number,
): Promise<Record<string, string>> {
  const store = definition[storeVariable];
  if (store === undefined) {
    stderr.write(
      `note: the job definition names no ${storeVariable}: the image's own code runs, not this working tree's\n`,
    );
    return {};
  }
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+?)\/?$/.exec(store) ?? [];
  if (bucket === undefined || prefix === undefined) {
    throw new Failure("usage", `${storeVariable} of the job definition is "${store}"; it must be s3://BUCKET/PREFIX.`);
  }
  type Store = typeof import("../adapters/bundle-store.ts");
  const [bundle, { sendBundle }] = await Promise.all([
    bundleOf(project),
    loadModule<Store>(new URL("../adapters/bundle-store.ts", import.meta.url)),
  ]);
  const image = definition[imageVariable];
  // An image of one's own, or one of which nothing could be told when the stack was made.
  if (!image) {
    stderr.write(
      `note: the job definition does not tell what its image holds (${imageVariable}): whether it fits this code shows in the job alone\n`,
    );
  }
  const difference = image ? imageDifference(image, bundle.fingerprint) : undefined;
  if (difference !== undefined) {
    throw new Failure(
      "usage",
      `The job definition's image has ${difference} than the code wants; build it: pulumi up.`,
    );
  }
  for (const path of bundle.leftOut) stderr.write(`note: ${path} stays out of the bundle\n`);
  const region = definition.AWS_REGION;
  const client = region === undefined ? {} : { client: { region } };
  const { address, isNew } = await sendBundle(bundle, { bucket, prefix }, { env, now, ...client });
  const size = `${Math.ceil(bundle.bytes.length / 1000)} kB`;
  stderr.write(
    `${isNew ? `code sent, ${bundle.files} files, ${size}` : "code unchanged, sent before"}: ${bundle.sha256.slice(0, 12)}\n`,
  );
  return { BATCH_PREFLIGHT_BUNDLE: address };
}

/**
 * What tells jobs of this machine which code they run: the hash that a bundle of the working tree has now. Nothing where it
 * can't be bundled, which keeps no job here from running. Never throws, so that nobody has to wait for it.
 */
export async function treeHash({
  project,
  stderr,
}: Pick<CliContext, "project" | "stderr">): Promise<Record<string, string>> {
  try {
    return { BATCH_PREFLIGHT_CODE: (await bundleOf(project)).sha256 };
  } catch (error) {
    stderr.write(`note: jobs are not told which code they run: ${(error as Error).message}\n`);
    return {};
  }
}

async function bundleOf(project: string): Promise<Bundle> {
  type Bundles = typeof import("../bundle/bundle.ts");
  const { createBundle } = await loadModule<Bundles>(new URL("../bundle/bundle.ts", import.meta.url));
  return await createBundle(project);
}
