import { isEnded, type Job, type JobStatus, jobStatuses, type LogEvent } from "../../../batch/jobs/job.ts";
import type { JobService, LogPage } from "../../../batch/jobs/job-service.ts";
import { Failure } from "../../../worker/failure.ts";

/** What happens to a job or a child: seconds after the beginning at which it enters a state, and what it prints when. */
export interface Life {
  readonly states: readonly (readonly [second: number, status: JobStatus])[];
  readonly lines?: readonly (readonly [second: number, message: string])[];
  /** Seconds that its lines take to where they can be read. */
  readonly logDelay?: number;
  readonly exitCode?: number;
  readonly statusReason?: string;
  readonly dependsOn?: Job["dependsOn"];
}

/** A service of made-up jobs in a time of its own, that counts the calls which AWS would count. */
export class SimulatedService implements JobService {
  /** Milliseconds since 1970. */
  now = 1_000_000;
  readonly calls: { readonly kind: string; readonly at: number }[] = [];
  /** Thrown in place of an answer. */
  fault: ((kind: string, second: number) => Error | undefined) | undefined;
  /** Children that the service does not know, or not yet. */
  readonly unknown = new Set<string>();
  readonly #begin = this.now;
  readonly #lives = new Map<string, Life>();
  readonly #sizes = new Map<string, number>();

  readonly clock = (): number => this.now;
  readonly sleep = async (milliseconds: number): Promise<void> => {
    this.now += milliseconds;
  };

  get second(): number {
    return (this.now - this.#begin) / 1000;
  }

  /** A job, or with several lives an array of them. */
  add(jobId: string, ...lives: readonly [Life, ...Life[]]): void {
    if (lives.length === 1) this.#lives.set(jobId, lives[0]);
    else {
      this.#sizes.set(jobId, lives.length);
      for (const [index, life] of lives.entries()) this.#lives.set(`${jobId}:${index}`, life);
    }
  }

  async describe(jobIds: readonly string[]): Promise<Job[]> {
    for (let page = 0; page < jobIds.length; page += 100) this.#call("describe");
    return jobIds.map((jobId) => this.#job(jobId, true));
  }

  async *children(jobId: string, status: JobStatus): AsyncIterable<Job> {
    this.#call("children");
    let given = 0;
    for (let index = 0; index < this.#sizes.get(jobId)!; index += 1) {
      if (this.#statusOf(this.#lives.get(`${jobId}:${index}`)!) !== status) continue;
      if (given > 0 && given % 100 === 0) this.#call("children");
      given += 1;
      yield this.#job(`${jobId}:${index}`, false);
    }
  }

  async find(jobIds: readonly string[]): Promise<Job[]> {
    return await this.describe(jobIds.filter((id) => !this.unknown.has(id)));
  }

  async logs(stream: string, { after, since = 0, limit = 10_000 }: LogPage = {}) {
    this.#call("logs");
    const from = Number(after ?? 0);
    const events = this.#linesOf(stream).slice(from, from + limit);
    const next = String(from + events.length);
    return { events: events.filter(({ timestamp }) => timestamp >= since), next };
  }

  async lastLogs(
    stream: string,
    { before, since = 0, limit = 10_000 }: Omit<LogPage, "after"> & { readonly before?: string },
  ) {
    this.#call("lastLogs");
    const all = this.#linesOf(stream);
    const to = before === undefined ? all.length : Number(before);
    const events = all.slice(Math.max(0, to - limit), to).filter(({ timestamp }) => timestamp >= since);
    return { events, previous: String(to - events.length), next: String(all.length) };
  }

  #linesOf(stream: string): LogEvent[] {
    const { lines = [], logDelay = 0 } = this.#lives.get(stream.replace("stream/", ""))!;
    return lines
      .filter(([second]) => second + logDelay <= this.second)
      .map(([second, message]) => ({ timestamp: this.#begin + second * 1000, message }));
  }

  async submit(): Promise<string> {
    throw new Error("nothing is submitted");
  }
  async running(): Promise<Job[]> {
    throw new Error("nobody asks what runs");
  }
  async terminate(): Promise<void> {
    throw new Error("nothing is ended");
  }

  #call(kind: string): void {
    this.calls.push({ kind, at: this.now });
    const fault = this.fault?.(kind, this.second);
    if (fault) throw fault;
  }

  #job(jobId: string, isWhole: boolean): Job {
    const size = this.#sizes.get(jobId);
    const life = this.#lives.get(jobId);
    if (life === undefined && size === undefined) throw new Failure("usage", `no job ${jobId}`);
    const common = {
      jobId,
      jobName: "made-up",
      createdAt: this.#begin,
      environment: {},
      jobQueue: "queue",
      jobDefinition: "definition",
    };
    if (size !== undefined) {
      const statusSummary: Partial<Record<JobStatus, number>> = {};
      for (let index = 0; index < size; index += 1) {
        const status = this.#statusOf(this.#lives.get(`${jobId}:${index}`)!);
        statusSummary[status] = (statusSummary[status] ?? 0) + 1;
      }
      const { SUCCEEDED = 0, FAILED = 0 } = statusSummary;
      const status = SUCCEEDED + FAILED < size ? "PENDING" : FAILED > 0 ? "FAILED" : "SUCCEEDED";
      return { ...common, dependsOn: [], attempts: [], status, array: { size, statusSummary } };
    }
    const status = this.#statusOf(life!);
    const startedAt = this.#timeOf(life!, "RUNNING");
    const stoppedAt = this.#timeOf(life!, "SUCCEEDED") ?? this.#timeOf(life!, "FAILED");
    const index = jobId.split(":")[1];
    return {
      ...common,
      dependsOn: life!.dependsOn ?? [],
      attempts: [],
      status,
      ...(index === undefined ? {} : { index: Number(index) }),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(stoppedAt === undefined ? {} : { stoppedAt }),
      ...(isEnded(status) && life!.exitCode !== undefined ? { exitCode: life!.exitCode } : {}),
      ...(isEnded(status) && life!.statusReason !== undefined ? { statusReason: life!.statusReason } : {}),
      ...(isWhole && startedAt !== undefined ? { logStreamName: `stream/${jobId}` } : {}),
    };
  }

  #statusOf({ states }: Life): JobStatus {
    return states.findLast(([second]) => second <= this.second)?.[1] ?? jobStatuses[0];
  }

  #timeOf({ states }: Life, status: JobStatus): number | undefined {
    const entered = states.find(([second, one]) => one === status && second <= this.second);
    return entered && this.#begin + entered[0] * 1000;
  }
}
