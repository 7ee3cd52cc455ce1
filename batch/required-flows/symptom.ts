import { isKnown, type Known } from "../../network/reachability/known.ts";
import { isFargate, type LaunchType } from "./job.ts";

/** What a person sees when a flow fails: the job's state in AWS Batch, and what happens there. */
export interface Symptom {
  readonly jobState: "RUNNABLE" | "STARTING" | "RUNNING";
  readonly message: string;
}

/** What is said where an image, a secret or a log can't be reached (ECS developer guide, Stopped task error messages). */
export const symptoms = {
  controlPlane: (): Symptom => ({
    jobState: "RUNNABLE",
    message: "The job stays in RUNNABLE for ever: no instance joins the compute environment's cluster.",
  }),
  notModelled: (): Symptom => ({
    jobState: "RUNNABLE",
    message: "The job may stay in RUNNABLE for ever: what it needs to start is not known.",
  }),
  telemetry: (): Symptom => ({
    jobState: "RUNNABLE",
    message: "The job stays in RUNNABLE: the agent of the instance does not get all the connections that it keeps.",
  }),
  registryLogin: (launchType: Known<LaunchType>): Symptom => ({
    jobState: "STARTING",
    message: isOnFargate(launchType)
      ? "The job goes to STARTING, then fails with ResourceInitializationError: unable to pull secrets or registry auth."
      : "The job goes to STARTING, then fails with CannotPullContainerError: no login to the registry.",
  }),
  image: (): Symptom => ({
    jobState: "STARTING",
    message: "The job goes to STARTING, then fails with CannotPullContainerError.",
  }),
  log: (launchType: Known<LaunchType>): Symptom => ({
    jobState: "STARTING",
    message: isOnFargate(launchType)
      ? "The job goes to STARTING, then fails with ResourceInitializationError: failed to validate logger args."
      : "The job goes to STARTING, then fails with CannotStartContainerError: failed to initialize logging driver.",
  }),
  secret: (): Symptom => ({
    jobState: "STARTING",
    message:
      "The job goes to STARTING, then fails with ResourceInitializationError: unable to pull secrets or registry auth.",
  }),
  environmentFile: (): Symptom => ({
    jobState: "STARTING",
    message: "The job goes to STARTING, then fails with ResourceInitializationError: failed to download env files.",
  }),
  fileSystem: (launchType: Known<LaunchType>): Symptom => ({
    jobState: "STARTING",
    message: isOnFargate(launchType)
      ? "The job goes to STARTING, then fails with ResourceInitializationError: failed to invoke EFS utils commands."
      : "The job goes to STARTING, then fails with CannotCreateVolumeError: the file system can't be mounted.",
  }),
  database: (name: string): Symptom => ({
    jobState: "RUNNING",
    message: `The job runs until its attempt to connect to the ${name} times out, and fails (exit code 69 of this project's worker).`,
  }),
  service: (name: string): Symptom => ({
    jobState: "RUNNING",
    message: `The job runs until its call of ${name} times out, and fails with an error of its own.`,
  }),
  nodes: (): Symptom => ({
    jobState: "RUNNING",
    message: "The job's nodes run and do not find each other.",
  }),
} as const;

const isOnFargate = (launchType: Known<LaunchType>) => isKnown(launchType) && isFargate(launchType);
