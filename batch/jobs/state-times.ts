import { isEnded, type Job, type JobStatus } from "./job.ts";

/** Milliseconds in each state, in the order in which the job went through them. */
export type StateTimes = readonly (readonly [status: JobStatus, milliseconds: number])[];

/**
 * How long jobs were in each state. Batch tells when a job was made, started and ended; what was in between is what was
 * seen by who watched.
 */
export class StateClock {
  private readonly jobs = new Map<string, { status: JobStatus; since: number }[]>();

  /** Called with each look at the job; `now` in milliseconds since 1970. */
  observe(job: Job, now: number): void {
    const seen = this.jobs.get(job.jobId) ?? firstStates(job, now);
    this.jobs.set(job.jobId, seen);
    const last = seen.at(-1);
    if (last?.status === job.status) return;
    const told = isEnded(job.status) ? job.stoppedAt : job.status === "RUNNING" ? job.startedAt : undefined;
    // A start that Batch tells late was before what was seen since.
    seen.push({ status: job.status, since: Math.max(last?.since ?? 0, told ?? now) });
  }

  times(jobId: string, now: number): StateTimes {
    const seen = this.jobs.get(jobId) ?? [];
    const totals = new Map<JobStatus, number>();
    for (const [place, { status, since }] of seen.entries()) {
      if (isEnded(status)) continue;
      const end = seen[place + 1]?.since ?? now;
      totals.set(status, (totals.get(status) ?? 0) + Math.max(0, end - since));
    }
    return [...totals];
  }
}

/** Of a job that was there before it was looked at first. */
function firstStates({ status, createdAt, startedAt, stoppedAt, array }: Job, now: number) {
  const waited: JobStatus = array ? "PENDING" : "RUNNABLE";
  if (array || startedAt === undefined) {
    const first = { status: isEnded(status) ? waited : status, since: createdAt };
    return isEnded(status) ? [first, { status, since: stoppedAt ?? now }] : [first];
  }
  const states: { status: JobStatus; since: number }[] = [{ status: waited, since: createdAt }];
  if (status === "RUNNING" || isEnded(status)) states.push({ status: "RUNNING", since: startedAt });
  if (isEnded(status)) states.push({ status, since: stoppedAt ?? now });
  return states;
}
