import * as v from "valibot";
import type { OnWait } from "../data/local-database.ts";
import { exitCodes, Failure } from "../failure.ts";
import { loadFault } from "../load-fault.js";
import { loadModule } from "../load-module.ts";
import { definitionNames, processesFolder } from "../processes/execution/definitions.ts";
import type { Producer } from "../processes/execution/producer.ts";
import type { Shard } from "../processes/execution/shard.ts";
import { threadedProducer } from "../processes/execution/threaded-producer.ts";
import type { CliContext } from "./context.ts";
import { environmentFlag, loadEnvironment } from "./environment.ts";
import { asksForHelp, booleanFlag, parseFlags, refuseWords, usageFailure, wholeNumberFlag } from "./flags.ts";
import { jsonDisplay } from "./json-display.ts";
import { openDatabase } from "./open-database.ts";
import { plainDisplay } from "./plain-display.ts";
import { terminalDisplay } from "./terminal-display.ts";

const help = `Usage: node worker [--env local|aws] [flags]
       node worker list | runs | database | migrate   (each with --help)

Runs the batch: its sub-processes, each after those that it needs. What was
interrupted goes on where it was with the same command. Progress and results go
to stderr; stdout has what --json prints, and the tables of list, runs and status.

  --env NAME            settings of .env.NAME, unless the environment has them (local)
  --only NAME[,NAME]    these sub-processes instead of all
  --limit N|none        reads exactly the first N rows of each source (WORKER_LIMIT, else none)
  --shard I/N           part I, from 0, of N (on AWS Batch: index and size of the array)
  --fresh               starts over: deletes these rows (within --limit and --shard) and their
                        checkpoint first; an interrupted run goes on without it
  --dry-run             does everything in one transaction and rolls it back; pending migrations
                        are applied before, and stay
  --quarantine-limit N  bad records that a sub-process may leave (each has its own default)
  --json                JSON Lines on stdout

DATABASE_URL names the database. Without it, --env local starts an embedded PostgreSQL,
which keeps running (node worker database --help). --env local applies pending migrations
first; elsewhere: node worker migrate up.

Exit codes:
${Object.values(exitCodes)
  .map(({ code, retry, meaning }) => `  ${String(code).padEnd(10)}${meaning}${retry ? " (worth a retry)" : ""}`)
  .join("\n")}
  130, 143  left at once by a second signal, SIGINT (Ctrl-C) or SIGTERM; a first one ends with 75
`;

const limit = v.union(
  [
    v.pipe(
      v.literal("none"),
      v.transform(() => null),
    ),
    wholeNumberFlag(1),
  ],
  "must be a whole number from 1 on, or none",
);

const shard = v.pipe(
  v.string(),
  v.regex(/^\d+\/\d+$/, "must be I/N, such as 0/4"),
  v.transform((text): Shard => {
    const [index = 0, of = 0] = text.split("/").map(Number);
    return { index, of };
  }),
  v.check(({ index, of }) => index < of && of <= 10_000, "must be I/N with N from 1 to 10000 and I from 0 to N-1"),
);

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return exitCodes.done.code;
  }
  const names = await definitionNames();
  const { flags, words } = parseFlags("worker", argv, {
    env: environmentFlag,
    only: v.optional(namesOf(names)),
    limit: v.optional(limit),
    shard: v.optional(shard),
    fresh: booleanFlag,
    dryRun: booleanFlag,
    quarantineLimit: v.optional(wholeNumberFlag(0)),
    json: booleanFlag,
  });
  refuseWords("worker", words, "; a command comes first");
  const variables = loadEnvironment(flags.env, context);
  const request = {
    environment: flags.env,
    names,
    only: flags.only ?? null,
    limit: flags.limit !== undefined ? flags.limit : setting(variables, "WORKER_LIMIT", limit, null),
    shard: flags.shard ?? shardOfArrayJob(variables),
    fresh: flags.fresh,
    dryRun: flags.dryRun,
    quarantineLimit: flags.quarantineLimit,
  };
  const sourceRows = new Map<string, number>();
  const createDisplay = flags.json ? jsonDisplay : context.stderr.isTTY ? terminalDisplay : plainDisplay;
  const isJob = (variables.AWS_BATCH_JOB_ID ?? "") !== "";
  const job = isJob ? { environment: flags.env, shard: request.shard } : undefined;
  const limitIsDefault = flags.limit === undefined;
  const display = createDisplay(context, { ...request, limitIsDefault, argv, job, sourceRows });
  const thread = threadedProducer(request.only ?? names, processesFolder, context.thread, variables);
  const producer = observed(thread, sourceRows);
  try {
    // Creating, starting or asking the server is another process's work: Sequelize is loaded meanwhile.
    let onWait: OnWait = () => {};
    const waiting = new Promise<string>((resolve) => {
      onWait = resolve;
    });
    const opening = openDatabase(flags.env, variables, context, display.say, onWait);
    const awaited = await Promise.race([waiting, opening]);
    const { executeBatch, prepareMigrations } = await loadModule<typeof import("./batch.ts")>(
      new URL("./batch.ts", import.meta.url),
    );
    // A new database will be migrated.
    if (awaited === "initdb") await prepareMigrations();
    return await executeBatch(request, { database: await opening, producer, display }, context);
  } finally {
    display.close();
    await producer.close();
  }
}

/** `producer`, which notes the rows of each source that it opens. */
function observed(producer: Producer, sourceRows: Map<string, number>): Producer {
  return {
    ...producer,
    async open(name) {
      try {
        const facts = await producer.open(name);
        sourceRows.set(name, facts.rows);
        return facts;
      } catch (error) {
        // A source loads the package that reads it when it is opened.
        const fault = loadFault(error);
        throw fault === undefined ? error : new Failure("usage", fault, { cause: error });
      }
    },
  };
}

/** A comma-separated list of some of `names`. */
function namesOf(names: readonly string[]) {
  return v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const chosen = dataset.value.split(",").map((name) => name.trim());
      const unknown = chosen.filter((name) => !names.includes(name));
      if (unknown.length === 0) return [...new Set(chosen)];
      const message = `names no sub-process ${unknown.map((name) => `"${name}"`).join(", ")}; there are ${names.join(", ")}`;
      addIssue({ message });
      return NEVER;
    }),
  );
}

/** A setting from the environment, by the same rules as its flag. */
function setting<T>(env: NodeJS.ProcessEnv, name: string, schema: v.GenericSchema<unknown, T>, fallback: T): T {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const parsed = v.safeParse(schema, text);
  if (parsed.success) return parsed.output;
  throw usageFailure("worker", [`${name} "${text}" ${parsed.issues[0].message}`]);
}

/** AWS Batch tells a child of an array job its index and, from 2023 on, the array's size (user guide, job_env_vars). */
function shardOfArrayJob(env: NodeJS.ProcessEnv): Shard {
  const [index, size] = [env.AWS_BATCH_JOB_ARRAY_INDEX, env.AWS_BATCH_JOB_ARRAY_SIZE];
  if (index === undefined || index === "") return { index: 0, of: 1 };
  const parsed = v.safeParse(shard, `${index}/${size ?? ""}`);
  if (parsed.success) return parsed.output;
  throw usageFailure("worker", [
    `AWS_BATCH_JOB_ARRAY_INDEX is "${index}" and AWS_BATCH_JOB_ARRAY_SIZE is "${size ?? ""}"; together they ${parsed.issues[0].message}`,
  ]);
}
