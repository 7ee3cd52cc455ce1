import { performance } from "node:perf_hooks";
import type { ExecutionEvent, StepResult } from "../processes/execution/events.ts";

/** What is known of a sub-process in a run. */
export interface StepProgress {
  name: string;
  state: "reading" | "waiting" | "running" | "ended";
  note: string;
  /** It reads a source, row by row; a derived one is done or it isn't, and has no total. */
  hasSource: boolean;
  /** Of its range, in all executions. */
  first: number;
  total: number;
  done: number;
  /** Rows of this run, and when it began with them; a reconnection changes neither. */
  read: number;
  since: number | undefined;
  skipped: number;
  /** Rows a second of earlier executions, for the time left until this one has a rate of its own. */
  rateBefore: number | undefined;
  /** Its earlier rows were deleted in this run. */
  startedOver: boolean;
  result: StepResult | undefined;
}

/** Follows each sub-process that is heard of. */
export class Progress {
  readonly steps = new Map<string, StepProgress>();
  readonly #clock: () => number;

  /** @param clock milliseconds */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  apply(event: ExecutionEvent): StepProgress {
    const step = this.steps.get(event.name) ?? unheard(event.name);
    this.steps.set(event.name, step);
    switch (event.event) {
      case "reading":
        step.state = "reading";
        step.hasSource = true;
        break;
      case "waiting":
        step.state = "waiting";
        step.note = `waiting for ${event.holder}`;
        break;
      case "started":
        step.state = "running";
        step.note = startedNote(event);
        step.first = event.range.first;
        step.total = event.range.end - event.range.first;
        step.done = event.nextRow - event.range.first;
        step.startedOver ||= event.cleared === "fresh";
        step.since ??= this.#clock();
        step.rateBefore ??= event.secondsBefore > 0 ? event.readBefore / event.secondsBefore : undefined;
        break;
      case "progress":
        step.state = "running";
        if (step.note === startingOver) step.note = "started over";
        step.done = event.nextRow - step.first;
        step.read = event.read;
        step.skipped = event.skipped;
        break;
      case "retry":
        step.note = `${event.message} Again in ${(event.pauseMs / 1000).toFixed(1)} s.`;
        break;
      case "step":
        step.state = "ended";
        step.result = event;
        break;
    }
    return step;
  }
}

function unheard(name: string): StepProgress {
  return {
    name,
    state: "reading",
    note: "",
    hasSource: false,
    first: 0,
    total: 0,
    done: 0,
    read: 0,
    since: undefined,
    skipped: 0,
    rateBefore: undefined,
    startedOver: false,
    result: undefined,
  };
}

const startingOver = "starting over";

function startedNote(event: Extract<ExecutionEvent, { event: "started" }>): string {
  if (event.cleared === "fresh") return startingOver;
  if (event.cleared === "newVersion") return "the source has changed: its rows are replaced";
  if (event.cleared === "overlap") return "rows of other limits or shards are replaced";
  return event.nextRow > event.range.first ? `resumed at row ${count(event.nextRow)}` : "";
}

export const count = (value: number) => Math.round(value).toLocaleString("en-US");

const duration = (value: number) =>
  value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`;

/** What its line begins with. */
export const label = ({ name }: StepProgress) => `${name.padEnd(13)} `;

/** The rest of its line: rows, share, rate, time left, bad records; or what it came to. `now`: by Progress's clock. */
export function progressText(step: StepProgress, now: number): string {
  if (step.result) return resultText(step.result);
  if (step.state === "waiting") return step.note;
  if (step.state === "reading") return "reading the source";
  return [...(step.hasSource ? rowsText(step, now) : ["making its table"]), step.note]
    .filter((part) => part !== "")
    .join("  ");
}

function rowsText({ total, done, read, since = 0, skipped, rateBefore }: StepProgress, now: number): string[] {
  const elapsed = (now - since) / 1000;
  const rate = read > 0 && elapsed > 0 ? read / elapsed : rateBefore;
  return [
    `${count(done)} of ${count(total)} rows`,
    total > 0 ? `${Math.floor((done / total) * 100)} %` : "",
    ...(rate ? [`${count(rate)} rows/s`, `${duration((total - done) / rate)} left`] : []),
    skipped > 0 ? `${count(skipped)} in quarantine` : "",
  ];
}

function resultText({ status, read, written, skipped, seconds, rowsPerSecond, message }: StepResult): string {
  const counts = `${count(written)} rows written, ${count(read)} read`;
  const quarantine = skipped > 0 ? `, ${count(skipped)} in quarantine` : "";
  const pace = `in ${duration(seconds)} (${count(rowsPerSecond)} rows/s)`;
  switch (status) {
    case "completed":
      return `completed: ${counts}${quarantine}, ${pace}`;
    case "skipped":
      return `skipped: ${message}`;
    case "stopped":
      return `stopped at a checkpoint: ${counts}${quarantine}, ${pace}`;
    case "failed":
      return `failed: ${message}`;
    case "notRun":
      return `not run: ${message}`;
  }
}
