import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { defaults } from "../../settings.ts";
import { loadEnvironment, readEnvironmentFile } from "../../worker/cli/environment.ts";
import { exitCodes, Failure } from "../../worker/failure.ts";
import { loadModule } from "../../worker/load-module.ts";
import type { JobService } from "../jobs/job-service.ts";
import { folderAt } from "../local/folder.ts";
import { LocalJobService } from "../local/local-job-service.ts";
import { retryRules } from "../retry-strategy.ts";
import { sendCode } from "./code.ts";
import type { CliContext } from "./context.ts";
import { jobSettings } from "./settings.ts";

const names = ["aws", "local"] as const;
type EnvironmentName = (typeof names)[number];

/** Flags that say where jobs are, the same for each command. */
export const placeFlags = {
  env: v.optional(v.picklist(names, `is not one of ${names.join(", ")}`), "aws"),
  queue: v.optional(v.string()),
  jobDefinition: v.optional(v.string()),
};

export const placeHelp = `  --env aws|local         AWS Batch, or this machine (aws)
  --queue NAME, --job-definition NAME
                          on AWS; else JOB_QUEUE and JOB_DEFINITION of .env.aws, else the stack's outputs`;

export interface PlaceValues {
  env: EnvironmentName;
  queue: string | undefined;
  jobDefinition: string | undefined;
}

/** Where jobs are, and how watching goes there. */
export interface Place {
  readonly service: JobService;
  /** See `WatchOptions`. */
  readonly haste: number;
  /** Called when there will be something to submit. */
  readonly prepare: () => Promise<void>;
  /** What the job definition gives every job. */
  readonly definitionEnvironment: () => Promise<Readonly<Record<string, string>>>;
  /** Brings this working tree's code there. @returns what the jobs' environment must say of it, and its settings for jobs */
  readonly bringCode: () => Promise<Record<"settings" | "code", Record<string, string>>>;
}

/** @throws Failure `usage` for flags that have no meaning there */
export async function openPlace({ env: name, queue, jobDefinition }: PlaceValues, context: CliContext): Promise<Place> {
  const { project } = context;
  if (name === "aws") return await openAws({ queue, jobDefinition }, context);
  const given = Object.entries({ "--queue": queue, "--job-definition": jobDefinition }).filter(([, value]) => value);
  if (given.length > 0) {
    throw new Failure(
      "usage",
      `${given.map(([flag]) => flag).join(" and ")}: --env local has one queue and one job definition; leave that out.`,
    );
  }
  const { timeout, attempts } = defaults;
  const service = new LocalJobService({
    folder: folderAt(path.join(project, ".local", "batch")),
    definition: { timeout, attempts, evaluateOnExit: retryRules(exitCodes) },
    environment: context.env,
    clock: Date.now,
  });
  // On this machine the working tree is there.
  const definitionEnvironment = async () => ({});
  const bringCode = async () => ({ settings: {}, code: {} });
  return { service, haste: 20, prepare: () => service.prepare(), definitionEnvironment, bringCode };
}

/** The clients of AWS are packages that only this needs. */
async function openAws(flags: Pick<PlaceValues, "queue" | "jobDefinition">, context: CliContext): Promise<Place> {
  const load = async <Module>(file: string): Promise<Module> => {
    const url = new URL(file, import.meta.url);
    if (existsSync(fileURLToPath(url))) return await loadModule<Module>(url);
    throw new Failure(
      "usage",
      `Jobs on AWS need ${path.relative(context.project, fileURLToPath(url))}, which is missing; use --env local.`,
    );
  };
  type Service = typeof import("../adapters/aws-job-service.ts");
  type Outputs = typeof import("../adapters/stack-outputs.ts");
  const { AwsJobService } = await load<Service>("../adapters/aws-job-service.ts");
  const { findPlace } = await load<Outputs>("../adapters/stack-outputs.ts");
  const env = loadEnvironment("aws", context);
  const { project, stop } = context;
  const service = new AwsJobService({ place: () => findPlace({ flags, env, project, stop }), stop });
  return {
    service,
    haste: 1,
    prepare: async () => {},
    definitionEnvironment: () => service.definitionEnvironment(),
    bringCode: async () => {
      const definition = await service.definitionEnvironment();
      const code = await sendCode(definition, { ...context, env }, Date.now());
      // The image's own code has the image's own settings.
      const isSent = Object.keys(code).length > 0;
      const settings = isSent ? jobSettings(readEnvironmentFile("aws", project), definition) : {};
      const names = Object.keys(settings).join(", ");
      if (names !== "") context.stderr.write(`settings of .env.aws go along: ${names}\n`);
      return { settings, code };
    },
  };
}
