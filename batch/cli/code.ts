import { imageDifference } from "../../worker/bootstrap/image-fingerprint.ts";
import { Failure } from "../../worker/failure.ts";
import { loadModule } from "../../worker/load-module.ts";
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
  type Bundles = typeof import("../bundle/bundle.ts");
  type Store = typeof import("../adapters/bundle-store.ts");
  const [{ createBundle }, { sendBundle }] = await Promise.all([
    loadModule<Bundles>(new URL("../bundle/bundle.ts", import.meta.url)),
    loadModule<Store>(new URL("../adapters/bundle-store.ts", import.meta.url)),
  ]);
  const bundle = await createBundle(project);
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
