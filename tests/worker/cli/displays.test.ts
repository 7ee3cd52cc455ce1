import test, { type ExecutionContext } from "ava";
import type { Display, DisplayOptions } from "../../../worker/cli/display.ts";
import { plainDisplay } from "../../../worker/cli/plain-display.ts";
import { terminalDisplay } from "../../../worker/cli/terminal-display.ts";
import type { ExecutionEvent, StepResult } from "../../../worker/processes/execution/events.ts";

/** A display of either kind, its clock and what it has written since it was last asked. */
interface Scene {
  display: Display;
  show: (event: ExecutionEvent) => void;
  pass: (seconds: number) => void;
  /** A signal, of which main.ts writes a line first. */
  interrupt: () => void;
  written: () => string;
}

const options: DisplayOptions = {
  dryRun: false,
  argv: [],
  limit: null,
  limitIsDefault: true,
  sourceRows: new Map(),
};

function scene(t: ExecutionContext, create: typeof terminalDisplay, columns = 80): Scene {
  let now = 50_000;
  let text = "";
  const write = (part: string) => {
    text += part;
    return true;
  };
  const stderr = { write, columns } as unknown as NodeJS.WriteStream;
  const controller = new AbortController();
  const display = create({ stderr, env: { NO_COLOR: "1" }, stop: controller.signal }, options, () => now);
  t.teardown(() => display.close());
  return {
    display,
    show: (event) => display.show(event),
    pass: (seconds) => {
      now += seconds * 1000;
    },
    interrupt: () => {
      write("SIGINT: stopping\n");
      controller.abort();
    },
    written: () => {
      const all = text;
      text = "";
      return all;
    },
  };
}

const name = "flights";
const reading: ExecutionEvent = { event: "reading", name };
const started = (changes: Partial<Extract<ExecutionEvent, { event: "started" }>> = {}): ExecutionEvent => ({
  event: "started",
  name,
  range: { first: 0, end: 3_000_000 },
  nextRow: 0,
  secondsBefore: 0,
  readBefore: 0,
  cleared: null,
  ...changes,
});
const progress = (nextRow: number, read: number, skipped = 0): ExecutionEvent => ({
  event: "progress",
  name,
  nextRow,
  read,
  written: read - skipped,
  skipped,
});
const result = (changes: Partial<StepResult> = {}): ExecutionEvent & StepResult => ({
  event: "step",
  name,
  status: "completed",
  read: 3_000_000,
  written: 3_000_000,
  skipped: 0,
  seconds: 10,
  rowsPerSecond: 300_000,
  ...changes,
});

test("plain lines tell of progress every five seconds, with share, rate and time left", (t) => {
  const { show, pass, written } = scene(t, plainDisplay);
  show(reading);
  show(started());
  pass(3);
  show(progress(600_000, 600_000));
  t.is(written(), "");
  pass(3);
  show(progress(1_200_000, 1_200_000, 7));
  t.is(written(), "flights       1,200,000 of 3,000,000 rows  40 %  200,000 rows/s  9.0 s left  7 in quarantine\n");
  show(result());
  t.is(written(), "flights       completed: 3,000,000 rows written, 3,000,000 read, in 10.0 s (300,000 rows/s)\n");
});

test("after a reconnection, rate and time left are those of this run's own rows and time", (t) => {
  const { show, pass, written } = scene(t, plainDisplay);
  show(reading);
  show(started({ nextRow: 1_000_000, secondsBefore: 100, readBefore: 1_000_000 }));
  t.is(
    written(),
    "flights       1,000,000 of 3,000,000 rows  33 %  10,000 rows/s  3 min 20 s left  resumed at row 1,000,000\n",
  );
  pass(5);
  show(progress(2_000_000, 1_000_000));
  show({ event: "retry", name, message: "The connection was lost.", pauseMs: 500 });
  pass(5);
  show(reading);
  written();
  show(started({ nextRow: 2_000_000, secondsBefore: 105, readBefore: 2_000_000 }));
  t.is(
    written(),
    "flights       2,000,000 of 3,000,000 rows  66 %  100,000 rows/s  10.0 s left  resumed at row 2,000,000\n",
  );
  pass(10);
  show(progress(2_500_000, 1_500_000));
  t.is(
    written(),
    "flights       2,500,000 of 3,000,000 rows  83 %  75,000 rows/s  6.7 s left  resumed at row 2,000,000\n",
  );
});

test("a derived sub-process has no total: rows are told when it is done", (t) => {
  const { show, pass, written } = scene(t, plainDisplay);
  show(started({ range: { first: 0, end: 1 }, cleared: "fresh" }));
  t.is(written(), "flights       making its table  starting over\n");
  pass(12);
  show(progress(1, 3_000_000));
  t.is(written(), "flights       making its table  started over\n");
  show(result({ written: 3269 }));
  t.is(written(), "flights       completed: 3,269 rows written, 3,000,000 read, in 10.0 s (300,000 rows/s)\n");
});

test("starting over is told while it lasts", (t) => {
  const { show, pass, written } = scene(t, plainDisplay);
  show(reading);
  show(started({ cleared: "fresh" }));
  t.is(written(), "flights       0 of 3,000,000 rows  0 %  starting over\n");
  pass(6);
  show(progress(600_000, 600_000));
  t.is(written(), "flights       600,000 of 3,000,000 rows  20 %  100,000 rows/s  24.0 s left  started over\n");
});

test("waiting, lost connections and the last word are plain lines too", (t) => {
  const { display, show, written } = scene(t, plainDisplay);
  display.say("PostgreSQL started");
  show(reading);
  show({ event: "waiting", name, holder: "another worker" });
  show({ event: "retry", name, message: "The connection was lost.", pauseMs: 1234 });
  const stopped = result({ status: "stopped", read: 5, written: 5, seconds: 0.5, rowsPerSecond: 10 });
  show(stopped);
  display.end([stopped], 75);
  t.is(
    written(),
    `PostgreSQL started
flights       waiting for another worker
flights       The connection was lost. Again in 1.2 s.
flights       stopped at a checkpoint: 5 rows written, 5 read, in 0.5 s (10 rows/s)
What is committed stays. To go on: node worker
`,
  );
});

/** What a terminal shows after `text`, which moves its cursor up by lines and erases. */
function screen(text: string): string[] {
  const lines: string[] = [""];
  let row = 0;
  for (const [part] of text.replaceAll("\x1b", "␛").matchAll(/␛\[\d*[FKJ]|\n|[^␛\n]+/g)) {
    if (part === "\n") row++;
    else if (part.endsWith("F") && part.startsWith("␛")) row -= Number(part.slice(2, -1));
    else if (part === "␛[J") lines.length = row;
    else if (part !== "␛[K") lines[row] = part;
  }
  return lines;
}

test("on a terminal each sub-process has a line that moves in place, and ended ones stand above", (t) => {
  const { display, show, pass, written } = scene(t, terminalDisplay, 60);
  let all = "";
  const shown = () => {
    all += written();
    return screen(all);
  };
  show({ event: "reading", name: "airports" });
  show(reading);
  show(started({ cleared: "fresh" }));
  display.say("note: something");
  t.deepEqual(shown(), [
    "note: something",
    "airports      reading the source",
    "flights       0 of 3,000,000 rows  0 %  starting over",
  ]);
  pass(10);
  show(progress(1_000_000, 1_000_000, 3));
  show(result({ name: "airports", status: "failed", message: `its source ${"does not exist ".repeat(5)}` }));
  display.say("note: another");
  t.deepEqual(shown(), [
    "note: something",
    "note: another",
    `airports      failed: its source ${"does not exist ".repeat(5)}`,
    // Cut to the terminal's width: a line that wraps could not be drawn again in its place.
    "flights       1,000,000 of 3,000,000 rows  33 %  100,000 ro",
  ]);
  show(result());
  display.end([], 75);
  display.close();
  t.deepEqual(shown().slice(3), [
    "flights       completed: 3,000,000 rows written, 3,000,000 read, in 10.0 s (300,000 rows/s)",
    "What is committed stays. To go on: node worker",
  ]);
});

test("what a signal says stays on the terminal", (t) => {
  const { display, show, interrupt, written } = scene(t, terminalDisplay);
  show(reading);
  display.say("note: something");
  interrupt();
  show(result({ status: "stopped", read: 5, written: 5 }));
  display.close();
  t.deepEqual(screen(written()), [
    "note: something",
    "flights       reading the source",
    "SIGINT: stopping",
    "flights       stopped at a checkpoint: 5 rows written, 5 read, in 10.0 s (300,000 rows/s)",
  ]);
});

test("a line is in colour unless NO_COLOR forbids it", (t) => {
  for (const [env, expected] of [
    [{}, "flights       \x1b[32mcompleted: "],
    [{ NO_COLOR: "1" }, "flights       completed: "],
  ] as const) {
    let text = "";
    const stderr = { columns: 80, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
    const display = terminalDisplay({ stderr, env, stop: new AbortController().signal }, options);
    display.show(result());
    display.close();
    t.true(text.startsWith(expected));
  }
});
