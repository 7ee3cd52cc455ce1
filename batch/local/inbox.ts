import { readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import type { RecordFacts } from "../jobs/job-record.ts";
import { type Folder, ifThere, writeWhole } from "./folder.ts";

/** What is asked of the runner. */
export type Errand =
  | {
      readonly what: "run";
      readonly jobId: string;
      readonly facts: RecordFacts;
      /** Of the shell that submits: what a job definition is on AWS. Never kept: it may hold secrets. */
      readonly environment: NodeJS.ProcessEnv;
    }
  | { readonly what: "terminate"; readonly jobId: string; readonly index?: number; readonly reason: string };

let count = 0;

/** @returns the file, which is gone when the runner has taken it */
export async function putErrand(folder: Folder, errand: Errand, now: number): Promise<string> {
  count += 1;
  const name = [now, process.pid, count].map((part) => String(part).padStart(15, "0")).join("-");
  const file = path.join(folder.inbox, `${name}.json`);
  await writeWhole(file, JSON.stringify(errand));
  return file;
}

/** Those that wait, in the order in which they came; each with what takes it away. One that is broken is put aside. */
export async function errands(folder: Folder): Promise<{ errand: Errand; done: () => Promise<void> }[]> {
  const names = (await readdir(folder.inbox)).filter((name) => /^\d.*\.json$/.test(name)).sort();
  const found: { errand: Errand; done: () => Promise<void> }[] = [];
  for (const name of names) {
    const file = path.join(folder.inbox, name);
    const text = await ifThere(readFile(file, "utf8"));
    if (text === undefined) continue;
    const errand = parsed(text);
    if (errand === undefined) await ifThere(rename(file, `${file}.broken`));
    else found.push({ errand, done: () => rm(file, { force: true }) });
  }
  return found;
}

/** undefined: a machine went down that wrote it, or a person did. */
function parsed(text: string): Errand | undefined {
  try {
    const errand = JSON.parse(text) as Partial<Errand> | null;
    return typeof errand?.jobId === "string" ? (errand as Errand) : undefined;
  } catch {
    return undefined;
  }
}
