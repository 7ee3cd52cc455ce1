import { isUnknownValue, type ProgramResource } from "../../network/adapters/pulumi/resource.ts";
import { ProgramError, recordProgram } from "../../network/adapters/pulumi-program.ts";
import { type JudgedFlow, type Proof, prove } from "../../network/preflight.ts";
import { isKnown } from "../../network/reachability/known.ts";
import { flowText, printable } from "../../network/reachability/render.ts";
import { workloadOf } from "../adapters/pulumi-workload.ts";
import type { Job } from "../jobs/job.ts";
import type { QueueState } from "../jobs/queue-state.ts";

export interface RunnableQuestion {
  readonly job: Pick<Job, "statusReason" | "jobQueue" | "jobDefinition">;
  /** Of its queue; a text: why nothing is known of that. */
  readonly queue?: QueueState | string;
  /** The folder of the Pulumi program that has its compute environment. */
  readonly program: string;
  readonly stack?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Why a job stays in RUNNABLE: what AWS Batch gives as a reason, what it says of the job's queue and compute environments, and
 * what `node network check` says of the flows that their instances need before they take jobs. One line; a program that can't
 * be read is told in it too.
 */
export async function whyRunnable({ job, queue, program, stack, env }: RunnableQuestion): Promise<string> {
  const said = job.statusReason ? [`AWS Batch says ${job.statusReason}`] : [];
  const faults = typeof queue === "string" ? [`its queue can't be asked (${queue})`] : (queue?.faults ?? []);
  const known = [...said, ...faults].map((text) => `${printable(text.replaceAll(/\s+/g, " ").trim())}; `);
  const names = typeof queue === "string" ? [] : (queue?.computeEnvironments ?? []);
  return `${known.join("")}node network check: ${await findings(job, names, program, stack, env)}`;
}

async function findings(
  job: RunnableQuestion["job"],
  names: readonly string[],
  directory: string,
  stack: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  try {
    const recorded = await recordProgram({ directory, stack, env, output: { write: () => true } });
    const proof = prove(recorded.resources, { region: recorded.region });
    if (!proof.hasBatch) return `nothing, the program in ${directory} declares no compute environment.`;
    const flows = flowsOf(job, names, proof);
    if (flows === undefined)
      return `nothing, the program in ${directory} declares no compute environment of its queue.`;
    return findingsOn(flows);
  } catch (error) {
    if (error instanceof ProgramError) return `no answer, ${error.message.replaceAll(/\s+/g, " ").trim()}`;
    throw error;
  }
}

/**
 * Those of the job: of its queue's compute environments and its definition, as far as the program tells which these are.
 * @param names of the queue's compute environments, as AWS Batch tells them; empty: nobody has asked
 * @returns undefined: the program makes none of its compute environments
 */
export function flowsOf(
  { jobQueue, jobDefinition }: Pick<Job, "jobQueue" | "jobDefinition">,
  names: readonly string[],
  { program, flows }: Pick<Proof, "program" | "flows">,
): readonly JudgedFlow[] | undefined {
  const { computeEnvironments, jobQueues, jobDefinitions } = workloadOf(program);
  const called = <Own extends { readonly id: string }>(own: readonly Own[], name: string) =>
    own.filter(({ id }) => isCalled(program.get(id)!, name));
  const environments = new Set(names.flatMap((name) => called(computeEnvironments, name)).map(({ id }) => id));
  const queues = called(jobQueues, nameOf(jobQueue));
  const ids = queues.length === 1 ? queues[0]!.computeEnvironmentIds : undefined;
  if (environments.size === 0 && ids !== undefined && isKnown(ids)) for (const id of ids) environments.add(id);
  const definitions = new Set(called(jobDefinitions, nameOf(jobDefinition).replace(/:\d+$/, "")).map(({ id }) => id));
  // Neither is told apart: better too many than the wrong ones.
  const inQueue = environments.size === 0 ? flows : flows.filter((flow) => environments.has(flow.computeEnvironment));
  if (inQueue.length === 0 && flows.length > 0) return undefined;
  const own = inQueue.filter((flow) => flow.jobDefinition === undefined || definitions.has(flow.jobDefinition));
  return definitions.size === 0 || own.length === 0 ? inQueue : own;
}

/** Whether AWS knows what a program declares by that name: the one it gives, or else Pulumi's, which has digits behind it. */
function isCalled({ inputs, name: logical }: ProgramResource, name: string): boolean {
  const given = [inputs.name, inputs.computeEnvironmentName].find((value) => value !== undefined);
  if (typeof given === "string") return isUnknownValue(given) || given === name;
  const prefix = [inputs.namePrefix, inputs.computeEnvironmentNamePrefix].find((value) => value !== undefined);
  if (typeof prefix === "string") return isUnknownValue(prefix) || name.startsWith(prefix);
  return name.startsWith(`${logical}-`) && /^[0-9a-f]{7}$/.test(name.slice(logical.length + 1));
}

/** Of an ARN its last part. */
const nameOf = (arn: string): string => arn.split("/").at(-1)!;

/** What keeps instances from taking jobs comes first, then what is not known of that. */
export function findingsOn(flows: readonly JudgedFlow[]): string {
  const before = flows.filter(({ symptom }) => symptom.jobState === "RUNNABLE");
  const blocked = before.filter(({ analysis }) => analysis.verdict !== "reachable" && analysis.verdict !== "unknown");
  const unknown = before.filter(({ analysis }) => analysis.verdict === "unknown");
  const [worst] = [...blocked, ...unknown];
  if (worst === undefined) {
    const reached =
      before.length === 0
        ? "no flow of the network decides whether jobs leave RUNNABLE here"
        : `all ${before.length} flows that jobs need to leave RUNNABLE are reachable`;
    return `${reached}; look at the capacity of the compute environment (maxvCpus, instance types, Spot) and at its events.`;
  }
  const { shown, protocol, port, analysis } = worst;
  const [explanation] = shown.analysis.explanations;
  const why = explanation === undefined ? "" : `: ${printable(explanation.message)}`;
  const fix = explanation?.fix === undefined ? "" : ` Fix: ${printable(explanation.fix)}`;
  const more = blocked.length + unknown.length - 1;
  const others = more > 0 ? ` (and ${more} more like it: node network check)` : "";
  const verdict = analysis.verdict === "unknown" ? "not proved" : analysis.verdict;
  return `${flowText({ ...shown, protocol, port })}: ${verdict}${why}${fix}${others}`;
}
