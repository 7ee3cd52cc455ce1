import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";

/** Amazon S3's client, loaded by who needs it alone: 0.2 s. */
export interface S3 {
  readonly sdk: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
}

/**
 * @param env of the process, which the SDK reads Region, credentials and endpoint from
 * @param own what is told instead of being read there
 */
export async function openS3(env: NodeJS.ProcessEnv, own: S3ClientConfig = {}): Promise<S3> {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = env;
  // Eight lines on Node 20 about versions to come, in front of the one that counts.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({
    followRegionRedirects: true,
    // What stands in for it at an address has no names of buckets in front.
    forcePathStyle: (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL ?? "") !== "",
    // Bundles have hashes of their own, and ranges of an object none; other checksums stay out of requests and answers.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Who is late is asked again.
    requestHandler: { connectionTimeout: 5000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...own,
  });
  return { sdk, client };
}
