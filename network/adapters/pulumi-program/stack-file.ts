import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import * as v from "valibot";
import { ProgramError } from "./program-error.ts";
import type { Project } from "./project.ts";
import { readYaml } from "./yaml-file.ts";

/** Pulumi.STACK.yaml. */
export interface StackFile {
  readonly stack: string;
  readonly organization: string;
  /** Where it is, or would be. */
  readonly file: string;
  readonly encryptionSalt?: string | undefined;
  /** A key of a cloud's key service seals the secrets. */
  readonly secretsProvider?: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
}

// A list is a record of its indexes to valibot.
const keyed = v.pipe(
  v.custom<object>((config) => typeof config === "object" && !Array.isArray(config), "must be a map of keys to values"),
  v.record(v.string(), v.unknown()),
);

const stackShape = v.object({
  encryptionsalt: v.optional(v.nullable(v.string())),
  secretsprovider: v.optional(v.nullable(v.string())),
  config: v.optional(v.nullable(keyed)),
});

/**
 * @param name `STACK`, `ORGANIZATION/STACK` or `ORGANIZATION/PROJECT/STACK`; without it PULUMI_STACK, else the stack
 * that `pulumi stack select` selected, else the only one that has a file, else `dev`
 * @throws ProgramError where the stack has no file, or which stack is meant can't be told
 */
export function readStackFile(project: Project, name: string | undefined, env: NodeJS.ProcessEnv): StackFile {
  const known = stacksWithFiles(project);
  const asked = name ?? (env.PULUMI_STACK || undefined);
  const chosen = asked ?? selectedStack(project, env) ?? onlyStack(project, known);
  const parts = chosen.split("/");
  const stack = parts.at(-1) ?? chosen;
  const organization = parts.length > 1 ? (parts[0] ?? "") : "organization";
  const file = known.get(stack);
  if (file === undefined) {
    const missing = path.join(project.stackDirectory, `Pulumi.${stack}.yaml`);
    if (asked !== undefined) {
      throw new ProgramError([`${missing} does not exist: ${project.directory} has ${listed([...known.keys()])}.`]);
    }
    return { stack, organization, file: missing, config: {} };
  }
  const { encryptionsalt, secretsprovider, config } = readYaml(file, stackShape);
  return {
    stack,
    organization,
    file,
    encryptionSalt: encryptionsalt ?? undefined,
    secretsProvider: secretsprovider ?? undefined,
    config: Object.fromEntries(Object.entries(config ?? {}).map(([key, value]) => [fullKey(project.name, key), value])),
  };
}

function stacksWithFiles({ stackDirectory }: Project): ReadonlyMap<string, string> {
  if (!existsSync(stackDirectory)) return new Map();
  const names = readdirSync(stackDirectory).flatMap((file) => {
    const stack = /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1];
    return stack === undefined ? [] : [[stack, path.join(stackDirectory, file)] as const];
  });
  return new Map(names.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const workspaceShape = v.object({
  stack: v.optional(v.string()),
  stacks: v.optional(v.record(v.string(), v.string())),
});

/** What `pulumi stack select` wrote, newer versions for each backend (pulumi/sdk/go/common/workspace/workspace.go). */
function selectedStack({ name, file }: Project, env: NodeJS.ProcessEnv): string | undefined {
  const home = env.PULUMI_HOME || path.join(env.HOME || homedir(), ".pulumi");
  const digest = createHash("sha1").update(file).digest("hex");
  try {
    const settings = readFileSync(path.join(home, "workspaces", `${name}-${digest}-workspace.json`), "utf8");
    const { stack, stacks = {} } = v.parse(workspaceShape, JSON.parse(settings));
    const [only, ...others] = Object.values(stacks);
    return stacks[env.PULUMI_BACKEND_URL ?? ""] ?? (others.length === 0 ? only : undefined) ?? (stack || undefined);
  } catch {
    // No stack was ever selected here.
    return undefined;
  }
}

function onlyStack({ directory }: Project, known: ReadonlyMap<string, string>): string {
  const [first, second] = known.keys();
  if (first === undefined || known.has("dev")) return "dev";
  if (second === undefined) return first;
  throw new ProgramError([`${directory} has ${listed([...known.keys()])}; say which one is meant (--stack NAME).`]);
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "no stack file";
  return `${names.length === 1 ? "the stack" : "the stacks"} ${names.join(", ")}`;
}

/** `key` is the project's, `aws:region` a package's; `project:config:key` is how old files say it. */
function fullKey(project: string, key: string): string {
  return key.includes(":") ? key.replace(":config:", ":") : `${project}:${key}`;
}
