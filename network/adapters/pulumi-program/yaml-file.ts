import { readFileSync } from "node:fs";
import yaml from "js-yaml";
import * as v from "valibot";
import { ProgramError } from "./program-error.ts";

/**
 * A YAML file of a known shape.
 * @throws ProgramError that names the file and the line or the key
 */
export function readYaml<Schema extends v.GenericSchema>(file: string, schema: Schema): v.InferOutput<Schema> {
  let content: unknown;
  try {
    // An empty file is an empty object.
    content = yaml.load(readFileSync(file, "utf8"), { schema: yaml.CORE_SCHEMA }) ?? {};
  } catch (error) {
    if (error instanceof yaml.YAMLException) {
      const line = error.mark === undefined ? "" : `, line ${error.mark.line + 1}`;
      throw new ProgramError([`${file}${line} is not YAML: ${error.reason}.`]);
    }
    throw new ProgramError([`${file} can't be read: ${(error as Error).message}.`]);
  }
  const parsed = v.safeParse(schema, content);
  if (parsed.success) return parsed.output;
  throw new ProgramError(
    parsed.issues.map((issue) => `${file}: ${v.getDotPath(issue) ?? "the whole file"}: ${issue.message}.`),
  );
}
