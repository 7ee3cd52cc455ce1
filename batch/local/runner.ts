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
import { type Errand, errands } from "./inbox.ts";
import type { JobProcess, Launch } from "./job-process.ts";
import { requestFaults } from "./request-faults.ts";
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
  /** Where faults are told that nobody waits for. */
  readonly log: (fault: string) => void;
  /** The machine goes down, or somebody wants the runner to leave: all jobs are asked to end. */
  readonly stop: AbortSignal;
}

/** Milliseconds by which a clock may be corrected without that its being set is looked into. */
const clockTolerance = 1000;

/** Different faults that a runner tells of. */
const mostTold = 1000;

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
    if (options.stop.aborted || (await errands(options.folder, options.clock(), options.log)).length === 0) return true;
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
  private readonly told = new Set<string>();

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
    for (const { errand, done, refuse } of await errands(folder, clock(), this.tell)) {
      try {
        const faults =
          errand.what === "run" ? await this.add(errand.facts, errand.environment) : this.terminate(errand);
        // Told before it is taken away: who asked finds the job either here or there.
        await this.write();
        if (faults.length === 0) await done();
        else await refuse(faults.join("; "));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
        // It stays where it is, and its submitter waits.
        this.tell((error as Error).message);
        return;
      }
    }
  }

  /** @returns what its submitter should have refused: it may be of other code than this */
  private async add(facts: RecordFacts, environment: NodeJS.ProcessEnv): Promise<string[]> {
    const { folder, clock } = this.options;
    const { jobId, request } = facts;
    // Taken by a runner that was killed before it took the errand away, or by this one, which could not take it away.
    if (this.records.has(jobId) || (await StoredJob.openWhole(folder, jobId))?.hasEvents) return [];
    const others = new Map<string, JobRecord>();
    for (const { jobId: other } of request.dependsOn) {
      if (other !== undefined) others.set(other, await this.dependency(other));
    }
    const faults = requestFaults(
      request,
      request.dependsOn.map(({ jobId: other = "" }) => others.get(other)),
    );
    if (faults.length > 0) return faults;
    const kept: RecordFacts = { ...facts, request: { ...request, environment: provenanceOf(request.environment) } };
    await mkdir(path.dirname(jobFile(folder, jobId)), { recursive: true, mode: 0o700 });
    await writeWhole(jobFile(folder, jobId), JSON.stringify(kept));
    for (const [other, record] of others) if (!this.scheduler.has(other)) this.scheduler.add(record, clock());
    const record = new JobRecord(kept);
    this.records.set(jobId, record);
    this.environments.set(jobId, { ...environment, ...request.environment });
    this.scheduler.add(record, clock());
    return [];
  }

  private async dependency(jobId: string): Promise<JobRecord> {
    const { folder, clock } = this.options;
    const known = this.records.get(jobId) ?? (await StoredJob.openWhole(folder, jobId))?.record;
    if (known !== undefined && (known.isEnded || this.scheduler.has(jobId))) return known;
    // Submitting has looked for it; it is forgotten since, or nobody can read how it ended.
    return failedRecord(jobId, clock());
  }

  private terminate({ jobId, index, reason }: Extract<Errand, { what: "terminate" }>): string[] {
    const record = this.records.get(jobId);
    // It has ended while somebody asked for that.
    if (record === undefined || record.isEnded) return [];
    if (index !== undefined && index >= record.size) return [`job ${jobId} has no child ${index}`];
    this.scheduler.terminate(jobId, index, reason, this.options.clock());
    return [];
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
        if (this.records.get(jobId)?.isEnded) await writeFile(endedFile(folder, jobId), "");
        if (lines.length > 0) continue;
        this.written(jobId);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        // Somebody has deleted the job's folder: nobody asks for it any more.
        if (code === "ENOENT") this.written(jobId);
        else this.tell(message);
      }
    }
  }

  /** From here on its files tell of a job that has ended. */
  private written(jobId: string): void {
    this.unwritten.delete(jobId);
    if (!this.records.get(jobId)?.isEnded) return;
    this.records.delete(jobId);
    this.environments.delete(jobId);
  }

  /** What there is no room for, or no leave, is tried again: jobs go on without being told of. Once each: the log has bounds. */
  private readonly tell = (fault: string): void => {
    if (this.told.has(fault) || this.told.size === mostTold) return;
    this.told.add(fault);
    this.options.log(fault);
  };
}

/** A runner that was killed has taken its jobs along, as a host does that AWS takes back; nobody can try them again. */
async function failUnfinished({ folder, clock, log }: RunnerOptions, pid: number | undefined): Promise<void> {
  const waiting = new Set((await errands(folder, clock(), log)).map(({ errand }) => errand.jobId));
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

/** Which code a job runs; the rest of its environment may hold secrets, and a job is known for 14 days. */
const provenanceOf = (environment: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith("BATCH_PREFLIGHT_")));

/** As Batch says of an instance that is gone. */
const hostTerminated = (pid: number | undefined) => `Host EC2 (local runner ${pid ?? "unknown"}) terminated.`;

const keyOf = ({ jobId, index }: Place) => `${jobId}:${index}`;
