import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { usageFailure } from "../../worker/cli/flags.ts";
import { hasReaderLeft } from "../../worker/cli/output.ts";
import { Failure } from "../../worker/failure.ts";
import { loadModule } from "../../worker/load-module.ts";
import type { CliContext } from "./context.ts";

type Command = (argv: string[], context: CliContext) => Promise<number>;

const commands: Record<string, URL> = {
  submit: new URL("./submit.ts", import.meta.url),
  watch: new URL("./watch.ts", import.meta.url),
  logs: new URL("./logs.ts", import.meta.url),
  cancel: new URL("./cancel.ts", import.meta.url),
};

const help = `Usage: node batch submit | watch | logs | cancel ...   (each with --help)

Runs the worker as jobs: on AWS Batch, or with --env local on this machine as Batch would.

  submit   a job for each sub-process; prints the ids of the jobs
  watch    states and log lines of jobs until they have ended
  logs     log lines
  cancel   ends jobs
`;

/** Runs the command line of `process` and sets its exit code. */
export async function main(process: NodeJS.Process): Promise<void> {
  const [first = "", ...rest] = process.argv.slice(2);
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // Nobody reads on (`| head`): jobs go on without us.
      if (hasReaderLeft(error)) process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
  const context: CliContext = {
    env: process.env,
    stdout,
    stderr,
    project: fileURLToPath(new URL("../..", import.meta.url)),
    stop: stopSignal(process),
  };
  try {
    process.exitCode = await run(first, rest, context);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
  // Who was told to leave does not wait for a call that is under way.
  if (context.stop.aborted) process.exit();
}

async function run(first: string, rest: string[], context: CliContext): Promise<number> {
  if (first === "--help" || first === "-h") context.stdout.write(help);
  else if (first === "--version") {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    context.stdout.write(`${version}\n`);
  } else {
    const file = Object.hasOwn(commands, first) ? commands[first] : undefined;
    if (!file) {
      const what = first === "" ? "a command is missing" : `unknown command "${first}"`;
      throw usageFailure("batch", [`${what}; one of ${Object.keys(commands).join(", ")}`]);
    }
    const { command } = await loadModule<{ command: Command }>(file);
    return await command(rest, context);
  }
  return 0;
}

/** The first signal asks to leave, a second one leaves at once. */
function stopSignal(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(128 + number);
      controller.abort(128 + number);
    });
  }
  return controller.signal;
}
