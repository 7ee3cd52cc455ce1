import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline/promises";
import pg from "pg";
import type { ConnectionSettings } from "../data/database.ts";
import { asFailure } from "../data/database-failure.ts";
import type { CliContext } from "./context.ts";
import { aligned, columnWidths } from "./table.ts";

/** psql, or where it is not installed a plain prompt. @returns the exit code */
export async function openShell(settings: ConnectionSettings, label: string, context: CliContext): Promise<number> {
  return (await psql(settings, context)) ?? (await plainPrompt(settings, label, context));
}

/** @returns its exit code; `undefined` when it is not installed */
function psql({ ssl, ...settings }: ConnectionSettings, { env }: CliContext): Promise<number | undefined> {
  const verifies = ssl === true || (typeof ssl === "object" && ssl.rejectUnauthorized);
  // Through the environment: arguments, and with them the password, can be read by every user of the machine.
  const connection = {
    PGHOST: settings.host,
    PGPORT: String(settings.port),
    PGDATABASE: settings.database,
    PGUSER: settings.username,
    PGPASSWORD: settings.password,
    PGSSLMODE: verifies ? "verify-full" : ssl ? "require" : "disable",
    ...(verifies && { PGSSLROOTCERT: "system" }),
  };
  // Ctrl-C goes to the whole group: it cancels psql's query, and must not end us before psql.
  const listeners = process.listeners("SIGINT");
  process.removeAllListeners("SIGINT").on("SIGINT", () => undefined);
  return new Promise<number | undefined>((resolve, reject) => {
    const child = spawn("psql", [], { stdio: "inherit", env: { ...env, ...connection } });
    child.on("error", (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? resolve(undefined) : reject(error)));
    child.on("exit", (code) => resolve(code ?? 1));
  }).finally(() => {
    process.removeAllListeners("SIGINT");
    for (const listener of listeners) process.on("SIGINT", listener);
  });
}

/** Statements may span lines and end with a semicolon. An error ends the shell only when nobody sits at it. */
async function plainPrompt(
  { username, ...settings }: ConnectionSettings,
  label: string,
  { stdin, stdout, stderr }: CliContext,
): Promise<number> {
  const client = new pg.Client({ ...settings, user: username, application_name: "node worker database shell" });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw asFailure(error, label);
  }
  // Not before: lines that come while nobody waits for them are lost.
  const prompt = createInterface({ input: stdin, output: stdout, terminal: stdin.isTTY });
  const invite = (mark: string) => {
    if (!stdin.isTTY) return;
    prompt.setPrompt(`${settings.database}${mark} `);
    prompt.prompt();
  };
  /** @returns whether to go on */
  const execute = async (statement: string) => {
    try {
      const results = await client.query({ text: statement, rowMode: "array" });
      for (const result of [results].flat()) stdout.write(table(result));
      return true;
    } catch (error) {
      stderr.write(`${(error as Error).message}\n`);
      return stdin.isTTY && error instanceof pg.DatabaseError;
    }
  };
  try {
    if (stdin.isTTY) stdout.write("psql is not installed; end a statement with ; and the shell with Ctrl-D.\n");
    let statement = "";
    invite("=>");
    for await (const line of prompt) {
      statement += `${line}\n`;
      const isWhole = line.trimEnd().endsWith(";");
      if (isWhole && !(await execute(statement))) return 1;
      if (isWhole) statement = "";
      invite(isWhole ? "=>" : "->");
    }
    return statement.trim() === "" || (await execute(statement)) ? 0 : 1;
  } finally {
    prompt.close();
    await client.end().catch(() => undefined);
  }
}

function table({ fields, rows, command, rowCount }: pg.QueryArrayResult): string {
  if (fields.length === 0) return `${command} ${rowCount ?? ""}`.trimEnd().concat("\n");
  const text = (value: unknown) =>
    value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const cells = [fields.map(({ name }) => name), ...rows.map((row) => row.map(text))];
  const rule = columnWidths(cells).map((width) => "-".repeat(width));
  const lines = aligned(cells, { between: " | " });
  lines.splice(1, 0, rule.join("-+-"));
  return `${lines.join("\n")}\n(${rows.length} ${rows.length === 1 ? "row" : "rows"})\n`;
}
