import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { QueryInterface } from "sequelize";
import { Failure } from "../failure.ts";
import { loadModule } from "../load-module.ts";
import { type MigrationFault, migrationFaults } from "./migration-faults.ts";

/** A file `NNNN-kebab-name.ts` of the migrations folder. */
export interface MigrationFile {
  /** The file's name without `.ts`: the same in every build, and what the database remembers. */
  name: string;
  path: string;
  /** SHA-256 in hex of the text with LF line ends, so that a checkout on Windows changes nothing. */
  checksum: string;
}

/** What a migration file exports. */
export interface MigrationModule {
  up: MigrationFunction;
  down: MigrationFunction;
  /** `false`: runs outside a transaction, for statements that PostgreSQL allows only there (CREATE INDEX CONCURRENTLY). */
  transaction?: boolean;
}

/** Every query of `context`, and of `context.sequelize`, is in the migration's transaction without being told. */
export type MigrationFunction = (parameters: { context: QueryInterface; name: string }) => Promise<unknown>;

const fileName = /^(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.ts$/;
const longestName = 80;

/** The files of `folder` in their order, and what is wrong with their names. Hidden files are not looked at. */
export async function readMigrationFiles(
  folder: string,
): Promise<{ files: MigrationFile[]; faults: MigrationFault[] }> {
  const entries = await reading(readdir(folder, { withFileTypes: true }));
  const isNamed = (entry: Dirent) => fileName.test(entry.name) && !entry.isDirectory();
  const names = entries
    .filter(isNamed)
    .map(({ name }) => name)
    .sort();
  const others = entries.filter((entry) => !isNamed(entry) && !entry.name.startsWith("."));
  const faults = others.map(({ name }) => migrationFaults.badName(name));
  for (const [index, name] of names.entries()) {
    const before = names[index - 1];
    if (before && numberOf(before) === numberOf(name)) faults.push(migrationFaults.sameNumber(name, before));
  }
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const text = await reading(readFile(file, "utf8"));
      return { name: name.slice(0, -".ts".length), path: file, checksum: checksumOf(text) };
    }),
  );
  return { files, faults };
}

/** Imports a migration; says what is wrong with it instead of throwing. */
export async function loadMigration(file: MigrationFile): Promise<MigrationModule | MigrationFault> {
  let module: Record<string, unknown>;
  try {
    // The checksum makes a file that was changed in the meantime another module.
    const url = pathToFileURL(file.path);
    url.search = file.checksum.slice(0, 8);
    module = await loadModule(url);
  } catch (error) {
    return migrationFaults.doesNotLoad(file.name, error);
  }
  const missing = ["up", "down"].filter((name) => typeof module[name] !== "function");
  if (missing.length > 0) return migrationFaults.noFunctions(file.name, missing);
  const { transaction } = module;
  if (transaction !== undefined && typeof transaction !== "boolean") return migrationFaults.badTransaction(file.name);
  return module as unknown as MigrationModule;
}

/**
 * Writes the next migration; without `text`, its `up` and `down` are to be filled in.
 * @param title words or a kebab-case name: "add carrier to flights"
 * @returns path of the new file
 * @throws Failure `usage` when the title makes no name, the name is taken or the file can't be written
 */
export async function writeMigrationFile(folder: string, title: string, text = skeleton): Promise<string> {
  const file = await nextMigrationFile(folder, title);
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A full disk leaves a part of the text.
    if (code !== "EEXIST") await rm(file, { force: true }).catch(() => undefined);
    throw new Failure("usage", `The migration can't be written: ${message}.`, { cause: error });
  }
  return file;
}

/** Where a migration of that title would be. @throws Failure `usage` as {@link writeMigrationFile} */
export async function nextMigrationFile(folder: string, title: string): Promise<string> {
  const slug = kebab(title);
  if (slug === "" || slug.length > longestName) {
    const found = slug === "" ? "none" : String(slug.length);
    throw new Failure(
      "usage",
      `Migration name "${title}" has ${found} of the letters a-z and digits that make a file name; it must have 1 to ${longestName}.`,
    );
  }
  const { files, faults } = await readMigrationFiles(folder);
  if (faults.length > 0) throw failureOf(faults);
  const taken = files.find(({ name }) => name.slice("NNNN-".length) === slug);
  if (taken) throw new Failure("usage", `Migration name "${slug}" is taken by ${taken.name}.ts; choose another one.`);
  const next = Number(numberOf(files.at(-1)?.name ?? "0000")) + 1;
  return path.join(folder, `${String(next).padStart(4, "0")}-${slug}.ts`);
}

/** All faults in one message, a sentence each. */
export function failureOf(faults: readonly MigrationFault[]): Failure {
  return new Failure("failed", faults.map(({ message }) => message).join(" "));
}

/** It throws until it is filled in: an empty one would be applied by the next run, and could not be changed any more. */
const skeleton = `import { DataTypes, type QueryInterface } from "sequelize";

// A migration means the same next year: it imports nothing of worker/. All its queries are in one transaction, without
// being told. PostgreSQL refuses some there, such as CREATE INDEX CONCURRENTLY; they go into a migration of their own with
//   export const transaction = false;
// which a crash may leave half done, and is run again then: DROP INDEX CONCURRENTLY IF EXISTS first.

export async function up({ context }: { context: QueryInterface }): Promise<void> {
  // By Sequelize:
  //   await context.createTable("cities", {
  //     id: { type: DataTypes.BIGINT, primaryKey: true, allowNull: false },
  //     name: { type: DataTypes.TEXT, allowNull: false },
  //   });
  // or by SQL:
  //   await context.sequelize.query("ALTER TABLE cities ADD COLUMN country text");
  throw new Error("up is not filled in yet");
}

export async function down({ context }: { context: QueryInterface }): Promise<void> {
  //   await context.sequelize.query("ALTER TABLE cities DROP COLUMN country");
  // or
  //   await context.dropTable("cities");
  throw new Error("down is not filled in yet");
}
`;

async function reading<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw new Failure("usage", `The migrations can't be read: ${(error as Error).message}.`, { cause: error });
  }
}

function checksumOf(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

function kebab(title: string): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Mark}/gu, "")
    .match(/[a-z0-9]+/g);
  return (words ?? []).join("-");
}

const numberOf = (name: string) => name.slice(0, 4);
