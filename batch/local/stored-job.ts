import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../worker/failure.ts";
import { jobStatuses } from "../jobs/job.ts";
import { JobRecord, type RecordFacts, type Transition } from "../jobs/job-record.ts";
import { eventsFile, type Folder, ifThere, jobFile } from "./folder.ts";

/** A job as its files tell it; each reading goes on where the last one ended. */
export class StoredJob {
  readonly record: JobRecord;
  private readonly file: string;
  private offset = 0;
  private rest = Buffer.alloc(0);

  private constructor(record: JobRecord, file: string) {
    this.record = record;
    this.file = file;
  }

  /**
   * @returns undefined: there is no such job
   * @throws Failure `failed` where its file is broken: a machine that went down wrote it, or a person
   */
  static async open(folder: Folder, jobId: string): Promise<StoredJob | undefined> {
    const file = jobFile(folder, jobId);
    const text = await ifThere(readFile(file, "utf8"));
    if (text === undefined) return undefined;
    const facts = parsed(text);
    if (!isFacts(facts, jobId)) {
      throw new Failure(
        "failed",
        `Job ${jobId}: its file ${file} is broken, so nothing is known of it; delete the folder ${path.dirname(file)}.`,
      );
    }
    const job = new StoredJob(new JobRecord(facts), eventsFile(folder, jobId));
    await job.refresh();
    return job;
  }

  /** As {@link open}, of who runs others: one that is broken, or can't be read, is as one that there is not. */
  static async openWhole(folder: Folder, jobId: string): Promise<StoredJob | undefined> {
    try {
      return await StoredJob.open(folder, jobId);
    } catch (error) {
      if (error instanceof Failure || (error as NodeJS.ErrnoException).syscall !== undefined) return undefined;
      throw error;
    }
  }

  /** Whether the runner has taken it. */
  get hasEvents(): boolean {
    return this.offset > 0;
  }

  async refresh(): Promise<void> {
    const handle = await ifThere(open(this.file, "r"));
    if (handle === undefined) return;
    try {
      const piece = Buffer.alloc(256 * 1024);
      for (;;) {
        const { bytesRead } = await handle.read(piece, 0, piece.length, this.offset);
        if (bytesRead === 0) return;
        this.offset += bytesRead;
        this.read(piece.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  }

  private read(bytes: Buffer): void {
    const all = Buffer.concat([this.rest, bytes]);
    const end = all.lastIndexOf(10) + 1;
    this.rest = Buffer.from(all.subarray(end));
    for (const line of all.toString("utf8", 0, end).split("\n")) {
      if (line === "") continue;
      const transition = parsed(line);
      if (isTransition(transition, this.record.size)) this.record.apply(transition);
    }
  }
}

/** undefined: no JSON. Half a line is what a runner leaves that is killed while it writes; the next one begins a line of its own. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function isFacts(value: unknown, jobId: string): value is RecordFacts {
  if (!isObject(value) || value.jobId !== jobId || !isObject(value.request)) return false;
  const { jobName, command, environment, dependsOn, arraySize = 1 } = value.request;
  const isWhole = typeof jobName === "string" && Array.isArray(command) && isObject(environment);
  return isWhole && Array.isArray(dependsOn) && isBelow(arraySize, 10_001);
}

function isTransition(value: unknown, size: number): value is Transition {
  if (!isObject(value) || typeof value.at !== "number") return false;
  const { status, index = 0 } = value;
  return (jobStatuses as readonly unknown[]).includes(status) && isBelow(index, size);
}

const isBelow = (value: unknown, bound: number): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < bound;
