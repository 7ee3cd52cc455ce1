import path from "node:path";
import { Failure } from "../failure.ts";
import type { Database } from "./database.ts";
import { databaseOfUrl } from "./database-url.ts";
import { databaseOfVariables } from "./database-variables.ts";
import { type LocalDatabase, localDatabase } from "./local-database.ts";

/**
 * The database that an environment means: `DATABASE_URL`'s, else the project's own (environment `local`) or that of libpq's
 * variables (any other: locally they are there for other programs).
 */
export function environmentDatabase(
  name: string,
  variables: NodeJS.ProcessEnv,
  project: string,
): Database | LocalDatabase {
  const { DATABASE_URL: url, PGHOST: host } = variables;
  if (url !== undefined && url !== "") return databaseOfUrl(url);
  if (name === "local") return localDatabase(path.join(project, ".local", "postgres"));
  if (host !== undefined && host !== "") return databaseOfVariables(variables);
  throw new Failure(
    "usage",
    `The environment "${name}" sets neither DATABASE_URL nor PGHOST, and only "local" has a database of its own; set one in .env.${name} or in the process's environment.`,
  );
}

export function isLocalDatabase(database: Database | LocalDatabase): database is LocalDatabase {
  return "start" in database;
}
