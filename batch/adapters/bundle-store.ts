import type { PutObjectCommandInput, S3ClientConfig } from "@aws-sdk/client-s3";
import { Failure } from "../../worker/failure.ts";
import { addressText } from "../../worker/s3/address.ts";
import { openS3, type S3 } from "../../worker/s3/client.ts";
import { detailOf, s3FaultOf } from "../../worker/s3/fault.ts";
import type { Bundle } from "../bundle/bundle.ts";
import { settingFault } from "./aws/setting-fault.ts";

/** Where bundles are kept: the stack's outputs `bundleBucket` and `bundlePrefix`. */
export interface BundlePlace {
  readonly bucket: string;
  /** Without a slash at its end: `bundles`. */
  readonly prefix: string;
}

export interface SentBundle {
  /** `s3://BUCKET/PREFIX/MONTH/SHA256.tar.gz`: the value of BATCH_PREFLIGHT_BUNDLE. */
  readonly address: string;
  /** False: it was there. */
  readonly isNew: boolean;
}

/**
 * Sends a bundle to Amazon S3, unless it is there. None is ever overwritten.
 *
 * The month is part of the name because a bundle expires some time after it was sent, however often it is used: one that is
 * sent once a month at most is there for the rest of its life after the last submission that names it.
 * @param env of the process, as the SDK reads it; `client` says what is known better, such as the stack's Region
 * @param now milliseconds since 1970
 * @throws Failure `usage` for what a person can mend, `failed` for what may pass
 */
export async function sendBundle(
  { bytes, sha256 }: Pick<Bundle, "bytes" | "sha256">,
  { bucket, prefix }: BundlePlace,
  { env, now, client }: { env: NodeJS.ProcessEnv; now: number; client?: S3ClientConfig },
): Promise<SentBundle> {
  const key = `${prefix}/${new Date(now).toISOString().slice(0, "2026-11".length)}/${sha256}.tar.gz`;
  const address = addressText({ bucket, key });
  const object = { Bucket: bucket, Key: key };
  const checksum = Buffer.from(sha256, "hex").toString("base64");
  const s3 = await openS3(env, client);
  try {
    if (await isThere(s3, object, checksum, address)) return { address, isNew: false };
    const isNew = await put(s3, { ...object, Body: bytes, ChecksumSHA256: checksum });
    // Somebody sent the same and was first: that is looked at as if it had been there before.
    if (isNew || (await isThere(s3, object, checksum, address))) return { address, isNew };
  } catch (error) {
    throw failureOf(error, address, bucket);
  } finally {
    s3.client.destroy();
  }
  throw new Failure("failed", `Somebody else is sending ${address} just now; try again.`);
}

/** @returns false: it is there, or about to be */
async function put({ sdk, client }: S3, object: PutObjectCommandInput): Promise<boolean> {
  const conditions = { IfNoneMatch: "*", ChecksumAlgorithm: "SHA256", ContentType: "application/gzip" } as const;
  try {
    await client.send(new sdk.PutObjectCommand({ ...object, ...conditions }));
    return true;
  } catch (error) {
    if (s3FaultOf(error) === "precondition") return false;
    throw error;
  }
}

/** @throws Failure where something else is there under this name */
async function isThere(
  { sdk, client }: S3,
  object: { Bucket: string; Key: string },
  checksum: string,
  address: string,
) {
  try {
    const found = await client.send(new sdk.HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" }));
    if (found.ChecksumSHA256 === checksum) return true;
    if (found.ETag === undefined) {
      throw new Failure(
        "failed",
        `What answers for Amazon S3 is not Amazon S3 (${address} has no ETag); check AWS_ENDPOINT_URL and proxies.`,
      );
    }
  } catch (error) {
    // Who may not list the bucket is told 403 for what is not there (API_HeadObject, Permissions); an answer to HEAD has no
    // body that says why it is refused, such as credentials that have expired (400). Sending tells the rest.
    const fault = s3FaultOf(error);
    if (fault === "missing" || fault === "denied" || fault === "refused") return false;
    throw error;
  }
  throw new Failure(
    "usage",
    `${address} holds something else than the code that it is named after; nothing was sent: tell the stack's owner, who may delete it (aws s3 rm ${address}) and look for who wrote it.`,
  );
}

function failureOf(error: unknown, address: string, bucket: string): unknown {
  if (error instanceof Failure) return error;
  const detail = detailOf(error);
  const setting = settingFault(error);
  if (setting !== undefined) return new Failure("usage", `The settings for AWS: ${setting}`, { cause: error });
  const failure = (kind: "usage" | "failed", text: string) => new Failure(kind, text, { cause: error });
  if (/Region is missing|Region not accepted/.test(detail)) {
    return failure("usage", `The code can't be sent to ${address}: no Region is set; set AWS_REGION, or AWS_PROFILE.`);
  }
  switch (s3FaultOf(error)) {
    case "unavailable":
      return failure("failed", `The code can't be sent to ${address} now (${detail}); try again.`);
    case "missing":
      return failure("usage", `The bucket ${bucket} for the code does not exist (${detail}); make it: pulumi up.`);
    case "denied":
      return failure(
        "usage",
        `The code can't be sent to ${address}: it is denied (${detail}); who submits needs the policy that the stack tells as submitPolicyArn.`,
      );
    case "no-credentials":
      return failure(
        "usage",
        `The code can't be sent to ${address}: there are no credentials that are valid (${detail}); log in: aws sso login, or set AWS_PROFILE.`,
      );
    case "precondition":
    case "refused":
      return failure("usage", `The code can't be sent to ${address}: Amazon S3 refuses it (${detail}).`);
    default:
      return error;
  }
}
