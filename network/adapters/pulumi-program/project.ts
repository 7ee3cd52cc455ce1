import { existsSync, statSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { ProgramError } from "./program-error.ts";
import { readYaml } from "./yaml-file.ts";

/** A key that `config:` of Pulumi.yaml describes; one with neither `default` nor `value` must be set by the stack. */
export interface ConfigDeclaration {
  readonly type?: ConfigType | undefined;
  readonly items?: { readonly type?: ConfigType | undefined } | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly value?: unknown;
  readonly secret?: boolean | undefined;
}

export type ConfigType = (typeof configTypes)[number];

/** What Pulumi.yaml says (https://www.pulumi.com/docs/iac/concepts/projects/project-file/). */
export interface Project {
  readonly file: string;
  readonly directory: string;
  readonly name: string;
  /** A file or folder, relative to `directory`. */
  readonly main?: string | undefined;
  readonly nodeargs: readonly string[];
  readonly tsconfig?: string | undefined;
  /** The folder of the stack files. */
  readonly stackDirectory: string;
  /** By full key (`project:key`). */
  readonly config: ReadonlyMap<string, ConfigDeclaration>;
}

const configTypes = ["string", "integer", "boolean", "array", "object"] as const;

const declarationShape = v.object({
  type: v.optional(v.picklist(configTypes)),
  items: v.optional(v.object({ type: v.optional(v.picklist(configTypes)) })),
  description: v.optional(v.string()),
  default: v.optional(v.unknown()),
  value: v.optional(v.unknown()),
  secret: v.optional(v.boolean()),
});

const projectShape = v.object({
  name: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]{1,100}$/, "must be 1 to 100 letters, digits, _ . or -")),
  runtime: v.union([
    v.string(),
    v.object({
      name: v.string(),
      options: v.optional(
        v.nullable(
          v.object({
            nodeargs: v.optional(v.nullable(v.string())),
            typescript: v.optional(v.boolean()),
            tsconfig: v.optional(v.string()),
          }),
        ),
      ),
    }),
  ]),
  main: v.optional(v.nullable(v.string())),
  stackConfigDir: v.optional(v.nullable(v.string())),
  config: v.optional(v.nullable(v.union([v.string(), v.record(v.string(), v.unknown())]))),
});

/** @throws ProgramError where there is no Pulumi.yaml that describes a Node.js program */
export function readProject(directory: string): Project {
  const file = projectFile(directory);
  const { name, runtime, main, stackConfigDir, config } = readYaml(file, projectShape);
  const { name: language, options } = typeof runtime === "string" ? { name: runtime, options: undefined } : runtime;
  if (language !== "nodejs") {
    throw new ProgramError([`${file}: runtime is ${language}; only nodejs programs can be run in process.`]);
  }
  // Before there was `stackConfigDir`, a text here named the folder.
  const stackFolder = stackConfigDir ?? (typeof config === "string" ? config : ".");
  return {
    file,
    directory,
    name,
    main: main ?? undefined,
    nodeargs: options?.nodeargs?.split(/\s+/).filter((argument) => argument !== "") ?? [],
    tsconfig: options?.tsconfig,
    stackDirectory: path.resolve(directory, stackFolder),
    config: new Map(
      Object.entries(typeof config === "object" ? (config ?? {}) : {}).map(([key, said]) => [
        key.includes(":") ? key : `${name}:${key}`,
        declaration(file, key, said),
      ]),
    ),
  };
}

function projectFile(directory: string): string {
  if (!existsSync(directory)) throw new ProgramError([`The program's folder ${directory} does not exist.`]);
  if (!statSync(directory).isDirectory()) throw new ProgramError([`${directory} is a file; a program is a folder.`]);
  for (const name of ["Pulumi.yaml", "Pulumi.yml"]) {
    const file = path.join(directory, name);
    if (existsSync(file)) return file;
  }
  throw new ProgramError([`${directory} has no Pulumi.yaml: it holds no Pulumi program.`]);
}

/** `key: value` is short for `key: { value: value }`. */
function declaration(file: string, key: string, said: unknown): ConfigDeclaration {
  if (typeof said !== "object" || said === null || Array.isArray(said)) return { value: said };
  const parsed = v.safeParse(declarationShape, said);
  if (parsed.success) return parsed.output;
  throw new ProgramError(
    parsed.issues.map((issue) => `${file}: config.${key}.${v.getDotPath(issue) ?? ""}: ${issue.message}.`),
  );
}
