import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { PassThrough } from "node:stream";
import anyTest, { type ExecutionContext } from "ava";
import { QueryTypes, type Sequelize } from "sequelize";
import type { CliContext } from "../../../worker/cli/context.ts";
import { command } from "../../../worker/cli/migrate.ts";
import { connect } from "../../../worker/data/database.ts";
import { Failure } from "../../../worker/failure.ts";
import { type TestDatabase, testDatabase } from "../../database.ts";
import { emptyDatabase, type MigrationsFolder, migration, migrationsFolder } from "../../migrations-folder.ts";

// One after the other on one database, which each begins with emptied.
const test = anyTest.serial;

const teardowns: (() => unknown)[] = [];
let database: TestDatabase;
let other: Sequelize;

test.before(async () => {
  database = await testDatabase({ teardown: (work) => teardowns.push(work) });
  other = connect(database, { applicationName: "another migrator" });
});
test.after.always(async () => {
  await other.close();
  for (const teardown of teardowns) await teardown();
});

interface Scene extends MigrationsFolder {
  /** `node worker migrate ...` as main.ts runs it; `answers` are typed at a terminal. */
  migrate(
    argv: string[],
    answers?: string[],
    stop?: AbortSignal,
  ): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Writes worker/data/models/NAME.ts. */
  model(name: string, columns: string, schema?: string): Promise<void>;
}

const text = (type: string) => `{ type: DataTypes.${type} }`;

async function scene(t: ExecutionContext, files: Record<string, string> = {}): Promise<Scene> {
  await emptyDatabase(other);
  const folder = await migrationsFolder(t, files);
  await writeFile(path.join(folder.project, ".env.local"), "# nothing\n");
  const models = path.join(folder.project, "worker", "data", "models");
  await mkdir(models, { recursive: true });
  return {
    ...folder,
    async model(name, columns, schema = "") {
      const source = `import { DataTypes } from "sequelize";
${schema === "" ? "" : `export const schema = ${schema};`}
export default (sequelize: any) => sequelize.define("${name}", ${columns}, { tableName: "${name}" });
`;
      await writeFile(path.join(models, `${name}.ts`), source);
    },
    async migrate(argv, answers, stop = new AbortController().signal) {
      const [stdout, stderr] = [textStream(), textStream(answers !== undefined)];
      const stdin = Object.assign(new PassThrough(), { isTTY: answers !== undefined });
      // A person answers when the question is there.
      const left = [...(answers ?? [])];
      stderr.stream.on("data", (chunk) => {
        if (String(chunk).includes("[y/N]")) stdin.write(`${left.shift()}\n`);
      });
      const context: CliContext = {
        env: { DATABASE_URL: database.url },
        stdin: stdin as unknown as NodeJS.ReadStream,
        stdout: stdout.stream,
        stderr: stderr.stream,
        project: folder.project,
        version: "1.2.3",
        stop,
      };
      let code: number;
      try {
        code = await command(argv, context);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        stderr.stream.write(`${error.message}\n`);
        code = error.exitCode;
      }
      return { code, stdout: stdout.text(), stderr: stderr.text() };
    },
  };
}

function textStream(isTTY = false) {
  const stream = new PassThrough();
  const written: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => written.push(chunk));
  return {
    stream: Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream,
    text: () => Buffer.concat(written).toString(),
  };
}

const cities = "{ id: { type: DataTypes.BIGINT, primaryKey: true }, name: { type: DataTypes.TEXT, allowNull: false } }";
const citiesTable = migration("CREATE TABLE cities (id bigint PRIMARY KEY, name text NOT NULL)", "DROP TABLE cities");

/** Statements of scratch databases that sleep. */
const sleeping = async () =>
  (
    await other.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname LIKE 'batch_preflight_scratch%' AND wait_event = 'PgSleep'",
      { type: QueryTypes.SELECT },
    )
  ).length;

const scratches = async () =>
  await other.query("SELECT datname FROM pg_database WHERE datname LIKE 'batch_preflight_scratch%'", {
    type: QueryTypes.SELECT,
  });

test("a revision writes what the models want, and back; then check agrees and revision writes no file", async (t) => {
  const { migrate, model, folder } = await scene(t, { "0001-cities.ts": citiesTable });
  await model(
    "cities",
    cities.replace(" }", ` }, population: ${text("INTEGER")}`).replace("TEXT", "STRING(80)"),
    `{ comment: "Of the \\\`world\\\`", checks: { cities_population_check: "population > 0" } }`,
  );
  const wrong = await migrate(["check"]);
  t.is(wrong.code, 1);
  t.regex(wrong.stdout, /ADD population integer/);
  t.regex(wrong.stderr, /^The migrations do not build what the models want/);

  const refused = await migrate(["revision", "population"]);
  t.deepEqual(
    [refused.code, refused.stdout, refused.stderr.split("\n").slice(-3, -1)],
    [
      2,
      "",
      [
        "Data loss: cities.name: text becomes character varying(80), and what does not fit is lost.",
        "No file was written; --allow-data-loss writes it all the same.",
      ],
    ],
  );

  const { code, stdout } = await migrate(["revision", "population", "of", "cities", "--allow-data-loss"]);
  t.deepEqual([code, stdout], [0, "migrations/0002-population-of-cities.ts\n"]);
  t.is(
    await readFile(path.join(folder, "0002-population-of-cities.ts"), "utf8"),
    `import type { QueryInterface } from "sequelize";

/** Population of cities. */
export async function up({ context: { sequelize } }: { context: QueryInterface }): Promise<void> {
  await sequelize.query("COMMENT ON TABLE cities IS 'Of the \`world\`'");
  // Data loss: cities.name: text becomes character varying(80), and what does not fit is lost.
  // Long lock: cities is rewritten.
  // Long lock: All rows of cities are read, and it can't be written meanwhile.
  await sequelize.query(\`
    ALTER TABLE cities
      ADD population integer,
      ALTER name TYPE character varying(80) USING name::character varying(80),
      ADD CONSTRAINT cities_population_check CHECK (population > 0)
  \`);
}

export async function down({ context: { sequelize } }: { context: QueryInterface }): Promise<void> {
  // Data loss: cities.population and its values are dropped.
  await sequelize.query("ALTER TABLE cities DROP population");
  await sequelize.query("COMMENT ON TABLE cities IS NULL");
  await sequelize.query("ALTER TABLE cities ALTER name TYPE text");
}
`,
  );
  t.deepEqual(await migrate(["check"]), {
    code: 0,
    stdout: "The migrations build what the models want.\n",
    stderr: "",
  });
  t.deepEqual(await migrate(["revision", "more"]), {
    code: 0,
    stdout: "",
    stderr: "The migrations build what the models want already; no file was written.\n",
  });
  t.is((await migrate(["up"])).code, 0);
  t.is((await migrate(["verify"])).code, 0);
  t.is((await migrate(["down", "--all"])).code, 0);
  t.deepEqual(await scratches(), []);
});

const renamed = cities.replace("name:", "title:");
const question =
  "cities.name is gone and title is new and looks like it: say --rename cities.name=title if it is the same one, " +
  "--drop cities.name if it is not (its values are lost).\n";

test("a rename is never a drop and an add by itself", async (t) => {
  const { migrate, model, folder } = await scene(t, { "0001-cities.ts": citiesTable });
  await model("cities", renamed);
  t.deepEqual(await migrate(["revision", "title"]), { code: 2, stdout: "", stderr: question });
  const said = await migrate(["revision", "title", "--rename", "cities.name=title"]);
  t.deepEqual([said.code, said.stderr], [0, "ALTER TABLE cities RENAME name TO title;\n\n"]);
  const file = await readFile(path.join(folder, "0002-title.ts"), "utf8");
  t.regex(file, /down.*\n {2}await sequelize\.query\("ALTER TABLE cities RENAME title TO name"\);\n\}/);
});

test("beside the model, a rename is said once and for all", async (t) => {
  const { migrate, model } = await scene(t, { "0001-cities.ts": citiesTable });
  await model("towns", renamed, `{ renamedFrom: "cities", columns: { title: { renamedFrom: "name" } } }`);
  const { code, stderr } = await migrate(["revision", "towns"]);
  t.deepEqual(
    [code, stderr],
    [
      0,
      "ALTER TABLE cities RENAME TO towns;\n\nALTER TABLE towns RENAME name TO title;\n\n" +
        "ALTER TABLE towns RENAME CONSTRAINT cities_pkey TO towns_pkey;\n\n",
    ],
  );
  t.is((await migrate(["check"])).code, 0);
});

test("at a terminal one is asked", async (t) => {
  const { migrate, model } = await scene(t, { "0001-cities.ts": citiesTable });
  await model("cities", renamed);
  const yes = await migrate(["revision", "title"], ["y"]);
  t.is(yes.code, 0);
  t.regex(
    yes.stderr,
    /Is cities\.name renamed to title\? \(No: .*\) \[y\/N\] .*ALTER TABLE cities RENAME name TO title;\n\n$/s,
  );
  await model("cities", cities);
  const no = await migrate(["revision", "name", "again"], ["n", "n"]);
  t.is(no.code, 2);
  t.regex(
    no.stderr,
    /Data loss: cities\.title and its values are dropped\.\nMay fail: .*\nWrite the migration\? \[y\/N\]/s,
  );
});

test("NOT NULL over NULLs takes a backfill", async (t) => {
  const { migrate, model } = await scene(t, { "0001-cities.ts": citiesTable.replace(" NOT NULL)", ")") });
  await model("cities", cities);
  const refused = await migrate(["revision", "name"]);
  t.is(refused.code, 2);
  t.regex(
    refused.stderr,
    /May fail: cities\.name: this fails where it is NULL\. --backfill cities\.name=SQL fills it\./,
  );
  const { code, stderr } = await migrate(["revision", "name", "--backfill", "cities.name='city ' || id"]);
  t.is(code, 0);
  t.regex(
    stderr,
    /UPDATE cities SET name = 'city ' \|\| id WHERE name IS NULL;\n\n.*\nALTER TABLE cities ALTER name SET NOT NULL;/,
  );
});

test("--online writes a file for each step", async (t) => {
  const { migrate, model, folder } = await scene(t, {
    "0001-cities.ts": citiesTable.replace("name text NOT NULL", "name text, code text"),
  });
  await model(
    "cities",
    cities.replace("name:", 'code: { type: DataTypes.TEXT, unique: "cities_code_key" }, name:'),
    `{ checks: { cities_id_check: "id > 0" } }`,
  );
  const { stdout } = await migrate(["revision", "names", "--online", "--backfill", "cities.name='?'"]);
  t.is(
    stdout,
    ["0002-names", "0003-names-validate", "0004-names-not-null", "0005-names-indexes"]
      .map((name) => `migrations/${name}.ts\n`)
      .join(""),
  );
  const text = async (name: string) => await readFile(path.join(folder, name), "utf8");
  t.regex(
    await text("0003-names-validate.ts"),
    /"UPDATE cities SET name = '\?' WHERE name IS NULL".*VALIDATE CONSTRAINT cities_id_check/s,
  );
  const body = (file: string) => file.slice(file.indexOf("up("), file.indexOf("export async function down"));
  t.is(
    body(await text("0004-names-not-null.ts")),
    `up({ context: { sequelize } }: { context: QueryInterface }): Promise<void> {
  await sequelize.query("ALTER TABLE cities ALTER name SET NOT NULL");
  await sequelize.query("ALTER TABLE cities DROP CONSTRAINT name_not_null");
}

`,
  );
  t.is(
    await text("0005-names-indexes.ts"),
    `import type { QueryInterface } from "sequelize";

// CONCURRENTLY runs outside a transaction; after a crash the whole is run again.
export const transaction = false;

/** Names: indexes. */
export async function up({ context: { sequelize } }: { context: QueryInterface }): Promise<void> {
  await sequelize.query("DROP INDEX CONCURRENTLY IF EXISTS cities_code_key_new");
  await sequelize.query("CREATE UNIQUE INDEX CONCURRENTLY cities_code_key_new ON cities (code)");
  await sequelize.query(\`
    ALTER TABLE cities
      DROP CONSTRAINT IF EXISTS cities_code_key,
      ADD CONSTRAINT cities_code_key UNIQUE USING INDEX cities_code_key_new
  \`);
}

export async function down({ context: { sequelize } }: { context: QueryInterface }): Promise<void> {
  await sequelize.query("ALTER TABLE cities DROP CONSTRAINT IF EXISTS cities_code_key");
}
`,
  );
  t.is((await migrate(["check"])).code, 0);
  t.is((await migrate(["up"])).code, 0);
  t.is((await migrate(["verify"])).code, 0);
  t.is((await migrate(["down", "--all"])).code, 0);
});

test("what stands beside the models is left alone", async (t) => {
  const { migrate, model } = await scene(t, {
    "0001-cities.ts": citiesTable,
    "0002-others.ts": migration(
      `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
       CREATE TRIGGER touched BEFORE UPDATE OF name ON cities FOR EACH ROW EXECUTE FUNCTION touch();
       CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.mine (id int);
       GRANT SELECT ON cities TO PUBLIC;`,
      "DROP SCHEMA elsewhere CASCADE; DROP TRIGGER touched ON cities; DROP FUNCTION touch(); REVOKE ALL ON cities FROM PUBLIC",
    ),
  });
  await model("cities", cities);
  t.is((await migrate(["check"])).code, 0);
  await model("cities", cities.replace("TEXT", "STRING(80)"));
  const { stdout } = await migrate(["check"]);
  t.deepEqual(
    stdout.split("\n").filter((line) => line !== "" && !line.startsWith("--")),
    [
      "DROP TRIGGER touched ON cities;",
      "ALTER TABLE cities ALTER name TYPE character varying(80) USING name::character varying(80);",
      "CREATE TRIGGER touched BEFORE UPDATE OF name ON cities FOR EACH ROW EXECUTE FUNCTION touch();",
    ],
  );
});

test("verify names each thing in which the database is not what its migrations build", async (t) => {
  const { migrate } = await scene(t, { "0001-cities.ts": citiesTable });
  t.is((await migrate(["up"])).code, 0);
  await other.query(`ALTER TABLE cities DROP COLUMN name; ALTER TABLE cities ALTER id TYPE integer;
    ALTER TABLE cities DROP CONSTRAINT cities_pkey; ALTER TABLE cities ALTER id DROP NOT NULL;
    CREATE TABLE extra (id int); CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.mine (id int)`);
  const { code, stderr } = await migrate(["verify"]);
  t.is(code, 1);
  t.deepEqual(stderr.trim().split("\n").sort(), [
    'Column cities.id has type "integer" instead of "bigint", NULL instead of NOT NULL.',
    "Column cities.name is missing, and the migrations make it.",
    "Constraint cities.cities_pkey is missing, and the migrations make it.",
    "Table extra is there, and no migration makes it.",
  ]);
  t.is((await migrate(["verify", "--files-only"])).code, 0);
  await other.query("DROP SCHEMA elsewhere CASCADE");
});

test("diff reads two databases and prints SQL alone, nothing when they are equal", async (t) => {
  const { migrate } = await scene(t);
  const target = await testDatabase(t, { template: false });
  const url = (name: string) => database.url.replace(/\/[^/?]+(\?|$)/, `/${name}$1`);
  await other.query("CREATE TABLE cities (id bigint PRIMARY KEY, name text); INSERT INTO cities VALUES (1, 'Bern')");
  const sequelize = connect(target, { applicationName: "target" });
  await sequelize.query("CREATE TABLE cities (id bigint PRIMARY KEY, title text NOT NULL)");
  await sequelize.close();
  t.deepEqual(await migrate(["diff", database.url, url(target.name)]), { code: 2, stdout: "", stderr: question });
  const misspelt = ["--drop", "town", "--backfill", "cities.tittle=''"];
  t.deepEqual(await migrate(["diff", database.url, url(target.name), ...misspelt]), {
    code: 2,
    stdout: "",
    stderr: "--drop: there is no table town.\n" + "--backfill: there is no column cities.tittle.\n",
  });
  const rename = ["--rename", "cities.name=title", "--backfill", "cities.title=''"];
  const { code, stdout, stderr } = await migrate(["diff", database.url, url(target.name), ...rename]);
  t.deepEqual([code, stderr], [0, ""]);
  await other.query(stdout);
  t.deepEqual(await migrate(["diff", database.url, url(target.name)]), { code: 0, stdout: "", stderr: "" });
  t.deepEqual(await other.query("SELECT title FROM cities", { type: QueryTypes.SELECT }), [{ title: "Bern" }]);
  t.deepEqual(await scratches(), []);
});

test("diff says what it can't try", async (t) => {
  const { migrate } = await scene(t);
  const { url } = database;
  await other.query("CREATE COLLATION german (provider = icu, locale = 'de')");
  const { code, stderr } = await migrate(["diff", url, url.replace(/\/[^/?]+(?=\?|$)/, "/template1")]);
  t.deepEqual([code, stderr], [0, "note: collation german is not compared\n"]);
  await other.query("CREATE TABLE names (name text COLLATE german)");
  const refused = await migrate(["diff", url, url.replace(/\/[^/?]+(?=\?|$)/, "/template1")]);
  t.deepEqual(
    [refused.code, refused.stdout, refused.stderr],
    [
      1,
      "",
      `The statements can't be tried: collation "public.german" for encoding "UTF8" does not exist. The schema stands on what is not read here (collation german); write this change by hand.\n`,
    ],
  );
});

test("stamp adopts what is there; history, show and sql tell what was and will be", async (t) => {
  const { migrate } = await scene(t, {
    "0001-cities.ts": citiesTable,
    "0002-towns.ts": migration("CREATE TABLE towns (id int)", "DROP TABLE towns"),
  });
  await other.query("CREATE TABLE cities (id bigint PRIMARY KEY, name text NOT NULL)");
  t.is((await migrate(["stamp", "0001"])).stdout, "0001-cities stamped as applied\n");
  t.is((await migrate(["stamp", "0001"])).stdout, "Nothing to stamp.\n");
  t.regex((await migrate(["up", "--dry-run"])).stdout, /^0002-towns would apply, in \d+ ms\n$/);
  t.is((await migrate(["up", "--dry-run", "--to", "0001"])).stdout, "Nothing to apply.\n");
  t.regex((await migrate(["status"])).stdout, /0002-towns {2,}pending/);
  t.regex((await migrate(["history"])).stdout, /0001-cities {2,}applied.*\n$/);
  t.notRegex((await migrate(["history"])).stdout, /0002/);
  const shown = (await migrate(["show", "0002"])).stdout;
  t.true(
    shown.endsWith("migrations/0002-towns.ts\n\n-- up\nCREATE TABLE towns (id int);\n\n-- down\nDROP TABLE towns;\n"),
  );
  const all = (await migrate(["sql", "..0002"])).stdout;
  t.regex(all, /CREATE TABLE cities.*CREATE TABLE towns/s);
  t.notRegex((await migrate(["sql", "0001..0002"])).stdout, /CREATE TABLE cities/);
  t.deepEqual(await migrate(["sql", "0002..0001"]), {
    code: 2,
    stdout: "",
    stderr: "Of a range AFTER..TO the first comes first, and 0001-cities is before 0002-towns.\n",
  });
});

for (const [what, prepare, argv, sentence] of [
  [
    "a model that does not load",
    async ({ project }) => await writeFile(path.join(project, "worker/data/models/broken.ts"), "export default ("),
    ["check"],
    /^worker\/data\/models\/broken\.ts does not load: .*\. Mend the file\.\n$/,
  ],
  [
    "a file without a model",
    async ({ project }) => await writeFile(path.join(project, "worker/data/models/empty.ts"), "export const a = 1;"),
    ["check"],
    /^worker\/data\/models\/empty\.ts exports no model by default; export a function that defines it\.\n$/,
  ],
  [
    "a table that two models claim",
    async ({ project, model }) => {
      await model("cities", cities);
      const file = path.join(project, "worker/data/models/");
      await writeFile(`${file}towns.ts`, (await readFile(`${file}cities.ts`, "utf8")).replace("", ""));
    },
    ["check"],
    /^worker\/data\/models\/cities\.ts and worker\/data\/models\/towns\.ts both define the table cities; leave it to one of them\.\n$/,
  ],
  [
    "a type of another dialect",
    async ({ model }) => await model("cities", "{ id: { type: DataTypes.TINYINT.UNSIGNED, primaryKey: true } }"),
    ["check"],
    /^worker\/data\/models\/cities\.ts can't be made a table: type "tinyint" does not exist\. Mend the model or what is declared beside it\.\n$/,
  ],
  [
    "a file whose function returns nothing",
    async ({ project }) =>
      await writeFile(path.join(project, "worker/data/models/empty.ts"), "export default () => {};"),
    ["check"],
    /^worker\/data\/models\/empty\.ts defines no model: its function returns none\. Return what it defines\.\n$/,
  ],
  [
    "a misspelt key beside a model",
    async ({ model }) => await model("cities", cities, `{ chekcs: { positive: "id > 0" } }`),
    ["check"],
    /^worker\/data\/models\/cities\.ts: schema\.chekcs is no declaration\. What may be declared: .*declaration\.ts\.\n$/,
  ],
  [
    "a wrong value beside a model",
    async ({ model }) => await model("cities", cities, `{ indexes: { late: { on: "id", unique: "yes" } } }`),
    ["check"],
    /^worker\/data\/models\/cities\.ts: schema\.indexes\.late\.unique is "yes"; it must be boolean\. /,
  ],
  [
    "a declared column that the model does not have",
    async ({ model }) => await model("cities", cities, `{ columns: { nmae: { collation: "C" } } }`),
    ["check"],
    /^worker\/data\/models\/cities\.ts declares nmae in columns, which its model does not have; the table's columns: .*name.*\.\n$/,
  ],
  [
    "a new name that is misspelt",
    async ({ write, model }) => {
      await write("0001-cities.ts", citiesTable);
      await model("cities", renamed);
    },
    ["revision", "title", "--rename", "cities.name=tilte"],
    /^--rename cities\.name=tilte: there is no column cities\.tilte afterwards\.\n$/,
  ],
  [
    "what is dropped or filled and is not there",
    async ({ write, model }) => {
      await write("0001-cities.ts", citiesTable);
      await model("cities", renamed);
    },
    ["revision", "title", "--drop", "cities.nmae", "--drop", "towns", "--backfill", "cities.tilte=''"],
    /^--drop: there is no column cities\.nmae\.\n--drop: there is no table towns\.\n--backfill: there is no column cities\.tilte\.\n$/,
  ],
  [
    "a migration that fails",
    async ({ write }) => await write("0001-broken.ts", migration("CREATE TABLE a (id nothing)")),
    ["check"],
    /^Migration 0001-broken failed: type "nothing" does not exist \(42704\)/,
  ],
  [
    "a name that is taken",
    async ({ write, model }) => {
      await write("0001-cities.ts", migration("SELECT 1"));
      await model("cities", cities);
    },
    ["revision", "cities"],
    /Migration name "cities" is taken by 0001-cities\.ts; choose another one\.\n$/,
  ],
  [
    "a rename of nothing",
    async () => {},
    ["diff", "$URL", "$URL", "--rename", "a.b=c"],
    /^--rename a\.b=c: there is no table, column or value a\.b\.\n$/,
  ],
  ["a URL that is none", async () => {}, ["diff", "a", "b"], /^FROM_URL is not a URL/],
  [
    "a range that is none",
    async () => {},
    ["sql", "0001"],
    /^"0001" is no range AFTER\.\.TO, such as 0002\.\.0004 or \.\.0003\. See: /,
  ],
] as [string, (scene: Scene) => Promise<void>, string[], RegExp][]) {
  test(`${what} is one sentence, and no scratch database is left`, async (t) => {
    const own = await scene(t);
    await prepare(own);
    const { code, stdout, stderr } = await own.migrate(argv.map((word) => word.replace("$URL", database.url)));
    t.regex(stderr, sentence);
    t.is(stdout, "");
    t.true(code === 1 || code === 2);
    t.deepEqual(await scratches(), []);
    t.deepEqual(
      (await readdir(own.folder)).filter((name) => !/^0001/.test(name)),
      [],
    );
  });
}

test("scratch databases of a killed process are dropped by the next run", async (t) => {
  const { migrate, model } = await scene(t, { "0001-cities.ts": citiesTable });
  await model("cities", cities);
  await other.query("CREATE DATABASE batch_preflight_scratch_999999_0");
  t.is((await migrate(["check"])).code, 0);
  t.deepEqual(await scratches(), []);
});

test("a role that may not create databases is told so", async (t) => {
  const { migrate, model } = await scene(t, { "0001-cities.ts": citiesTable });
  await model("cities", cities);
  await other.query("DROP ROLE IF EXISTS nocreate; CREATE ROLE nocreate LOGIN PASSWORD 'x'");
  t.teardown(() => other.query("DROP ROLE nocreate"));
  const url = database.url.replace(/\/\/[^@]+@/, "//nocreate:x@");
  const { code, stderr } = await migrate(["diff", url, database.url.replace(/\/[^/]+$/, "/postgres")]);
  t.deepEqual([code, stderr.includes("may not create scratch databases")], [2, true], stderr);
});

test("a role that may not create databases makes them on another server", async (t) => {
  const { migrate, model, folder } = await scene(t, { "0001-cities.ts": citiesTable });
  await model("cities", renamed);
  await other.query("DROP ROLE IF EXISTS nocreate; CREATE ROLE nocreate LOGIN PASSWORD 'x'");
  t.teardown(() => other.query("DROP ROLE nocreate"));
  const url = database.url.replace(/\/\/[^@]+@/, "//nocreate:x@");
  const refused = await migrate(["check", "--scratch", url]);
  t.deepEqual([refused.code, refused.stdout], [2, ""]);
  t.regex(refused.stderr, /^The role nocreate may not create scratch databases on --scratch .*name another server/);
  const on = ["--scratch", database.url.replace(/\/[^/]+$/, "/postgres")];
  t.is((await migrate(["check", ...on])).code, 1);
  t.is((await migrate(["revision", "title", "--rename", "cities.name=title", ...on])).code, 0);
  t.deepEqual((await readdir(folder)).sort(), ["0001-cities.ts", "0002-title.ts"]);
  t.is((await migrate(["check", ...on])).code, 0);
});

test("who stops check or revision is told that nothing was written, and no scratch database is left", async (t) => {
  const { migrate, model, folder } = await scene(t, { "0001-cities.ts": citiesTable });
  await model("cities", renamed);
  for (const argv of [["check"], ["revision", "title", "--rename", "cities.name=title"]]) {
    t.deepEqual(await migrate(argv, undefined, AbortSignal.abort()), {
      code: 75,
      stdout: "",
      stderr: "Interrupted; nothing was written.\n",
    });
    while ((await scratches()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.deepEqual(await readdir(folder), ["0001-cities.ts"]);
});

test("a migration that hangs does not keep who stops it", async (t) => {
  const { migrate, write } = await scene(t, { "0001-cities.ts": citiesTable });
  await write("0002-hangs.ts", migration("SELECT pg_sleep(60)", "SELECT 1"));
  const controller = new AbortController();
  const checked = migrate(["check"], undefined, controller.signal);
  while ((await sleeping()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort();
  t.deepEqual(await checked, { code: 75, stdout: "", stderr: "Interrupted; nothing was written.\n" });
  while ((await scratches()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  t.is(await sleeping(), 0);
});

test("a comment and what is declared of one column go their own ways; a new table's parts lock nobody out", async (t) => {
  const { migrate, model } = await scene(t);
  await model(
    "cities",
    `{
      id: { type: DataTypes.BIGINT, primaryKey: true },
      name: { type: DataTypes.TEXT, comment: "As its people\\\\say", defaultValue: "a" },
      other: { type: DataTypes.TEXT, defaultValue: "b" },
      twin: { type: DataTypes.BIGINT, references: { model: "cities", key: "id" } },
    }`,
    `{ columns: { name: { collation: "C" } }, indexes: { cities_lower: { on: "lower(name)" } } }`,
  );
  t.is((await migrate(["revision", "cities"])).code, 0);
  const statements = [
    "CREATE TABLE cities (",
    "  id bigint PRIMARY KEY,",
    "  name text COLLATE \"C\" DEFAULT 'a'::text,",
  ];
  const { stdout } = await migrate(["sql"]);
  t.true(stdout.includes(statements.join("\n")), stdout);
  t.regex(stdout, /COMMENT ON COLUMN cities\.name IS E'As its people\\\\say';/);
  const file = (await migrate(["show", "0001"])).stdout;
  t.regex(file, /\n {2}other text DEFAULT 'b'::text,\n/);
});
