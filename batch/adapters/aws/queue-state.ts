import {
  type ComputeEnvironmentDetail,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
} from "@aws-sdk/client-batch";
import type { QueueState } from "../../jobs/queue-state.ts";
import type { Connection } from "./connection.ts";

const service = "AWS Batch";

/**
 * What keeps a queue's jobs from being placed, as AWS Batch tells it. A queue that is DISABLED is none of it: "jobs already in
 * the queue can finish" (API_UpdateJobQueue).
 * @throws Failure
 */
export async function queueState(connection: Connection, jobQueue: string): Promise<QueueState> {
  const { jobQueues = [] } = await connection.call({ service, action: "batch:DescribeJobQueues" }, ({ batch }) =>
    batch.send(new DescribeJobQueuesCommand({ jobQueues: [jobQueue] })),
  );
  const [queue] = jobQueues;
  if (queue === undefined) return { faults: [`there is no job queue ${jobQueue} any more`], computeEnvironments: [] };
  const orders = (queue.computeEnvironmentOrder ?? []).toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0));
  const arns = orders.flatMap(({ computeEnvironment }) => computeEnvironment ?? []);
  const own = queue.status === "INVALID" ? [`job queue ${queue.jobQueueName} is INVALID${reasonOf(queue)}`] : [];
  if (arns.length === 0) return { faults: own, computeEnvironments: [] };
  const { computeEnvironments = [] } = await connection.call(
    { service, action: "batch:DescribeComputeEnvironments" },
    ({ batch }) => batch.send(new DescribeComputeEnvironmentsCommand({ computeEnvironments: arns })),
  );
  const isOf = (arn: string) => (one: ComputeEnvironmentDetail) =>
    one.computeEnvironmentArn === arn || one.computeEnvironmentName === arn;
  const found = arns.flatMap((arn) => computeEnvironments.find(isOf(arn)) ?? []);
  return {
    faults: [...own, ...found.flatMap(faultsOf)],
    computeEnvironments: arns.map((arn) => arn.split("/").at(-1)!),
  };
}

/** "If the state is DISABLED, then the AWS Batch scheduler doesn't attempt to place jobs within the environment" (API_ComputeEnvironmentDetail). */
function faultsOf(environment: ComputeEnvironmentDetail): string[] {
  const { computeEnvironmentName: name, state, status, computeResources } = environment;
  const subject = `compute environment ${name}`;
  const faults: string[] = [];
  if (state === "DISABLED") {
    faults.push(
      `${subject} is DISABLED (aws batch update-compute-environment --compute-environment ${name} --state ENABLED)`,
    );
  }
  if (status !== undefined && status !== "VALID" && status !== "UPDATING") {
    faults.push(`${subject} is ${status}${reasonOf(environment)}`);
  }
  if (computeResources?.maxvCpus === 0) faults.push(`${subject} may have no vCPUs (maxvCpus 0)`);
  return faults;
}

const reasonOf = ({ statusReason }: { statusReason?: string | undefined }): string =>
  statusReason ? ` (${statusReason})` : "";
