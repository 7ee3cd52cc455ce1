/** What Amazon S3, or the way there, has against a request. */
export type S3Fault =
  /** Worth another try: throttled, a fault of its own, or no connection. */
  | "unavailable"
  /** There is no such object or bucket. */
  | "missing"
  /** Not allowed; without leave to list a bucket, what is missing is told as this too (API_GetObject, Permissions). */
  | "denied"
  /** Nobody says who asks. */
  | "no-credentials"
  /**
   * The condition that it was made under does not hold. Of a write: the object is there already, or is being written by
   * somebody else; of a reading: it is another one by now.
   */
  | "precondition"
  | "refused";

/** An error of the SDK, as far as its class tells in every version of it. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: unknown;
}

/** Who asks, or what for, was wrong by the clock: later it is not (S3 API, Error responses). */
const passing = ["RequestTimeout", "SlowDown", "RequestTimeTooSkewed", "Throttling", "ThrottlingException"];
const stale = ["ExpiredToken", "InvalidToken", "ExpiredTokenException", "InvalidAccessKeyId", "SignatureDoesNotMatch"];

/** What an error of a request to Amazon S3 means; undefined: it comes from somewhere else, and is a bug. */
export function s3FaultOf(error: unknown): S3Fault | undefined {
  const { name = "", code = "", $metadata, $retryable, message = "" } = (error ?? {}) as SdkError;
  if (name === "CredentialsProviderError" || name === "TokenProviderError") return "no-credentials";
  const status = $metadata?.httpStatusCode;
  if (passing.includes(name) || $retryable !== undefined) return "unavailable";
  if (status !== undefined && status >= 300) {
    if (status >= 500 || status === 429) return "unavailable";
    if (name === "NoSuchKey" || name === "NoSuchBucket" || status === 404) return "missing";
    if (stale.includes(name)) return "no-credentials";
    if (status === 412 || status === 409) return "precondition";
    return status === 403 ? "denied" : "refused";
  }
  // Node's errors of connections and names, the SDK's of time, and of a body that ends too early.
  const isOfNetwork =
    /^(E[A-Z]+|HPE_.*|UND_ERR_.*|ERR_(SSL|TLS)_.*|CERT_.*|.*_CERT.*)$/.test(code) || name === "TimeoutError";
  return isOfNetwork || message === "aborted" ? "unavailable" : undefined;
}

/** What is told of an error besides its meaning: `SlowDown: Please reduce your request rate.`, `HTTP 503`. */
export function detailOf(error: unknown): string {
  const { name = "", code, message = "", $metadata } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode;
  // An answer to HEAD has its status alone.
  const unnamed = status === undefined ? "" : `HTTP ${status}`;
  const what = ["", "Error", "Unknown", "UnknownError"].includes(name) ? (code ?? unnamed) : name;
  // Advice to programmers follows on lines of its own.
  const [said = ""] = message.split("\n");
  const told = [what, said].filter((text) => !["", "Unknown", "UnknownError"].includes(text)).join(": ");
  return told || "no reason given";
}
