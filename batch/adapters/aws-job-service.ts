import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeJobsCommand,
  type JobDetail,
  type JobSummary,
  ListJobsCommand,
  type ListJobsCommandInput,
  SubmitJobCommand,
  type SubmitJobCommandInput,
  TerminateJobCommand,
} from "@aws-sdk/client-batch";
import { GetLogEventsCommand, type GetLogEventsCommandInput } from "@aws-sdk/client-cloudwatch-logs";
import { Failure } from "../../worker/failure.ts";
import { isEnded, type Job, type JobRequest, type JobStatus, type LogEvent } from "../jobs/job.ts";
import type { JobService, LogPage } from "../jobs/job-service.ts";
import { Outage } from "../jobs/outage.ts";
import type { QueueState } from "../jobs/queue-state.ts";
import { Connection } from "./aws/connection.ts";
import { mayHaveBeenHeard } from "./aws/faults.ts";
import { childOf, type Inherited, jobOf } from "./aws/job-detail.ts";
import { jobIdOf, unknownJobs } from "./aws/job-id.ts";
import { type LogPosition, parsePosition, positionText } from "./aws/log-position.ts";
import { queueState } from "./aws/queue-state.ts";
import { findRegion, regionOfArn } from "./aws/region.ts";
import { submissionOf, submissionVariable, type Target } from "./aws/submission.ts";
import { findTarget, type JobPlace } from "./aws/target.ts";

export interface AwsJobServiceOptions {
  /** Where jobs are submitted to; asked once, and only by what needs it. @throws Failure */
  readonly place: () => Promise<JobPlace>;
  /** Undefined: that of `place` where it was asked for; else what the SDK finds (AWS_REGION, the profile's), else that of `place`. */
  readonly region?: string | undefined;
  /** How often a call is made that is refused as too many, or is lost; default 8, or AWS_MAX_ATTEMPTS. */
  readonly maxAttempts?: number;
  /** From then on no submission that was not answered is made again. */
  readonly stop?: AbortSignal | undefined;
  /** Waits between submissions of what was not answered, in milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** Where the agent of AWS Batch logs without a configuration (user guide, awslogs). */
const defaultLogGroup = "/aws/batch/job";

/** As many ids as API_DescribeJobs takes, as many jobs as API_ListJobs gives. */
const pageSize = 100;
const mostSubmissions = 8;
const longestPauseMs = 20_000;

/** Jobs on AWS Batch, lines in CloudWatch Logs. */
export class AwsJobService implements JobService {
  readonly #connection: Connection;
  readonly #place: () => Promise<JobPlace>;
  readonly #pause: (milliseconds: number) => Promise<unknown>;
  readonly #stop: AbortSignal | undefined;
  #target: Promise<Target> | undefined;
  /** By stream. */
  readonly #logGroups = new Map<string, string>();
  /** By the id of an array. */
  readonly #arrays = new Map<string, Inherited>();

  constructor({ place, region, maxAttempts, stop, pause = pauseUntil(stop) }: AwsJobServiceOptions) {
    let placed: Promise<JobPlace> | undefined;
    this.#place = () => {
      placed ??= place();
      return placed;
    };
    this.#pause = pause;
    this.#stop = stop;
    // Who has asked for the place goes there, whatever AWS_REGION says.
    const regionOfPlace = async () => (placed === undefined ? undefined : regionOfArn((await placed).jobQueue));
    this.#connection = new Connection(
      async () => region ?? (await regionOfPlace()) ?? (await findRegion(this.#place)),
      { maxAttempts },
    );
  }

  /** What the job definition gives its jobs. @throws as submit */
  async definitionEnvironment(): Promise<Readonly<Record<string, string>>> {
    return (await this.#findTarget()).environment;
  }

  #findTarget(): Promise<Target> {
    this.#target ??= this.#place().then((place) => findTarget(this.#connection, place));
    return this.#target;
  }

  async submit(request: JobRequest): Promise<string> {
    const submission = randomUUID();
    const input = submissionOf(request, await this.#findTarget(), submission);
    for (let number = 1; ; number += 1) {
      try {
        const { jobId = "" } = await this.#connection.call(batch("SubmitJob"), ({ submitting }) =>
          submitting.send(new SubmitJobCommand(input)),
        );
        return jobId;
      } catch (error) {
        if (!(error instanceof Outage) || error.kind === "usage") throw error;
        await this.#pause(Math.min(longestPauseMs, 500 * 2 ** number) * (0.5 + Math.random() / 2));
        const jobId = mayHaveBeenHeard(error) ? await this.#submitted(input, submission) : undefined;
        if (jobId !== undefined) return jobId;
        if (number < mostSubmissions && !this.#stop?.aborted) continue;
        if (!mayHaveBeenHeard(error)) throw error;
        const doubt = "whether the job was taken is not known: look for it in the queue before you submit again";
        throw new Outage("failed", `${error.message.replace(/\.$/, "")}; ${doubt}.`, { cause: error });
      }
    }
  }

  async describe(jobIds: readonly string[]): Promise<Job[]> {
    const { ids, region, found } = await this.#find(jobIds);
    const unknown = [...new Set(ids)].filter((id) => !found.has(id));
    if (unknown.length > 0) throw unknownJobs(unknown, region, await this.#home());
    return ids.map((id) => found.get(id)!);
  }

  async find(jobIds: readonly string[]): Promise<Job[]> {
    const { ids, found } = await this.#find(jobIds);
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** By id, those that there are. */
  async #find(jobIds: readonly string[]) {
    const region = await this.#connection.region();
    const ids = jobIds.map((id) => jobIdOf(id, region));
    const unique = [...new Set(ids)];
    const found = new Map<string, Job>();
    for (let from = 0; from < unique.length; from += pageSize) {
      const command = new DescribeJobsCommand({ jobs: unique.slice(from, from + pageSize) });
      const { jobs = [] } = await this.#connection.call(batch("DescribeJobs"), (clients) =>
        clients.batch.send(command),
      );
      for (const detail of jobs) found.set(detail.jobId ?? "", this.#known(detail));
    }
    return { ids, region, found };
  }

  async *children(jobId: string, status: JobStatus): AsyncIterable<Job> {
    const id = jobIdOf(jobId, await this.#connection.region());
    if (!this.#arrays.has(id)) await this.describe([id]);
    const inherited = this.#arrays.get(id);
    // A job of its own has no children.
    if (inherited === undefined) return;
    for await (const summary of this.#list({ arrayJobId: id, jobStatus: status })) yield childOf(summary, inherited);
  }

  async running(jobName: string): Promise<Job[]> {
    // Whoever asks is about to submit: a queue that there is not is told as such, with the way out.
    await this.#findTarget();
    const ids: string[] = [];
    for await (const { jobId = "", status } of this.#named(jobName)) {
      if (!isEnded(status ?? "SUBMITTED")) ids.push(jobId);
    }
    return await this.describe(ids);
  }

  async logs(
    logStreamName: string,
    { after, since, limit }: LogPage = {},
  ): Promise<{ events: LogEvent[]; next: string }> {
    const position = parsePosition(after);
    const from = { logStreamName, startFromHead: true, limit };
    try {
      return forwards(await this.#page({ ...from, startTime: since, nextToken: position?.token }, position), after);
    } catch (error) {
      if (nameOfCause(error) !== "InvalidParameterException" || position === undefined) throw error;
      const startTime = Math.max(position.lastTimestamp + 1, since ?? 0);
      return forwards(await this.#page({ ...from, startTime }, position), after);
    }
  }

  async lastLogs(
    logStreamName: string,
    { before, since, limit }: Omit<LogPage, "after"> & { before?: string },
  ): Promise<{ events: LogEvent[]; previous: string; next: string }> {
    const from = { logStreamName, startFromHead: false, startTime: since, limit };
    return (await this.#page({ ...from, nextToken: before || undefined })) ?? { events: [], previous: "", next: "" };
  }

  /** Of the queue that a job waits in. @throws Failure */
  async queueState(jobQueue: string): Promise<QueueState> {
    return await queueState(this.#connection, jobQueue);
  }

  async terminate(jobId: string, reason: string): Promise<void> {
    const [job] = await this.describe([jobId]);
    const command = new TerminateJobCommand({ jobId: job!.jobId, reason });
    await this.#connection.call(batch("TerminateJob"), (clients) => clients.batch.send(command));
  }

  /** undefined: neither the stream nor, before the first job, its group is there at once. */
  async #page(question: Omit<GetLogEventsCommandInput, "logGroupName">, position?: LogPosition) {
    const logGroupName = this.#logGroups.get(question.logStreamName ?? "") ?? defaultLogGroup;
    const call = { service: "CloudWatch Logs", action: "logs:GetLogEvents" };
    const command = new GetLogEventsCommand({ ...question, logGroupName });
    try {
      const answer = await this.#connection.call(call, ({ logs }) => logs.send(command));
      const events = (answer.events ?? []).map(({ timestamp = 0, message = "" }) => ({ timestamp, message }));
      const token = answer.nextForwardToken ?? position?.token ?? "";
      const lastTimestamp = events.reduce(
        (latest, { timestamp }) => Math.max(latest, timestamp),
        position?.lastTimestamp ?? 0,
      );
      return { events, previous: answer.nextBackwardToken ?? "", next: positionText({ token, lastTimestamp }) };
    } catch (error) {
      if (nameOfCause(error) === "ResourceNotFoundException") return undefined;
      throw error;
    }
  }

  #known(detail: JobDetail): Job {
    const job = jobOf(detail);
    const { jobId, dependsOn, environment, jobQueue, jobDefinition, logStreamName, attempts, array } = job;
    const group = detail.container?.logConfiguration?.options?.["awslogs-group"];
    if (group !== undefined) {
      for (const stream of [logStreamName, ...attempts.map((attempt) => attempt.logStreamName)]) {
        if (stream !== undefined) this.#logGroups.set(stream, group);
      }
    }
    if (array !== undefined) this.#arrays.set(jobId, { dependsOn, environment, jobQueue, jobDefinition });
    return job;
  }

  /** The Region of the job queue; undefined: nobody says. */
  async #home(): Promise<string | undefined> {
    try {
      return regionOfArn((await this.#place()).jobQueue);
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  }

  /** The id of a job whose submission was not answered; undefined: it was never heard. */
  async #submitted({ jobName = "" }: SubmitJobCommandInput, submission: string): Promise<string | undefined> {
    const ids: string[] = [];
    for await (const { jobId = "" } of this.#named(jobName)) {
      ids.push(jobId);
      // The newest come first.
      if (ids.length === pageSize) break;
    }
    return (await this.describe(ids)).find(({ environment }) => environment[submissionVariable] === submission)?.jobId;
  }

  /** With such a filter jobs of all states are told, the newest first, in whichever case their names are. */
  async *#named(jobName: string): AsyncIterable<JobSummary> {
    const { jobQueue } = await this.#place();
    const filters = [{ name: "JOB_NAME", values: [jobName] }];
    for await (const summary of this.#list({ jobQueue, filters })) if (summary.jobName === jobName) yield summary;
  }

  async *#list(question: ListJobsCommandInput): AsyncIterable<JobSummary> {
    let nextToken: string | undefined;
    do {
      const command = new ListJobsCommand({ ...question, maxResults: pageSize, nextToken });
      const answer = await this.#connection.call(batch("ListJobs"), (clients) => clients.batch.send(command));
      yield* answer.jobSummaryList ?? [];
      nextToken = answer.nextToken;
    } while (nextToken);
  }
}

/** A pause that `stop` ends. */
const pauseUntil = (signal: AbortSignal | undefined) => (milliseconds: number) =>
  sleep(milliseconds, undefined, signal && { signal }).catch(() => {});

/** Without a stream whoever has read of it stays where they were. */
const forwards = (page: { events: LogEvent[]; next: string } | undefined, after = "") => ({
  events: page?.events ?? [],
  next: page?.next ?? after,
});

const batch = (operation: string) => ({ service: "AWS Batch", action: `batch:${operation}` });

function nameOfCause(error: unknown): string | undefined {
  return error instanceof Error && error.cause instanceof Error ? error.cause.name : undefined;
}
