import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import test from "ava";
import { connect } from "../../../worker/data/database.ts";
import { testDatabase } from "../../database.ts";
import { emptyDatabase, migration, migrationsFolder } from "../../migrations-folder.ts";

const moduleOf = (name: string) => JSON.stringify(new URL(`../../../worker/data/${name}`, import.meta.url).href);

/** Says before and after `up` whether Umzug is loaded, in a process that has loaded nothing else. */
const script = `
  import { createRequire } from "node:module";
  import { connect } from ${moduleOf("database.ts")};
  import { databaseOfUrl } from ${moduleOf("database-url.ts")};
  import { migrator } from ${moduleOf("migrator.ts")};
  const { cache } = createRequire(import.meta.url);
  const isLoaded = () => Object.keys(cache).some((file) => /[\\\\/]umzug[\\\\/]/.test(file));
  const database = databaseOfUrl(process.env.DATABASE_URL);
  const sequelize = connect(database, { applicationName: "test" });
  const migrations = migrator(database, { folder: process.env.FOLDER, version: "1" });
  const isUpToDate = await migrations.isUpToDate(sequelize);
  const before = isLoaded();
  const { length } = await migrations.up();
  console.log(JSON.stringify({ isUpToDate, before, length, after: isLoaded() }));
  await sequelize.close();
`;

test("Umzug is loaded only where something is to be done: it costs a tenth of a worker's start", async (t) => {
  const database = await testDatabase(t);
  const sequelize = connect(database, { applicationName: "test" });
  await emptyDatabase(sequelize);
  await sequelize.close();
  const { folder } = await migrationsFolder(t, { "0001-first.ts": migration("CREATE TABLE first ()") });
  const run = async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import=tsx", "--input-type=module", "--eval", script],
      { env: { ...process.env, DATABASE_URL: database.url, FOLDER: folder } },
    );
    return JSON.parse(stdout) as object;
  };
  t.deepEqual(await run(), { isUpToDate: false, before: false, length: 1, after: true });
  t.deepEqual(await run(), { isUpToDate: true, before: false, length: 0, after: false });
});
