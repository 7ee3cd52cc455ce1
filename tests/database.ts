import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import type { ExecutionContext } from "ava";
import { QueryTypes, type Sequelize } from "sequelize";
import { type ConnectionSettings, connect, type Database } from "../worker/data/database.ts";
import { databaseUrl } from "../worker/data/database-url.ts";
import { localDatabase } from "../worker/data/local-database.ts";
import { migrator } from "../worker/data/migrator.ts";

const project = path.dirname(import.meta.dirname);

/** One server for all tests; it is started by whoever comes first and stopped by tests/with-database.js. */
export const testServer = localDatabase(path.join(project, ".local", "test-postgres"));

/** A database of its own for a test or a test file. */
export interface TestDatabase extends Database {
  readonly name: string;
  /** Its DATABASE_URL, for a worker that is started as a process. */
  readonly url: string;
}

/** Starts it with a fresh mind: tests make many databases, and nothing in them need survive a power loss. */
export async function startTestServer(): Promise<void> {
  await testServer.start().catch(async () => {
    await testServer.reset();
    await testServer.start();
  });
  await onServer(async (sequelize) => {
    await sequelize.query("ALTER SYSTEM SET fsync = off");
    await sequelize.query("SELECT pg_reload_conf()");
    // Left by killed tests, or made by code that has changed since; not by a run that goes on beside us.
    const old = await sequelize.query<{ datname: string }>(
      `SELECT datname FROM pg_database
        WHERE datname ~ '^(test|template)_' AND (pg_stat_file('base/' || oid)).modification < now() - interval '1 day'`,
      { type: QueryTypes.SELECT },
    );
    for (const { datname } of old) await sequelize.query(`DROP DATABASE ${datname} WITH (FORCE)`);
  });
}

/** What every test's database begins with. */
async function prepareTemplate(database: Database): Promise<void> {
  await migrator(database, { folder: path.join(project, "migrations"), version: "test" }).up();
}

let count = 0;
let templateOfThisProcess: Promise<string> | undefined;

/**
 * A database as {@link prepareTemplate} leaves it (`template: false`: an empty one), dropped when `t` ends. In a `before`
 * hook `t` ends with the hook: pass something whose `teardown` you call in `after.always`.
 */
export async function testDatabase(
  t: Pick<ExecutionContext, "teardown">,
  { template = true }: { template?: boolean } = {},
): Promise<TestDatabase> {
  count += 1;
  const name = `test_${process.pid}_${count}`;
  if (template) templateOfThisProcess ??= onServer(templateDatabase);
  const source = template ? await templateOfThisProcess : "template1";
  await onServer(async (sequelize) => {
    // Left by a killed process that had our number.
    await sequelize.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await sequelize.query(`CREATE DATABASE ${name} TEMPLATE ${source}`);
  });
  t.teardown(() =>
    onServer(async (sequelize) => {
      await sequelize.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }),
  );
  const settings = await settingsOf(name);
  return { label: "the test database", name, url: databaseUrl(settings), settings: () => settingsOf(name) };
}

async function settingsOf(name: string): Promise<ConnectionSettings> {
  return { ...(await testServer.settings()), database: name };
}

/** Made once for each state of the code that makes it; the lock lets one test file make it and the others wait. */
async function templateDatabase(sequelize: Sequelize): Promise<string> {
  const name = `template_${await codeHash()}`;
  await sequelize.query("SELECT pg_advisory_lock(hashtext('template'))");
  try {
    const found = await sequelize.query("SELECT FROM pg_database WHERE datname = :name", {
      type: QueryTypes.SELECT,
      replacements: { name },
    });
    if (found.length > 0) return name;
    await sequelize.query("DROP DATABASE IF EXISTS template_unfinished WITH (FORCE)");
    await sequelize.query("CREATE DATABASE template_unfinished");
    await prepareTemplate({ label: "the template", settings: () => settingsOf("template_unfinished") });
    await sequelize.query(`ALTER DATABASE template_unfinished RENAME TO ${name}`);
    return name;
  } finally {
    await sequelize.query("SELECT pg_advisory_unlock(hashtext('template'))");
  }
}

async function codeHash(): Promise<string> {
  const hash = createHash("sha256");
  const files = [import.meta.filename];
  for (const folder of ["migrations", "worker/data"]) {
    const found = await readdir(path.join(project, folder), { recursive: true, withFileTypes: true });
    files.push(...found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)));
  }
  for (const file of files.sort()) hash.update(file).update(await readFile(file));
  return hash.digest("hex").slice(0, 12);
}

async function onServer<Result>(work: (sequelize: Sequelize) => Promise<Result>): Promise<Result> {
  const sequelize = connect(testServer, { applicationName: "tests", connections: 1 });
  try {
    return await work(sequelize);
  } finally {
    await sequelize.close();
  }
}
