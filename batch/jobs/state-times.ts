import { isEnded, type Job, type JobStatus } from "./job.ts";
import type { StateSpan } from "./state-spans.ts";

/** Milliseconds in each state, in the order in which the job went through them. */
export type StateTimes = readonly (readonly [status: JobStatus, milliseconds: number])[];

/** How long a job was in each state: what was seen of it, and what Batch tells of before: when it was made and started. */
export function stateTimes(job: Job, spans: readonly StateSpan[], now: number): StateTimes {
  const states = [...before(job, spans[0]), ...spans];
  const totals = new Map<JobStatus, number>();
  for (const [place, { status, since }] of states.entries()) {
    if (isEnded(status)) continue;
    const end = states[place + 1]?.since ?? now;
    totals.set(status, (totals.get(status) ?? 0) + Math.max(0, end - since));
  }
  return [...totals];
}

/** Of a job that was there before it was looked at first. */
function before({ createdAt, startedAt, array }: Job, first: StateSpan | undefined): StateSpan[] {
  if (first === undefined || first.since <= createdAt) return [];
  if (array !== undefined) return [{ status: "PENDING", since: createdAt }];
  const waited: StateSpan = { status: "RUNNABLE", since: createdAt };
  const hasRun = startedAt !== undefined && isEnded(first.status) && startedAt < first.since;
  return hasRun ? [waited, { status: "RUNNING", since: startedAt }] : [waited];
}
