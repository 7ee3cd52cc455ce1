import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import * as v from "valibot";
import { Failure } from "../failure.ts";
import type { CliContext } from "./context.ts";

const names = ["local", "aws"] as const;

/** `--env NAME`. */
export const environmentFlag = v.optional(v.picklist(names, `is not one of ${names.join(", ")}`), "local");

/**
 * Reads `.env.NAME` of the project; what the process's own environment sets wins over it.
 * @throws Failure `usage` naming the file, and the line where one is broken
 */
export function loadEnvironment(
  name: string,
  { env, project }: Pick<CliContext, "env" | "project">,
): NodeJS.ProcessEnv {
  return { ...readEnvironmentFile(name, project), ...env };
}

/** What `.env.NAME` sets by itself. @throws as loadEnvironment */
export function readEnvironmentFile(name: string, project: string): Record<string, string> {
  const file = path.join(project, `.env.${name}`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const fault = code === "ENOENT" ? "does not exist" : `can't be read (${message})`;
    throw new Failure("usage", `The environment file ${file} ${fault}; write it, if only with a comment.`, {
      cause: error,
    });
  }
  const broken = brokenLine(text);
  if (broken !== undefined) {
    throw new Failure(
      "usage",
      `The environment file ${file} is broken at line ${broken.number}: ${broken.fault}; complete or delete that line.`,
    );
  }
  return parseEnv(text) as Record<string, string>;
}

/** `parseEnv` skips in silence what it doesn't understand; a line that is cut off must not lose its setting that way. */
function brokenLine(text: string): { number: number; fault: string } | undefined {
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!.trim();
    const number = index + 1;
    if (line === "" || line.startsWith("#")) continue;
    // The line itself may hold half a secret, so it isn't shown.
    const value = line.match(/^(?:export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*=\s*(.*)$/)?.[1];
    if (value === undefined || line.includes("\0")) return { number, fault: "it does not have the form NAME=VALUE" };
    const quote = value.match(/^["'`]/)?.[0];
    if (quote === undefined || value.indexOf(quote, 1) > 0) continue;
    do index += 1;
    while (index < lines.length && !lines[index]!.includes(quote));
    if (index === lines.length) return { number, fault: `its ${quote} is never closed` };
  }
  return undefined;
}
