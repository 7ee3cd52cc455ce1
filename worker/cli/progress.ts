import { performance } from "node:perf_hooks";
import { createColors } from "picocolors";
import type { ExecutionEvent, StepResult } from "../processes/execution/events.ts";
import type { CliContext } from "./context.ts";
import type { Display, DisplayOptions } from "./display.ts";

/** What is known of a running sub-process. */
interface Row {
  name: string;
  state: "reading" | "waiting" | "running" | "ended";
  note: string;
  done: number;
  total: number;
  /** Rows of this execution, and when it began. */
  read: number;
  since: number;
  skipped: number;
  /** Rows a second of earlier executions, for the ETA until this one has a rate of its own. */
  rateBefore: number | undefined;
  result: StepResult | undefined;
}

const seconds = (since: number) => (performance.now() - since) / 1000;

/** Keeps a Row for each sub-process that was heard of. */
class Progress {
  readonly rows = new Map<string, Row>();

  apply(event: ExecutionEvent): Row {
    const fresh: Row = {
      name: event.name,
      state: "reading",
      note: "",
      done: 0,
      total: 0,
      read: 0,
      since: performance.now(),
      skipped: 0,
      rateBefore: undefined,
      result: undefined,
    };
    const row = this.rows.get(event.name) ?? fresh;
    this.rows.set(event.name, row);
    switch (event.event) {
      case "reading":
        row.state = "reading";
        break;
      case "waiting":
        row.state = "waiting";
        row.note = `waiting for ${event.holder}`;
        break;
      case "started":
        row.state = "running";
        row.note = startedNote(event);
        row.total = event.range.end - event.range.first;
        row.done = event.nextRow - event.range.first;
        row.rateBefore = event.secondsBefore > 0 ? event.readBefore / event.secondsBefore : undefined;
        row.since = performance.now();
        break;
      case "progress":
        row.state = "running";
        row.done += event.read - row.read;
        row.read = event.read;
        row.skipped = event.skipped;
        break;
      case "retry":
        row.note = `${event.message} Again in ${(event.pauseMs / 1000).toFixed(1)} s.`;
        break;
      case "step":
        row.state = "ended";
        row.result = event;
        break;
    }
    return row;
  }
}

function startedNote(event: Extract<ExecutionEvent, { event: "started" }>): string {
  if (event.cleared === "fresh") return "started over";
  if (event.cleared === "newVersion") return "the source has changed: its rows are replaced";
  return event.nextRow > event.range.first ? `resumed at row ${number(event.nextRow)}` : "";
}

const number = (value: number) => Math.round(value).toLocaleString("en-US");

const duration = (value: number) =>
  value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;

/** One sub-process in a line: rows, share, rate, time left, bad records. */
function line(row: Row): string {
  const name = row.name.padEnd(14);
  if (row.result) return `${name}${resultText(row.result)}`;
  if (row.state === "reading") return `${name}reading the source`;
  if (row.state === "waiting") return `${name}${row.note}`;
  const share = row.total > 0 ? `${Math.floor((row.done / row.total) * 100)} %` : "";
  const elapsed = seconds(row.since);
  const rate = row.read > 0 && elapsed > 0 ? row.read / elapsed : row.rateBefore;
  const parts = [`${number(row.done)} of ${number(row.total)} rows`, share];
  if (rate) parts.push(`${number(rate)} rows/s`, `${duration((row.total - row.done) / rate)} left`);
  if (row.skipped > 0) parts.push(`${number(row.skipped)} in quarantine`);
  if (row.note) parts.push(row.note);
  return `${name}${parts.filter((part) => part !== "").join("  ")}`;
}

function resultText({ status, read, written, skipped, seconds, rowsPerSecond, message }: StepResult): string {
  const counts = `${number(written)} rows written, ${number(read)} read`;
  const quarantine = skipped > 0 ? `, ${number(skipped)} in quarantine` : "";
  const pace = `in ${duration(seconds)} (${number(rowsPerSecond)} rows/s)`;
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

/** What the run came to, and how to go on. */
export function closing(
  results: readonly StepResult[],
  { dryRun, command, limit, limitIsDefault }: DisplayOptions,
): string[] {
  const lines: string[] = [];
  if (dryRun) lines.push("Dry run: everything was rolled back.");
  const unfinished = results.some(({ status }) => status === "stopped" || status === "failed");
  if (!dryRun && unfinished) lines.push(`What is committed stays. To go on: ${command}`);
  if (limit !== null && limitIsDefault && !unfinished) {
    lines.push(`Read were at most the first ${number(limit)} rows of each source (WORKER_LIMIT). All: --limit none`);
  }
  return lines;
}

/** Plain lines for logs: one when something happens, one of progress every few seconds. */
export function plainDisplay({ stderr }: CliContext, options: DisplayOptions): Display {
  const progress = new Progress();
  const shown = new Map<string, number>();
  const print = (text: string) => stderr.write(`${text}\n`);
  return {
    say: print,
    show(event) {
      const row = progress.apply(event);
      if (event.event === "reading") return;
      if (event.event === "retry") print(`${row.name.padEnd(14)}${row.note}`);
      else if (event.event === "started" && row.note === "") shown.set(row.name, performance.now());
      else if (event.event !== "progress" || performance.now() - (shown.get(row.name) ?? 0) > 5000) {
        shown.set(row.name, performance.now());
        print(line(row));
      }
    },
    end(results) {
      for (const text of closing(results, options)) print(text);
    },
    close() {},
  };
}

/** A line for each sub-process that moves in place. */
export function terminalDisplay({ stderr, env }: CliContext, options: DisplayOptions): Display {
  const colors = createColors(!env.NO_COLOR);
  const progress = new Progress();
  let drawn = 0;
  const paint = (row: Row): string => {
    const width = (stderr.columns ?? 80) - 1;
    const text = row.result ? line(row) : line(row).slice(0, width);
    const status = row.result?.status;
    const color =
      status === "completed" ? colors.green : status === "failed" ? colors.red : status ? colors.yellow : String;
    return text.slice(0, 14) + color(text.slice(14));
  };
  const draw = () => {
    const rows = [...progress.rows.values()];
    // Lines of ended ones may wrap: they are printed once, for good, above the moving ones.
    const ended = rows.filter((row) => row.result);
    const moving = rows.filter((row) => !row.result);
    for (const row of ended) progress.rows.delete(row.name);
    const lines = [...ended, ...moving].map((row) => `${paint(row)}\x1b[K\n`);
    stderr.write(`${drawn > 0 ? `\x1b[${drawn}F` : ""}${lines.join("")}\x1b[J`);
    drawn = moving.length;
  };
  const say = (text: string) => {
    stderr.write(`${drawn > 0 ? `\x1b[${drawn}F` : ""}\x1b[J${text}\n`);
    drawn = 0;
    draw();
  };
  const timer = setInterval(draw, 100);
  timer.unref();
  return {
    say,
    show(event) {
      const row = progress.apply(event);
      if (event.event === "retry") say(`${row.name.padEnd(14)}${row.note}`);
    },
    end(results) {
      draw();
      for (const text of closing(results, options)) say(text);
    },
    close() {
      clearInterval(timer);
      draw();
    },
  };
}
