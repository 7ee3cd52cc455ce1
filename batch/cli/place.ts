import path from "node:path";
import * as v from "valibot";
import { defaults } from "../../settings.ts";
import { loadEnvironment, readEnvironmentFile } from "../../worker/cli/environment.ts";
import { exitCodes, Failure } from "../../worker/failure.ts";
import { loadModule } from "../../worker/load-module.ts";
import type { JobService } from "../jobs/job-service.ts";
import type { QueueState } from "../jobs/queue-state.ts";
import { folderAt } from "../local/folder.ts";
import { LocalJobService } from "../local/local-job-service.ts";
import { retryRules } from "../retry-strategy.ts";
import { sendCode, treeHash } from "./code.ts";
import type { CliContext } from "./context.ts";
import { jobSettings, secretSettings } from "./settings.ts";

const names = ["aws", "local"] as const;
type EnvironmentName = (typeof names)[number];

/** Flags that say where jobs are, the same for each command. */
export const placeFlags = {
  env: v.optional(v.picklist(names, `is not one of ${names.join(", ")}`), "aws"),
  queue: v.optional(v.string()),
  jobDefinition: v.optional(v.string()),
  stack: v.optional(v.string()),
};

export const placeHelp = `  --env aws|local         AWS Batch, or this machine (aws)
  --queue NAME, --job-definition NAME
                          on AWS; else JOB_QUEUE and JOB_DEFINITION of .env.aws, else the stack's outputs
  --stack NAME            which stack of the project that is (the selected one)`;

export interface PlaceValues {
  env: EnvironmentName;
  queue: string | undefined;
  jobDefinition: string | undefined;
  stack: string | undefined;
}

/** Where jobs are, and how watching goes there. */
export interface Place {
  readonly service: JobService;
  /** See `WatchOptions`. */
  readonly haste: number;
  /** Of the Pulumi project; undefined: the selected one. */
  readonly stack: string | undefined;
  /** What is known of the queue that a job waits in; absent: nothing but that there is one. @throws Failure */
  readonly queueState?: (jobQueue: string) => Promise<QueueState>;
  /** Called when there will be something to submit. */
  readonly prepare: () => Promise<void>;
  /** What the job definition gives every job. */
  readonly definitionEnvironment: () => Promise<Readonly<Record<string, string>>>;
  /** Brings this working tree's code there. @returns what the jobs' environment must say of it, and its settings for jobs */
  readonly bringCode: () => Promise<Record<"settings" | "code", Record<string, string>>>;
}

/** @throws Failure `usage` for flags that have no meaning there */
export async function openPlace(values: PlaceValues, context: CliContext): Promise<Place> {
  const { project } = context;
  const { queue, jobDefinition, stack } = values;
  if (values.env === "aws") return await openAws({ queue, jobDefinition, stack }, context);
  const given = { "--queue": queue, "--job-definition": jobDefinition, "--stack": stack };
  const named = Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (named.length > 0) {
    throw new Failure(
      "usage",
      `${named.join(" and ")}: --env local has one queue and one job definition; leave that out.`,
    );
  }
  const { timeout, attempts } = defaults;
  const service = new LocalJobService({
    folder: folderAt(path.join(project, ".local", "batch")),
    definition: { timeout, attempts, evaluateOnExit: retryRules(exitCodes) },
    environment: context.env,
    clock: Date.now,
  });
  let code: ReturnType<typeof treeHash> | undefined;
  return {
    service,
    haste: 20,
    stack: undefined,
    prepare: async () => {
      await service.prepare();
      // While the runner loads, which takes longer.
      code = treeHash(context);
    },
    definitionEnvironment: async () => ({}),
    // On this machine the working tree is there.
    bringCode: async () => ({ settings: {}, code: await (code ?? treeHash(context)) }),
  };
}

/** The clients of AWS are packages that only this needs. */
async function openAws({ stack, ...flags }: Omit<PlaceValues, "env">, context: CliContext): Promise<Place> {
  const { project, env, stop } = context;
  // Pulumi and the clients of AWS have to mean the same account and Region, and clients read the process's own environment, some
  // of it when they are loaded.
  Object.assign(env, loadEnvironment("aws", context));
  type Service = typeof import("../adapters/aws-job-service.ts");
  type Outputs = typeof import("../adapters/stack-outputs.ts");
  const [{ AwsJobService }, { findPlace }] = await Promise.all([
    loadModule<Service>(new URL("../adapters/aws-job-service.ts", import.meta.url)),
    loadModule<Outputs>(new URL("../adapters/stack-outputs.ts", import.meta.url)),
  ]);
  const service = new AwsJobService({ place: () => findPlace({ flags, env, project, stack, stop }), stop });
  return {
    service,
    haste: 1,
    stack,
    queueState: (jobQueue) => service.queueState(jobQueue),
    prepare: async () => {},
    definitionEnvironment: () => service.definitionEnvironment(),
    bringCode: async () => {
      const definition = await service.definitionEnvironment();
      const code = await sendCode(definition, context, Date.now());
      // The image's own code has the image's own settings.
      const isSent = Object.keys(code).length > 0;
      const file = isSent ? readEnvironmentFile("aws", project) : {};
      const settings = jobSettings(file, definition);
      for (const name of secretSettings(file)) {
        context.stderr.write(
          `note: ${name} of .env.aws stays here, it looks like a secret: those belong into the job definition\n`,
        );
      }
      const names = Object.keys(settings).join(", ");
      if (names !== "") context.stderr.write(`settings of .env.aws go along: ${names}\n`);
      return { settings, code };
    },
  };
}
