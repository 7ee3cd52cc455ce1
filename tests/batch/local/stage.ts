import { readdir } from "node:fs/promises";
import path from "node:path";
import type { ExecutionContext } from "ava";
import type { JobRequest } from "../../../batch/jobs/job.ts";
import { type Folder, folderAt, makeFolder } from "../../../batch/local/folder.ts";
import type { Launch } from "../../../batch/local/job-process.ts";
import { LocalJobService } from "../../../batch/local/local-job-service.ts";
import { type RunnerOptions, runJobs } from "../../../batch/local/runner.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** A runner in this process, whose jobs are the test's functions. */
export async function start(
  t: ExecutionContext,
  launch: Launch,
  environment: NodeJS.ProcessEnv = {},
  root?: string,
  time: Pick<RunnerOptions, "clock" | "elapsed"> = { clock: Date.now },
) {
  const folder = folderAt(path.join(root ?? (await temporaryFolder(t)), "batch"));
  await makeFolder(folder);
  const stop = new AbortController();
  const faults: string[] = [];
  const run = () =>
    runJobs({
      folder,
      capacity: 2,
      launch,
      ...time,
      pollMilliseconds: 1,
      idleMilliseconds: 0,
      log: (fault) => void faults.push(fault),
      stop: stop.signal,
    });
  const definition = { attempts: 2, timeout: 3600, evaluateOnExit: [] };
  // A runner of its own would take this process, which is not named like one, for a killed one's namesake.
  const haveRunner = async (_: Folder, isServed: () => Promise<boolean>) => {
    while (!(await isServed())) await new Promise(setImmediate);
  };
  const service = () => new LocalJobService({ folder, definition, environment, clock: Date.now, haveRunner });
  return { folder, run, service, stop, faults };
}

export const request = (rest: Partial<JobRequest> = {}): JobRequest => ({
  jobName: "job",
  command: ["--only", "airports"],
  environment: {},
  dependsOn: [],
  ...rest,
});

export const exits = (exitCode: number) => ({ ended: Promise.resolve({ exitCode }), kill: () => {} });

/** Submits as another process does: what is asked lies in the inbox before the runner comes. */
export async function submitted({ folder, service, run }: Stage, ...requests: JobRequest[]) {
  const ids: string[] = [];
  for (const each of requests) {
    const submitting = service().submit(each);
    await isAsked(folder);
    await run();
    ids.push(await submitting);
  }
  return ids;
}

export type Stage = Awaited<ReturnType<typeof start>>;

export async function isAsked(folder: Folder): Promise<void> {
  while (!(await readdir(folder.inbox)).some((name) => name.endsWith(".json"))) await new Promise(setImmediate);
}
