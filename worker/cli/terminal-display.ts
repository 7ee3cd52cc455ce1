import { performance } from "node:perf_hooks";
import { createColors } from "picocolors";
import { closing } from "./closing.ts";
import type { CliContext } from "./context.ts";
import type { Display, DisplayOptions } from "./display.ts";
import { label, Progress, progressText, type StepProgress } from "./progress.ts";

/** A line for each sub-process that moves in place. */
export function terminalDisplay(
  { stderr, env, stop }: Pick<CliContext, "stderr" | "env" | "stop">,
  options: DisplayOptions,
  clock: () => number = () => performance.now(),
): Display {
  const colors = createColors(!env.NO_COLOR);
  const progress = new Progress(clock);
  /** Ended ones, whose line stands for good above the moving ones. */
  const printed = new Set<string>();
  let drawn = 0;
  const up = () => (drawn > 0 ? `\x1b[${drawn}F` : "");
  const paint = (step: StepProgress): string => {
    const width = (stderr.columns ?? 80) - 1;
    const text = progressText(step, clock());
    const status = step.result?.status;
    const color =
      status === "completed" ? colors.green : status === "failed" ? colors.red : status ? colors.yellow : String;
    // One that has ended may wrap: it is not drawn again.
    return label(step) + color(step.result ? text : text.slice(0, width - label(step).length));
  };
  const draw = () => {
    const steps = [...progress.steps.values()].filter(({ name }) => !printed.has(name));
    const ended = steps.filter(({ result }) => result);
    const moving = steps.filter(({ result }) => !result);
    for (const { name } of ended) printed.add(name);
    const lines = [...ended, ...moving].map((step) => `${paint(step)}\x1b[K\n`);
    stderr.write(`${up()}${lines.join("")}\x1b[J`);
    drawn = moving.length;
  };
  const say = (text: string) => {
    stderr.write(`${up()}\x1b[J${text}\n`);
    drawn = 0;
    draw();
  };
  // What a signal says has been written below our lines by now: they are drawn anew below it.
  stop.addEventListener("abort", () => {
    drawn = 0;
  });
  const timer = setInterval(draw, 100);
  timer.unref();
  return {
    say,
    show(event) {
      const step = progress.apply(event);
      if (event.event === "retry") say(label(step) + step.note);
    },
    end(results, exitCode) {
      draw();
      for (const text of closing({ results, exitCode, progress }, options)) say(text);
    },
    close() {
      clearInterval(timer);
      draw();
    },
  };
}
