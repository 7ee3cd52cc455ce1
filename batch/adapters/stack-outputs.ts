import { execFile } from "node:child_process";
import path from "node:path";
import * as v from "valibot";
import { Failure } from "../../worker/failure.ts";
import type { JobPlace } from "./aws/target.ts";

export interface PlaceQuestion {
  /** `--queue`, `--job-definition`. */
  readonly flags: { readonly queue?: string | undefined; readonly jobDefinition?: string | undefined };
  /** With what `.env.NAME` sets. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder of Pulumi.yaml. */
  readonly project: string;
  /** Default: the selected one. */
  readonly stack?: string | undefined;
  /** Nobody waits for the answer any more. */
  readonly stop?: AbortSignal | undefined;
}

/** The program's outputs that matter here (index.ts); others are left alone. */
const stackOutputs = v.looseObject({
  jobQueueArn: v.optional(v.nullable(v.string())),
  jobDefinitionArn: v.optional(v.nullable(v.string())),
});
export type StackOutputs = v.InferOutput<typeof stackOutputs> & Readonly<Record<string, unknown>>;

const names = { jobQueue: ["JOB_QUEUE", "--queue"], jobDefinition: ["JOB_DEFINITION", "--job-definition"] } as const;

/**
 * Queue and definition, each from the first that names it: a flag, `.env.NAME` (JOB_QUEUE, JOB_DEFINITION), the stack.
 * @throws Failure `usage` where none does
 */
export async function findPlace({ flags, env, project, stack, stop }: PlaceQuestion): Promise<JobPlace> {
  const jobQueue = flags.queue ?? (env.JOB_QUEUE || undefined);
  const jobDefinition = flags.jobDefinition ?? (env.JOB_DEFINITION || undefined);
  if (jobQueue !== undefined && jobDefinition !== undefined) return { jobQueue, jobDefinition };
  const missing = [
    ...(jobQueue === undefined ? (["jobQueue"] as const) : []),
    ...(jobDefinition === undefined ? (["jobDefinition"] as const) : []),
  ];
  const outputs = await readStackOutputs({ env, project, stack, stop }, missing);
  const place = {
    jobQueue: jobQueue ?? outputs.jobQueueArn,
    jobDefinition: jobDefinition ?? outputs.jobDefinitionArn,
  };
  const without = missing.filter((name) => !place[name]);
  if (without.length > 0) {
    const which = without.map((name) => `${name}Arn`).join(" and ");
    throw new Failure("usage", `The stack has no output ${which}: it is not up; run pulumi up, or ${orName(without)}.`);
  }
  return place as JobPlace;
}

/**
 * What the stack of a project tells: `pulumi stack output --json`.
 * @param wanted what it is asked for: it can be named in other ways too
 * @throws Failure `usage` without Pulumi's command line, a login, a stack
 */
export async function readStackOutputs(
  { env, project, stack, stop }: Pick<PlaceQuestion, "env" | "project" | "stack" | "stop">,
  wanted: readonly (keyof typeof names)[],
): Promise<StackOutputs> {
  const command = [
    "stack",
    "output",
    "--json",
    "--non-interactive",
    ...(stack === undefined ? [] : ["--stack", stack]),
  ];
  // The one that the project comes with, where the machine has none.
  const PATH = [env.PATH, path.join(project, "node_modules", ".bin")].filter(Boolean).join(path.delimiter);
  const options = { cwd: project, env: { ...env, PATH }, timeout: timeLimitMs, ...(stop && { signal: stop }) };
  const { error, stdout, stderr } = await run("pulumi", command, options);
  const refuse = (why: string) => new Failure("usage", `${why}; or ${orName(wanted)}.`, { cause: error });
  if (error !== null) {
    if (error.code === "ENOENT") {
      throw refuse("Pulumi's command line is not here, so the stack can't be asked for its job queue: install it");
    }
    if (error.killed)
      throw refuse(`pulumi stack output has not answered within ${timeLimitMs / 1000} s: try it by hand`);
    if (/no stack selected|no stack named|must supply `?--stack/i.test(stderr)) {
      throw refuse(
        `No stack of this project ${stack === undefined ? "is selected" : `is named ${stack}`}: pulumi stack select NAME`,
      );
    }
    if (/pulumi login|PULUMI_ACCESS_TOKEN/i.test(stderr)) {
      throw refuse("Pulumi is not logged in, so the stack can't be asked for its job queue: pulumi login");
    }
    if (/passphrase/i.test(stderr)) {
      throw refuse("The stack's passphrase is missing: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE");
    }
    throw refuse(`pulumi stack output fails (${faultLine(stderr) || error.message})`);
  }
  const parsed = v.safeParse(stackOutputs, parseJson(stdout));
  if (!parsed.success) throw refuse("pulumi stack output prints no outputs of this project's program: try it by hand");
  return parsed.output;
}

const timeLimitMs = 60_000;

const orName = (wanted: readonly (keyof typeof names)[]): string =>
  wanted.map((name) => `name ${names[name][1]} (or ${names[name][0]} in .env.aws)`).join(" and ");

interface Ran {
  readonly error: (Error & { code?: unknown; killed?: boolean }) | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  file: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; timeout: number; signal?: AbortSignal },
): Promise<Ran> {
  return await new Promise((resolve) =>
    execFile(file, args, { ...options, encoding: "utf8" }, (error, stdout, stderr) =>
      resolve({ error, stdout, stderr }),
    ),
  );
}

/** Pulumi says before it what it is about to do (a download), other programs say it last. */
function faultLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((one) => one.startsWith("error:")) ?? lines.at(-1) ?? "";
  return line.replace(/^error:\s*/, "").trim();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
