import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ExecutionContext } from "ava";
import type { Sequelize } from "sequelize";
import { temporaryFolder } from "./temporary-folder.ts";

/** Text of a migration of plain SQL. */
export function migration(up: string, down = "SELECT 1", exports = ""): string {
  const body = (sql: string) => `{ await context.sequelize.query(${JSON.stringify(sql)}); }`;
  return `${exports}
export async function up({ context }) ${body(up)}
export async function down({ context }) ${body(down)}
`;
}

/** A migration whose `up` is `body`, TypeScript with `context` and `DataTypes`. */
export function codedMigration(body: string, exports = ""): string {
  return `import { DataTypes, type QueryInterface } from "sequelize";
void DataTypes;
${exports}
export async function up({ context }: { context: QueryInterface }): Promise<void> { ${body} }
export async function down(_: { context: QueryInterface }): Promise<void> {}
`;
}

/** Takes everything out of the database, and our locks off it. */
export async function emptyDatabase(sequelize: Sequelize): Promise<void> {
  await sequelize.query(`DROP SCHEMA IF EXISTS worker CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;
    SELECT pg_advisory_unlock_all()`);
}

/** A temporary project with these files in its migrations folder. */
export async function migrationsFolder(t: ExecutionContext, files: Record<string, string>): Promise<MigrationsFolder> {
  const project = await temporaryFolder(t);
  const folder = path.join(project, "migrations");
  await mkdir(folder);
  await writeFile(path.join(project, "package.json"), JSON.stringify({ type: "module", version: "1.2.3" }));
  await symlink(path.resolve("node_modules"), path.join(project, "node_modules"), "junction");
  const write = async (name: string, text: string) => await writeFile(path.join(folder, name), text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { project, folder, write, remove: async (name) => await rm(path.join(folder, name)) };
}

export interface MigrationsFolder {
  project: string;
  folder: string;
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}
