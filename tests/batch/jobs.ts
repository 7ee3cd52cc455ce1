import {
  imageOf,
  type Job,
  logTargetOf,
  type Platform,
  type RequiredFlow,
  type RequiredRequest,
} from "../../batch/required-flows.ts";
import { isKnown, Unknown } from "../../network/reachability/known.ts";

export const why = new Unknown("somebody sets it later");

export function platform(launchType: Platform["launchType"], region: Platform["region"] = "eu-west-1"): Platform {
  return { launchType, region, accountId: "123456789012" };
}

export const ecr = imageOf("123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker:1");

/** A job with an image of Amazon ECR and the log driver that AWS Batch gives it. */
export function job(own: Partial<Job> = {}): Job {
  return {
    images: [ecr],
    logs: [logTargetOf(undefined)],
    secrets: [],
    environmentFiles: [],
    fileSystems: [],
    databases: [],
    services: [],
    isMultiNode: false,
    ...own,
  };
}

/** `STARTING ecr.api tcp/443`. */
export function line({ destination, symptom, protocol, port, onlyIf, whichPorts }: RequiredFlow): string {
  const to = isKnown(destination) ? Object.values(destination)[0] : "?";
  const at = isKnown(port) ? (port ?? "all") : "?";
  return `${symptom.jobState} ${to} ${protocol}/${at}${onlyIf === undefined ? "" : " perhaps"}${whichPorts === undefined ? "" : " some ports"}`;
}

/** `s3:GetObject arn:aws:s3:::bucket/*`, with a question mark where parts are not known. */
export function asked({ action, resource, unknown }: RequiredRequest): string {
  return `${action} ${resource}${unknown === undefined ? "" : " ?"}`;
}
