import { Failure } from "../../worker/failure.ts";
import { CallBudget } from "./call-budget.ts";
import { idsPerCall } from "./child-list.ts";
import { FailedChildren } from "./failed-children.ts";
import { isEnded, type Job } from "./job.ts";
import type { JobService } from "./job-service.ts";
import { LogReaders } from "./log-readers.ts";
import { Outage } from "./outage.ts";
import type { Sighting } from "./sighting.ts";
import { StateSpans } from "./state-spans.ts";
import { Waiting } from "./waiting.ts";

export interface WatchOptions {
  readonly jobIds: readonly string[];
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Default true. */
  readonly withLogs?: boolean;
  /** Pauses are divided by it where calls cost nothing: the local runner's files; default 1. */
  readonly haste?: number;
}

/** Milliseconds between calls, between looks at jobs, until a silent stream is asked again, and for what is left at the end. */
interface Pace {
  /** As many children at most. */
  readonly children: number;
  readonly spacing: number;
  readonly every: number;
  readonly silence: number;
  readonly rest: number;
}

const paces: readonly [Pace, ...Pace[]] = [
  { children: 10, spacing: 500, every: 1000, silence: 2000, rest: 30_000 },
  { children: 100, spacing: 500, every: 3000, silence: 5000, rest: 60_000 },
  // A call a second.
  { children: Number.POSITIVE_INFINITY, spacing: 1000, every: 5000, silence: 15_000, rest: 30_000 },
];
const troublePauses = [2000, 5000, 10_000, 30_000];

/** Something to ask the service for. */
interface Act {
  /** When; undefined: never, as things stand. */
  readonly due: number | undefined;
  /** How many calls it takes. */
  readonly calls: number;
  run(now: number): Promise<readonly Sighting[]>;
}

/**
 * Watches jobs until all have ended, within a budget of calls: by turns it looks at them, lists the children that have
 * failed where there are more of them, and asks for the lines of those that run.
 * @throws Failure where the service can't be asked and that won't pass by itself
 */
export async function* watch(service: JobService, options: WatchOptions): AsyncGenerator<Sighting, void> {
  const { clock, sleep } = options;
  const watcher = new Watcher(service, options);
  const budget = new CallBudget(clock, sleep);
  let troubleSince: number | undefined;
  let troubles = 0;
  let told: string | undefined;
  for (let act = watcher.next(clock()); act !== undefined; act = watcher.next(clock())) {
    const wait = act.due! - clock();
    if (wait > 0) await sleep(wait);
    await budget.take(act.calls, watcher.spacing);
    try {
      const sightings = await act.run(clock());
      if (troubleSince !== undefined) yield { kind: "recovered", seconds: (clock() - troubleSince) / 1000 };
      troubleSince = undefined;
      troubles = 0;
      told = undefined;
      yield* sightings;
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      troubleSince ??= clock();
      if (error.message !== told) yield { kind: "trouble", message: error.message };
      told = error.message;
      await sleep(troublePauses[Math.min(troubles, troublePauses.length - 1)]!);
      troubles += 1;
    }
  }
  const { unlisted, unread } = watcher;
  if (unlisted > 0) yield { kind: "unlisted", children: unlisted };
  if (unread > 0) yield { kind: "unread", children: unread };
}

class Watcher {
  readonly #service: JobService;
  readonly #ids: readonly string[];
  readonly #readers: LogReaders | undefined;
  readonly #failed = new Map<string, FailedChildren>();
  /** Of all arrays, in the order in which they became known. */
  readonly #failures: Job[] = [];
  readonly #waiting = new Waiting();
  readonly #spans = new StateSpans();
  #jobs: readonly Job[] = [];
  readonly #haste: number;
  #pace = paces[0];
  #lookDue = Number.NEGATIVE_INFINITY;
  #endedAt: number | undefined;
  /** Kinds of acts in the order in which they were last done: what was done longest ago goes first. */
  readonly #turns: string[] = [];
  /** Why lines can't be had; told once. */
  #linesFault: string | undefined;

  constructor(service: JobService, { jobIds, withLogs = true, haste = 1 }: WatchOptions) {
    this.#service = service;
    this.#ids = jobIds;
    this.#haste = haste;
    this.#readers = withLogs ? new LogReaders(service, haste) : undefined;
  }

  get spacing(): number {
    return this.#pace.spacing / this.#haste;
  }

  get unread(): number {
    return this.#readers?.unread(this.#jobs, this.#failures) ?? 0;
  }

  /** Failed children that are not known. */
  get unlisted(): number {
    return [...this.#failed.values()].reduce((sum, { missing }) => sum + missing, 0);
  }

  /** What to do next; undefined: nothing, all is told. */
  next(now: number): Act | undefined {
    // Lines may be more than anybody waits for; why jobs failed, and their exit code, is waited for.
    const isLate = this.#endedAt !== undefined && now > this.#endedAt + this.#pace.rest;
    const acts = Object.entries(this.#acts()).filter(
      ([kind, { due }]) => due !== undefined && !(isLate && kind !== "failed"),
    );
    const ready = acts.filter(([, { due }]) => due! <= now);
    const [kind, act] =
      ready.length > 0
        ? ready.sort(([one], [other]) => this.#turns.indexOf(one) - this.#turns.indexOf(other))[0]!
        : (acts.sort(([, one], [, other]) => one.due! - other.due!)[0] ?? []);
    if (kind === undefined) return undefined;
    if (this.#turns.includes(kind)) this.#turns.splice(this.#turns.indexOf(kind), 1);
    this.#turns.push(kind);
    return act;
  }

  #acts(): Record<string, Act> {
    const every = this.#pace.every / this.#haste;
    const readers = this.#linesFault === undefined ? this.#readers : undefined;
    const failed = this.#dueFailed();
    const isOver = this.#endedAt !== undefined;
    return {
      look: {
        due: isOver ? undefined : this.#lookDue,
        calls: Math.ceil(this.#open().length / idsPerCall),
        run: (now) => this.#look(now),
      },
      failed: { due: failed?.due, calls: 1, run: (now) => this.#listFailed(failed!, now) },
      refresh: { due: readers?.refreshDue(every), calls: 1, run: (now) => readers!.refresh(now) },
      list: { due: isOver ? undefined : readers?.listDue, calls: 1, run: (now) => readers!.list(now) },
      lines: { due: readers?.linesDue, calls: 1, run: (now) => this.#lines(readers!, now) },
    };
  }

  /** Those that have not ended, as far as is known: what has ended stays as it is, and is forgotten some day. */
  #open(): readonly string[] {
    return this.#ids.filter((_, place) => !isEnded(this.#jobs[place]?.status ?? "SUBMITTED"));
  }

  async #look(now: number): Promise<readonly Sighting[]> {
    this.#lookDue = now + this.#pace.every / this.#haste;
    const news = new Map<string, Job>();
    const open = this.#open();
    for (const [place, job] of (await this.#service.describe(open)).entries()) news.set(open[place]!, job);
    this.#jobs = this.#ids.map((id, place) => news.get(id) ?? this.#jobs[place]!);
    const children = this.#jobs.reduce((sum, { array }) => sum + (array?.size ?? 0), 0);
    this.#pace = paces.find((pace) => children <= pace.children)!;
    if (this.#jobs.every(({ status }) => isEnded(status))) this.#endedAt = now;
    for (const job of this.#jobs) {
      this.#spans.tell(job, now);
      if (job.array === undefined) continue;
      const failed = this.#failed.get(job.jobId) ?? new FailedChildren(this.#service, job.jobId, this.#haste);
      this.#failed.set(job.jobId, failed);
      failed.tell(job);
    }
    this.#readers?.tell(this.#jobs, now);
    const stuck = this.#jobs.flatMap((job): Sighting[] => {
      const waited = this.#waiting.check(job, now);
      return waited === undefined ? [] : [{ kind: "stuck", job, seconds: Math.floor(waited / 1000) }];
    });
    return [this.#sighting(), ...stuck];
  }

  async #listFailed(failed: FailedChildren, now: number): Promise<readonly Sighting[]> {
    const fresh = await failed.run(now);
    this.#failures.push(...fresh);
    this.#readers?.tellFailed(fresh, now);
    return fresh.length > 0 ? [this.#sighting()] : [];
  }

  /** Who may see the job but not its lines still sees the job. */
  async #lines(readers: LogReaders, now: number): Promise<readonly Sighting[]> {
    try {
      return await readers.lines(now, this.#pace.silence / this.#haste);
    } catch (error) {
      if (!(error instanceof Failure) || error instanceof Outage) throw error;
      this.#linesFault = error.message;
      return [{ kind: "trouble", message: error.message }];
    }
  }

  /** The one that has waited longest. */
  #dueFailed(): FailedChildren | undefined {
    return [...this.#failed.values()]
      .filter(({ due }) => due !== undefined)
      .sort((one, other) => one.due! - other.due!)[0];
  }

  #sighting(): Sighting {
    return { kind: "jobs", jobs: this.#jobs, failed: this.#failures, spans: this.#spans.all };
  }
}
