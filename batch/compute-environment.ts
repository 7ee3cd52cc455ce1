import { setTimeout as sleep } from "node:timers/promises";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export const launchTypes = ["ec2", "spot", "fargate"] as const;
export type LaunchType = (typeof launchTypes)[number];

export const runsOnInstances = (launchType: LaunchType): boolean => launchType !== "fargate";

export interface ComputeEnvironmentArgs {
  readonly launchType: LaunchType;
  /** Types (`m7i.large`), families (`m7i`) or `optimal`; not for Fargate. */
  readonly instanceTypes: readonly string[];
  /** vCPUs of instances that stay when there is nothing to do; not for Fargate. */
  readonly minvCpus: number;
  readonly maxvCpus: number;
  /** How long a job may take; not for Fargate. */
  readonly jobTimeoutSeconds: number;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  /** Not for Fargate. */
  readonly instanceProfileArn: pulumi.Input<string> | undefined;
}

/** How long AWS Batch's records are waited for: 30 times 10 s. */
const deletionTries = 30;
const deletionPauseMs = 10_000;

/**
 * Says to delete once more what AWS Batch thinks is still in a queue; any other failure stands. Unlike a hook before the
 * deletion it leaves `pulumi destroy` alone, which runs no program.
 */
export function whenStillQueued(
  pause: () => Promise<unknown> = () => sleep(deletionPauseMs),
): (failure: Pick<pulumi.ErrorHookArgs, "failedOperation" | "errors">) => Promise<boolean> {
  return async ({ failedOperation, errors }) => {
    const isQueued = failedOperation === "delete" && /found existing JobQueue relationship/.test(errors[0] ?? "");
    if (!isQueued || errors.length > deletionTries) return false;
    await pause();
    return true;
  };
}

/**
 * In minutes, how long the jobs of an instance may go on that is to be replaced: without it AWS Batch ends them after 30,
 * though nothing is wrong with them (API_UpdatePolicy). More than 360 the provider refuses.
 */
const patience = (jobTimeoutSeconds: number) => Math.min(360, Math.ceil(jobTimeoutSeconds / 60));

/** By deployment: a name can be registered once in each. */
const hooks = new WeakMap<object, pulumi.ErrorHook>();

/**
 * One hook for all: the engine finds it by name, also for a compute environment that the program no longer has. Nothing under
 * Pulumi's mocks, which promise hooks and have none.
 */
function deletionHooks(): { hooks?: pulumi.ResourceHookBinding } {
  const monitor: object = pulumi.runtime.getMonitor() ?? {};
  if (!("registerErrorHook" in monitor)) return {};
  const hook = hooks.get(monitor) ?? new pulumi.ErrorHook("compute-environment-still-queued", whenStillQueued());
  hooks.set(monitor, hook);
  return { hooks: { onError: [hook] } };
}

/**
 * Has the agent of Amazon ECS heed Spot's notice of two minutes: an instance that goes gets no more jobs. The agent does not by
 * itself (Amazon ECS developer guide, spot-instance-draining-linux-container), and AWS Batch documents nothing else. Jobs that
 * run there go on until the instance goes (container-instance-draining: tasks of no service), and are tried again.
 *
 * AWS Batch merges it with its own, and takes nothing but MIME parts (Batch user guide, launch-templates).
 */
const spotUserData = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="==BATCH-PREFLIGHT=="

--==BATCH-PREFLIGHT==
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config

--==BATCH-PREFLIGHT==--
`;

/** Faults of the arguments, as sentences that name the compute environment. */
export function computeEnvironmentFaults(
  name: string,
  {
    launchType,
    instanceTypes,
    minvCpus,
    maxvCpus,
  }: Pick<ComputeEnvironmentArgs, "launchType" | "instanceTypes" | "minvCpus" | "maxvCpus">,
): string[] {
  const faults: string[] = [];
  const say = (fault: string) => faults.push(`Compute environment "${name}": ${fault}`);
  if (!Number.isInteger(maxvCpus)) say(`maxvCpus is ${maxvCpus}; it must be a whole number.`);
  else if (maxvCpus < 1) say(`maxvCpus is ${maxvCpus}; it must be at least 1.`);
  if (!Number.isInteger(minvCpus) || minvCpus < 0) {
    say(`minvCpus is ${minvCpus}; it must be a whole number, 0 at least.`);
  } else if (minvCpus > maxvCpus) {
    say(`minvCpus is ${minvCpus}, more than maxvCpus, ${maxvCpus}; lower it.`);
  }
  if (!runsOnInstances(launchType)) {
    if (minvCpus > 0) say(`minvCpus is ${minvCpus}; Fargate keeps nothing running, so it must be 0.`);
    return faults;
  }
  if (instanceTypes.length === 0) say(`instanceTypes is empty; name types, families or "optimal".`);
  for (const type of instanceTypes) {
    if (type !== "optimal" && !/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)?$/.test(type)) {
      say(`instanceTypes has "${type}"; write a type as m7i.large, a family as m7i, or "optimal".`);
    } else if (isArm(type)) {
      say(`instanceTypes has ${type}, which is an ARM type, and jobs' images are x86-64; take an x86-64 type.`);
    }
  }
  return faults;
}

/** Graviton's families: a letter g behind the generation, and the first one, a1. */
function isArm(type: string): boolean {
  return /^([a-z]+\d+g|a1(\.|$))/.test(type);
}

/**
 * Where jobs run. It is changed in place wherever AWS Batch can: for that it has no service role of its own (AWS takes its
 * service-linked one) and one of the strategies BEST_FIT_PROGRESSIVE and SPOT_CAPACITY_OPTIMIZED; with any other the
 * provider replaces it for new subnets, groups, types or launch templates (CustomizeDiff of aws_batch_compute_environment).
 *
 * What can't be changed makes a successor: AWS Batch's own name is Pulumi's choice, with random letters, so both are there at
 * once; then the job queue is told of the successor; and only then Pulumi deletes. AWS Batch refuses that for as long as its
 * records still show the queue, some seconds after the queue has let go
 * (https://github.com/pulumi/pulumi-aws/issues/6233): {@link whenStillQueued} asks again.
 * @throws RunError with all faults of the arguments
 */
export class ComputeEnvironment extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly computeEnvironment: aws.batch.ComputeEnvironment;

  constructor(name: string, args: ComputeEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:ComputeEnvironment", name, {}, opts);
    const faults = computeEnvironmentFaults(name, args);
    if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));
    const parent = { parent: this };
    const { launchType, minvCpus, maxvCpus, subnetIds, securityGroupId, instanceProfileArn } = args;
    const everywhere = { maxVcpus: maxvCpus, subnets: [...subnetIds], securityGroupIds: [securityGroupId] };

    this.computeEnvironment = new aws.batch.ComputeEnvironment(
      name,
      {
        type: "MANAGED",
        state: "ENABLED",
        computeResources: !runsOnInstances(launchType)
          ? { type: "FARGATE", ...everywhere }
          : {
              ...everywhere,
              type: launchType === "spot" ? "SPOT" : "EC2",
              allocationStrategy: launchType === "spot" ? "SPOT_CAPACITY_OPTIMIZED" : "BEST_FIT_PROGRESSIVE",
              minVcpus: minvCpus,
              instanceTypes: [...args.instanceTypes],
              ...(instanceProfileArn === undefined ? {} : { instanceRole: instanceProfileArn }),
              ec2Configurations: [{ imageType: "ECS_AL2023" }],
              launchTemplate: this.#launchTemplate(name, launchType),
              tags: { Name: name },
            },
        ...(runsOnInstances(launchType)
          ? {
              updatePolicy: {
                terminateJobsOnUpdate: false,
                jobExecutionTimeoutMinutes: patience(args.jobTimeoutSeconds),
              },
            }
          : {}),
        tags: { Name: name },
      },
      { ...parent, ...deletionHooks() },
    );
    this.arn = this.computeEnvironment.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /** What AWS Batch's own does not do: metadata by token alone, an encrypted gp3 volume, Spot's notices heeded. */
  #launchTemplate(name: string, launchType: LaunchType) {
    const template = new aws.ec2.LaunchTemplate(
      name,
      {
        description: "Instances of AWS Batch",
        // One hop: the ECS agent and host-mode containers have it, a container behind a bridge has not.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: { volumeType: "gp3", volumeSize: 30, encrypted: "true", deleteOnTermination: "true" },
          },
        ],
        ...(launchType === "spot" ? { userData: Buffer.from(spotUserData).toString("base64") } : {}),
        tags: { Name: name },
      },
      { parent: this },
    );
    // A number rather than $Latest: so a new version is a change of the compute environment, and reaches its instances.
    return { launchTemplateId: template.id, version: pulumi.interpolate`${template.latestVersion}` };
  }
}
