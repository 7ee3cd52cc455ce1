import type { Known } from "../../network/reachability/known.ts";
import { s3AddressOf } from "../../worker/s3/address.ts";
import { type RequiredRequest, request } from "./arn.ts";

/**
 * Says, in a job definition, where in Amazon S3 its jobs read their sources: locations with spaces between. As one of its
 * `parameters` a first preview shows it, which hides the container's environment; it may stand there too.
 */
export const sourcesVariable = "BATCH_PREFLIGHT_SOURCES";

/** Objects of Amazon S3 that jobs read: all of a bucket, all below a folder, or one. */
export interface SourceLocation {
  /** `s3://bucket/prefix`, percent-encoded as a URL is. */
  readonly text: string;
  readonly bucket: string;
  /** Without wildcards; empty for all of the bucket. */
  readonly prefix: string;
}

/** @returns undefined for what is no location, or none that a policy can name: `*`, `?` and `$` mean something there */
export function sourceLocationOf(text: string): SourceLocation | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const address = s3AddressOf(url);
  if (address === undefined || /[*?$]/.test(address.key)) return undefined;
  return { text: url.href, bucket: address.bucket, prefix: address.key };
}

/** The list that a job definition has, read back; what of it is no location is left as it is. */
export function readSourceLocations(text: string): (SourceLocation | string)[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return words.map((word) => sourceLocationOf(word) ?? word);
}

/** The versions of versioned buckets are read by their ids, which is an action of its own (S3 user guide, policy actions). */
export const readingActions = ["s3:GetObject", "s3:GetObjectVersion"] as const;

/** What reading there asks of Amazon S3; a prefix without a slash at its end may be an object, or a folder. */
export function readingRequests({ bucket, prefix }: SourceLocation, partition: Known<string>): RequiredRequest[] {
  const isFolder = prefix === "" || prefix.endsWith("/");
  const names = isFolder ? [`${bucket}/${prefix}*`] : [`${bucket}/${prefix}`, `${bucket}/${prefix}/*`];
  return names.flatMap((name) => readingActions.map((action) => request(action, { partition }, name)));
}
