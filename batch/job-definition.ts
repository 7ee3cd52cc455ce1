import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { exitCodes } from "../worker/failure.ts";
import { retryRules } from "./retry-strategy.ts";

export interface JobSize {
  readonly vcpu: number;
  /** In MiB. */
  readonly memory: number;
}

export interface JobLimits {
  readonly timeoutSeconds: number;
  readonly attempts: number;
  /** Jobs of an array that is submitted without a size of its own; 1 is no array. */
  readonly arraySize: number;
}

export interface JobDefinitionArgs extends JobSize, JobLimits {
  readonly region: string;
  readonly onFargate: boolean;
  /** Whether a Fargate job gets a public address: it needs one in a public subnet. */
  readonly assignPublicIp: boolean;
  readonly image: pulumi.Input<string>;
  readonly command: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** By name in the job's environment: ARN of the secret, with `:KEY::` behind it for one value of a JSON. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
  readonly logGroupName: pulumi.Input<string>;
  readonly executionRoleArn: pulumi.Input<string>;
  readonly jobRoleArn: pulumi.Input<string>;
}

/** Memory that Fargate has, in MiB, by vCPU: from, to, step (API_ResourceRequirement). */
const fargateSizes: readonly (readonly [vcpu: number, from: number, to: number, step: number])[] = [
  [0.25, 512, 2048, 512],
  [0.5, 1024, 4096, 1024],
  [1, 2048, 8192, 1024],
  [2, 4096, 16_384, 1024],
  [4, 8192, 30_720, 1024],
  [8, 16_384, 61_440, 4096],
  [16, 32_768, 122_880, 8192],
];

/** Faults of a job's size and limits, as sentences. */
export function jobFaults(
  { vcpu, memory, timeoutSeconds, attempts, arraySize }: JobSize & JobLimits,
  { onFargate, maxvCpus }: { onFargate: boolean; maxvCpus: number },
): string[] {
  const faults: string[] = [];
  const whole = (name: string, value: number, least: number, most: number) => {
    if (!Number.isInteger(value) || value < least || value > most) {
      faults.push(`${name} is ${value}; it must be a whole number from ${least} to ${most}.`);
    }
  };
  if (onFargate) {
    const size = fargateSizes.find(([known]) => known === vcpu);
    if (size === undefined) {
      faults.push(`vcpu is ${vcpu}; Fargate has ${fargateSizes.map(([known]) => known).join(", ")}.`);
    } else {
      const [, from, to, step] = size;
      const fits = memory >= from && memory <= to && (memory - from) % step === 0;
      // The smallest size goes in powers of two.
      if (!fits || (vcpu === 0.25 && memory === 1536)) {
        const choice = vcpu === 0.25 ? "512, 1024 or 2048" : `${from} to ${to} in steps of ${step}`;
        faults.push(`memory is ${memory}; with ${vcpu} vCPU Fargate has ${choice} (MiB).`);
      }
    }
  } else {
    whole("vcpu", vcpu, 1, 448);
    whole("memory", memory, 4, 24_576 * 1024);
  }
  if (maxvCpus >= 1 && vcpu > maxvCpus) {
    faults.push(`vcpu is ${vcpu}, more than maxvCpus, ${maxvCpus}: the job would hang in RUNNABLE; raise maxvCpus.`);
  }
  // A job attempt is given a minute at least, on Fargate 14 days at most (API_JobTimeout, service limits).
  whole("timeout", timeoutSeconds, 60, onFargate ? 1_209_600 : 2_147_483_647);
  whole("attempts", attempts, 1, 10);
  whole("arraySize", arraySize, 1, 10_000);
  return faults;
}

/** What a job is: the worker's container, its size, its secrets, where it logs, when it is tried again. */
export class JobDefinition extends pulumi.ComponentResource {
  /** With its revision. */
  readonly arn: pulumi.Output<string>;
  /** Without its revision. */
  readonly arnPrefix: pulumi.Output<string>;

  constructor(name: string, args: JobDefinitionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:JobDefinition", name, {}, opts);
    const definition = new aws.batch.JobDefinition(
      name,
      {
        type: "container",
        platformCapabilities: [args.onFargate ? "FARGATE" : "EC2"],
        ...(Object.keys(args.parameters).length === 0 ? {} : { parameters: args.parameters }),
        containerProperties: pulumi.jsonStringify(containerProperties(args)),
        retryStrategy: { attempts: args.attempts, evaluateOnExits: retryRules(exitCodes) },
        timeout: { attemptDurationSeconds: args.timeoutSeconds },
        propagateTags: true,
        tags: { Name: name },
      },
      { parent: this },
    );
    this.arn = definition.arn;
    this.arnPrefix = definition.arnPrefix;
    this.registerOutputs({ arn: this.arn });
  }
}

function containerProperties(args: JobDefinitionArgs) {
  const pairs = <Key extends string>(values: Readonly<Record<string, pulumi.Input<string>>>, key: Key) =>
    Object.entries(values)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => ({ name, [key]: value }));
  return {
    image: args.image,
    command: args.command,
    resourceRequirements: [
      { type: "VCPU", value: String(args.vcpu) },
      { type: "MEMORY", value: String(args.memory) },
    ],
    executionRoleArn: args.executionRoleArn,
    jobRoleArn: args.jobRoleArn,
    environment: pairs(args.environment, "value"),
    secrets: pairs(args.secrets, "valueFrom"),
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": args.logGroupName,
        "awslogs-region": args.region,
        "awslogs-stream-prefix": "job",
      },
    },
    ...(args.onFargate
      ? {
          networkConfiguration: { assignPublicIp: args.assignPublicIp ? "ENABLED" : "DISABLED" },
          fargatePlatformConfiguration: { platformVersion: "LATEST" },
        }
      : {}),
  };
}
