import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import anyTest, { type ExecutionContext } from "ava";
import type { Sequelize } from "sequelize";
import type { CliContext } from "../../../worker/cli/context.ts";
import { command } from "../../../worker/cli/migrate.ts";
import { connect } from "../../../worker/data/database.ts";
import { exitCodes, Failure } from "../../../worker/failure.ts";
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
  /** `node worker migrate ...` as main.ts runs it. */
  migrate(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
}

const files = {
  "0001-first.ts": migration("CREATE TABLE first (id int)", "DROP TABLE first"),
  "0002-second.ts": migration("CREATE TABLE second (id int)", "DROP TABLE second"),
};

async function scene(t: ExecutionContext): Promise<Scene> {
  await emptyDatabase(other);
  const folder = await migrationsFolder(t, files);
  await writeFile(path.join(folder.project, ".env.local"), "# nothing\n");
  await writeFile(path.join(folder.project, ".env.aws"), `DATABASE_URL=${database.url}\n`);
  const migrate: Scene["migrate"] = async (...argv) => {
    const stdout = textStream();
    const stderr = textStream();
    const context: CliContext = {
      env: { DATABASE_URL: database.url },
      stdin: process.stdin,
      stdout: stdout.stream,
      stderr: stderr.stream,
      project: folder.project,
      version: "1.2.3",
      stop: new AbortController().signal,
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
  };
  return { ...folder, migrate };
}

function textStream() {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
  return { stream, text: () => written.join("") };
}

const timeless = (text: string) =>
  text
    .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{3}Z)?)?/g, "TIME")
    .replace(/\d+ ms/g, "N ms")
    .replace(/("durationMs":)\d+/g, "$1N")
    .replace(/^(duration|-|N ms)( +)/gm, "$1 ");
const columns = (text: string) => timeless(text).replace(/ {2,}/g, " | ");

test("up, status, verify and down tell a person what they did", async (t) => {
  const { migrate } = await scene(t);
  t.deepEqual(await migrate("verify"), {
    code: 0,
    stdout: "The migrations are sound: 0 applied, 2 pending.\n",
    stderr: "",
  });
  const up = await migrate("up", "--env", "local");
  t.deepEqual(
    { ...up, stdout: timeless(up.stdout) },
    { code: 0, stdout: "0001-first applied in N ms\n0002-second applied in N ms\n", stderr: "" },
  );
  t.deepEqual(await migrate("up"), { code: 0, stdout: "Nothing to apply.\n", stderr: "" });
  const down = await migrate("down");
  t.deepEqual(
    { ...down, stdout: timeless(down.stdout) },
    { code: 0, stdout: "0002-second reverted in N ms\n", stderr: "" },
  );
  const status = await migrate("status");
  t.is(status.code, 0);
  t.is(
    columns(status.stdout),
    "name | state | applied at (UTC) | duration | version\n" +
      "0001-first | applied | TIME | N ms | 1.2.3\n" +
      "0002-second | pending | - | - | -\n",
  );
  t.deepEqual((await migrate("down", "--all")).code, 0);
  t.deepEqual(await migrate("down"), { code: 0, stdout: "Nothing to revert.\n", stderr: "" });
});

test("with --json, stdout is JSON Lines and nothing else", async (t) => {
  const { migrate, write } = await scene(t);
  t.is(
    timeless((await migrate("up", "--to", "0001", "--json")).stdout),
    '{"event":"migration","name":"0001-first","direction":"up","durationMs":N}\n',
  );
  t.is(
    timeless((await migrate("status", "--json")).stdout),
    '{"name":"0001-first","state":"applied","appliedAt":"TIME","durationMs":N,"version":"1.2.3"}\n' +
      '{"name":"0002-second","state":"pending","appliedAt":null,"durationMs":null,"version":null}\n',
  );
  t.deepEqual(await migrate("verify", "--json"), {
    code: 0,
    stdout: '{"event":"verify","sound":true,"applied":1,"pending":1}\n',
    stderr: "",
  });
  await write("0001-first.ts", migration("SELECT 1"));
  const verify = await migrate("verify", "--json");
  t.deepEqual(
    { ...verify, stdout: timeless(verify.stdout) },
    {
      code: 1,
      stdout:
        '{"event":"fault","code":"changed","file":"0001-first.ts","message":"0001-first.ts was changed after it had ' +
        'been applied on TIME UTC. Restore it and put the change into a new migration."}\n' +
        '{"event":"verify","sound":false,"applied":1,"pending":1}\n',
      stderr: "",
    },
  );
});

test("verify exits 1 and names each fault on a line of its own; status still exits 0", async (t) => {
  const { migrate, write, remove } = await scene(t);
  await migrate("up");
  await write("0001-first.ts", migration("SELECT 1"));
  await remove("0002-second.ts");
  await write("0003-third.ts", "export const nothing = 1;\n");
  const verify = await migrate("verify");
  t.deepEqual(
    { ...verify, stderr: timeless(verify.stderr) },
    {
      code: 1,
      stdout: "",
      stderr:
        "0001-first.ts was changed after it had been applied on TIME UTC. Restore it and put the change into a new migration.\n" +
        "0002-second.ts is missing but was applied on TIME UTC. Restore the file.\n" +
        "0003-third.ts exports no function up and no function down. Add it.\n",
    },
  );
  const status = await migrate("status");
  t.is(status.code, 0);
  t.deepEqual(
    columns(status.stdout)
      .split("\n")
      .map((line) => line.split(" | ").slice(0, 2).join(" ")),
    ["name state", "0001-first changed", "0002-second missing", "0003-third pending", ""],
  );
});

test("sql prints SQL alone, for the environment that is named", async (t) => {
  const { migrate } = await scene(t);
  const { code, stdout, stderr } = await migrate("sql", "--env", "aws");
  t.is(code, 0);
  t.is(stderr, "");
  t.regex(
    stdout,
    /^-- Apply with: psql[\s\S]*\nCREATE TABLE first \(id int\);\n[\s\S]*\nCREATE TABLE second \(id int\);\n/,
  );
  await migrate("up");
  t.deepEqual(await migrate("sql"), { code: 0, stdout: "", stderr: "Nothing is pending.\n" });
});

test("revision writes the next file and prints its path", async (t) => {
  const { migrate, folder } = await scene(t);
  t.deepEqual(await migrate("revision", "add carrier", "to flights", "--empty"), {
    code: 0,
    stdout: "migrations/0003-add-carrier-to-flights.ts\n",
    stderr: "",
  });
  t.deepEqual((await readdir(folder)).sort(), ["0001-first.ts", "0002-second.ts", "0003-add-carrier-to-flights.ts"]);
  t.deepEqual(await migrate("revision", "Add Carrier to Flights"), {
    code: exitCodes.usage.code,
    stdout: "",
    stderr: 'Migration name "add-carrier-to-flights" is taken by 0003-add-carrier-to-flights.ts; choose another one.\n',
  });
});

test("--lock-timeout bounds the wait, which is told on stderr", async (t) => {
  const { migrate } = await scene(t);
  await other.query("SELECT pg_advisory_lock(-7631585190429653367)");
  const { code, stderr } = await migrate("up", "--lock-timeout", "0.2");
  t.is(code, exitCodes.databaseUnavailable.code);
  const [waiting = "", message = ""] = stderr.split("\n");
  t.regex(
    waiting,
    /^Waiting for "another migrator"( from \S+)? \(server process \d+\), which has the lock on the migrations \.\.\.$/,
  );
  t.regex(
    message,
    /^"another migrator".* has held the lock on the migrations of DATABASE_URL \(.*\) for all of the 0\.2 s that we waited\./,
  );
});

const refused = anyTest.macro({
  title: (_title, argv: string[]) => `refused with a sentence and exit code 2: migrate ${argv.join(" ")}`,
  async exec(t, argv: string[], message: string) {
    const { migrate } = await scene(t);
    t.deepEqual(await migrate(...argv), {
      code: exitCodes.usage.code,
      stdout: "",
      stderr: `${message}. See: node worker migrate --help\n`,
    });
  },
});
const actions = "up, down, status, history, show, stamp, verify, sql, check, revision, diff";
test(refused, [], `one of ${actions} is missing`);
test(refused, ["upp"], `unknown "upp"; one of ${actions}`);
test(refused, ["toString"], `unknown "toString"; one of ${actions}`);
test(refused, ["up", "now"], 'unexpected "now"');
test(refused, ["up", "--too", "0001"], "unknown flag --too");
test(refused, ["up", "--to"], "--to needs a value");
test(refused, ["up", "--lock-timeout", "soon"], '--lock-timeout "soon" is not a number');
test(refused, ["up", "--lock-timeout", "-1"], '--lock-timeout "-1" must be at least 0');
test(refused, ["up", "--all"], "unknown flag --all");
test(refused, ["up", "--env", "moon"], '--env "moon" is not one of local, aws');
test(refused, ["down", "--all", "--to", "0001"], "--all and --to exclude each other");
test(refused, ["sql", "--json"], "unknown flag --json");
test(refused, ["revision"], 'revision needs a NAME, such as "add carrier to flights"');

test("--help lists every action and flag", async (t) => {
  const { migrate } = await scene(t);
  const { code, stdout } = await migrate("up", "--help");
  t.is(code, 0);
  for (const word of [...actions.split(", "), "--to", "--all", "--env", "--lock-timeout", "--json"]) {
    t.regex(stdout, new RegExp(`(^| )${word} `, "m"));
  }
});
