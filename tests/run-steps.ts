import type { ModelStatic, Sequelize } from "sequelize";
import { jobOrigin } from "../worker/cli/job-origin.ts";
import { connect, type Database } from "../worker/data/database.ts";
import { JobRepository } from "../worker/data/repositories/job.ts";
import { PostgresStepSession } from "../worker/data/repositories/step-session.ts";
import type { AnyDefinition } from "../worker/processes/execution/definitions.ts";
import { type RunOptions, runSteps } from "../worker/processes/execution/run.ts";

/** A job that nobody submitted. */
export const testJob = {
  ...{ environment: "test", host: "here", pid: 1, version: "0", parameters: {} },
  origin: jobOrigin({}),
};

/** What a run needs to be told; the rest is as for one worker that runs everything and reads all rows. */
export interface RunOnDatabase extends Partial<RunOptions> {
  definitions: RunOptions["definitions"];
  producer: RunOptions["producer"];
  /** The model of every sub-process's table. */
  define: (sequelize: Sequelize) => ModelStatic<never>;
  /** What connections are called. */
  applicationName: string;
}

/** Runs sub-processes in this process, each with a session on `database`, as `worker/cli/batch.ts` does. */
export async function runOnDatabase(
  database: Database,
  { define, applicationName, ...options }: RunOnDatabase,
): ReturnType<typeof runSteps> {
  const main = connect(database, { applicationName: `${applicationName} main` });
  const jobs = new JobRepository(main, database.label);
  try {
    const jobExecution = await jobs.start(testJob);
    return await runSteps({
      only: null,
      limit: null,
      shard: { index: 0, of: 1 },
      fresh: false,
      quarantineLimit: undefined,
      environment: "local",
      jobExecution,
      jobs,
      openSession: (name, definition) => {
        const sequelize = connect(database, { applicationName: `${applicationName} worker of ${name}` });
        const session = { sequelize, canceller: main, model: define(sequelize), label: database.label };
        return new PostgresStepSession({ ...session, ...writing(definition) }, () => performance.now());
      },
      sequential: false,
      stop: new AbortController().signal,
      retry: { attempts: 1, pauseMs: 1, longestPauseMs: 1, random: Math.random, explain: async (failure) => failure },
      clock: () => performance.now(),
      emit: () => {},
      ...options,
    });
  } finally {
    await main.close();
  }
}

/** How the rows of a load are written; a derived table decides that itself. */
export const writing = (definition: AnyDefinition) =>
  definition.kind === "load" ? { rowNumber: definition.rowNumber, write: definition.write } : {};
