import { type QueryInterface, QueryTypes, type Sequelize } from "sequelize";
import type { UmzugStorage } from "umzug";
import { Failure } from "../failure.ts";
import { databaseMessage, sqlState } from "./database-failure.ts";

/** A row of `worker.migration`. */
export interface AppliedMigration {
  name: string;
  checksum: string;
  appliedAt: Date;
  durationMs: number;
  /** Version of this program that applied it. */
  version: string;
}

/** One statement each: `migrate sql` prints them, for a database administrator to run. */
export const storageStatements = [
  "CREATE SCHEMA IF NOT EXISTS worker",
  `CREATE TABLE IF NOT EXISTS worker.migration (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms integer NOT NULL,
  version text NOT NULL
)`,
] as const;

/** The applied migrations in the order of their names; `undefined` when the table is not there yet. */
export async function readApplied(sequelize: Sequelize): Promise<AppliedMigration[] | undefined> {
  try {
    return await sequelize.query<AppliedMigration>(
      // The casts are for a table changed by hand: PostgreSQL's words about that are clearer than ours would be.
      `SELECT name::text, checksum::text, applied_at::timestamptz AS "appliedAt", duration_ms::integer AS "durationMs",
         version::text FROM worker.migration ORDER BY name COLLATE "C"`,
      { type: QueryTypes.SELECT },
    );
  } catch (error) {
    if (sqlState(error) === "42P01") return undefined;
    if (sqlState(error) === "42703") {
      throw new Failure(
        "failed",
        `The table worker.migration was changed by hand: ${databaseMessage(error)}. ` +
          "It must have name, checksum, applied_at, duration_ms and version; restore it.",
        { cause: error },
      );
    }
    throw error;
  }
}

/** Creates schema and table. Only where the table is missing: IF NOT EXISTS asks for the right to create all the same. */
export async function createStorage(sequelize: Sequelize): Promise<void> {
  for (const statement of storageStatements) await sequelize.query(statement);
}

/** What is written about a migration beside its name. */
export type MigrationLog = Omit<AppliedMigration, "name" | "appliedAt">;

/**
 * Umzug's storage over `worker.migration`. It writes through the query interface that the migration itself has, and so
 * in the migration's transaction: both are there after a crash, or neither is.
 */
export function migrationStorage(log: (name: string) => MigrationLog): UmzugStorage<QueryInterface> {
  return {
    async executed({ context }) {
      return ((await readApplied(context.sequelize)) ?? []).map(({ name }) => name);
    },
    async logMigration({ name, context }) {
      await context.sequelize.query(insertStatement(context, name, log(name)));
    },
    async unlogMigration({ name, context }) {
      await context.sequelize.query(`DELETE FROM worker.migration WHERE name = ${context.sequelize.escape(name)}`);
    },
  };
}

export function insertStatement(
  { sequelize }: QueryInterface,
  name: string,
  { checksum, durationMs, version }: MigrationLog,
): string {
  const values = [name, checksum, durationMs, version].map((value) => sequelize.escape(value));
  return `INSERT INTO worker.migration (name, checksum, duration_ms, version) VALUES (${values.join(", ")})`;
}
