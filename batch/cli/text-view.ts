import { stripVTControlCharacters } from "node:util";
import { createColors } from "picocolors";
import { type FailureGroup, FailureGroups, failureReason } from "../jobs/failures.ts";
import { isEnded, type Job, type JobStatus } from "../jobs/job.ts";
import { duration, type JobView, noPaint, type Paint, picture } from "../jobs/picture.ts";
import type { Sighting } from "../jobs/sighting.ts";
import { stateTimes } from "../jobs/state-times.ts";
import type { CliContext } from "./context.ts";
import { meaningOf, speaker, type View, written } from "./view.ts";

/** Where no picture can be drawn anew: how often an array's counts are told, in milliseconds. */
const countsEvery = 10_000;

/**
 * States for people on stderr: on a terminal a picture that is drawn anew in its place, else a line for each change. Log
 * lines go above it, to `lines`.
 * @param place what `--env` is, for commands that are told
 */
export function textView(
  lines: Pick<NodeJS.WriteStream, "write">,
  { stderr, env }: Pick<CliContext, "stderr" | "env">,
  place: string,
  clock: () => number = Date.now,
): View {
  const isTerminal = stderr.isTTY === true;
  const paint = isTerminal && !env.NO_COLOR ? colors() : noPaint;
  let seen: Extract<Sighting, { kind: "jobs" }> | undefined;
  let drawn = 0;
  let shown = "";
  const failures = new Map<string, FailureGroups>();
  let grouped = 0;
  const views = (): JobView[] => {
    if (seen === undefined) return [];
    for (const child of seen.failed.slice(grouped)) {
      const id = child.jobId.split(":")[0]!;
      const groups = failures.get(id) ?? new FailureGroups();
      failures.set(id, groups);
      groups.add({ ...child, reason: failureReason(child, meaningOf) });
    }
    grouped = seen.failed.length;
    return seen.jobs.map((job) => ({
      job,
      failures: job.array === undefined ? ownFailure(job) : (failures.get(job.jobId)?.all ?? []),
      times: stateTimes(job, seen!.spans.get(job.jobId) ?? [], clock()),
    }));
  };
  const clear = () => {
    if (drawn > 0) stderr.write(`\x1b[${drawn}F\x1b[J`);
    drawn = 0;
  };
  const draw = ({ isLast = false } = {}) => {
    const whole = picture(views(), paint).map((line) => cut(line, (stderr.columns || 80) - 1));
    // What has left the screen at its top can't be drawn over.
    const room = isLast ? whole.length : (stderr.rows || Number.POSITIVE_INFINITY) - 1;
    const text =
      whole.length <= room
        ? whole
        : [...whole.slice(0, Math.max(0, room - 1)), paint.faint(`(${whole.length - room + 1} more lines)`)];
    const all = text.map((line) => `${line}\n`).join("");
    if (drawn > 0 && all === shown) return;
    clear();
    stderr.write(all);
    drawn = text.length;
    shown = all;
  };
  const changes = changeTeller((line) => void stderr.write(`${line}\n`), clock);
  const say = (text: string) => {
    clear();
    stderr.write(`${text}\n`);
    if (isTerminal) draw();
  };
  const timer = isTerminal ? setInterval(() => draw(), 500) : undefined;
  timer?.unref();
  return {
    async show(sighting) {
      if (sighting.kind === "jobs") {
        seen = sighting;
        if (isTerminal) draw();
        else changes(views());
      } else if (sighting.kind === "lines") {
        clear();
        const alone = seen?.jobs.length === 1 && seen.jobs[0]?.array === undefined;
        const prefix = alone ? "" : `${paint.faint(`${speaker(sighting.job)} |`)} `;
        const taken = written(lines, sighting.events.map(({ message }) => `${prefix}${message}\n`).join(""));
        if (isTerminal) draw();
        return await taken;
      }
      if (sighting.kind === "stuck") {
        const { job, seconds, why = "nothing has room for it, or can start it." } = sighting;
        say(`${speaker(job)} has been in RUNNABLE for ${duration(seconds * 1000)}: ${why}`);
      } else if (sighting.kind === "trouble") say(sighting.message);
      else if (sighting.kind === "recovered") say(`It answers again, after ${duration(sighting.seconds * 1000)}.`);
      else if (sighting.kind === "unlisted") {
        say(
          `${sighting.children.toLocaleString("en-US")} children that failed are not in the list that was given; their reasons are missing here.`,
        );
      } else if (sighting.kind === "unread") {
        const arrays = (seen?.jobs ?? []).filter(({ array }) => array !== undefined);
        const how = arrays.map(({ jobId }) => `node batch logs ${jobId} --env ${place}`).join(", ");
        say(`Lines of ${sighting.children.toLocaleString("en-US")} children were not shown; to see them: ${how}`);
      }
    },
    close() {
      clearInterval(timer);
      if (isTerminal) draw({ isLast: true });
    },
    end() {
      clearInterval(timer);
      if (isTerminal) draw({ isLast: true });
      else
        stderr.write(
          picture(views())
            .map((line) => `${line}\n`)
            .join(""),
        );
    },
  };
}

function ownFailure(job: Job): readonly FailureGroup[] {
  if (job.status !== "FAILED") return [];
  return [{ reason: failureReason(job, meaningOf), count: 1, indexes: job.index === undefined ? [] : [job.index] }];
}

/** Tells a job's changes of state, and from time to time an array's counts. */
function changeTeller(say: (line: string) => void, clock: () => number): (views: readonly JobView[]) => void {
  const told = new Map<string, { status: JobStatus; counts: string; at: number }>();
  return (views) => {
    for (const view of views) {
      const { job, times } = view;
      const before = told.get(job.jobId);
      const counts = JSON.stringify(job.array?.statusSummary);
      const isNews = before?.status !== job.status;
      const isTime = before !== undefined && counts !== before.counts && clock() - before.at >= countsEvery;
      if (!isNews && !isTime) continue;
      told.set(job.jobId, { status: job.status, counts, at: clock() });
      const [, time] = times.at(-1) ?? [];
      const after = isNews && before !== undefined && time !== undefined ? `, after ${duration(lastTime(view))}` : "";
      const lines = picture([{ ...view, times: [], failures: isEnded(job.status) ? view.failures : [] }]);
      const [head = "", ...rest] = lines;
      say(`${head}${after}`);
      for (const line of rest) say(line);
    }
  };
}

/** How long it was in the state that it has left. */
function lastTime({ job, times }: JobView): number {
  const left = times.filter(([status]) => status !== job.status);
  return left.at(-1)?.[1] ?? 0;
}

/** The picture is drawn over by counting its lines: none may wrap. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : plain.slice(0, width);
}

function colors(): Paint {
  const { green, red, yellow, dim, cyan } = createColors(true);
  return {
    status: (status, text) => {
      if (status === "SUCCEEDED") return green(text);
      if (status === "FAILED") return red(text);
      return status === "RUNNING" ? cyan(text) : yellow(text);
    },
    faint: dim,
  };
}
