import { randomUUID } from "node:crypto";
import { appendFileSync, closeSync, fstatSync, ftruncateSync, openSync } from "node:fs";
import { link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Where the local runner keeps what it knows, `.local/batch` of the project:
 * - `inbox/`: what is asked of the runner, a file a request, taken away when it has been read; `N.json.refused`: why not;
 * - `jobs/ID/job.json`: what was submitted, but for its environment; `events.jsonl`: what happened to it, written by the runner alone;
 *   `logs/`: a file an attempt; `ended`: it has ended for good;
 * - `runners/N.json`: who the runner is; `N.ended`: that it ended by itself;
 * - `runner.log`: what runners had to say; `runner.log.old`: before that.
 */
export interface Folder {
  readonly root: string;
  readonly inbox: string;
  readonly jobs: string;
  readonly runners: string;
  readonly runnerLog: string;
}

export function folderAt(root: string): Folder {
  return {
    root,
    inbox: path.join(root, "inbox"),
    jobs: path.join(root, "jobs"),
    runners: path.join(root, "runners"),
    runnerLog: path.join(root, "runner.log"),
  };
}

/** Private: the inbox holds the environment of who submits. */
export async function makeFolder({ root, inbox, jobs, runners }: Folder): Promise<void> {
  for (const part of [root, inbox, jobs, runners]) await mkdir(part, { recursive: true, mode: 0o700 });
}

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ids become paths. */
export const isJobId = (text: string): boolean => idPattern.test(text);

export const jobFile = ({ jobs }: Folder, jobId: string) => path.join(jobs, jobId, "job.json");
export const eventsFile = ({ jobs }: Folder, jobId: string) => path.join(jobs, jobId, "events.jsonl");
export const endedFile = ({ jobs }: Folder, jobId: string) => path.join(jobs, jobId, "ended");
/** @param logStreamName `ID/ATTEMPT` or `ID/INDEX-ATTEMPT` */
export function streamFile({ jobs }: Folder, logStreamName: string): string | undefined {
  const [, jobId = "", name] = logStreamName.match(/^([^/]+)\/((?:\d+-)?\d+)$/) ?? [];
  return name !== undefined && isJobId(jobId) ? path.join(jobs, jobId, "logs", `${name}.log`) : undefined;
}

/** Writes a file that is there whole or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** As {@link writeWhole}, where the file is not there yet. @returns whether it was not */
export async function createWhole(file: string, text: string): Promise<boolean> {
  const temporary = temporaryName(file);
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Adds to a file, or, where there is no room for all of it, leaves it as it was. */
export function appendAll(file: string, text: string): void {
  const descriptor = openSync(file, "a", 0o600);
  try {
    const { size } = fstatSync(descriptor);
    try {
      appendFileSync(descriptor, text);
    } catch (error) {
      ftruncateSync(descriptor, size);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Beside the file, and no name that is looked for. */
const temporaryName = (file: string) => path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);

/** `undefined` where a file or folder is not there. */
export async function ifThere<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
