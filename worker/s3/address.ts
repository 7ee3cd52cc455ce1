/** Where an object of Amazon S3 lies. */
export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

/** `s3://bucket/key`, to be read by people: the key is as it is, whatever is in it. */
export const addressText = ({ bucket, key }: S3Address) => `s3://${bucket}/${key}`;

/** S3 user guide, bucketnamingrules. */
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * What a URL `s3://bucket/key` names; characters that mean something in a URL (`%`, `?`, `#`) are percent-encoded in it.
 * @returns the key empty where the URL names none; undefined: it is none of Amazon S3's
 */
export function s3AddressOf(url: URL): S3Address | undefined {
  const { protocol, host, username, password, search, hash, pathname, href } = url;
  if (protocol !== "s3:" || !bucketName.test(host) || username + password + search + hash !== "") return undefined;
  // What an empty query or fragment leaves.
  if (/[?#]$/.test(href)) return undefined;
  try {
    return { bucket: host, key: decodeURIComponent(pathname.slice(1)) };
  } catch {
    return undefined;
  }
}
