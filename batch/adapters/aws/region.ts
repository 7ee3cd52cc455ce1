import { Failure } from "../../../worker/failure.ts";
import { regionOfSettings } from "./clients.ts";
import { noRegion } from "./faults.ts";
import type { JobPlace } from "./target.ts";

/** The Region of an ARN; undefined for a name. */
export const regionOfArn = (text: string): string | undefined => /^arn:[a-z-]+:batch:([a-z0-9-]+):/.exec(text)?.[1];

/**
 * The Region where jobs are: what the SDK finds (AWS_REGION, the profile's), else that of the queue.
 * @throws Failure `usage` where neither says
 */
export async function findRegion(place: () => Promise<JobPlace>): Promise<string> {
  const { AWS_DEFAULT_REGION, AWS_REGION } = process.env;
  try {
    return await regionOfSettings();
  } catch (error) {
    if (AWS_REGION) {
      throw new Failure("usage", `AWS_REGION is "${AWS_REGION}"; it must be a Region's name, such as eu-west-1.`, {
        cause: error,
      });
    }
    // Other tools of AWS know it by this name, the SDK does not.
    if (AWS_DEFAULT_REGION) return AWS_DEFAULT_REGION;
  }
  const region = regionOfArn((await place()).jobQueue);
  if (region === undefined) throw new Failure("usage", noRegion);
  return region;
}
