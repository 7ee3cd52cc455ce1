import { execFile } from "node:child_process";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { exitCodes, Failure } from "../../worker/failure.ts";
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
  const over = new AbortController();
  // Running the program takes seconds, in which the watch goes on; it ends with the watch.
  const explain = (stuck: Extract<Sighting, { kind: "stuck" }>) =>
    void whyOf(stuck.job, watching, context, over.signal).then((why) => {
      if (!over.signal.aborted) void view.show({ ...stuck, why });
    });
  let jobs: readonly Job[] = [];
  let failed: readonly Job[] = [];
  const ids = jobIds.join(" ");
  const where = `--env ${env}${stack === undefined ? "" : ` --stack ${stack}`}`;
  const comeBack = `Come back: node batch watch ${ids} ${where}`;
  for (;;) {
    const next = await unlessLeft(sightings.next(), context.stop).catch((error: unknown) => {
      over.abort();
      view.close();
      if (!(error instanceof Failure)) throw error;
      throw new Failure(error.kind, `${error.message} This ends the watch, not the jobs. ${comeBack}`, {
        cause: error,
      });
    });
    if (next === "left") {
      over.abort();
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
    else await unlessLeft(view.show(next.value), context.stop);
  }
  over.abort();
  const exitCode = exitCodeOf(jobs, failed);
  view.end(exitCode);
  return exitCode;
}

/** Not a race with a promise that lives as long as the watch: that would keep the outcome of each, a page of lines. */
function unlessLeft<Outcome>(work: Promise<Outcome>, stop: AbortSignal): Promise<Outcome | "left"> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve("left");
    if (stop.aborted) leave();
    stop.addEventListener("abort", leave);
    work.then(resolve, reject).finally(() => stop.removeEventListener("abort", leave));
  });
}

/** What AWS Batch and the project's program say of where the job should run. */
async function whyOf(
  { statusReason, jobQueue, jobDefinition }: Job,
  { queueState, stack }: Watching,
  { project, env }: CliContext,
  signal: AbortSignal,
): Promise<string> {
  const queue = await queueState?.(jobQueue).catch((error: unknown) => (error as Error).message);
  const question = { job: { statusReason, jobQueue, jobDefinition }, queue, program: project, stack };
  const file = fileURLToPath(new URL("./why-runnable.js", import.meta.url));
  const saying = promisify(execFile)(process.execPath, [file], { env, signal });
  // One that can't even be started has said so.
  saying.child.stdin!.on("error", () => {}).end(JSON.stringify(question));
  try {
    return (await saying).stdout;
  } catch (error) {
    const why = (error as Error).message.trim().split("\n").at(-1);
    return `nothing has room for it, or can start it (node network check can't say more: ${why}).`;
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
