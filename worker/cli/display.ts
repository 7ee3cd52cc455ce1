import pino from "pino";
import type { Emit, StepResult } from "../processes/execution/events.ts";
import type { CliContext } from "./context.ts";
import { closing, plainDisplay, terminalDisplay } from "./progress.ts";

/** What a person, or a program, sees of a run. */
export interface Display {
  /** A line for a person: what the worker is doing before and between the sub-processes. */
  say(line: string): void;
  show: Emit;
  /** The last word of a run. */
  end(results: readonly StepResult[], exitCode: number): void;
  close(): void;
}

export interface DisplayOptions {
  json: boolean;
  dryRun: boolean;
  /** What was typed. */
  command: string;
  limit: number | null;
  /** The limit was not asked for: it is the environment's. */
  limitIsDefault: boolean;
}

export function createDisplay(context: CliContext, options: DisplayOptions): Display {
  if (options.json) return jsonDisplay(context, options);
  return context.stderr.isTTY ? terminalDisplay(context, options) : plainDisplay(context, options);
}

const progressEverySeconds = 2;

/** JSON Lines with pino's fields on stdout; progress at most every two seconds a sub-process. */
function jsonDisplay({ stdout, stderr }: CliContext, options: DisplayOptions): Display {
  // Synchronous: nothing is lost when the process leaves at once.
  const log = pino({ formatters: { level: (level) => ({ level }) }, timestamp: pino.stdTimeFunctions.isoTime }, stdout);
  const shown = new Map<string, number>();
  return {
    say: (line) => log.info(line),
    show(event) {
      if (event.event === "progress" && !isDue(shown, event.name)) return;
      const { status } = event as { status?: string };
      log[status === "failed" ? "error" : event.event === "retry" ? "warn" : "info"](event);
    },
    end(results) {
      // For a person who looks on.
      for (const line of closing(results, options)) stderr.write(`${line}\n`);
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
