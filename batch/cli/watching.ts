import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes } from "../../worker/failure.ts";
import type { Job } from "../jobs/job.ts";
import type { JobService } from "../jobs/job-service.ts";
import { watch } from "../jobs/watcher.ts";
import type { CliContext } from "./context.ts";
import { jsonView } from "./json-view.ts";
import { textView } from "./text-view.ts";

export interface Watching {
  readonly service: JobService;
  readonly haste: number;
  readonly env: string;
  readonly json: boolean;
  /** Where log lines go. */
  readonly lines: Pick<NodeJS.WriteStream, "write">;
}

/**
 * Watches jobs until they have ended, or until the person has seen enough: they go on then.
 * @returns the jobs' exit code, or a signal's
 */
export async function watchJobs(jobIds: readonly string[], watching: Watching, context: CliContext): Promise<number> {
  const { service, haste, env, json, lines } = watching;
  const view = json ? jsonView(context) : textView(lines, context);
  const sightings = watch(service, { jobIds, clock: Date.now, sleep: (time) => sleep(time), haste });
  const left = new Promise<"left">((resolve) => {
    if (context.stop.aborted) resolve("left");
    context.stop.addEventListener("abort", () => resolve("left"));
  });
  let jobs: readonly Job[] = [];
  let failed: readonly Job[] = [];
  for (;;) {
    const next = await Promise.race([sightings.next(), left]);
    if (next === "left") {
      view.close();
      const ids = jobIds.join(" ");
      const it = jobIds.length > 1 ? "They go on" : "It goes on";
      context.stderr.write(
        `${it}. Come back: node batch watch ${ids} --env ${env}\nEnd: node batch cancel ${ids} --env ${env}\n`,
      );
      return Number(context.stop.reason);
    }
    if (next.done) break;
    if (next.value.kind === "jobs") {
      jobs = next.value.jobs;
      failed = next.value.failed;
    }
    view.show(next.value);
  }
  const exitCode = exitCodeOf(jobs, failed);
  view.end(exitCode);
  return exitCode;
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
