import { performance } from "node:perf_hooks";
import pino from "pino";
import { closing } from "./closing.ts";
import type { CliContext } from "./context.ts";
import type { Display, DisplayOptions } from "./display.ts";
import { Progress } from "./progress.ts";

const progressEverySeconds = 2;

/** JSON Lines with pino's fields on stdout; progress at most every two seconds a sub-process. */
export function jsonDisplay({ stdout, stderr }: CliContext, options: DisplayOptions): Display {
  // Synchronous: nothing is lost when the process leaves at once.
  const log = pino({ formatters: { level: (level) => ({ level }) }, timestamp: pino.stdTimeFunctions.isoTime }, stdout);
  const progress = new Progress();
  const shown = new Map<string, number>();
  return {
    say: (line) => log.info(line),
    show(event) {
      progress.apply(event);
      if (event.event === "progress" && !isDue(shown, event.name)) return;
      const { status } = event as { status?: string };
      log[status === "failed" ? "error" : event.event === "retry" ? "warn" : "info"](event);
    },
    end(results, exitCode) {
      // For a person who looks on.
      for (const line of closing({ results, exitCode, progress }, options)) stderr.write(`${line}\n`);
    },
    close() {},
  };
}

function isDue(shown: Map<string, number>, name: string): boolean {
  const now = performance.now();
  if (now - (shown.get(name) ?? Number.NEGATIVE_INFINITY) < progressEverySeconds * 1000) return false;
  shown.set(name, now);
  return true;
}
