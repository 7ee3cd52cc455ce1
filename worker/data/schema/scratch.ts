import pg from "pg";
import { Failure } from "../../failure.ts";
import type { ConnectionSettings, Database } from "../database.ts";
import { asFailure, databaseMessage, sqlState } from "../database-failure.ts";

/** An empty database that is dropped afterwards, and a connection to it. */
export interface Scratch extends Database {
  readonly connection: pg.Client;
}

const prefix = "batch_preflight_scratch";

/**
 * Does `work` with `count` empty databases on the server of `database`, and drops them however it ends. Those that a
 * killed process left are dropped first: their names tell the session that made them.
 * @param stop drops them at once, and so ends what runs there
 * @throws Failure `usage` where the role may not create databases
 */
export async function withScratch<T>(
  database: Database,
  count: number,
  work: (scratches: Scratch[]) => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  const settings = await database.settings();
  const admin = await connected(settings, database.label);
  const names: string[] = [];
  const scratches: Scratch[] = [];
  const drop = async () => {
    for (const name of names) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined);
  };
  // Whatever runs there ends with it: a migration that hangs would not, else.
  const dropNow = () => void drop();
  stop?.addEventListener("abort", dropNow);
  try {
    await dropAbandoned(admin);
    const { rows } = await admin.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    for (let index = 0; index < count; index += 1) {
      const name = `${prefix}_${rows[0]!.pid}_${index}`;
      await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`).catch((error: unknown) => {
        throw refusal(error, database.label, settings.username);
      });
      names.push(name);
    }
    for (const name of names) {
      const own = { ...settings, database: name };
      const connection = await connected(own, database.label);
      scratches.push({ label: `a scratch database of ${database.label}`, settings: async () => own, connection });
    }
    return await work(scratches);
  } finally {
    stop?.removeEventListener("abort", dropNow);
    await Promise.all(scratches.map(({ connection }) => connection.end().catch(() => undefined)));
    await drop();
    await admin.end().catch(() => undefined);
  }
}

/** A connection of its own to `database`, for reading its catalogs. */
export async function withConnection<T>(database: Database, work: (connection: pg.Client) => Promise<T>): Promise<T> {
  const connection = await connected(await database.settings(), database.label);
  try {
    return await work(connection);
  } finally {
    await connection.end().catch(() => undefined);
  }
}

async function connected({ username, ...settings }: ConnectionSettings, label: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...settings,
    user: username,
    connectionTimeoutMillis: 10_000,
    application_name: "batch-preflight migrate",
  });
  // A server that dies rejects the query under way; the event says the same again.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SET client_min_messages TO error");
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw asFailure(error, label);
  }
}

/** Those whose session is gone. Another run's are in use as long as it has the session that they are named after. */
async function dropAbandoned(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database d WHERE datname ~ '^${prefix}_\\d+_\\d+$'
      AND pg_has_role(datdba, 'MEMBER')
      AND NOT EXISTS (SELECT FROM pg_stat_activity a
        WHERE a.pid = split_part(d.datname, '_', 4)::int AND a.pid <> pg_backend_pid())`,
  );
  for (const { name } of rows) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined);
}

function refusal(error: unknown, label: string, username: string): Error {
  if (sqlState(error) !== "42501") return asFailure(error, label);
  return new Failure(
    "usage",
    `The role ${username} may not create scratch databases on ${label} (${databaseMessage(error)}). ` +
      `Let it (ALTER ROLE ${username} CREATEDB), or name another server with --scratch URL.`,
    { cause: error },
  );
}
