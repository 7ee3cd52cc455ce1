import { readFileSync } from "node:fs";
import { hasReaderLeft } from "../../worker/cli/output.ts";
import { Failure } from "../../worker/failure.ts";
import { loadModule } from "../../worker/load-module.ts";
import { reasonOf } from "./output-file.ts";

/** What a command gets of the outside world. */
export interface CliContext {
  readonly stdout: Pick<NodeJS.WriteStream, "write" | "isTTY">;
  readonly stderr: Pick<NodeJS.WriteStream, "write">;
  readonly env: NodeJS.ProcessEnv;
}

type Command = (argv: string[], context: CliContext) => Promise<number>;

const commands: Record<string, URL> = { check: new URL("./check.ts", import.meta.url) };

const help = `Usage: node network check ...   (--help tells more)

Proves where packets of a network on AWS can go.
`;

/** Runs the command line of `process` and sets its exit code. */
export async function main(process: NodeJS.Process): Promise<void> {
  const [first = "", ...rest] = process.argv.slice(2);
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
    process.exitCode = await run(first, rest, process);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

async function run(first: string, rest: string[], process: NodeJS.Process): Promise<number> {
  if (first === "--help" || first === "-h") process.stdout.write(help);
  else if (first === "--version") {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    process.stdout.write(`${version}\n`);
  } else {
    const file = Object.hasOwn(commands, first) ? commands[first] : undefined;
    if (!file) {
      const what = first === "" ? "a command is missing" : `unknown command "${first}"`;
      throw new Failure("usage", `${what}; one of ${Object.keys(commands).join(", ")}. See: node network --help`);
    }
    const { command } = await loadModule<{ command: Command }>(file);
    return await command(rest, process);
  }
  return 0;
}
