import { Failure } from "../../../worker/failure.ts";
import { Outage } from "../../jobs/outage.ts";
import { settingFault } from "./setting-fault.ts";

/** Which call failed, for its sentence. */
export interface Call {
  /** As a person knows it: `AWS Batch`. */
  readonly service: string;
  /** As a policy allows it: `batch:SubmitJob`. */
  readonly action: string;
}

/** What an error of the SDK may have (`ServiceException` of its clients, errors of Node's sockets, of credential providers). */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly hostname?: unknown;
  readonly address?: unknown;
  readonly errors?: readonly unknown[];
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
}

const expired = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);
const refused = new Set([
  "IncompleteSignature",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "OptInRequired",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);
const denied = new Set(["AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"]);
const tooMany = new Set(["RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException"]);
const network = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

const renew = "renew them (with IAM Identity Center: aws sso login)";

/**
 * The sentence that a person gets for what a call of the SDK throws; a bug stays what it is.
 * @param hadAnswers whether calls like it were answered before: credentials that are gone since, or refused, may come again
 */
export function faultOf(error: unknown, { service, action }: Call, hadAnswers = false): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const { name, $metadata, $retryable } = error as SdkError;
  // The SDK's word for an answer without any.
  const said = error.message === "UnknownError" ? "" : oneLine(error.message);
  const cause = { cause: error };
  const status = $metadata?.httpStatusCode;
  if (name === "AbortError") return error;
  if (expired.has(name) || isExpiredLogin(error)) {
    return new Outage("usage", `The credentials for AWS have expired (${said}); ${renew}.`, cause);
  }
  const OfCredentials = hadAnswers ? Outage : Failure;
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return new OfCredentials(
      "usage",
      `There are no credentials for AWS${profileText()} (${said}); set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in (aws sso login).`,
      cause,
    );
  }
  if (said === "Region is missing") return new Failure("usage", noRegion, cause);
  if (refused.has(name)) {
    return new OfCredentials(
      "usage",
      `AWS refuses the credentials (${said || name}); check AWS_PROFILE or AWS_ACCESS_KEY_ID, and this machine's clock.`,
      cause,
    );
  }
  if (denied.has(name) || (status === 403 && name !== "ClientException")) {
    return new Failure(
      "usage",
      `AWS denies ${action} (${said || name}); take a role that may, or let this one (the stack's policy for submitters ${
        action === "batch:TerminateJob"
          ? "is for jobs that node batch submit has put into its queue, and arrays as a whole"
          : "has all that is needed"
      }).`,
      cause,
    );
  }
  if (tooMany.has(name) || status === 429 || $retryable?.throttling === true) {
    return new Outage(
      "failed",
      `${service} has refused ${action} as one call too many, again and again; try later.`,
      cause,
    );
  }
  const broken = networkFault(error);
  if (broken !== undefined) {
    return new Outage(
      "failed",
      `${service} can't be reached (${broken}); check the network, the Region and AWS_ENDPOINT_URL.`,
      cause,
    );
  }
  if (status !== undefined && status >= 500) {
    return new Outage("failed", `${service} is out of order (${action}: ${status} ${said || name}); try later.`, cause);
  }
  if (status !== undefined && status >= 400) {
    return new Failure("usage", `${service} refuses ${action}: ${sentence(said || name)}`, cause);
  }
  const setting = settingFault(error);
  if (setting !== undefined) return new OfCredentials("usage", `The settings for AWS: ${setting}`, cause);
  if (status !== undefined || isNoHttp(error)) {
    return new Failure(
      "failed",
      `What answers for ${service} is not AWS (${action}: ${said}); check AWS_ENDPOINT_URL and proxies.`,
      cause,
    );
  }
  return error;
}

/** Node's parser of HTTP. */
const isNoHttp = ({ code }: SdkError): boolean => typeof code === "string" && code.startsWith("HPE_");

export const noRegion =
  "No Region is set; set AWS_REGION, or name the job queue by its ARN, or select the stack that has it (pulumi stack select).";

/** Which one was looked for: its name may be misspelt. */
const profileText = () => (process.env.AWS_PROFILE ? ` in the profile ${process.env.AWS_PROFILE}` : "");

/** Of IAM Identity Center: its own words are all that tells it from a login that there never was. */
function isExpiredLogin({ name, message }: Error): boolean {
  return (name === "CredentialsProviderError" || name === "TokenProviderError") && /expired/i.test(message);
}

/** Why nothing came back; undefined: something did. */
export function networkFault(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const { code, hostname, address, errors = [], name } = error as SdkError;
  if (
    typeof code === "string" &&
    (network.has(code) || /^(ERR_TLS|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)/.test(code))
  ) {
    const where = hostname ?? address;
    return where === undefined ? code : `${code} ${String(where)}`;
  }
  if (name === "TimeoutError") return "no answer in time";
  return [error.cause, ...errors].map((one) => networkFault(one, depth + 1)).find((one) => one !== undefined);
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const neverSent = /^(EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)/;

/** Whether the other side may have done what was asked, though it has not said so. */
export function mayHaveBeenHeard({ cause }: Error): boolean {
  const broken = networkFault(cause);
  if (broken !== undefined) return !neverSent.test(broken);
  const status = (cause as SdkError | undefined)?.$metadata?.httpStatusCode;
  return status !== undefined && status >= 500;
}
