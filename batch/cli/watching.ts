import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes, Failure } from "../../worker/failure.ts";
import { loadModule } from "../../worker/load-module.ts";
import type { Job } from "../jobs/job.ts";
import type { Sighting } from "../jobs/sighting.ts";
import { watch } from "../jobs/watcher.ts";
import type { CliContext } from "./context.ts";
import { jsonView } from "./json-view.ts";
import type { Place } from "./place.ts";
import { textView } from "./text-view.ts";

/** Milliseconds since 1970; when the machine's clock is set back, nothing waits until it is where it was. */
const clock = () => performance.timeOrigin + performance.now();

export interface Watching extends Pick<Place, "service" | "haste" | "queueState"> {
  readonly env: string;
  /** Of the Pulumi project; undefined: the selected one. */
  readonly stack: string | undefined;
  readonly json: boolean;
  /** Where log lines go. */
  readonly lines: Pick<NodeJS.WriteStream, "write">;
}

/**
 * Watches jobs until they have ended, or until the person has seen enough: they go on then.
 * @returns the jobs' exit code, or a signal's
 */
export async function watchJobs(jobIds: readonly string[], watching: Watching, context: CliContext): Promise<number> {
  const { service, haste, env, stack, json, lines } = watching;
  const view = json ? jsonView(context) : textView(lines, context, env);
  const sightings = watch(service, { jobIds, clock, sleep: (time) => sleep(time), haste });
  const left = new Promise<"left">((resolve) => {
    if (context.stop.aborted) resolve("left");
    context.stop.addEventListener("abort", () => resolve("left"));
  });
  let isOver = false;
  // Running the program takes seconds, in which the watch goes on.
  const explain = (stuck: Extract<Sighting, { kind: "stuck" }>) =>
    void whyOf(stuck.job, watching, context).then((why) => {
      if (!isOver) view.show({ ...stuck, why });
    });
  let jobs: readonly Job[] = [];
  let failed: readonly Job[] = [];
  const ids = jobIds.join(" ");
  const where = `--env ${env}${stack === undefined ? "" : ` --stack ${stack}`}`;
  const comeBack = `Come back: node batch watch ${ids} ${where}`;
  for (;;) {
    const next = await Promise.race([sightings.next(), left]).catch((error: unknown) => {
      isOver = true;
      view.close();
      if (!(error instanceof Failure)) throw error;
      throw new Failure(error.kind, `${error.message} This ends the watch, not the jobs. ${comeBack}`, {
        cause: error,
      });
    });
    if (next === "left") {
      isOver = true;
      view.close();
      const it = jobIds.length > 1 ? "They go on" : "It goes on";
      context.stderr.write(`${it}. ${comeBack}\nEnd: node batch cancel ${ids} ${where}\n`);
      return Number(context.stop.reason);
    }
    if (next.done) break;
    if (next.value.kind === "jobs") {
      jobs = next.value.jobs;
      failed = next.value.failed;
    }
    if (next.value.kind === "stuck" && env === "aws") explain(next.value);
    else view.show(next.value);
  }
  isOver = true;
  const exitCode = exitCodeOf(jobs, failed);
  view.end(exitCode);
  return exitCode;
}

/** What AWS Batch and the project's program say of where the job should run. */
async function whyOf(job: Job, { queueState, stack }: Watching, { project, env }: CliContext): Promise<string> {
  try {
    const file = new URL("./why-runnable.ts", import.meta.url);
    const { whyRunnable } = await loadModule<typeof import("./why-runnable.ts")>(file);
    const queue = await queueState?.(job.jobQueue).catch((error: unknown) => (error as Error).message);
    return await whyRunnable({ job, ...(queue === undefined ? {} : { queue }), program: project, stack, env });
  } catch (error) {
    return `nothing has room for it, or can start it (node network check can't say more: ${(error as Error).message}).`;
  }
}

/** That of the first job that failed by itself; of an array, of the first such child. */
export function exitCodeOf(jobs: readonly Job[], failedChildren: readonly Job[]): number {
  if (jobs.every(({ status }) => status === "SUCCEEDED")) return exitCodes.done.code;
  for (const job of jobs.filter(({ status }) => status === "FAILED")) {
    const children = failedChildren.filter(({ jobId }) => jobId.startsWith(`${job.jobId}:`));
    children.sort((one, other) => one.index! - other.index!);
    const told = (job.array === undefined ? [job] : children).find(({ exitCode }) => exitCode !== undefined);
    // A job that was ended in time to say 0 has failed all the same.
    if (told?.exitCode !== undefined) return told.exitCode || exitCodes.failed.code;
  }
  return exitCodes.failed.code;
}
