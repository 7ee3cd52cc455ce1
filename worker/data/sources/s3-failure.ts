import { Failure, type FailureKind } from "../../failure.ts";
import { detailOf, s3FaultOf } from "../../s3/fault.ts";

/** Which object is read, and by whom. */
export interface ReadingOfS3 {
  readonly location: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether it was there before. */
  readonly isOpen: boolean;
}

/** Names by which S3 says that a bucket lies elsewhere (S3 API, Error responses); to HEAD it says it by the status alone. */
const elsewhere =
  /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint\w*|30[17])\b/;

/**
 * What an error of a reading means for the person who wanted it, in a sentence: `storageUnavailable` for what another attempt
 * may mend, `failed` for an object that changed meanwhile, `usage` for the rest.
 * @returns `error` itself where it comes from somewhere else
 */
export function readingFailure(error: unknown, { location, env, isOpen }: ReadingOfS3): unknown {
  if (error instanceof Failure) return error;
  const detail = detailOf(error);
  const failure = (kind: FailureKind, text: string) =>
    new Failure(kind, `Source ${location} ${text}.`, { cause: error });
  if (/Region is missing|Region not accepted/.test(detail)) {
    return failure(
      "usage",
      "can't be read: no Region is set; set AWS_REGION, or AWS_PROFILE (a job: in its definition's environment)",
    );
  }
  const { name = "", $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (elsewhere.test(name) || status === 301 || status === 307) {
    return failure(
      "usage",
      `lies in another Region than the one asked (${detail}); set AWS_REGION to the bucket's, or copy it to a bucket of this one`,
    );
  }
  if (name === "InvalidObjectState") {
    return failure(
      "usage",
      `is archived (${detail}); restore it (aws s3api restore-object), or copy it to another class`,
    );
  }
  const fault = s3FaultOf(error);
  if (isOpen && (fault === "precondition" || fault === "missing")) {
    return failure(
      "failed",
      `was replaced or deleted while it was being read (${detail}); run the same command again: it reads what is there now from the start`,
    );
  }
  switch (fault) {
    case "unavailable":
      return failure(
        "storageUnavailable",
        `can't be read now (${detail}); run the same command again. Where it goes on, node network check tells whether jobs reach Amazon S3, whose endpoints lead to buckets of their own Region alone`,
      );
    case "missing":
      return failure("usage", `does not exist (${detail}); put it there, or correct the address`);
    case "denied":
      return failure(
        "usage",
        `is denied (${detail}): it does not exist, or who asks may not read it (s3:GetObject, in a versioned bucket s3:GetObjectVersion); jobs may read what the stack's sourceLocations name`,
      );
    case "no-credentials": {
      // The agent of ECS hands them out, and may be late; nobody does where the job has no role.
      const hasRole = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ?? env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
      return hasRole
        ? failure("storageUnavailable", `can't be read now: the job's role gives no credentials (${detail})`)
        : failure(
            "usage",
            `can't be read: there are no credentials that are valid (${detail}); log in (aws sso login), or set AWS_PROFILE (a job: give its definition a job role)`,
          );
    }
    case "precondition":
    case "refused":
      return failure("usage", `is refused by Amazon S3 (${detail}); correct what it says`);
    default:
      return error;
  }
}
