import * as v from "valibot";
import { connect } from "../data/database.ts";
import { JobRepository } from "../data/repositories/job.ts";
import { exitCodes } from "../failure.ts";
import type { CliContext } from "./context.ts";
import { environmentFlag, loadEnvironment } from "./environment.ts";
import { asksForHelp, booleanFlag, parseFlags, usageFailure, wholeNumberFlag } from "./flags.ts";
import { openDatabase } from "./open-database.ts";
import { textTable } from "./table.ts";

const help = `Usage: node worker runs [--env local|aws] [--last N] [--json]

Past and present executions, newest first: rows read, written and skipped to quarantine,
rows a second, status. "abandoned": the worker was killed; its work goes on where it was.

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
  if (words.length > 0) throw usageFailure("worker runs", [`unexpected "${words[0]}"`]);
  const say = (line: string) => void context.stderr.write(`${line}\n`);
  const database = await openDatabase(flags.env, loadEnvironment(flags.env, context), context, say);
  const jobs = new JobRepository(connect(database, { applicationName: "batch-preflight worker runs" }), database.label);
  try {
    const rows = (await jobs.history(flags.last)).map((row) => ({
      ...row,
      rowsPerSecond: row.seconds > 0 ? Math.round(row.read / row.seconds) : 0,
    }));
    if (flags.json) context.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    else if (rows.length === 0) say("Nothing has run yet. See: node worker --help");
    else {
      const cells = rows.map(({ job, startedAt, name, shard, shards, limit, status, ...row }) => ({
        run: job,
        started: startedAt.toISOString().slice(0, 19).replace("T", " "),
        name: shards > 1 ? `${name} ${shard}/${shards}` : name,
        limit: limit ?? "none",
        status,
        read: row.read,
        written: row.written,
        skipped: row.skipped,
        seconds: Math.round(row.seconds * 10) / 10,
        "rows/s": row.rowsPerSecond,
        message: row.message ?? "",
      }));
      context.stdout.write(textTable(cells));
    }
    return exitCodes.done.code;
  } finally {
    await jobs.close();
  }
}
