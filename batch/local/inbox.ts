import { readdir, readFile, rename, rm, stat, truncate, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import * as v from "valibot";
import type { RecordFacts } from "../jobs/job-record.ts";
import { type Folder, ifThere, isJobId, writeWhole } from "./folder.ts";

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

/** One that waits. */
export interface Waiting {
  readonly errand: Errand;
  /** Takes it away. */
  readonly done: () => Promise<void>;
  /** Takes it away, and has its sender know why. */
  readonly refuse: (why: string) => Promise<void>;
}

let count = 0;

/** @returns the file, which is gone when the runner has taken it */
export async function putErrand(folder: Folder, errand: Errand, now: number): Promise<string> {
  count += 1;
  const name = [now, process.pid, count].map((part) => String(part).padStart(15, "0")).join("-");
  const file = path.join(folder.inbox, `${name}.json`);
  await writeWhole(file, JSON.stringify(errand));
  return file;
}

/** How long somebody who writes an errand, or is told that it was refused, may take. */
const patienceMilliseconds = 60_000;

/**
 * Those that wait, in the order in which they came. One that is none is refused; what a sender has left that was killed is
 * deleted: both may hold secrets.
 * @param log is told what can't be read, without what is in it
 */
export async function errands({ inbox }: Folder, now: number, log: (fault: string) => void): Promise<Waiting[]> {
  const found: Waiting[] = [];
  for (const name of (await readdir(inbox)).sort()) {
    const file = path.join(inbox, name);
    try {
      if (!/^\d.*\.json$/.test(name)) {
        const there = await ifThere(stat(file));
        if (there?.isFile() && now - there.mtimeMs > patienceMilliseconds) await rm(file, { force: true });
        continue;
      }
      const text = await ifThere(readFile(file, "utf8"));
      if (text === undefined) continue;
      const errand = parsed(text);
      if (errand !== undefined) {
        const done = () => rm(file, { force: true });
        found.push({ errand, done, refuse: (why) => refuse(file, why) });
        continue;
      }
      await refuse(file, "it does not know such a request");
      log(`${file} is no request that this runner knows; it is deleted.`);
    } catch (error) {
      const { syscall, message } = error as NodeJS.ErrnoException;
      if (syscall === undefined) throw error;
      log(`${file} can't be used (${message}).`);
    }
  }
  return found;
}

/** What was asked is overwritten by the answer, which its sender finds when the file has gone. */
async function refuse(file: string, why: string): Promise<void> {
  try {
    await truncate(file);
    await writeFile(file, why, { flag: "r+" });
  } catch (error) {
    // No room for the answer, or its sender waits no more.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
  await ifThere(rename(file, refusalOf(file)));
}

/** Why the runner has refused an errand that it has taken away; undefined: it has not. Told once. */
export async function refusal(file: string): Promise<string | undefined> {
  const why = await ifThere(readFile(refusalOf(file), "utf8"));
  if (why !== undefined) await ifThere(unlink(refusalOf(file)));
  return why;
}

const refusalOf = (file: string) => `${file}.refused`;

const jobId = v.pipe(v.string(), v.check(isJobId));
const text = v.string();
const texts = v.record(v.string(), v.string());
const whole = v.pipe(v.number(), v.integer());

/** As `Errand`; what has more to it was sent by other code than this, and would not get what it asks for. */
const schema = v.variant("what", [
  v.strictObject({
    what: v.literal("run"),
    jobId,
    environment: texts,
    facts: v.strictObject({
      jobId,
      createdAt: v.pipe(v.number(), v.finite()),
      jobQueue: text,
      jobDefinition: text,
      request: v.strictObject({
        jobName: text,
        command: v.array(text),
        environment: texts,
        arraySize: v.exactOptional(whole),
        dependsOn: v.array(
          v.strictObject({
            jobId: v.exactOptional(jobId),
            type: v.exactOptional(v.picklist(["N_TO_N", "SEQUENTIAL"])),
          }),
        ),
        attempts: v.exactOptional(whole),
        evaluateOnExit: v.exactOptional(
          v.array(
            v.strictObject({
              action: v.picklist(["RETRY", "EXIT"]),
              onExitCode: v.exactOptional(text),
              onReason: v.exactOptional(text),
              onStatusReason: v.exactOptional(text),
            }),
          ),
        ),
        timeout: v.exactOptional(whole),
        vcpu: v.exactOptional(v.pipe(v.number(), v.finite())),
        memory: v.exactOptional(v.number()),
        priority: v.exactOptional(v.number()),
        tags: v.exactOptional(texts),
      }),
    }),
  }),
  v.strictObject({
    what: v.literal("terminate"),
    jobId,
    index: v.exactOptional(v.pipe(whole, v.minValue(0))),
    reason: text,
  }),
]);

/** undefined: a machine went down that wrote it, a person did, or other code. */
function parsed(text: string): Errand | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    if (!result.success) return undefined;
    const errand: Errand = result.output;
    return errand.what === "run" && errand.facts.jobId !== errand.jobId ? undefined : errand;
  } catch {
    return undefined;
  }
}
