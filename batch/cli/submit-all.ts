import { Failure } from "../../worker/failure.ts";
import type { JobRequest } from "../jobs/job.ts";
import type { JobService } from "../jobs/job-service.ts";
import { Outage } from "../jobs/outage.ts";
import type { PlannedJob } from "../jobs/submission.ts";
import type { CliContext } from "./context.ts";

export interface Submitted {
  readonly jobId: string;
  readonly job: Omit<PlannedJob, "after"> & Pick<JobRequest, "dependsOn">;
}

type SubmitSettings = Omit<JobRequest, "jobName" | "command" | "dependsOn" | "arraySize">;
type SubmitContext = { readonly env: string } & Pick<CliContext, "stop" | "stderr" | "onLeave">;

interface Progress {
  readonly submitted: Submitted[];
  /** The name of the job of which it is not known whether it was taken. */
  underWay: string | undefined;
}

/**
 * Submits jobs that belong together, all or none: where one is refused, or the person has enough, those before it are ended.
 * @returns them in order; undefined: the person had enough
 * @throws Failure of the one that was refused, with what became of the others
 */
export async function submitAll(
  service: JobService,
  planned: readonly PlannedJob[],
  settings: SubmitSettings,
  context: SubmitContext,
): Promise<readonly Submitted[] | undefined> {
  const { stop, stderr, onLeave } = context;
  const progress: Progress = { submitted: [], underWay: undefined };
  const asked = () => void stderr.write("Stopping: what was submitted is ended; a second signal leaves at once.\n");
  stop.addEventListener("abort", asked);
  const takeBack = onLeave?.(() => void stderr.write(`${leftBehind(progress, context.env)}\n`));
  try {
    return await submitEach(service, planned, settings, progress, context);
  } finally {
    takeBack?.();
    stop.removeEventListener("abort", asked);
  }
}

async function submitEach(
  service: JobService,
  planned: readonly PlannedJob[],
  settings: SubmitSettings,
  progress: Progress,
  { env, stop, stderr }: SubmitContext,
): Promise<readonly Submitted[] | undefined> {
  const { submitted } = progress;
  const ids = new Map<string, string>();
  const stopped = async () => {
    stderr.write(`Stopped. ${await endAll(service, submitted, env)}\n`);
    return undefined;
  };
  for (const { after, ...job } of planned) {
    if (stop.aborted) return await stopped();
    const dependsOn = after.map(({ jobName, ...rest }) => ({ jobId: ids.get(jobName)!, ...rest }));
    try {
      progress.underWay = job.jobName;
      const jobId = await service.submit({ ...job, ...settings, dependsOn });
      ids.set(job.jobName, jobId);
      submitted.push({ jobId, job: { ...job, dependsOn } });
      progress.underWay = undefined;
    } catch (error) {
      progress.underWay = undefined;
      if (stop.aborted && error instanceof Failure) {
        const told = submitted.length === 0 ? "" : ` ${await endAll(service, submitted, env)}`;
        stderr.write(`Stopped. ${error.message}${told}\n`);
        return undefined;
      }
      if (submitted.length === 0) throw error;
      const told = await endAll(service, submitted, env);
      if (error instanceof Failure) throw new Failure(error.kind, `${error.message} ${told}`, { cause: error });
      // A bug, whose stack will follow.
      stderr.write(`${told}\n`);
      throw error;
    }
  }
  return stop.aborted ? await stopped() : submitted;
}

/** For who leaves before it is known what becomes of a submission. */
function leftBehind({ submitted, underWay }: Progress, env: string): string {
  const ids = submitted.map(({ jobId }) => jobId).join(" ");
  const doubt =
    underWay === undefined
      ? []
      : [`Whether ${underWay} was submitted as well is not known: look for it before you submit again.`];
  return [ids === "" ? "No job is known to be submitted." : endText(ids, env), ...doubt].join(" ");
}

const endText = (ids: string, env: string) => `End what was submitted: node batch cancel ${ids} --env ${env}`;

/** @returns what became of them, a sentence */
async function endAll(service: JobService, submitted: readonly Submitted[], env: string): Promise<string> {
  const left: string[] = [];
  let isOut = false;
  for (const { jobId } of submitted) {
    try {
      // Each call to a service that does not answer takes a minute.
      if (isOut) left.push(jobId);
      else await service.terminate(jobId, "ended by node batch submit: its submission was not completed");
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      isOut = error instanceof Outage;
      left.push(jobId);
    }
  }
  if (left.length > 0) return endText(left.join(" "), env);
  if (submitted.length === 0) return "Nothing was submitted.";
  // A job that runs has 30 s for it, one that waits for others is ended with them (API_TerminateJob).
  return `What was submitted is asked to end: ${submitted.map(({ jobId }) => jobId).join(" ")}.`;
}
