import path from "node:path";
import * as v from "valibot";
import { writeMigrationFile } from "../data/migration-files.ts";
import type { MigrationStatus } from "../data/migration-set.ts";
import type { Migrated, MigrateOptions, Migrator } from "../data/migrator.ts";
import { exitCodes } from "../failure.ts";
import type { CliContext } from "./context.ts";
import { environmentFlag, loadEnvironment } from "./environment.ts";
import { asksForHelp, booleanFlag, numberFlag, parseFlags, refuseWords, usageFailure } from "./flags.ts";
import { openDatabase } from "./open-database.ts";
import { migrationsFolder, projectMigrator } from "./project-migrator.ts";
import { textTable } from "./table.ts";
import { utcTime } from "./utc-time.ts";

const name = "worker migrate";

const help = `Usage: node worker migrate up|down|status|verify|sql|revision [flags]

  up                    applies the pending migrations, each in one transaction
    --to NAME           no further than NAME
  down                  reverts the last migration
    --to NAME           reverts those after NAME: NAME is the last one applied
    --all               reverts all
  status                name, state, time and duration of each; always exits 0
  verify                exits 1 and names each changed, missing, misnamed or broken file
  sql                   prints the SQL of the pending migrations and executes nothing
  revision NAME         writes migrations/NNNN-name.ts to fill in

  --env NAME            reads .env.NAME (local)
  --lock-timeout S      up, down: waits S seconds for another migrator (60)
  --json                up, down, status, verify: JSON Lines on stdout

NAME: 0002-add-carrier, the file's name or path, or just 0002.
A migration is one transaction, and "revision" writes one that fails until it is filled in. For what PostgreSQL refuses
in a transaction, such as CREATE INDEX CONCURRENTLY, a file has: export const transaction = false;
`;

const common = { env: environmentFlag };
const asJson = { ...common, json: booleanFlag };
const running = {
  ...asJson,
  to: v.optional(v.string()),
  lockTimeout: v.optional(numberFlag(0, 86_400)),
};
const schemas = {
  up: running,
  down: { ...running, all: booleanFlag },
  status: asJson,
  verify: asJson,
  sql: common,
  revision: common,
};

type Action = keyof typeof schemas;

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return exitCodes.done.code;
  }
  const [action = "", ...rest] = argv;
  if (!Object.hasOwn(schemas, action)) {
    const known = Object.keys(schemas).join(", ");
    throw usageFailure(name, [action === "" ? `one of ${known} is missing` : `unknown "${action}"; one of ${known}`]);
  }
  return await actions[action as Action](rest, context);
}

const actions: Record<Action, (argv: string[], context: CliContext) => Promise<number>> = {
  async up(argv, context) {
    const { flags, words } = parseFlags(name, argv, schemas.up);
    refuseWords(name, words);
    const migrations = await open(flags.env, context);
    const migrated = await migrations.up({ to: flags.to, ...options(flags, context) });
    if (migrated.length === 0 && !flags.json) context.stdout.write("Nothing to apply.\n");
    return exitCodes.done.code;
  },

  async down(argv, context) {
    const { flags, words } = parseFlags(name, argv, schemas.down);
    refuseWords(name, words);
    if (flags.all && flags.to !== undefined) throw usageFailure(name, ["--all and --to exclude each other"]);
    const migrations = await open(flags.env, context);
    const migrated = await migrations.down({ to: flags.to, all: flags.all, ...options(flags, context) });
    if (migrated.length === 0 && !flags.json) context.stdout.write("Nothing to revert.\n");
    return exitCodes.done.code;
  },

  async status(argv, context) {
    const { flags, words } = parseFlags(name, argv, schemas.status);
    refuseWords(name, words);
    const statuses = await (await open(flags.env, context)).status();
    context.stdout.write(
      flags.json ? lines(statuses) : statuses.length > 0 ? table(statuses) : "There are no migrations.\n",
    );
    return exitCodes.done.code;
  },

  async verify(argv, context) {
    const { flags, words } = parseFlags(name, argv, schemas.verify);
    refuseWords(name, words);
    const { faults, statuses } = await (await open(flags.env, context)).verify();
    const isSound = faults.length === 0;
    const pending = statuses.filter(({ state }) => state === "pending").length;
    const counts = { applied: statuses.length - pending, pending };
    if (flags.json) {
      context.stdout.write(lines(faults.map((fault) => ({ event: "fault", ...fault }))));
      context.stdout.write(lines([{ event: "verify", sound: isSound, ...counts }]));
    } else if (isSound) {
      context.stdout.write(`The migrations are sound: ${counts.applied} applied, ${counts.pending} pending.\n`);
    } else {
      for (const { message } of faults) context.stderr.write(`${message}\n`);
    }
    return isSound ? exitCodes.done.code : exitCodes.failed.code;
  },

  async sql(argv, context) {
    const { flags, words } = parseFlags(name, argv, schemas.sql);
    refuseWords(name, words);
    const script = await (await open(flags.env, context)).sql();
    if (script === "") context.stderr.write("Nothing is pending.\n");
    context.stdout.write(script);
    return exitCodes.done.code;
  },

  async revision(argv, context) {
    const { words } = parseFlags(name, argv, schemas.revision);
    if (words.length === 0) throw usageFailure(name, ['revision needs a NAME, such as "add carrier to flights"']);
    const file = await writeMigrationFile(migrationsFolder(context.project), words.join(" "));
    context.stdout.write(`${path.relative(context.project, file)}\n`);
    return exitCodes.done.code;
  },
};

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
