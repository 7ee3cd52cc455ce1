import type { FailureGroup } from "./failures.ts";
import { rangesText } from "./failures.ts";
import { isEnded, type Job, type JobStatus, jobStatuses } from "./job.ts";
import type { StateTimes } from "./state-times.ts";

/** A job and what is known of it besides. */
export interface JobView {
  readonly job: Job;
  readonly times: StateTimes;
  /** Of an array its failed children's, else its own. */
  readonly failures: readonly FailureGroup[];
}

/** Colours of a terminal, or none. */
export interface Paint {
  readonly status: (status: JobStatus, text: string) => string;
  readonly faint: (text: string) => string;
}

export const noPaint: Paint = { status: (_, text) => text, faint: (text) => text };

/** More different reasons than that are counted, not told. */
const mostReasons = 5;

/**
 * Jobs that belong together as lines of text: a few for each, however many children it has. Counts by state, failures by
 * reason, the time in each state.
 */
export function picture(views: readonly JobView[], paint: Paint = noPaint): string[] {
  const width = Math.max(0, ...views.map(({ job }) => job.jobName.length));
  const statusWidth = Math.max(0, ...views.map(({ job }) => job.status.length));
  return views.flatMap(({ job, times, failures }) => {
    const head = [
      job.jobName.padEnd(width),
      paint.status(job.status, job.status.padEnd(statusWidth)),
      paint.faint(timesText(times)),
    ];
    const lines = [head.join("  ").trimEnd()];
    if (job.array !== undefined) lines.push(`  ${countsText(job.array, paint)}`);
    for (const { reason, count, indexes } of failures.slice(0, mostReasons)) {
      const who = indexes.length > 0 ? `: ${indexes.length === 1 ? "child" : "children"} ${rangesText(indexes)}` : "";
      const many = job.array === undefined ? "" : `${count.toLocaleString("en-US")} `;
      lines.push(`  ${many}failed, ${reason}${who}`);
    }
    const left = failures.slice(mostReasons);
    if (left.length > 0) {
      const count = left.reduce((sum, group) => sum + group.count, 0);
      lines.push(`  ${count.toLocaleString("en-US")} failed for ${left.length.toLocaleString("en-US")} other reasons`);
    }
    return lines;
  });
}

function countsText({ size, statusSummary }: NonNullable<Job["array"]>, paint: Paint): string {
  const counts = jobStatuses.flatMap((status) => {
    const count = statusSummary[status] ?? 0;
    return count === 0 ? [] : [paint.status(status, `${status} ${count.toLocaleString("en-US")}`)];
  });
  return `${size.toLocaleString("en-US")} children: ${counts.join(", ")}`;
}

export const timesText = (times: StateTimes): string =>
  times
    .filter(([status]) => !isEnded(status))
    .map(([status, milliseconds]) => `${status} ${duration(milliseconds)}`)
    .join(", ");

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
