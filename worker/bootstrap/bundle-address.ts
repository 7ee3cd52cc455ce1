import { Failure } from "../failure.ts";
import type { S3Address } from "../s3/address.ts";

/** Where a bundle lies in Amazon S3, `bundles/2026-11/SHA256.tar.gz`; its name is its SHA-256. */
export interface BundleAddress extends S3Address {
  /** In hexadecimal. */
  readonly sha256: string;
}

/**
 * `s3://BUCKET/PREFIX/SHA256.tar.gz`, as jobs are told by BATCH_PREFLIGHT_BUNDLE.
 * @throws Failure `usage` for what is no address of a bundle
 */
export function parseAddress(text: string): BundleAddress {
  const [, bucket, key, sha256] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/((?:[^/]+\/)*([0-9a-f]{64})\.tar\.gz)$/.exec(text) ?? [];
  if (bucket === undefined || key === undefined || sha256 === undefined) {
    throw new Failure(
      "usage",
      `BATCH_PREFLIGHT_BUNDLE is "${text}"; it must be s3://BUCKET/PREFIX/SHA256.tar.gz: submit the job by node batch submit, or leave the variable out.`,
    );
  }
  return { bucket, key, sha256 };
}
