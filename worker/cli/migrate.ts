import path from "node:path";
import * as v from "valibot";
import type { Database } from "../data/database.ts";
import { asFailure } from "../data/database-failure.ts";
import { databaseOfUrl } from "../data/database-url.ts";
import { environmentDatabase } from "../data/environment-database.ts";
import type { Migrated } from "../data/migration-runner.ts";
import type { MigrationStatus } from "../data/migration-set.ts";
import type { MigrateOptions, Migrator, Rehearsal } from "../data/migrator.ts";
import type { Drift } from "../data/schema/drift.ts";
import { exitCodes, Failure } from "../failure.ts";
import { loadModule } from "../load-module.ts";
import { answerHelp } from "./answer-help.ts";
import type { CliContext } from "./context.ts";
import { environmentFlag, loadEnvironment } from "./environment.ts";
import { asksForHelp, booleanFlag, numberFlag, parseFlags, refuseWords, usageFailure } from "./flags.ts";
import { openDatabase } from "./open-database.ts";
import { projectMigrator } from "./project-migrator.ts";
import { textTable } from "./table.ts";
import { utcTime } from "./utc-time.ts";

const name = "worker migrate";

const help = `Usage: node worker migrate COMMAND [flags]

The migrations and a database
  up                    applies the pending migrations, each in one transaction
    --to NAME           no further than NAME
    --dry-run           runs them in one transaction and takes it back
  down                  reverts the last migration
    --to NAME           reverts those after NAME: NAME is the last one applied
    --all               reverts all
  status                name, state, time and duration of each; always exits 0
  history               those applied, in the order of time
  show NAME             one migration with its statements
  stamp NAME            writes down that those up to NAME are applied, and executes nothing: for a database that has
                        their tables already
  verify                exits 1 and names each changed, missing, misnamed or broken file, and each thing in which the
                        database is not what its migrations build
    --files-only        leaves the database's schema alone
  sql [AFTER..TO]       prints the SQL of the pending migrations, or of those after AFTER up to TO, and executes nothing

The migrations and the models
  check                 exits 1 and prints the missing statements when the migrations do not build what the models want
  revision NAME         writes them into migrations/NNNN-name.ts, with the way back
    --allow-data-loss   also where rows may be lost or a statement may fail
    --online            takes no long lock where PostgreSQL has another way: one file for each step of it
    --empty             writes a file to fill in, for changes of the rows
  diff FROM_URL TO_URL  prints the SQL that turns the schema of the first database into the second's; reads both only
    --online            as with revision; psql runs each statement by itself, as some need

check, revision, diff, verify
  --scratch URL         where scratch databases are made, if not on the (first) database's own server

revision, diff
${answerHelp}

Common
  --env NAME            reads .env.NAME (local)
  --lock-timeout S      up, down, stamp: waits S seconds for another migrator (60)
  --json                up, down, status, history, show, verify: JSON Lines on stdout

NAME: 0002-add-carrier, the file's name or path, or just 0002.
A migration is one transaction. For what PostgreSQL refuses in a transaction, such as CREATE INDEX CONCURRENTLY, a file
has: export const transaction = false;
`;

const common = { env: environmentFlag };
const asJson = { ...common, json: booleanFlag };
const running = {
  ...asJson,
  to: v.optional(v.string()),
  lockTimeout: v.optional(numberFlag(0, 86_400)),
};
const schemas = {
  up: { ...running, dryRun: booleanFlag },
  down: { ...running, all: booleanFlag },
  stamp: { ...asJson, lockTimeout: running.lockTimeout },
  verify: { ...asJson, filesOnly: booleanFlag, scratch: v.optional(v.string()) },
};

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return exitCodes.done.code;
  }
  const [action = "", ...rest] = argv;
  if (!Object.hasOwn(actions, action)) {
    const known = Object.keys(actions).join(", ");
    throw usageFailure(name, [action === "" ? `one of ${known} is missing` : `unknown "${action}"; one of ${known}`]);
  }
  return await actions[action as keyof typeof actions](rest, context);
}

const actions = {
  async up(argv: string[], context: CliContext): Promise<number> {
    const { flags, words } = parseFlags(name, argv, schemas.up);
    refuseWords(name, words);
    const migrations = await open(flags.env, context);
    if (flags.dryRun) {
      const rehearsed = await migrations.dryRun({ ...options(flags, context), to: flags.to });
      context.stdout.write(
        flags.json ? lines(rehearsed.map((one) => ({ event: "dry-run", ...one }))) : rehearsal(rehearsed),
      );
      return exitCodes.done.code;
    }
    const migrated = await migrations.up({ to: flags.to, ...options(flags, context) });
    if (migrated.length === 0 && !flags.json) context.stdout.write("Nothing to apply.\n");
    return exitCodes.done.code;
  },

  async down(argv: string[], context: CliContext): Promise<number> {
    const { flags, words } = parseFlags(name, argv, schemas.down);
    refuseWords(name, words);
    if (flags.all && flags.to !== undefined) throw usageFailure(name, ["--all and --to exclude each other"]);
    const migrations = await open(flags.env, context);
    const migrated = await migrations.down({ to: flags.to, all: flags.all, ...options(flags, context) });
    if (migrated.length === 0 && !flags.json) context.stdout.write("Nothing to revert.\n");
    return exitCodes.done.code;
  },

  async status(argv: string[], context: CliContext): Promise<number> {
    const { flags, words } = parseFlags(name, argv, asJson);
    refuseWords(name, words);
    const statuses = await (await open(flags.env, context)).status();
    context.stdout.write(
      flags.json ? lines(statuses) : statuses.length > 0 ? table(statuses) : "There are no migrations.\n",
    );
    return exitCodes.done.code;
  },

  async history(argv: string[], context: CliContext): Promise<number> {
    const { flags, words } = parseFlags(name, argv, asJson);
    refuseWords(name, words);
    const statuses = await (await open(flags.env, context)).status();
    const applied = statuses
      .filter(({ appliedAt }) => appliedAt !== null)
      .sort((a, b) => Number(a.appliedAt) - Number(b.appliedAt));
    context.stdout.write(
      flags.json ? lines(applied) : applied.length > 0 ? table(applied) : "No migration is applied.\n",
    );
    return exitCodes.done.code;
  },

  async show(argv: string[], context: CliContext): Promise<number> {
    const { flags, words } = parseFlags(name, argv, asJson);
    const [wanted, ...others] = words;
    if (wanted === undefined || others.length > 0) throw usageFailure(name, ["show needs one NAME, such as 0002"]);
    const shown = await (await open(flags.env, context)).show(wanted);
    const { up, down, path: file, ...status } = shown;
    if (flags.json) {
      context.stdout.write(lines([shown]));
      return exitCodes.done.code;
    }
    const statements = (title: string, list: readonly string[]) =>
      `\n-- ${title}\n${list.map((text) => `${text.trim().replace(/;$/, "")};\n`).join("")}`;
    context.stdout.write(table([status]));
    if (file === null) context.stdout.write("The file is missing.\n");
    else {
      context.stdout.write(
        `${path.relative(context.project, file)}\n${statements("up", up)}${statements("down", down)}`,
      );
    }
    return exitCodes.done.code;
  },

  async stamp(argv: string[], context: CliContext): Promise<number> {
    const { flags, words } = parseFlags(name, argv, schemas.stamp);
    const [wanted, ...others] = words;
    if (wanted === undefined || others.length > 0) throw usageFailure(name, ["stamp needs one NAME, such as 0002"]);
    const stamped = await (await open(flags.env, context)).stamp(wanted, options(flags, context));
    context.stdout.write(
      flags.json
        ? lines(stamped.map((one) => ({ event: "stamp", name: one })))
        : stamped.map((one) => `${one} stamped as applied\n`).join("") || "Nothing to stamp.\n",
    );
    return exitCodes.done.code;
  },

  async verify(argv: string[], context: CliContext): Promise<number> {
    const { flags, words } = parseFlags(name, argv, schemas.verify);
    refuseWords(name, words);
    const migrations = await open(flags.env, context);
    const { faults, statuses } = await migrations.verify();
    const pending = statuses.filter(({ state }) => state === "pending").length;
    const counts = { applied: statuses.length - pending, pending };
    const isCompared = faults.length === 0 && counts.applied > 0 && !flags.filesOnly;
    const found = isCompared ? await drifted(flags, statuses, context) : [];
    const isSound = faults.length === 0 && found.length === 0;
    if (flags.json) {
      context.stdout.write(lines(faults.map((fault) => ({ event: "fault", ...fault }))));
      context.stdout.write(lines(found.map((one) => ({ event: "drift", ...one }))));
      context.stdout.write(lines([{ event: "verify", sound: isSound, ...counts }]));
    } else if (isSound) {
      context.stdout.write(`The migrations are sound: ${counts.applied} applied, ${counts.pending} pending.\n`);
    } else {
      for (const { message } of [...faults, ...found]) context.stderr.write(`${message}\n`);
    }
    return isSound ? exitCodes.done.code : exitCodes.failed.code;
  },

  async sql(argv: string[], context: CliContext): Promise<number> {
    const { flags, words } = parseFlags(name, argv, common);
    refuseWords(name, words.slice(1));
    const [range] = words;
    const ends = range === undefined ? [] : range.split("..");
    if (range !== undefined && (ends.length !== 2 || range === "..")) {
      throw usageFailure(name, [`"${range}" is no range AFTER..TO, such as 0002..0004 or ..0003`]);
    }
    const [after, to] = ends.map((end) => (end === "" ? undefined : end));
    const script = await (await open(flags.env, context)).sql({ after, to });
    if (script === "")
      context.stderr.write(range === undefined ? "Nothing is pending.\n" : `Nothing is in ${range}.\n`);
    context.stdout.write(script);
    return exitCodes.done.code;
  },

  check: (argv: string[], context: CliContext) => fromModels("check", argv, context),
  revision: (argv: string[], context: CliContext) => fromModels("revision", argv, context),
  diff: (argv: string[], context: CliContext) => fromModels("diff", argv, context),
};

/** Loaded when they are asked for: an `up` on AWS Batch needs nothing of them. */
async function fromModels(action: "check" | "revision" | "diff", argv: string[], context: CliContext): Promise<number> {
  const module = await loadModule<typeof import("./migrate-schema.ts")>(
    new URL("./migrate-schema.ts", import.meta.url),
  );
  return await module[action](argv, context);
}

async function open(environment: string, context: CliContext): Promise<Migrator> {
  const variables = loadEnvironment(environment, context);
  const say = (line: string) => context.stderr.write(`${line}\n`);
  return projectMigrator(await openDatabase(environment, variables, context, say), context);
}

function options(flags: { lockTimeout?: number | undefined; json: boolean }, context: CliContext): MigrateOptions {
  return {
    ...(flags.lockTimeout === undefined ? {} : { lockTimeoutMs: flags.lockTimeout * 1000 }),
    signal: context.stop,
    onWait: (holder) => context.stderr.write(`Waiting for ${holder}, which has the lock on the migrations ...\n`),
    onMigrated: (migrated) =>
      context.stdout.write(flags.json ? lines([{ event: "migration", ...migrated }]) : said(migrated)),
  };
}

/** In what the database is not what its applied migrations build. */
async function drifted(
  flags: { env: string; scratch?: string | undefined },
  statuses: readonly MigrationStatus[],
  context: CliContext,
): Promise<Drift[]> {
  const { drift } = await loadModule<typeof import("../data/schema/drift.ts")>(
    new URL("../data/schema/drift.ts", import.meta.url),
  );
  const database = environmentDatabase(flags.env, loadEnvironment(flags.env, context), context.project);
  const scratch = flags.scratch === undefined ? database : databaseOfUrl(flags.scratch, "--scratch");
  const last = statuses.filter(({ state }) => state === "applied").at(-1)!.name;
  try {
    const migrate = async (copy: Database) => {
      await projectMigrator(copy, context).up({ to: last, signal: context.stop });
    };
    return await drift(database, scratch, migrate, context.stop);
  } catch (error) {
    if (context.stop.aborted) throw new Failure("interrupted", "Interrupted; the schema was not compared.");
    throw asFailure(error, database.label);
  }
}

function rehearsal(rehearsed: readonly Rehearsal[]): string {
  if (rehearsed.length === 0) return "Nothing to apply.\n";
  return rehearsed
    .map(({ name: migration, durationMs }) =>
      durationMs === null
        ? `${migration} not tried: it runs outside a transaction\n`
        : `${migration} would apply, in ${durationMs} ms\n`,
    )
    .join("");
}

function said({ name, direction, durationMs }: Migrated): string {
  return `${name} ${direction === "up" ? "applied" : "reverted"} in ${durationMs} ms\n`;
}

function table(statuses: readonly MigrationStatus[]): string {
  return textTable(
    statuses.map(({ name, state, appliedAt, durationMs, version }) => ({
      name,
      state,
      "applied at (UTC)": appliedAt ? utcTime(appliedAt) : "-",
      duration: durationMs === null ? "-" : `${durationMs} ms`,
      version: version ?? "-",
    })),
  );
}

function lines(objects: readonly object[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
}
