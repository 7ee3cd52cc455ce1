import { fileURLToPath } from "node:url";
import { runCommand } from "../../worker/cli/command-line.ts";
import { hasReaderLeft } from "../../worker/cli/output.ts";
import { stopSignal } from "../../worker/cli/stop-signal.ts";
import { exitCodes, Failure } from "../../worker/failure.ts";
import type { CliContext } from "./context.ts";

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
  const { stdout, stderr } = process;
  for (const [name, stream] of Object.entries({ stdout, stderr })) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // Nobody reads on (`| head`): jobs go on without us.
      if (hasReaderLeft(error)) process.exit(process.exitCode ?? 0);
      if (error.syscall !== "write") throw error;
      // A file on a full disk. Jobs go on here too.
      if (name === "stdout") stderr.write(`The output can't be written to standard output (${error.message}).\n`);
      process.exit(exitCodes.failed.code);
    });
  }
  const context: CliContext = {
    env: process.env,
    stdout,
    stderr,
    project: fileURLToPath(new URL("../..", import.meta.url)),
    stop: stopSignal(process, (_, exitCode) => exitCode),
    onLeave: (last) => {
      process.on("exit", last);
      return () => process.off("exit", last);
    },
  };
  try {
    process.exitCode = await runCommand({ name: "batch", help, commands }, process.argv.slice(2), context);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
  // Who was told to leave does not wait for a call that is under way.
  if (context.stop.aborted) process.exit();
}
