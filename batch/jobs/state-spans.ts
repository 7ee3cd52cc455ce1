import type { Job, JobStatus } from "./job.ts";

/** A state that a job was seen in, and since when (milliseconds since 1970). */
export interface StateSpan {
  readonly status: JobStatus;
  readonly since: number;
}

/** Which states jobs have gone through, as far as one has looked: the service tells the last alone. */
export class StateSpans {
  readonly #spans = new Map<string, StateSpan[]>();

  get all(): ReadonlyMap<string, readonly StateSpan[]> {
    return this.#spans;
  }

  tell(job: Job, now: number): void {
    const spans = this.#spans.get(job.jobId) ?? [];
    this.#spans.set(job.jobId, spans);
    const last = spans.at(-1);
    if (last?.status === job.status) return;
    const since = sinceOf(job, last === undefined) ?? now;
    spans.push({ status: job.status, since: Math.max(since, last?.since ?? since) });
  }
}

/** What the service does tell. */
function sinceOf({ status, createdAt, startedAt, stoppedAt, attempts }: Job, isFirst: boolean): number | undefined {
  if (status === "RUNNING") return startedAt;
  if (status === "SUCCEEDED" || status === "FAILED") return stoppedAt;
  // Whoever has tried it before has seen it later than that.
  return isFirst && attempts.length === 0 ? createdAt : undefined;
}
