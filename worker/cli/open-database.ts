import type { Database } from "../data/database.ts";
import { environmentDatabase, isLocalDatabase } from "../data/environment-database.ts";
import { serverWarnings } from "../data/server-traits.ts";
import type { CliContext } from "./context.ts";

/**
 * The environment's database, answering: the local one is started, another one is compared with RDS's version and
 * collation; what differs is said, not refused.
 */
export async function openDatabase(
  environment: string,
  variables: NodeJS.ProcessEnv,
  { project }: CliContext,
  say: (line: string) => void,
): Promise<Database> {
  const database = environmentDatabase(environment, variables, project);
  if (isLocalDatabase(database)) {
    const { settings, started } = await database.start();
    if (started) say(`PostgreSQL started on port ${settings.port}; it keeps running (node worker database stop)`);
    return database;
  }
  for (const warning of await serverWarnings(database)) say(`note: ${warning}`);
  return database;
}
