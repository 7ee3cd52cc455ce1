import type { Database } from "../data/database.ts";
import { environmentDatabase, isLocalDatabase } from "../data/environment-database.ts";
import type { OnWait } from "../data/local-database.ts";
import { serverWarnings } from "../data/server-traits.ts";
import type { CliContext } from "./context.ts";

/**
 * The environment's database, answering: the local one is started, another one is compared with RDS's version and
 * collation; what differs is said, not refused.
 * @param onWait called when others are at work, and this process has time for something else
 */
export async function openDatabase(
  environment: string,
  variables: NodeJS.ProcessEnv,
  { project }: CliContext,
  say: (line: string) => void,
  onWait: OnWait = () => {},
): Promise<Database> {
  const database = environmentDatabase(environment, variables, project);
  if (isLocalDatabase(database)) {
    const { settings, started } = await database.start(onWait);
    if (started) say(`PostgreSQL started on port ${settings.port}; it keeps running (node worker database stop)`);
    return database;
  }
  const warnings = serverWarnings(database);
  onWait("postgres");
  for (const warning of await warnings) say(`note: ${warning}`);
  return database;
}
