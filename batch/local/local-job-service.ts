import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { Failure } from "../../worker/failure.ts";
import { isEnded, type Job, type JobRequest, type JobStatus, type LogEvent } from "../jobs/job.ts";
import type { RecordFacts } from "../jobs/job-record.ts";
import type { JobService, LogPage } from "../jobs/job-service.ts";
import { endedFile, type Folder, ifThere, isJobId, makeFolder, streamFile } from "./folder.ts";
import { type Errand, putErrand, refusal } from "./inbox.ts";
import { readLog, readLogEnd } from "./job-log.ts";
import { localName } from "./job-process.ts";
import { requestFaults } from "./request-faults.ts";
import { jobIds } from "./runner.ts";
import { lastRunner } from "./runner-lease.ts";
import { haveRunner, isGone, prepareRunner } from "./start-runner.ts";
import { StoredJob } from "./stored-job.ts";

/** What a job definition decides on AWS. */
export type LocalDefinition = Required<Pick<JobRequest, "attempts" | "evaluateOnExit" | "timeout">>;

export interface LocalJobServiceOptions {
  readonly folder: Folder;
  readonly definition: LocalDefinition;
  /** Of the shell that submits: jobs get it. */
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: () => number;
  /** Has a runner run until it is served; default: a process of its own. */
  readonly haveRunner?: typeof haveRunner;
}

/** Jobs on this machine, run by a process of their own as Batch would. */
export class LocalJobService implements JobService {
  private readonly options: Required<LocalJobServiceOptions>;
  private readonly stored = new Map<string, StoredJob>();

  constructor(options: LocalJobServiceOptions) {
    this.options = { haveRunner, ...options };
  }

  /** There will be something to submit. */
  async prepare(): Promise<void> {
    const { folder } = this.options;
    await inSentences(folder, async () => {
      await makeFolder(folder);
      await prepareRunner(folder);
    });
  }

  async submit(request: JobRequest): Promise<string> {
    const { definition, environment, clock } = this.options;
    const complete: JobRequest = { ...definition, ...request };
    const others = await Promise.all(
      complete.dependsOn.map(async ({ jobId }) => (jobId === undefined ? undefined : (await this.open(jobId)).record)),
    );
    const faults = requestFaults(complete, others);
    if (faults.length > 0)
      throw new Failure("usage", `The job "${request.jobName}" can't be submitted: ${faults.join("; ")}.`);
    const jobId = randomUUID();
    const facts: RecordFacts = {
      jobId,
      request: complete,
      createdAt: clock(),
      jobQueue: localName,
      jobDefinition: localName,
    };
    await this.ask({ what: "run", jobId, facts, environment });
    return jobId;
  }

  async describe(ids: readonly string[]): Promise<Job[]> {
    const found: Job[] = [];
    for (const id of ids) {
      const [jobId = "", index] = id.split(":");
      const { record } = await this.current(jobId);
      if (index === undefined) found.push(record.describe());
      else if (record.isArray && /^\d+$/.test(index) && Number(index) < record.size) {
        found.push(record.describeChild(Number(index)));
      } else {
        const children = record.isArray ? `children 0 to ${record.size - 1}` : "no children";
        throw new Failure("usage", `There is no job ${id}: ${jobId} has ${children}.`);
      }
    }
    return found;
  }

  async find(ids: readonly string[]): Promise<Job[]> {
    const found: Job[] = [];
    for (const id of ids) {
      try {
        found.push(...(await this.describe([id])));
      } catch (error) {
        if (!(error instanceof Failure) || error.kind !== "usage") throw error;
      }
    }
    return found;
  }

  async *children(jobId: string, status: JobStatus): AsyncIterable<Job> {
    const { record } = await this.current(jobId);
    if (!record.isArray) return;
    for (let index = 0; index < record.size; index += 1) {
      if (record.statusOf(index) === status) yield record.describeChild(index);
    }
  }

  async running(jobName: string): Promise<Job[]> {
    return await inSentences(this.options.folder, () => this.runningIn(jobName));
  }

  private async runningIn(jobName: string): Promise<Job[]> {
    const { folder } = this.options;
    const jobs: Job[] = [];
    for (const jobId of await jobIds(folder)) {
      if ((await ifThere(stat(endedFile(folder, jobId)))) !== undefined) continue;
      // Forgotten in the meantime.
      const job = await this.current(jobId).catch(() => undefined);
      if (job === undefined || job.record.facts.request.jobName !== jobName) continue;
      if (!isEnded(job.record.status)) jobs.push(job.record.describe());
    }
    return jobs;
  }

  async logs(
    logStreamName: string,
    { after, since = 0, limit }: LogPage = {},
  ): Promise<{ events: LogEvent[]; next: string }> {
    const file = streamFile(this.options.folder, logStreamName);
    if (file === undefined) return { events: [], next: "" };
    const from = Number(after ?? 0);
    const { events, next } = await inSentences(this.options.folder, () => readLog(file, from, limit));
    return { events: events.filter(({ timestamp }) => timestamp >= since), next: String(next) };
  }

  async lastLogs(
    logStreamName: string,
    { before, since = 0, limit = Number.POSITIVE_INFINITY }: Omit<LogPage, "after"> & { before?: string },
  ): Promise<{ events: LogEvent[]; previous: string; next: string }> {
    const file = streamFile(this.options.folder, logStreamName);
    if (file === undefined) return { events: [], previous: "", next: "" };
    const from = before === undefined ? undefined : Number(before);
    const { events, previous, next } = await inSentences(this.options.folder, () => readLogEnd(file, from, limit));
    const late = events.filter(({ timestamp }) => timestamp >= since);
    // What is before a line that is too old is older.
    const isOver = late.length < events.length;
    return { events: late, previous: isOver ? "0" : String(previous), next: String(next) };
  }

  async terminate(id: string, reason: string): Promise<void> {
    const [job] = await this.describe([id]);
    if (job === undefined || isEnded(job.status)) return;
    const [jobId = "", index] = id.split(":");
    await this.ask({ what: "terminate", jobId, reason, ...(index === undefined ? {} : { index: Number(index) }) });
  }

  private async ask(errand: Errand): Promise<void> {
    const { folder, clock, haveRunner } = this.options;
    await inSentences(folder, async () => {
      await makeFolder(folder);
      const file = await putErrand(folder, errand, clock());
      try {
        await haveRunner(folder, () => isGone(file));
      } catch (error) {
        // Whoever is told that it failed does not find it run later.
        await rm(file, { force: true });
        throw error;
      }
      const why = await refusal(file);
      if (why === undefined) return;
      throw new Failure(
        "failed",
        `The local runner, which other code than this has started, refuses what was asked of it${why && `: ${why}`}. Try again when its jobs have ended.`,
      );
    });
  }

  /** The job as it is now. One that a killed runner has left is ended by the next one, which is started for that. */
  private async current(jobId: string): Promise<StoredJob> {
    const { folder, haveRunner } = this.options;
    const job = await this.open(jobId);
    await inSentences(folder, async () => {
      await job.refresh();
      if (isEnded(job.record.status) || (await lastRunner(folder))?.state !== "killed") return;
      await haveRunner(folder, async () => {
        await job.refresh();
        return isEnded(job.record.status);
      });
    });
    return job;
  }

  private async open(jobId: string): Promise<StoredJob> {
    const known = this.stored.get(jobId);
    if (known !== undefined) return known;
    const { folder } = this.options;
    const job = isJobId(jobId) ? await inSentences(folder, () => StoredJob.open(folder, jobId)) : undefined;
    if (job === undefined) {
      throw new Failure(
        "usage",
        `There is no job ${jobId} on this machine; for one on AWS leave out --env local. Jobs are forgotten 14 days after their end.`,
      );
    }
    this.stored.set(jobId, job);
    return job;
  }
}

/** What the file system refuses, in one sentence. */
async function inSentences<Result>(folder: Folder, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { syscall, path: file, message } = error as NodeJS.ErrnoException;
    if (error instanceof Failure || syscall === undefined) throw error;
    throw new Failure("failed", `The local runner can't use ${file ?? folder.root} (${message}).`, { cause: error });
  }
}
