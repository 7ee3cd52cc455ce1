import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import process from "node:process";
import { PassThrough } from "node:stream";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import type { CliContext } from "../../../worker/cli/context.ts";
import { command as databaseCommand } from "../../../worker/cli/database.ts";
import { databaseUrl } from "../../../worker/data/database-url.ts";
import { queryOnce } from "../../../worker/data/query-once.ts";
import { Failure } from "../../../worker/failure.ts";
import { testDatabase, testServer } from "../../database.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** Runs the command in a project as a terminal would, or (the default) as a script. */
async function command(
  project: string,
  argv: string,
  { env = {}, input = "", terminal = false }: { env?: NodeJS.ProcessEnv; input?: string; terminal?: boolean } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof output) =>
    new PassThrough().on("data", (text) => {
      output[name] += text;
    });
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal });
  stdin.end(input);
  const context = { env, stdin, stdout: stream("stdout"), stderr: stream("stderr"), project };
  try {
    const code = await databaseCommand(argv.split(" "), context as unknown as CliContext);
    return { code, ...output };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.exitCode, stdout: output.stdout, stderr: error.message };
  }
}

async function project(t: ExecutionContext): Promise<string> {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, ".env.local"), "# nothing\n");
  await writeFile(path.join(folder, ".env.aws"), "# nothing\n");
  t.teardown(() => command(folder, "stop"));
  return folder;
}

test("start, status, url, stop and reset tell what they did", async (t) => {
  const folder = await project(t);
  const data = path.join(folder, ".local", "postgres", "data");
  const log = path.join(folder, ".local", "postgres", "postgres.log");

  t.deepEqual(await command(folder, "status"), {
    code: 1,
    stdout: `running: false\ndata: ${data}\nlog: ${log}\n`,
    stderr: "",
  });
  const started = await command(folder, "start --env local");
  const port = started.stdout.match(/\d+/)?.[0];
  t.deepEqual(started, { code: 0, stdout: `The local database was started, on port ${port}.\n`, stderr: "" });
  t.is((await command(folder, "start")).stdout, `The local database runs already, on port ${port}.\n`);

  const status = await command(folder, "status --json");
  t.is(status.code, 0);
  t.like(JSON.parse(status.stdout), { running: true, port: Number(port), data, log });

  const url = await command(folder, "url");
  t.regex(url.stdout, new RegExp(`^postgresql://batch:[\\w-]{32}@127\\.0\\.0\\.1:${port}/batch\n$`));

  t.deepEqual(await command(folder, "stop"), { code: 0, stdout: "The local database was stopped.\n", stderr: "" });
  t.deepEqual(await command(folder, "stop"), { code: 0, stdout: "The local database does not run.\n", stderr: "" });

  t.deepEqual(await command(folder, "reset"), {
    code: 2,
    stdout: "",
    stderr: `"reset" deletes everything in ${data}; say that you mean it with --yes.`,
  });
  t.deepEqual(await command(folder, "reset", { terminal: true, input: "n\n" }), {
    code: 1,
    stdout: `Delete everything in ${data}? [y/N] Nothing was deleted.\n`,
    stderr: "",
  });
  t.is((await command(folder, "reset", { terminal: true, input: "" })).code, 1);
  t.true((await readdir(path.dirname(data))).includes("data"));
  t.deepEqual(await command(folder, "reset --yes"), {
    code: 0,
    stdout: `The data of the local database (${data}) were deleted.\n`,
    stderr: "",
  });
  t.false((await readdir(path.dirname(data))).includes("data"));
});

test("a terminal's yes resets", async (t) => {
  const folder = await project(t);
  t.is((await command(folder, "reset", { terminal: true, input: "yes\n" })).code, 0);
});

test("with DATABASE_URL, url prints it and status asks that server", async (t) => {
  const folder = await project(t);
  const { url } = await testDatabase(t, { template: false });
  const env = { DATABASE_URL: url };

  t.is((await command(folder, "url --env aws", { env })).stdout, `${url}\n`);
  const { code, stdout } = await command(folder, "status --json --env aws", { env });
  t.is(code, 0);
  t.like(JSON.parse(stdout), { running: true, version: "17.10", warnings: [] });
});

test("status warns of a server that is not as RDS's", async (t) => {
  const folder = await project(t);
  const settings = { ...(await testServer.settings()), database: "postgres" };
  const name = `test_sorting_${process.pid}`;
  await queryOnce(settings, `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'`);
  t.teardown(() => queryOnce(settings, `DROP DATABASE ${name}`));
  const env = { DATABASE_URL: databaseUrl({ ...settings, database: name }) };

  const { code, stdout } = await command(folder, "status", { env });

  t.is(code, 0);
  t.regex(stdout, /warnings: DATABASE_URL \(.*\) sorts "A,B,a,b,z,é", RDS's en_US\.UTF-8 sorts "a,A,b,B,é,z"\n$/);
});

test("status says why a server does not answer", async (t) => {
  const folder = await project(t);
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));

  const { code, stdout } = await command(folder, "status --json", {
    env: { DATABASE_URL: `postgresql://u:p@127.0.0.1:${port}/db` },
  });

  t.is(code, 1);
  t.like(JSON.parse(stdout), { running: false, server: `DATABASE_URL (127.0.0.1:${port}/db)` });
  t.regex(JSON.parse(stdout).reason, /refuses connections/);
});

for (const action of ["start", "stop", "reset --yes"]) {
  test(`${action} is refused with DATABASE_URL`, async (t) => {
    const env = { DATABASE_URL: "postgresql://u:p@db.example/x" };
    const [name] = action.split(" ");
    const { code, stderr } = await command(await project(t), action, { env });
    t.is(code, 2);
    t.is(
      stderr,
      `"${name}" is for the local database only, and DATABASE_URL (db.example:5432/x) is set; unset it, or ${name} that server with its own tools.`,
    );
  });
}

const hint = "See: node worker database --help";
for (const [argv, message] of [
  ["--env local", `an action is missing: start, stop, status, url, shell, reset. ${hint}`],
  ["begin", `unknown action "begin": start, stop, status, url, shell, reset. ${hint}`],
  ["constructor", `unknown action "constructor": start, stop, status, url, shell, reset. ${hint}`],
  ["start now --json --yes", `unexpected "now"; --json goes with status only; --yes goes with reset only. ${hint}`],
  ["start --env prod", `--env "prod" is not one of local, aws. ${hint}`],
  ["start --envx local", `unknown flag --envx. ${hint}`],
  [
    "url --env aws",
    'The environment "aws" sets neither DATABASE_URL nor PGHOST, and only "local" has a database of its own; set one in .env.aws or in the process\'s environment.',
  ],
] as const) {
  test(`"database ${argv}" is refused`, async (t) => {
    t.deepEqual(await command(await project(t), argv), { code: 2, stdout: "", stderr: message });
  });
}

test("--help describes every action", async (t) => {
  const { code, stdout } = await command(await temporaryFolder(t), "reset --help");
  t.is(code, 0);
  for (const action of ["start", "stop", "status", "url", "shell", "reset"])
    t.regex(stdout, new RegExp(`^  ${action} `, "m"));
});

test("where psql is not installed, shell takes statements that span lines and prints tables", async (t) => {
  const { url } = await testDatabase(t, { template: false });
  const { code, stdout, stderr } = await command(await project(t), "shell", {
    env: { DATABASE_URL: url, PATH: "" },
    input:
      "CREATE TABLE t (id int, name text);\nINSERT INTO t\n  VALUES (1, 'one'), (20, NULL);\nSELECT * FROM t\nORDER BY id",
  });
  t.is(stderr, "");
  t.is(code, 0);
  t.is(stdout, "CREATE\nINSERT 2\nid | name\n---+-----\n1  | one\n20 |\n(2 rows)\n");
});

test("in a script the plain shell ends at the first error", async (t) => {
  const { url } = await testDatabase(t, { template: false });
  const { code, stdout, stderr } = await command(await project(t), "shell", {
    env: { DATABASE_URL: url, PATH: "" },
    input: "SELECT * FROM nowhere;\nSELECT 1;\n",
  });
  t.deepEqual({ code, stdout, stderr }, { code: 1, stdout: "", stderr: 'relation "nowhere" does not exist\n' });
});

test("where psql is installed, shell opens it on the database, and the password is not among its arguments", async (t) => {
  const folder = await project(t);
  const { url, name } = await testDatabase(t, { template: false });
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  await writeFile(path.join(bin, "psql"), '#!/bin/sh\necho "$# $PGDATABASE $PGSSLMODE $PGPASSWORD"\nexit 3\n');
  await chmod(path.join(bin, "psql"), 0o755);
  const entry = path.resolve("worker/index.js");

  const { stdout, code } = await promisify(execFile)(process.execPath, [entry, "database", "shell"], {
    env: { ...process.env, DATABASE_URL: url, PATH: bin + path.delimiter + process.env.PATH },
  }).then(
    (output) => ({ ...output, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );

  t.is(stdout, `0 ${name} disable ${new URL(url).password}\n`);
  t.is(code, 3);
});
