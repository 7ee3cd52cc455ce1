import type { ConnectionSettings, Database } from "./database.ts";
import { asFailure } from "./database-failure.ts";
import { queryOnce } from "./query-once.ts";
import { supportedMajor } from "./supported-major.ts";

/** How RDS's en_US.UTF-8 sorts the letters that tell collations apart. */
const supportedOrder = "a,A,b,B,é,z";

/** In what the same query may behave otherwise on another server. */
export interface ServerTraits {
  /** As in `17.10`. */
  version: string;
  major: number;
  /** `A,B,a,b,z,é` in the order of the database's collation. */
  order: string;
  /** Folder of its data; null to who may not know. */
  data: string | null;
}

export async function readServerTraits(settings: ConnectionSettings): Promise<ServerTraits> {
  return await queryOnce<ServerTraits>(
    settings,
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
      current_setting('server_version_num')::int / 10000 AS major,
      (SELECT string_agg(letter, ',' ORDER BY letter) FROM unnest('{A,B,a,b,z,é}'::text[]) AS letter) AS "order",
      (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS data`,
  );
}

/** In what a server differs from RDS's, as clauses: fatal to the local database, a warning about another one. */
export function traitDifferences(label: string, { major, order }: ServerTraits): string[] {
  const differences: string[] = [];
  if (major !== supportedMajor) differences.push(`${label} is PostgreSQL ${major}, RDS's is ${supportedMajor}`);
  if (order !== supportedOrder) {
    differences.push(`${label} sorts "${order}", RDS's en_US.UTF-8 sorts "${supportedOrder}"`);
  }
  return differences;
}

/** What to tell who uses another server than ours; empty when it is as RDS's. @throws Failure when it can't be reached */
export async function serverWarnings(database: Database): Promise<string[]> {
  try {
    return traitDifferences(database.label, await readServerTraits(await database.settings()));
  } catch (error) {
    throw asFailure(error, database.label);
  }
}
