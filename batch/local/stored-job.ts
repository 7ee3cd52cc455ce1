import { open, readFile } from "node:fs/promises";
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

  /** @returns undefined: there is no such job */
  static async open(folder: Folder, jobId: string): Promise<StoredJob | undefined> {
    const text = await ifThere(readFile(jobFile(folder, jobId), "utf8"));
    if (text === undefined) return undefined;
    const job = new StoredJob(new JobRecord(JSON.parse(text) as RecordFacts), eventsFile(folder, jobId));
    await job.refresh();
    return job;
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
      if (transition !== undefined) this.record.apply(transition);
    }
  }
}

/** Half a line is what a runner leaves that is killed while it writes; the next one begins a line of its own. */
function parsed(line: string): Transition | undefined {
  try {
    return JSON.parse(line) as Transition;
  } catch {
    return undefined;
  }
}
