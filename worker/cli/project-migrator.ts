import { hostname } from "node:os";
import path from "node:path";
import process from "node:process";
import type { Database } from "../data/database.ts";
import { type Migrator, migrator } from "../data/migrator.ts";
import type { CliContext } from "./context.ts";

/** The migrations of this project in `database`. */
export function projectMigrator(
  database: Database,
  { project, version }: Pick<CliContext, "project" | "version">,
): Migrator {
  return migrator(database, {
    folder: migrationsFolder(project),
    version,
    applicationName: `batch-preflight migrate ${hostname()}:${process.pid}`,
  });
}

export function migrationsFolder(project: string): string {
  return path.join(project, "migrations");
}
