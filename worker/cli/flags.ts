import meow from "meow";
import * as v from "valibot";
import { Failure } from "../failure.ts";

/** One flag: its schema decides what is accepted and, through its type, what the command receives. */
export type FlagSchemas = Record<string, v.GenericSchema<unknown, unknown>>;

/** The values of the flags, named in camelCase: `--dry-run` becomes `dryRun`. */
export type FlagValues<Schemas extends FlagSchemas> = { [Name in keyof Schemas]: v.InferOutput<Schemas[Name]> };

export const booleanFlag = v.optional(v.boolean("takes no value"), false);

/** A flag that may be given any number of times. */
export const listFlag = v.optional(v.array(v.string()), []);

/** A flag whose value is a number from `least` to `most`. */
export const numberFlag = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.transform(Number),
    v.number("is not a number"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

/** A flag whose value is a whole number from `least` on. */
export const wholeNumberFlag = (least: number) =>
  v.pipe(numberFlag(least, Number.MAX_SAFE_INTEGER), v.integer("is not a whole number"));

/**
 * Parses `argv` (without the command's own words) against `schemas`, all faults at once.
 * @returns the flags and the words that are not flags
 * @throws Failure `usage` with one line: what was given, what is accepted, where the help is
 */
export function parseFlags<Schemas extends FlagSchemas>(
  command: string,
  argv: readonly string[],
  schemas: Schemas,
): { flags: FlagValues<Schemas>; words: string[] } {
  const faults: string[] = [];
  const cli = meow("", {
    importMeta: import.meta,
    // meow calls the process by its package's name: let `ps` show what was typed.
    pkg: { name: `node ${command} ${argv.join(" ")}` },
    argv,
    autoHelp: false,
    autoVersion: false,
    inferType: false,
    flags: Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) =>
        isBoolean(schema)
          ? [name, { type: "boolean" as const }]
          : [name, { type: "string" as const, isMultiple: true }],
      ),
    ),
  });
  const given = cli.unnormalizedFlags as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (!(camelCase(name) in schemas)) faults.push(`unknown flag ${dashed(name)}`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const raw = cli.flags[name] as unknown;
    const list = Array.isArray(raw) ? raw : [raw];
    if (schema === listFlag) {
      if (list.some((value) => value === "")) faults.push(`${dashed(name)} needs a value`);
      values[name] = Array.isArray(raw) ? raw : [];
      continue;
    }
    if (Array.isArray(raw) && raw.length > 1) {
      faults.push(`${dashed(name)} was given ${raw.length} times; give it once`);
      continue;
    }
    // meow takes any value for a boolean but "true" for false: a dry run would then be none.
    const withValue = isBoolean(schema) && argv.find((word) => word.startsWith(`${dashed(name)}=`));
    if (withValue) {
      faults.push(`${withValue}: ${dashed(name)} takes no value`);
      continue;
    }
    const wasGiven = argv.some(
      (word) => word === dashed(name) || word === `--no-${kebab(name)}` || word.startsWith(`${dashed(name)}=`),
    );
    const value = wasGiven ? list[0] : undefined;
    if (wasGiven && (value === "" || value === undefined)) {
      faults.push(`${dashed(name)} needs a value`);
      continue;
    }
    const parsed = v.safeParse(schema, value);
    if (parsed.success) values[name] = parsed.output;
    else faults.push(`${dashed(name)} ${value === undefined ? "" : `"${value}" `}${parsed.issues[0].message}`);
  }
  if (faults.length > 0) throw usageFailure(command, faults);
  return { flags: values as FlagValues<Schemas>, words: [...cli.input] };
}

export function usageFailure(command: string, faults: readonly string[]): Failure {
  return new Failure("usage", `${faults.join("; ")}. See: node ${command} --help`);
}

/** @throws Failure `usage` where a command that takes no words was given one */
export function refuseWords(command: string, words: readonly string[], hint = ""): void {
  if (words.length > 0) throw usageFailure(command, [unexpected(words) + hint]);
}

export const unexpected = (words: readonly string[]) => `unexpected "${words.join(" ")}"`;

/** Whether `--help` was asked for anywhere in `argv`. */
export function asksForHelp(argv: readonly string[]): boolean {
  return argv.includes("--help") || argv.includes("-h");
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camelCase = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
const dashed = (name: string) => (name.length === 1 ? `-${name}` : `--${kebab(name)}`);

function isBoolean(schema: v.GenericSchema<unknown, unknown>): boolean {
  return schema === booleanFlag;
}
