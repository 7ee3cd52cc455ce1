import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { isEnded } from "../jobs/job.ts";
import { JobRecord, type RecordFacts, type Transition } from "../jobs/job-record.ts";
import { type Action, logStreamOf, type Place, Scheduler } from "../jobs/scheduler.ts";
import {
  appendAll,
  endedFile,
  eventsFile,
  type Folder,
  ifThere,
  isJobId,
  jobFile,
  streamFile,
  writeWhole,
} from "./folder.ts";
import { errands } from "./inbox.ts";
import type { JobProcess, Launch } from "./job-process.ts";
import { becomeRunner } from "./runner-lease.ts";
import { StoredJob } from "./stored-job.ts";

export interface RunnerOptions {
  readonly folder: Folder;
  /** How many vCPUs run at once. */
  readonly capacity: number;
  readonly launch: Launch;
  readonly clock: () => number;
  /** Milliseconds since whenever, which nobody sets; default: since this process began. */
  readonly elapsed?: () => number;
  /** Milliseconds between two looks into the inbox. */
  readonly pollMilliseconds: number;
  /** How long a runner without work waits for more: the next job starts sooner. */
  readonly idleMilliseconds: number;
  /** The machine goes down, or somebody wants the runner to leave: all jobs are asked to end. */
  readonly stop: AbortSignal;
}

/** Milliseconds by which a clock may be corrected without that its being set is looked into. */
const clockTolerance = 1000;

/** Jobs that ended longer ago are forgotten, with their logs. */
export const keptMilliseconds = 14 * 24 * 3600 * 1000;

/**
 * Runs what is in the inbox until nothing is left to do.
 * @returns false: another runner does so already
 */
export async function runJobs(options: RunnerOptions): Promise<boolean> {
  for (;;) {
    const lease = await becomeRunner(options.folder);
    if (lease === undefined) return false;
    await forgetOldJobs(options);
    await failUnfinished(options, lease.after?.pid);
    await new JobRunner(options).run();
    await lease.end();
    // Who came after the last look and before the lease's end has seen a runner.
    if (options.stop.aborted || (await errands(options.folder)).length === 0) return true;
  }
}

class JobRunner {
  private readonly options: RunnerOptions;
  private readonly scheduler: Scheduler;
  private readonly records = new Map<string, JobRecord>();
  private readonly environments = new Map<string, NodeJS.ProcessEnv>();
  private readonly processes = new Map<string, JobProcess>();
  private readonly unwritten = new Map<string, string[]>();
  private wake: () => void = () => {};
  private told: string | undefined;

  constructor(options: RunnerOptions) {
    this.options = options;
    this.scheduler = new Scheduler({
      capacity: options.capacity,
      record: (jobId, transition) => {
        const lines = this.unwritten.get(jobId) ?? [];
        this.unwritten.set(jobId, lines);
        lines.push(`${JSON.stringify(transition)}\n`);
      },
    });
  }

  async run(): Promise<void> {
    const { clock, idleMilliseconds, stop } = this.options;
    let idleSince: number | undefined;
    const elapsed = this.options.elapsed ?? (() => performance.now());
    let offset = clock() - elapsed();
    for (;;) {
      const moved = clock() - elapsed() - offset;
      if (Math.abs(moved) > clockTolerance) {
        offset += moved;
        this.scheduler.clockMoved(moved);
        if (idleSince !== undefined) idleSince += moved;
      }
      if (!stop.aborted) await this.takeErrands();
      else {
        for (const [jobId, record] of this.records) {
          if (!record.isEnded) this.scheduler.terminate(jobId, undefined, hostTerminated(process.pid), clock());
        }
      }
      for (const action of this.scheduler.tick(clock())) this.perform(action);
      await this.write();
      // A process may have ended while others' ends were written.
      if (!this.scheduler.isIdle || this.unwritten.size > 0) idleSince = undefined;
      else {
        idleSince ??= clock();
        if (clock() - idleSince >= idleMilliseconds) return;
      }
      if (stop.aborted && this.scheduler.isIdle) return await this.write();
      await this.somethingOrPoll();
    }
  }

  private async takeErrands(): Promise<void> {
    const { folder, clock } = this.options;
    for (const { errand, done } of await errands(folder)) {
      if (errand.what === "run") {
        try {
          await this.add(errand.facts, errand.environment);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
          // It stays where it is, and its submitter waits.
          this.tell((error as Error).message);
          return;
        }
      } else if (this.scheduler.has(errand.jobId)) {
        this.scheduler.terminate(errand.jobId, errand.index, errand.reason, clock());
      }
      // Told before it is taken away: who asked finds the job either here or there.
      await this.write();
      await done();
    }
  }

  private async add(facts: RecordFacts, environment: NodeJS.ProcessEnv): Promise<void> {
    const { folder, clock } = this.options;
    const { jobId, request } = facts;
    // Taken by a runner that was killed before it took the errand away.
    if ((await StoredJob.openWhole(folder, jobId))?.hasEvents) return;
    await mkdir(path.dirname(jobFile(folder, jobId)), { recursive: true, mode: 0o700 });
    await writeWhole(jobFile(folder, jobId), JSON.stringify(facts));
    const record = new JobRecord(facts);
    for (const { jobId: other } of request.dependsOn) {
      if (other === undefined || this.scheduler.has(other)) continue;
      const ended = (await StoredJob.openWhole(folder, other))?.record;
      // Submitting has looked for it; it is forgotten since.
      this.scheduler.add(ended ?? failedRecord(other, clock()), clock());
    }
    this.records.set(jobId, record);
    this.environments.set(jobId, { ...environment, ...request.environment });
    this.scheduler.add(record, clock());
  }

  private perform(action: Action): void {
    if (action.do === "start") this.start(action, action.attempt);
    else this.processes.get(keyOf(action))?.kill(action.do === "kill" ? "SIGKILL" : "SIGTERM");
  }

  private start(place: Place, attempt: number): void {
    const { folder, launch, clock } = this.options;
    const { jobId, index } = place;
    const record = this.records.get(jobId)!;
    const job = launch({
      jobId,
      attempt,
      array: record.isArray ? { index, size: record.size } : undefined,
      command: record.facts.request.command,
      environment: this.environments.get(jobId)!,
      logFile: streamFile(folder, logStreamOf(record, index, attempt))!,
    });
    this.processes.set(keyOf(place), job);
    this.scheduler.running(place, clock());
    void job.ended.then((end) => {
      this.processes.delete(keyOf(place));
      this.scheduler.ended(place, end, clock());
      this.wake();
    });
  }

  /** Until a process has ended, somebody may have asked, or a time is up. */
  private async somethingOrPoll(): Promise<void> {
    const { clock, pollMilliseconds } = this.options;
    const rest = Math.min(pollMilliseconds, Math.max(0, this.scheduler.nextDeadline - clock()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, rest);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async write(): Promise<void> {
    const { folder } = this.options;
    for (const [jobId, lines] of [...this.unwritten]) {
      try {
        const written = lines.length;
        appendAll(eventsFile(folder, jobId), lines.join(""));
        lines.splice(0, written);
        if (this.records.get(jobId)?.isEnded) {
          await writeFile(endedFile(folder, jobId), "");
          this.environments.delete(jobId);
        }
        if (lines.length === 0) this.unwritten.delete(jobId);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        // Somebody has deleted the job's folder: nobody asks for it any more.
        if (code === "ENOENT") this.unwritten.delete(jobId);
        else this.tell(message);
      }
    }
  }

  /** What there is no room for, or no leave, is tried again: jobs go on without being told of. */
  private tell(fault: string): void {
    if (fault !== this.told) console.error(fault);
    this.told = fault;
  }
}

/** A runner that was killed has taken its jobs along, as a host does that AWS takes back; nobody can try them again. */
async function failUnfinished({ folder, clock }: RunnerOptions, pid: number | undefined): Promise<void> {
  const waiting = new Set((await errands(folder)).map(({ errand }) => errand.jobId));
  for (const jobId of await jobIds(folder)) {
    if ((await ifThere(stat(endedFile(folder, jobId)))) !== undefined) continue;
    const job = await StoredJob.openWhole(folder, jobId);
    if (job === undefined || (waiting.has(jobId) && !job.hasEvents)) continue;
    const statusReason = hostTerminated(pid);
    // It may end in half a line.
    const lines = ["\n"];
    for (let index = 0; index < job.record.size; index += 1) {
      if (isEnded(job.record.statusOf(index))) continue;
      const transition: Transition = { at: clock(), status: "FAILED", statusReason };
      lines.push(`${JSON.stringify(job.record.isArray ? { ...transition, index } : transition)}\n`);
    }
    appendAll(eventsFile(folder, jobId), lines.join(""));
    await writeFile(endedFile(folder, jobId), "");
  }
}

async function forgetOldJobs({ folder, clock }: RunnerOptions): Promise<void> {
  for (const jobId of await jobIds(folder)) {
    const ended = await ifThere(stat(endedFile(folder, jobId)));
    if (ended === undefined || clock() - ended.mtimeMs < keptMilliseconds) continue;
    await rm(path.join(folder.jobs, jobId), { recursive: true, force: true });
  }
}

export async function jobIds({ jobs }: Folder): Promise<string[]> {
  return ((await ifThere(readdir(jobs))) ?? []).filter(isJobId);
}

function failedRecord(jobId: string, at: number): JobRecord {
  const request = { jobName: "", command: [], environment: {}, dependsOn: [] };
  const record = new JobRecord({ jobId, createdAt: at, request, jobQueue: "", jobDefinition: "" });
  record.apply({ at, status: "FAILED" });
  return record;
}

/** As Batch says of an instance that is gone. */
const hostTerminated = (pid: number | undefined) => `Host EC2 (local runner ${pid ?? "unknown"}) terminated.`;

const keyOf = ({ jobId, index }: Place) => `${jobId}:${index}`;
