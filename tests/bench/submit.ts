import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { QueryTypes } from "sequelize";
import { connect, type Database } from "../../worker/data/database.ts";
import { runBatch } from "../batch-process.ts";
import { projectCopy } from "../project-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startWorker } from "../worker-process.ts";
import { inTurn, type Measure, measure } from "./measure.ts";

interface Settings {
  t: Pick<ExecutionContext, "teardown">;
  rounds: number;
  freshDatabase(name: string): Promise<Database & { url: string }>;
}

/** Bench of `node batch submit --env local`: until the first row is committed, with the database running. */
export function submitBenches({ t, rounds, freshDatabase }: Settings): Record<string, () => Promise<Measure[]>> {
  return {
    submit: async () => {
      const { folder } = await projectCopy({ teardown: () => {} }, await temporaryFolder(t), { binaries: "absent" });
      const only = ["--only", "airports"];
      const secondsTo = async (begin: (env: NodeJS.ProcessEnv) => Promise<unknown>) => {
        const database = await freshDatabase("bench_submit");
        return await firstRow(database, () => begin({ DATABASE_URL: database.url }));
      };
      const seconds = await inTurn(rounds, {
        submit: () => secondsTo((env) => runBatch(folder, ["submit", "--env", "local", ...only], env)),
        worker: () => secondsTo((env) => startWorker(["--env", "local", ...only], env, folder).ended),
      });
      await runnerLeft(folder);
      return [
        measure(
          "submit-local",
          seconds.submit,
          "s",
          { name: "node worker alone", value: seconds.worker },
          { most: 1.5, of: "value" },
        ),
      ];
    },
  };
}

/** @returns seconds from the call of `begin` until a row is there */
async function firstRow(database: Database, begin: () => Promise<unknown>): Promise<number> {
  const sequelize = connect(database, { applicationName: "bench" });
  try {
    await sequelize.query("SELECT 1");
    const started = performance.now();
    const begun = begin();
    for (;;) {
      const rows = await sequelize.query("SELECT FROM airports LIMIT 1", { type: QueryTypes.SELECT });
      if (rows.length > 0) break;
      await sleep(5);
    }
    const seconds = (performance.now() - started) / 1000;
    await begun;
    return seconds;
  } finally {
    await sequelize.close();
  }
}

/** It has nothing more to do; the folder can go. */
async function runnerLeft(folder: string): Promise<void> {
  const runners = path.join(folder, ".local", "batch", "runners");
  while (!(await readdir(runners)).some((name) => name.endsWith(".ended"))) await sleep(200);
}
