import {
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  type JobDefinition,
  type JobQueueDetail,
} from "@aws-sdk/client-batch";
import { Failure } from "../../../worker/failure.ts";
import type { JobPlatform } from "../../jobs/vcpu.ts";
import type { Connection } from "./connection.ts";
import type { Target } from "./submission.ts";

/** Where jobs go and what they are: names or ARNs. */
export interface JobPlace {
  readonly jobQueue: string;
  readonly jobDefinition: string;
}

const service = "AWS Batch";

/**
 * Looks at queue and definition before anything is submitted to them: AWS Batch takes jobs that can't run.
 * @throws Failure `usage` for those that there are not, or that take no jobs
 */
export async function findTarget(connection: Connection, { jobQueue, jobDefinition }: JobPlace): Promise<Target> {
  const region = await connection.region();
  const queue = await findQueue(connection, jobQueue);
  const definition = await findDefinition(connection, jobDefinition);
  const faults = [...queueFaults(jobQueue, queue, region), ...definitionFaults(jobDefinition, definition, region)];
  if (faults.length > 0) throw new Failure("usage", faults.join(" "));
  return {
    jobQueue,
    jobDefinition,
    retryStrategy: definition?.retryStrategy,
    platform: platformOf(definition),
    environment: environmentOf(definition),
    hasShares: queue?.schedulingPolicyArn !== undefined && queue.schedulingPolicyArn !== "",
  };
}

/** "If no value is specified, it defaults to EC2" (API_JobDefinition). One that may run on both leaves it to the queue. */
function platformOf(definition: JobDefinition | undefined): JobPlatform | undefined {
  const [platform = "EC2", other] = definition?.platformCapabilities ?? [];
  return other === undefined && platform !== "MANAGED_INSTANCES" ? platform : undefined;
}

function environmentOf(definition: JobDefinition | undefined): Record<string, string> {
  const pairs = definition?.containerProperties?.environment ?? [];
  return Object.fromEntries(pairs.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? ""]])));
}

async function findQueue(connection: Connection, jobQueue: string): Promise<JobQueueDetail | undefined> {
  const command = new DescribeJobQueuesCommand({ jobQueues: [jobQueue] });
  const call = { service, action: "batch:DescribeJobQueues" };
  const { jobQueues = [] } = await connection.call(call, ({ batch }) => batch.send(command));
  return jobQueues[0];
}

/** Without a revision: the latest that is active, as SubmitJob takes it. */
async function findDefinition(connection: Connection, jobDefinition: string): Promise<JobDefinition | undefined> {
  const name = jobDefinition.split("/").at(-1)!;
  const hasRevision = name.includes(":");
  const question = hasRevision ? { jobDefinitions: [jobDefinition] } : { jobDefinitionName: name, status: "ACTIVE" };
  const found: JobDefinition[] = [];
  let nextToken: string | undefined;
  do {
    const command = new DescribeJobDefinitionsCommand({ ...question, nextToken });
    const call = { service, action: "batch:DescribeJobDefinitions" };
    const answer = await connection.call(call, ({ batch }) => batch.send(command));
    found.push(...(answer.jobDefinitions ?? []));
    nextToken = answer.nextToken;
  } while (nextToken);
  return found.sort((one, other) => (other.revision ?? 0) - (one.revision ?? 0))[0];
}

function queueFaults(name: string, queue: JobQueueDetail | undefined, region: string): string[] {
  const subject = `Job queue ${name}`;
  if (queue === undefined) {
    return [
      `${subject}: there is none of that name in this account and ${region}; name another (--queue), or make it (pulumi up).`,
    ];
  }
  if (queue.state === "DISABLED") {
    return [
      `${subject} is DISABLED and takes no jobs; enable it (aws batch update-job-queue --job-queue ${queue.jobQueueName} --state ENABLED), or name another (--queue).`,
    ];
  }
  if (queue.status === "INVALID" || queue.status === "DELETING" || queue.status === "DELETED") {
    const why = queue.statusReason ? ` (${queue.statusReason})` : "";
    return [`${subject} is ${queue.status}${why} and runs no jobs; mend it (pulumi up), or name another (--queue).`];
  }
  return [];
}

function definitionFaults(name: string, definition: JobDefinition | undefined, region: string): string[] {
  const subject = `Job definition ${name}`;
  if (definition === undefined) {
    return [
      `${subject}: there is none that is active in this account and ${region}; name another (--job-definition), or make it (pulumi up).`,
    ];
  }
  if (definition.status === "INACTIVE") {
    return [`${subject} is INACTIVE: another has taken its place; name that (--job-definition).`];
  }
  if (definition.containerProperties === undefined) {
    return [
      `${subject} is of ${definition.type ?? "another type"} and has no single container, which the worker's command is for; name one that has (--job-definition).`,
    ];
  }
  return [];
}
