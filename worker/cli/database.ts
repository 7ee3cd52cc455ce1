import { createInterface } from "node:readline";
import type { Database } from "../data/database.ts";
import { asFailure } from "../data/database-failure.ts";
import { databaseUrl } from "../data/database-url.ts";
import { environmentDatabase, isLocalDatabase } from "../data/environment-database.ts";
import type { LocalDatabase } from "../data/local-database.ts";
import { readServerTraits, traitDifferences } from "../data/server-traits.ts";
import { Failure } from "../failure.ts";
import type { CliContext } from "./context.ts";
import { environmentFlag, loadEnvironment } from "./environment.ts";
import { asksForHelp, booleanFlag, parseFlags, unexpected, usageFailure } from "./flags.ts";
import { openShell } from "./shell.ts";

const help = `Usage: node worker database ACTION [--env local|aws]

The database of an environment: DATABASE_URL's if that is set (in .env.NAME or in the process's environment), else
a PostgreSQL of this project's own, in .local/postgres. The worker starts that one by itself; it goes on running.

Actions
  start    starts the local database, if it does not run
  stop     stops it; sessions are cut, what they committed stays
  status   says whether it runs, and where its files are; exit code 0: it runs, 1: it does not
  url      prints one connection URI for psql, DBeaver and other clients; starts the local database first
  shell    opens psql, or a plain SQL prompt where psql is not installed; starts the local database first
  reset    stops the local database and deletes its data

Flags
  --env NAME  environment: local (default) or aws
  --json      status: one JSON object on stdout
  --yes       reset: do not ask
  --help      this text
`;

type Action = (database: Database | LocalDatabase, given: Given) => Promise<number>;

interface Given {
  context: CliContext;
  json: boolean;
  yes: boolean;
}

/** `argv`: what follows `node worker database`. @returns the exit code */
export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return 0;
  }
  const { flags, words } = parseFlags("worker database", argv, {
    env: environmentFlag,
    json: booleanFlag,
    yes: booleanFlag,
  });
  const [name = "", ...more] = words;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  const faults: string[] = [];
  const known = Object.keys(actions).join(", ");
  if (action === undefined)
    faults.push(`${name === "" ? "an action is missing" : `unknown action "${name}"`}: ${known}`);
  if (more.length > 0) faults.push(unexpected(more));
  if (flags.json && name !== "status") faults.push("--json goes with status only");
  if (flags.yes && name !== "reset") faults.push("--yes goes with reset only");
  if (action === undefined || faults.length > 0) throw usageFailure("worker database", faults);

  const database = environmentDatabase(flags.env, loadEnvironment(flags.env, context), context.project);
  return await action(database, { ...flags, context });
}

const actions: Record<string, Action> = {
  start: async (database, { context }) => {
    const { settings, started } = await asLocal(database, "start").start();
    context.stdout.write(`The local database ${started ? "was started" : "runs already"}, on port ${settings.port}.\n`);
    return 0;
  },

  stop: async (database, { context }) => {
    const stopped = await asLocal(database, "stop").stop();
    context.stdout.write(`The local database ${stopped ? "was stopped" : "does not run"}.\n`);
    return 0;
  },

  status: async (database, { context, json }) => {
    const status = isLocalDatabase(database) ? await database.status() : await statusOfServer(database);
    const lines = Object.entries(status).flatMap(([name, value]) =>
      [value].flat().flatMap((one) => (one === undefined ? [] : `${name}: ${one}`)),
    );
    context.stdout.write(json ? `${JSON.stringify(status)}\n` : `${lines.join("\n")}\n`);
    return status.running ? 0 : 1;
  },

  url: async (database, { context }) => {
    context.stdout.write(`${databaseUrl(await database.settings())}\n`);
    return 0;
  },

  shell: async (database, { context }) => await openShell(await database.settings(), database.label, context),

  reset: async (database, { context, yes }) => {
    const local = asLocal(database, "reset");
    const { data } = await local.status();
    if (!yes && !context.stdin.isTTY) {
      throw new Failure("usage", `"reset" deletes everything in ${data}; say that you mean it with --yes.`);
    }
    if (!yes && !(await confirm(`Delete everything in ${data}? [y/N] `, context))) {
      context.stdout.write("Nothing was deleted.\n");
      return 1;
    }
    await local.reset();
    context.stdout.write(`The data of the local database (${data}) were deleted.\n`);
    return 0;
  },
};

function asLocal(database: Database | LocalDatabase, action: string): LocalDatabase {
  if (isLocalDatabase(database)) return database;
  throw new Failure(
    "usage",
    `"${action}" is for the local database only, and ${database.label} is set; unset it, or ${action} that server with its own tools.`,
  );
}

async function statusOfServer(database: Database) {
  const server = database.label;
  try {
    const traits = await readServerTraits(await database.settings());
    return { running: true, server, version: traits.version, warnings: traitDifferences(server, traits) };
  } catch (error) {
    const failure = asFailure(error, server);
    if (failure instanceof Failure && failure.kind === "databaseUnavailable") {
      return { running: false, server, reason: failure.message };
    }
    throw failure;
  }
}

async function confirm(question: string, { stdin, stdout }: CliContext): Promise<boolean> {
  const prompt = createInterface({ input: stdin, output: stdout });
  const answer = await new Promise<string>((resolve) => {
    prompt.question(question, resolve);
    // Ctrl-C and Ctrl-D are answers too.
    prompt.once("close", () => resolve(""));
  });
  prompt.close();
  return /^y(es)?$/i.test(answer.trim());
}
