import * as v from "valibot";
import { connect } from "../data/database.ts";
import type { Migrator } from "../data/migrator.ts";
import type { JobOrigin, StepExecutionRecord } from "../data/repositories/contracts.ts";
import { JobRepository } from "../data/repositories/job.ts";
import { exitCodes } from "../failure.ts";
import type { CliContext } from "./context.ts";
import { environmentFlag, loadEnvironment } from "./environment.ts";
import { asksForHelp, booleanFlag, parseFlags, refuseWords, wholeNumberFlag } from "./flags.ts";
import { openDatabase } from "./open-database.ts";
import { projectMigrator } from "./project-migrator.ts";
import { textTable } from "./table.ts";
import { utcTime } from "./utc-time.ts";

const help = `Usage: node worker runs [--env local|aws] [--last N] [--json]

Past and present executions, newest first: rows read, written and skipped to quarantine,
rows a second, status. "abandoned": the worker was killed; its work goes on where it was.
Of what node batch submit has sent: the Git commit ("+": files differed from it) and the
bundle of code that ran; --json has them whole, with AWS Batch's job and attempt.

  --last N   how many (20)
`;

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return exitCodes.done.code;
  }
  const { flags, words } = parseFlags("worker runs", argv, {
    env: environmentFlag,
    last: v.optional(wholeNumberFlag(1), "20"),
    json: booleanFlag,
  });
  refuseWords("worker runs", words);
  const say = (line: string) => void context.stderr.write(`${line}\n`);
  const database = await openDatabase(flags.env, loadEnvironment(flags.env, context), context, say);
  const jobs = new JobRepository(connect(database, { applicationName: "batch-preflight worker runs" }), database.label);
  try {
    const rows = (await history(jobs, flags.last, projectMigrator(database, context))).map((row) => ({
      ...row,
      rowsPerSecond: row.seconds > 0 ? Math.round(row.read / row.seconds) : 0,
    }));
    if (flags.json) context.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    else if (rows.length === 0) say("Nothing has run yet. See: node worker --help");
    else {
      const cells = rows.map(({ job, startedAt, name, shard, shards, limit, status, ...row }) => ({
        run: job,
        started: utcTime(startedAt),
        name: shards > 1 ? `${name} ${shard}/${shards}` : name,
        limit: limit ?? "none",
        status,
        read: row.read,
        written: row.written,
        skipped: row.skipped,
        seconds: row.seconds.toLocaleString("en-US", oneDecimal),
        // Of a moment that is shown as 0.0 a rate says nothing.
        "rows/s": row.seconds < 0.05 ? "" : row.rowsPerSecond,
        ...(rows.some(hasOrigin) ? { commit: commitOf(row), bundle: row.bundle?.slice(0, 12) ?? "" } : {}),
        message: row.message ?? "",
      }));
      context.stdout.write(textTable(cells, { right: ["limit", "seconds", "rows/s"] }));
    }
    return exitCodes.done.code;
  } finally {
    await jobs.close();
  }
}

const hasOrigin = ({ commit, bundle }: JobOrigin) => commit !== null || bundle !== null;

const commitOf = ({ commit, dirty }: JobOrigin) => (commit === null ? "" : commit.slice(0, 7) + (dirty ? "+" : ""));

const oneDecimal = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/** The executions that the database remembers: none where it has no tables for them yet, or no longer. */
async function history(jobs: JobRepository, most: number, migrations: Migrator): Promise<StepExecutionRecord[]> {
  try {
    return await jobs.history(most);
  } catch (error) {
    const isNew = (await migrations.status()).every(({ state }) => state === "pending");
    if (isNew) return [];
    throw error;
  }
}
