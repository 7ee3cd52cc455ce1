import type { Known } from "../../network/reachability/known.ts";
import type { RequiredRequest } from "./arn.ts";
import type { Image } from "./image.ts";
import type { LogTarget } from "./log-target.ts";

/**
 * How a compute environment runs its jobs: AWS Batch's types, and Amazon ECS Managed Instances
 * (https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html, `type`).
 */
export type LaunchType = "EC2" | "SPOT" | "FARGATE" | "FARGATE_SPOT" | "MANAGED_INSTANCES";

export const launchTypes: readonly LaunchType[] = ["EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "MANAGED_INSTANCES"];

export const isFargate = (launchType: LaunchType): boolean => launchType.startsWith("FARGATE");

/** What of a compute environment decides what its jobs need. */
export interface Platform {
  readonly launchType: Known<LaunchType>;
  /** `eu-west-1`. */
  readonly region: Known<string>;
  readonly accountId: Known<string>;
}

/** What of a job definition decides. What is unknown in a list may be one of its kind. */
export interface Job {
  /** Of all its containers. */
  readonly images: readonly Known<Image>[];
  readonly logs: readonly Known<LogTarget>[];
  readonly secrets: readonly Known<Secret>[];
  /** ARNs of objects in Amazon S3. */
  readonly environmentFiles: readonly Known<string>[];
  readonly fileSystems: readonly Known<Host>[];
  readonly databases: readonly Known<Host>[];
  /** What its own code asks of AWS. */
  readonly services: readonly Known<ServiceUse>[];
  readonly isMultiNode: Known<boolean>;
}

/** Of AWS Secrets Manager, or a parameter of the SSM Parameter Store. */
export interface Secret {
  readonly service: "secretsmanager" | "ssm";
  /** Undefined: the compute environment's own Region. */
  readonly region?: Known<string> | undefined;
  /** ARN, or the name of a parameter. */
  readonly id: Known<string>;
  /** Why it is not known whether the job is given it. */
  readonly onlyIf?: string;
}

/** A file system or a database with an address in a VPC. */
export interface Host {
  /** URN, or the id of what the program does not declare. */
  readonly id: string;
  /** What it is called in a sentence: `database`, `file system`, `cache`. */
  readonly name: string;
  readonly port: Known<number>;
  /** Why it is not known whether the job connects to it. */
  readonly onlyIf?: string;
}

/** A service of AWS that the job's code uses. */
export interface ServiceUse {
  /** As VPC endpoints name it: `s3`, `sqs`. */
  readonly service: string;
  /** Undefined: the compute environment's own Region. */
  readonly region?: Known<string> | undefined;
  readonly requests: readonly RequiredRequest[];
}
