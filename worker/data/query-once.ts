import pg from "pg";
import type { ConnectionSettings } from "./database.ts";

/** One query on a connection of its own. @returns the first row */
export async function queryOnce<Row>({ username, ...settings }: ConnectionSettings, query: string): Promise<Row> {
  const client = new pg.Client({ ...settings, user: username, connectionTimeoutMillis: 10_000 });
  // A server that dies just then rejects the query; the event says the same again.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query(query)).rows[0] as Row;
  } finally {
    await client.end().catch(() => undefined);
  }
}
