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

/**
 * Submits jobs that belong together, all or none: where one is refused, or the person has enough, those before it are ended.
 * @returns them in order; undefined: the person had enough
 * @throws Failure of the one that was refused, with what became of the others
 */
export async function submitAll(
  service: JobService,
  planned: readonly PlannedJob[],
  settings: Omit<JobRequest, "jobName" | "command" | "dependsOn" | "arraySize">,
  { env, stop, stderr }: { readonly env: string } & Pick<CliContext, "stop" | "stderr">,
): Promise<readonly Submitted[] | undefined> {
  const submitted: Submitted[] = [];
  const ids = new Map<string, string>();
  for (const { after, ...job } of planned) {
    if (stop.aborted) {
      stderr.write(`Stopped. ${await endAll(service, submitted, env)}\n`);
      return undefined;
    }
    const dependsOn = after.map(({ jobName, ...rest }) => ({ jobId: ids.get(jobName)!, ...rest }));
    try {
      const jobId = await service.submit({ ...job, ...settings, dependsOn });
      ids.set(job.jobName, jobId);
      submitted.push({ jobId, job: { ...job, dependsOn } });
    } catch (error) {
      if (submitted.length === 0) throw error;
      const told = await endAll(service, submitted, env);
      if (error instanceof Failure) throw new Failure(error.kind, `${error.message} ${told}`, { cause: error });
      // A bug, whose stack will follow.
      stderr.write(`${told}\n`);
      throw error;
    }
  }
  return submitted;
}

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
  if (left.length > 0) return `End what was submitted: node batch cancel ${left.join(" ")} --env ${env}`;
  if (submitted.length === 0) return "Nothing was submitted.";
  // A job that runs has 30 s for it, one that waits for others is ended with them (API_TerminateJob).
  return `What was submitted is asked to end: ${submitted.map(({ jobId }) => jobId).join(" ")}.`;
}
