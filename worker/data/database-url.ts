import { Failure } from "../failure.ts";
import type { ConnectionSettings, Database } from "./database.ts";
import { sslModes, tlsOf } from "./tls.ts";

/**
 * The database of a URL, which came as `name`.
 * @throws Failure `usage` naming what is wrong with it; the password is never named
 */
export function databaseOfUrl(text: string, name = "DATABASE_URL"): Database {
  const settings = parseDatabaseUrl(text, name);
  const { host, port, database } = settings;
  return { label: `${name} (${host}:${port}/${database})`, settings: async () => settings };
}

/** One connection URI as psql, DBeaver and any client accept it. */
export function databaseUrl({ host, port, database, username, password, ssl }: ConnectionSettings): string {
  const mode = typeof ssl === "object" ? (ssl.rejectUnauthorized ? "verify-full" : "require") : ssl && "verify-full";
  const [user, secret, name] = [username, password, database].map(encodeURIComponent);
  if (host.startsWith("/"))
    return `postgresql://${user}:${secret}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;
  const place = host.includes(":") ? `[${host}]` : encodeURIComponent(host);
  return `postgresql://${user}:${secret}@${place}:${port}/${name}${mode ? `?sslmode=${mode}` : ""}`;
}

function parseDatabaseUrl(text: string, source: string): ConnectionSettings {
  const fail = (fault: string) =>
    new Failure(
      "usage",
      `${source} ${fault}; it has the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require`,
    );
  let url: URL;
  const part = (encoded: string) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      throw fail("has a % that is not followed by two hexadecimal digits (write %25 for a % itself)");
    }
  };
  try {
    url = new URL(text);
  } catch {
    throw fail("is not a URL (special characters in its password must be percent-encoded)");
  }
  if (!["postgres:", "postgresql:"].includes(url.protocol)) throw fail(`begins with "${url.protocol}"`);
  for (const [name, value] of url.searchParams) {
    // As libpq has it, a folder with the server's socket.
    if (name === "host" && value.startsWith("/")) continue;
    if (name !== "sslmode") throw fail(`has the parameter "${name}", only "sslmode" is known`);
    if (!sslModes.includes(value)) throw fail(`has sslmode "${value}", which is none of ${sslModes.join(", ")}`);
  }
  const socket = url.searchParams.get("host");
  const missing = { user: url.username, host: socket ?? url.hostname, database: url.pathname.slice(1) };
  for (const [name, value] of Object.entries(missing)) if (value === "") throw fail(`names no ${name}`);
  const host = socket ?? part(url.hostname).replace(/^\[(.*)\]$/, "$1");
  return {
    host,
    port: Number(url.port || 5432),
    database: part(url.pathname.slice(1)),
    username: part(url.username),
    password: part(url.password),
    ssl: tlsOf(url.searchParams.get("sslmode") ?? "prefer", host),
  };
}
