import { readFileSync } from "node:fs";
import { exitCodes } from "../failure.ts";
import { loadModule } from "../load-module.ts";
import { usageFailure } from "./flags.ts";

/** `node NAME COMMAND ...`. */
export interface CommandLine {
  readonly name: string;
  readonly help: string;
  /** Modules with `command(argv, context)`, each loaded when it is asked for: what one does not need costs it no time. */
  readonly commands: Readonly<Record<string, URL>>;
}

/** @returns the exit code */
export async function runCommand<Context extends { readonly stdout: Pick<NodeJS.WriteStream, "write"> }>(
  { name, help, commands }: CommandLine,
  [first = "", ...rest]: readonly string[],
  context: Context,
): Promise<number> {
  if (first === "--help" || first === "-h") context.stdout.write(help);
  else if (first === "--version") {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    context.stdout.write(`${version}\n`);
  } else {
    const file = Object.hasOwn(commands, first) ? commands[first] : undefined;
    if (!file) {
      const what = first === "" ? "a command is missing" : `unknown command "${first}"`;
      throw usageFailure(name, [`${what}; one of ${Object.keys(commands).join(", ")}`]);
    }
    type Command = (argv: string[], context: Context) => Promise<number>;
    const { command } = await loadModule<{ command: Command }>(file);
    return await command(rest, context);
  }
  return exitCodes.done.code;
}
