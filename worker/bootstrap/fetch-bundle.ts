import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { Failure } from "../failure.ts";
import { addressText } from "../s3/address.ts";
import { openS3 } from "../s3/client.ts";
import { detailOf, s3FaultOf } from "../s3/fault.ts";
import type { BundleAddress } from "./bundle-address.ts";
import { archiveLimit } from "./unpack.ts";

/** Of the body, whose loss the SDK does not notice: it tries requests again, answers it hands over. */
const attempts = 3;

/** Milliseconds for a body of a megabyte or so. */
const patience = 60_000;

/** The person, or AWS Batch, had enough before the worker began. */
export const stopped = () => new Failure("interrupted", "Stopped before the code was there; nothing of it was run.");

/**
 * Fetches a bundle as the job's role.
 * @throws Failure `storageUnavailable` for what another attempt may mend, `usage` for the rest
 */
export async function fetchBundle(
  address: BundleAddress,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Buffer> {
  const { sdk, client } = await openS3(env);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { bucket: Bucket, key: Key } = address;
        const answer = await client.send(new sdk.GetObjectCommand({ Bucket, Key }), { abortSignal: signal });
        return await bodyOf(answer, address, signal);
      } catch (error) {
        if (signal.aborted) throw stopped();
        const isLost = s3FaultOf(error) === "unavailable" && !isOfSdk(error);
        if (!isLost || attempt === attempts) throw failureOf(error, address, env);
      }
    }
  } finally {
    client.destroy();
  }
}

/** Whether the SDK has had the error, and its own attempts. */
const isOfSdk = (error: unknown) => typeof error === "object" && error !== null && "$metadata" in error;

async function bodyOf(
  { Body, ContentLength }: GetObjectCommandOutput,
  address: BundleAddress,
  signal: AbortSignal,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  const body = Body as AsyncIterable<Buffer> & { destroy(error?: Error): void };
  if ((ContentLength ?? 0) > archiveLimit) {
    body.destroy();
    throw tooLarge(address, `has ${ContentLength} bytes`);
  }
  const lost = () => Object.assign(new Error("the answer was cut off"), { code: "ECONNRESET" });
  const abort = () => body.destroy(lost());
  const timer = setTimeout(abort, patience);
  signal.addEventListener("abort", abort, { once: true });
  try {
    for await (const piece of body) {
      pieces.push(piece);
      size += piece.length;
      // The answer need not tell its length.
      if (size > archiveLimit) throw tooLarge(address, "goes on");
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
  if (ContentLength !== undefined && size < ContentLength) throw lost();
  return Buffer.concat(pieces);
}

/** No bundle of this project has that: whatever it is, it must not fill the memory. */
const tooLarge = (address: BundleAddress, what: string) =>
  new Failure(
    "usage",
    `${addressText(address)} is no bundle: it ${what}, and a bundle has at most ${archiveLimit}; nothing of it was run; submit the job again: node batch submit.`,
  );

function failureOf(error: unknown, address: BundleAddress, env: NodeJS.ProcessEnv): unknown {
  const name = addressText(address);
  const detail = detailOf(error);
  const failure = (kind: "usage" | "storageUnavailable", text: string) => new Failure(kind, text, { cause: error });
  if (/Region is missing|Region not accepted/.test(detail)) {
    return failure(
      "usage",
      `The bundle ${name} can't be fetched: the job has no Region; set AWS_REGION in its definition.`,
    );
  }
  switch (s3FaultOf(error)) {
    case "unavailable":
      return failure(
        "storageUnavailable",
        `The bundle ${name} can't be fetched now (${detail}); where it goes on, node network check tells whether jobs reach Amazon S3.`,
      );
    case "missing":
      return failure(
        "usage",
        `The bundle ${name} does not exist (${detail}); submit the job again: node batch submit.`,
      );
    case "denied":
      return failure(
        "usage",
        `The bundle ${name} is denied (${detail}): it is there no more, or the job's role may not read it; submit the job again by node batch submit, and give it the stack's job role.`,
      );
    case "no-credentials": {
      // The agent of ECS hands them out, and may be late; nobody does where the job has no role.
      const hasRole = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ?? env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
      return hasRole
        ? failure(
            "storageUnavailable",
            `The bundle ${name} can't be fetched now: the job's role gives no credentials (${detail}).`,
          )
        : failure(
            "usage",
            `The bundle ${name} can't be fetched: the job has no credentials (${detail}); give its definition a job role that may read it.`,
          );
    }
    case "precondition":
    case "refused":
      return failure(
        "usage",
        `Amazon S3 refuses the bundle ${name} (${detail}); submit the job again: node batch submit.`,
      );
    default:
      return error;
  }
}
