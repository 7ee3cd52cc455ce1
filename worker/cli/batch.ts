import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import type { Sequelize } from "sequelize";
import { connect, type Database } from "../data/database.ts";
import { asFailure } from "../data/database-failure.ts";
import { joined } from "../data/joined.ts";
import { loadUmzug } from "../data/migration-runner.ts";
import { type DefineModel, loadModels } from "../data/models.ts";
import { JobRepository } from "../data/repositories/job.ts";
import { PostgresStepSession } from "../data/repositories/step-session.ts";
import { Failure } from "../failure.ts";
import { type AnyDefinition, loadDefinitions } from "../processes/execution/definitions.ts";
import type { Producer } from "../processes/execution/producer.ts";
import { outcomeOf, runSteps } from "../processes/execution/run.ts";
import type { Shard } from "../processes/execution/shard.ts";
import type { CliContext } from "./context.ts";
import type { Display } from "./display.ts";
import { jobOrigin } from "./job-origin.ts";
import { projectMigrator } from "./project-migrator.ts";

/** What a new database will need, to be loaded while others work. */
export const prepareMigrations = loadUmzug;

export interface BatchRequest {
  environment: string;
  /** All sub-processes. */
  names: readonly string[];
  only: readonly string[] | null;
  limit: number | null;
  shard: Shard;
  fresh: boolean;
  dryRun: boolean;
  quarantineLimit: number | undefined;
}

/** Puts database, sub-processes and display together and runs the batch. @returns the exit code */
export async function executeBatch(
  request: BatchRequest,
  { database, producer, display }: { database: Database; producer: Producer; display: Display },
  context: CliContext,
): Promise<number> {
  const [definitions, models] = await Promise.all([loadDefinitions(request.names), loadModels(request.names)]);
  const applicationName = `batch-preflight worker ${hostname()}:${process.pid}`;
  const main = connect(database, { applicationName });
  try {
    await migrate(database, main, request, context, display);
    return await runIn({ database, main, applicationName, definitions, models, producer }, request, context, display);
  } catch (error) {
    // What is under way outside of any step: migrations, the job's own record.
    throw asFailure(error, database.label);
  } finally {
    await main.close().catch(() => {});
  }
}

interface Parts {
  database: Database;
  /** The session of bookkeeping and of cancellations. */
  main: Sequelize;
  applicationName: string;
  definitions: ReadonlyMap<string, AnyDefinition>;
  models: ReadonlyMap<string, DefineModel>;
  producer: Producer;
}

async function runIn(
  { database, main, applicationName, definitions, models, producer }: Parts,
  request: BatchRequest,
  context: CliContext,
  display: Display,
): Promise<number> {
  const { environment, only, limit, shard, fresh, dryRun, quarantineLimit } = request;
  const clock = () => performance.now();
  const startedAt = new Date();
  const explain = async (failure: Failure) => (await database.failureSince?.(startedAt)) ?? failure;
  // A dry run is one transaction for everything: later steps see what earlier ones did, and nothing stays.
  const all = dryRun ? await main.transaction() : undefined;
  const shared = all && joined(main, all);
  try {
    const jobs = new JobRepository(shared ?? main, database.label);
    const parameters = { only, limit, shard, fresh, dryRun };
    const origin = jobOrigin(context.env);
    const job = { environment, host: hostname(), pid: process.pid, version: context.version, parameters, origin };
    const jobExecution = await jobs.start(job);
    const results = await runSteps({
      definitions,
      only,
      limit,
      shard,
      fresh,
      quarantineLimit,
      environment,
      jobExecution,
      jobs,
      openSession: (name, definition) => {
        const sequelize = shared ?? connect(database, { applicationName });
        const model = (models.get(name) as DefineModel)(shared ? main : sequelize);
        const load = definition.kind === "load" ? { rowNumber: definition.rowNumber, write: definition.write } : {};
        const canceller = shared ? undefined : main;
        return new PostgresStepSession({ sequelize, canceller, model, label: database.label, ...load }, clock);
      },
      sequential: dryRun,
      producer,
      stop: context.stop,
      retry: { attempts: dryRun ? 1 : 6, pauseMs: 500, longestPauseMs: 10_000, random: Math.random, explain },
      clock,
      emit: display.show,
    });
    const { status, exitCode } = outcomeOf(results);
    if (!all) await jobs.finish(jobExecution, status, exitCode).catch(() => {});
    display.end(results, exitCode);
    // A bug: here the stack is what helps.
    for (const { failure } of results) {
      if (failure instanceof Error && !(failure instanceof Failure)) context.stderr.write(`${failure.stack}\n`);
    }
    return exitCode;
  } finally {
    // Else closing would wait for the transaction's connection.
    await all?.rollback().catch(() => {});
  }
}

/** Locally the schema follows the files; elsewhere somebody decides when, and a worker that is ahead does not start. */
async function migrate(
  database: Database,
  main: Sequelize,
  request: BatchRequest,
  context: CliContext,
  display: Display,
): Promise<void> {
  const migrations = projectMigrator(database, context);
  if (await migrations.isUpToDate(main)) return;
  const { environment } = request;
  if (environment !== "local") {
    const [{ faults }, pending] = await Promise.all([migrations.verify(), migrations.pending()]);
    // From elsewhere a job's database may be out of reach: another job reaches it.
    const isJob = (context.env.AWS_BATCH_JOB_ID ?? "") !== "";
    const up = isJob ? "node batch submit --watch --command migrate up" : `node worker migrate up --env ${environment}`;
    const lacks = `${database.label} lacks the migrations ${pending.join(", ")}; apply them: ${up}`;
    throw new Failure("usage", faults.length > 0 ? faults.map(({ message }) => message).join(" ") : lacks);
  }
  await migrations.up({
    signal: context.stop,
    onWait: (holder) => display.say(`waiting for ${holder}, which migrates`),
    onMigrated: ({ name, durationMs }) => display.say(`migrated ${name} (${Math.round(durationMs)} ms)`),
  });
}
