import { rm } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import type { Database } from "../data/database.ts";
import { asFailure } from "../data/database-failure.ts";
import { databaseOfUrl } from "../data/database-url.ts";
import { nextMigrationFile, writeMigrationFile } from "../data/migration-files.ts";
import { difference } from "../data/schema/database-difference.ts";
import { migrationText, noteLine, scriptText } from "../data/schema/migration-text.ts";
import { loadModelSchema, type ModelSchema } from "../data/schema/model-schema.ts";
import { differences, revise } from "../data/schema/revision.ts";
import type { Step } from "../data/schema/statement.ts";
import { NotConverged } from "../data/schema/transition.ts";
import { exitCodes, Failure } from "../failure.ts";
import type { CliContext } from "./context.ts";
import { environmentFlag, loadEnvironment } from "./environment.ts";
import { booleanFlag, parseFlags, refuseWords, usageFailure } from "./flags.ts";
import { openDatabase } from "./open-database.ts";
import { migrationsFolder, projectMigrator } from "./project-migrator.ts";
import { answered, answerFlags, confirm, isTerminal, parseAnswers } from "./schema-answers.ts";

const name = "worker migrate";
const scratchFlag = v.optional(v.string());

/** `migrate check`: whether the migrations build what the models want. */
export async function check(argv: string[], context: CliContext): Promise<number> {
  const { flags, words } = parseFlags(name, argv, { env: environmentFlag, scratch: scratchFlag });
  refuseWords(name, words);
  const { database, models } = await open(flags, context);
  const missing = await proving(database, context, () =>
    differences(database, models, migrateIn(context), context.stop),
  );
  if (missing.length === 0) {
    context.stdout.write("The migrations build what the models want.\n");
    return exitCodes.done.code;
  }
  context.stdout.write(scriptText(missing));
  context.stderr.write(
    "The migrations do not build what the models want; the statements are what is missing. " +
      'Write them into a migration: node worker migrate revision "what changes"\n',
  );
  return exitCodes.failed.code;
}

/** `migrate revision NAME`: writes what the models want beyond the migrations. */
export async function revision(argv: string[], context: CliContext): Promise<number> {
  const { flags, words } = parseFlags(name, argv, {
    env: environmentFlag,
    scratch: scratchFlag,
    empty: booleanFlag,
    allowDataLoss: booleanFlag,
    online: booleanFlag,
    ...answerFlags,
  });
  if (words.length === 0) throw usageFailure(name, ['revision needs a NAME, such as "add carrier to flights"']);
  const title = words.join(" ");
  const folder = migrationsFolder(context.project);
  const say = (file: string) => context.stdout.write(`${path.relative(context.project, file)}\n`);
  if (flags.empty) {
    say(await writeMigrationFile(folder, title));
    return exitCodes.done.code;
  }
  // Said before the work, not after it.
  await nextMigrationFile(folder, title);
  const answersGiven = parseAnswers(name, flags);
  const { database, models } = await open(flags, context);
  const revisions = await answered(context, answersGiven, (answers) =>
    proving(database, context, () => revise(database, models, migrateIn(context), answers, flags.online, context.stop)),
  );
  const steps = revisions.flatMap(({ up }) => up);
  if (steps.length === 0) {
    context.stderr.write("The migrations build what the models want already; no file was written.\n");
    return exitCodes.done.code;
  }
  context.stderr.write(`${scriptText(steps)}\n`);
  await consent(steps, flags.allowDataLoss, context);
  const titles = revisions.map((one, index) => (index === 0 ? title : `${title}: ${one.title}`));
  for (const one of titles) await nextMigrationFile(folder, one);
  const written: string[] = [];
  try {
    for (const [index, one] of revisions.entries()) {
      written.push(await writeMigrationFile(folder, titles[index]!, migrationText(titles[index]!, one)));
    }
  } catch (error) {
    // A part without the next one is no revision.
    await Promise.all(written.map((file) => rm(file, { force: true })));
    throw error;
  }
  for (const file of written) say(file);
  return exitCodes.done.code;
}

/** `migrate diff FROM_URL TO_URL`: the SQL that turns the first database's schema into the second's. */
export async function diff(argv: string[], context: CliContext): Promise<number> {
  const { flags, words } = parseFlags(name, argv, {
    env: environmentFlag,
    scratch: scratchFlag,
    online: booleanFlag,
    ...answerFlags,
  });
  const [from, to, ...others] = words;
  if (from === undefined || to === undefined || others.length > 0) {
    throw usageFailure(name, ["diff needs two URLs, FROM_URL and TO_URL"]);
  }
  const [before, after] = [databaseOfUrl(from, "FROM_URL"), databaseOfUrl(to, "TO_URL")];
  const scratch = flags.scratch === undefined ? before : databaseOfUrl(flags.scratch, "--scratch");
  const { steps, unread } = await answered(context, parseAnswers(name, flags), (answers) =>
    proving(before, context, () => difference(before, after, scratch, answers, flags.online, context.stop)),
  );
  for (const object of unread) context.stderr.write(`note: ${object} is not compared\n`);
  context.stdout.write(scriptText(steps));
  return exitCodes.done.code;
}

/** @throws Failure where something may be lost and nobody agrees */
async function consent(steps: readonly Step[], allowed: boolean, context: CliContext): Promise<void> {
  const risks = steps.flatMap(({ notes }) => notes.filter(({ kind }) => kind !== "long-lock"));
  if (risks.length === 0 || allowed) return;
  const list = risks.map((note) => noteLine(note)).join("\n");
  if (isTerminal(context) && (await confirm(context, `${list}\nWrite the migration?`))) return;
  throw new Failure("usage", `${list}\nNo file was written; --allow-data-loss writes it all the same.`);
}

/** The models, and the server for the scratch databases: the environment's own where no other is named. */
async function open(
  { env, scratch }: { env: string; scratch?: string | undefined },
  context: CliContext,
): Promise<{ database: Database; models: ModelSchema }> {
  const say = (line: string) => context.stderr.write(`${line}\n`);
  const [database, models] = await Promise.all([
    scratch === undefined
      ? openDatabase(env, loadEnvironment(env, context), context, say)
      : databaseOfUrl(scratch, "--scratch"),
    loadModelSchema(path.join(context.project, "worker", "data", "models"), context.project),
  ]);
  return { database, models };
}

function migrateIn(context: CliContext): (database: Database) => Promise<void> {
  return async (database) => {
    await projectMigrator(database, context).up({ signal: context.stop });
  };
}

/**
 * A result that is not what was wanted is a fault of ours: it is not printed as if it were one. Who stops it need not wait
 * for the scratch databases to go, which the process still sees to.
 */
async function proving<T>(database: Database, { stop }: CliContext, work: () => Promise<T>): Promise<T> {
  try {
    return await Promise.race([work(), interruption(stop)]);
  } catch (error) {
    if (error instanceof NotConverged) {
      const missing = error.missing.map(({ sql }) => sql).join("; ");
      throw new Failure(
        "failed",
        `The statements were tried, and this was left to do: ${missing}. Nothing was written; please report it with both schemas.`,
        { cause: error },
      );
    }
    throw asFailure(error, database.label);
  }
}

function interruption(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = () => reject(new Failure("interrupted", "Interrupted; nothing was written."));
    if (stop.aborted) refuse();
    else stop.addEventListener("abort", refuse, { once: true });
  });
}
