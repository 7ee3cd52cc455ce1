import path from "node:path";
import { Failure } from "../failure.ts";
import type { Database } from "./database.ts";
import { databaseOfUrl } from "./database-url.ts";
import { type LocalDatabase, localDatabase } from "./local-database.ts";

/** The database that an environment means: `DATABASE_URL`'s, else (environment `local`) the project's own. */
export function environmentDatabase(
  name: string,
  variables: NodeJS.ProcessEnv,
  project: string,
): Database | LocalDatabase {
  const { DATABASE_URL: url } = variables;
  if (url !== undefined && url !== "") return databaseOfUrl(url);
  if (name === "local") return localDatabase(path.join(project, ".local", "postgres"));
  throw new Failure(
    "usage",
    `The environment "${name}" sets no DATABASE_URL, and only "local" has a database of its own; set it in .env.${name} or in the process's environment.`,
  );
}

export function isLocalDatabase(database: Database | LocalDatabase): database is LocalDatabase {
  return "start" in database;
}
