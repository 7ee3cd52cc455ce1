import type { Job } from "./job.ts";

/** After how long in RUNNABLE a person is told: an instance that is bought for a job is there by then, or soon. */
export const patienceMs = 60_000;

/** Notices jobs that stay in RUNNABLE, each once. */
export class Waiting {
  readonly #since = new Map<string, number>();
  readonly #told = new Set<string>();

  /** @returns how long it has been so, in milliseconds, the first time that this is too long */
  check(job: Job, now: number): number | undefined {
    if (!isWaiting(job)) {
      this.#since.delete(job.jobId);
      return undefined;
    }
    // AWS Batch doesn't tell since when. One that waits for no other and was not tried yet is RUNNABLE from its start.
    const isFresh = job.dependsOn.length === 0 && job.attempts.length === 0;
    const since = this.#since.get(job.jobId) ?? (isFresh ? Math.min(job.createdAt, now) : now);
    this.#since.set(job.jobId, since);
    if (now - since < patienceMs || this.#told.has(job.jobId)) return undefined;
    this.#told.add(job.jobId);
    return now - since;
  }
}

/** An array waits when some of its children do and none has got anywhere; its own state says nothing then (user guide, Array jobs). */
function isWaiting({ status, array }: Job): boolean {
  if (array === undefined) return status === "RUNNABLE";
  const { RUNNABLE = 0, STARTING = 0, RUNNING = 0, SUCCEEDED = 0, FAILED = 0 } = array.statusSummary;
  return RUNNABLE > 0 && STARTING + RUNNING + SUCCEEDED + FAILED === 0;
}
