import { ProgramError, recordProgram } from "../../network/adapters/pulumi-program.ts";
import { type JudgedFlow, prove } from "../../network/preflight.ts";
import { flowText, printable } from "../../network/reachability/render.ts";
import type { Job } from "../jobs/job.ts";

export interface RunnableQuestion {
  readonly job: Pick<Job, "statusReason">;
  /** The folder of the Pulumi program that has its compute environment. */
  readonly program: string;
  readonly stack?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Why a job stays in RUNNABLE, as far as the program tells: what AWS Batch gives as a reason, and what `node network check`
 * says of the flows that an instance needs before it takes jobs. One line; a program that can't be read is told in it too.
 */
export async function whyRunnable({ job, program, stack, env }: RunnableQuestion): Promise<string> {
  const said = job.statusReason ? `AWS Batch says ${printable(job.statusReason)}; ` : "";
  return `${said}node network check: ${await findings(program, stack, env)}`;
}

async function findings(directory: string, stack: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const recorded = await recordProgram({ directory, stack, env, output: { write: () => true } });
    const { hasBatch, flows } = prove(recorded.resources, { region: recorded.region });
    if (!hasBatch) return `nothing, the program in ${directory} declares no compute environment.`;
    return findingsOn(flows);
  } catch (error) {
    if (error instanceof ProgramError) return `no answer, ${error.message.replaceAll(/\s+/g, " ").trim()}`;
    throw error;
  }
}

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
