import { Failure } from "../../../worker/failure.ts";

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([:#]\d+)?$/;
const arn = /^arn:[a-z-]+:batch:([a-z0-9-]+):\d{12}:job\/(.+)$/;

/**
 * The id in what a person gives: an id, a child's (`PARENT:INDEX`), or an ARN of either.
 * @throws Failure `usage` for what can't be a job's, or is another Region's
 */
export function jobIdOf(text: string, region: string): string {
  const [, otherRegion, own = text] = arn.exec(text) ?? [];
  if (otherRegion !== undefined && otherRegion !== region) {
    throw new Failure(
      "usage",
      `Job ${text} is in the Region ${otherRegion}, and ${region} is asked; set AWS_REGION=${otherRegion}.`,
    );
  }
  if (!id.test(own)) {
    throw new Failure(
      "usage",
      `"${text}" is no id of a job; give one as submit prints it (8-4-4-4-12 hexadecimal digits, a child's with :INDEX behind it), or a job's ARN.`,
    );
  }
  return own;
}

/**
 * The Failure for ids that nobody knows.
 * @param home the Region of the job queue, where that is known
 */
export function unknownJobs(ids: readonly string[], region: string, home: string | undefined): Failure {
  const rest = ids.length > 3 ? ` and ${ids.length - 3} more` : "";
  const which = ids.length === 1 ? `Job ${ids[0]}` : `Jobs ${ids.slice(0, 3).join(", ")}${rest}`;
  const advice =
    home === undefined || home === region
      ? "check the id, AWS_PROFILE and AWS_REGION (jobs that ended more than 7 days ago are forgotten)"
      : `the job queue is in ${home}: set AWS_REGION=${home}`;
  return new Failure("usage", `${which}: AWS Batch knows no such job in this account and ${region}; ${advice}.`);
}
