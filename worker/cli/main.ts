import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { exitCodes, Failure } from "../failure.ts";
import { loadFault } from "../load-fault.js";
import { loadModule } from "../load-module.ts";
import type { CliContext } from "./context.ts";
import { usageFailure } from "./flags.ts";
import { hasReaderLeft } from "./output.ts";
import { stopSignal } from "./stop-signal.ts";

type Command = (argv: string[], context: CliContext) => Promise<number>;

/** Each command is loaded when it is asked for: what one does not need costs it no time. */
const commands: Record<string, URL> = {
  run: new URL("./run.ts", import.meta.url),
  list: new URL("./list.ts", import.meta.url),
  runs: new URL("./runs.ts", import.meta.url),
  database: new URL("./database.ts", import.meta.url),
  migrate: new URL("./migrate.ts", import.meta.url),
};

/** Those that end at a good moment when they are asked to; the others end at once. */
const stoppable = ["run", "migrate"];

const project = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the command line of `process` and sets its exit code. */
export async function main(process: NodeJS.Process, thread?: Worker): Promise<void> {
  const [first = "", ...rest] = process.argv.slice(2);
  const isCommand = first !== "" && !first.startsWith("-");
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const name = isCommand ? first : "run";
  const told = (signal: string) =>
    void process.stderr.write(`${signal}: stopping at the next checkpoint; a second signal leaves at once\n`);
  const context: CliContext = {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    project,
    version,
    thread,
    stop: stoppable.includes(name) ? stopSignal(process, told) : new AbortController().signal,
  };
  outliveReaders(process, stoppable.includes(name));
  // Sequelize warns here of each connection that it loses in a transaction; what we print about it says more.
  console.warn = () => {};
  try {
    if (first === "--version") process.stdout.write(`${version}\n`);
    else {
      const file = Object.hasOwn(commands, name) ? commands[name] : undefined;
      if (!file)
        throw usageFailure("worker", [`unknown command "${name}"; one of ${Object.keys(commands).join(", ")}`]);
      const { command } = await loadModule<{ command: Command }>(file);
      process.exitCode = await command(isCommand ? rest : process.argv.slice(2), context);
    }
  } catch (error) {
    process.exitCode = report(error, process.stderr);
  }
}

/**
 * A reader that leaves early (`| head`, a log pipe that breaks) is no failure, and no end either: an exit code of 0 in
 * mid-run would count as success. Work goes on to its true exit code even where its output can't be written at all.
 */
function outliveReaders({ stdout, stderr }: NodeJS.Process, works: boolean): void {
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!works && !hasReaderLeft(error)) throw error;
    });
  }
}

/** @returns the exit code */
function report(error: unknown, stderr: NodeJS.WriteStream): number {
  if (error instanceof Failure) {
    stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  const fault = loadFault(error);
  if (fault !== undefined) {
    stderr.write(`${fault}\n`);
    return exitCodes.usage.code;
  }
  // A bug: here the stack is what helps.
  stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCodes.failed.code;
}
