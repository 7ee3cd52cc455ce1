import { runCommand } from "../../worker/cli/command-line.ts";
import { hasReaderLeft } from "../../worker/cli/output.ts";
import { Failure } from "../../worker/failure.ts";
import { reasonOf } from "./output-file.ts";

/** What a command gets of the outside world. */
export interface CliContext {
  readonly stdout: Pick<NodeJS.WriteStream, "write" | "isTTY">;
  readonly stderr: Pick<NodeJS.WriteStream, "write">;
  readonly env: NodeJS.ProcessEnv;
}

const commands: Record<string, URL> = { check: new URL("./check.ts", import.meta.url) };

const help = `Usage: node network check ...   (--help tells more)

Proves where packets of a network on AWS can go.
`;

/** Runs the command line of `process` and sets its exit code. */
export async function main(process: NodeJS.Process): Promise<void> {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // `| head` changes no verdict.
      if (hasReaderLeft(error)) return;
      // A full disk: the verdicts are not where they should be, whatever they are.
      if (stream === stdout) stderr.write(`The standard output can't be written: ${reasonOf(error)}\n`);
      process.exit(2);
    });
  }
  try {
    process.exitCode = await runCommand({ name: "network", help, commands }, process.argv.slice(2), process);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
