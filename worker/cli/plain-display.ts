import { performance } from "node:perf_hooks";
import { closing } from "./closing.ts";
import type { CliContext } from "./context.ts";
import type { Display, DisplayOptions } from "./display.ts";
import { label, Progress, progressText } from "./progress.ts";

const progressEverySeconds = 5;

/** Plain lines for logs: one when something happens, one of progress every few seconds. */
export function plainDisplay(
  { stderr }: Pick<CliContext, "stderr">,
  options: DisplayOptions,
  clock: () => number = () => performance.now(),
): Display {
  const progress = new Progress(clock);
  const shown = new Map<string, number>();
  const print = (text: string) => void stderr.write(`${text}\n`);
  return {
    say: print,
    show(event) {
      const step = progress.apply(event);
      const isDue = clock() - (shown.get(step.name) ?? 0) > progressEverySeconds * 1000;
      if (event.event === "reading" || (event.event === "progress" && !isDue)) return;
      if (event.event === "retry") return print(label(step) + step.note);
      shown.set(step.name, clock());
      // That a sub-process begins goes without saying, unless there is something about it.
      if (event.event !== "started" || step.note !== "") print(label(step) + progressText(step, clock()));
    },
    end(results, exitCode) {
      for (const text of closing({ results, exitCode, progress }, options)) print(text);
    },
    close() {},
  };
}
