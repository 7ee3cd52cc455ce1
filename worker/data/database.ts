import type { Socket } from "node:net";
import pg from "pg";
import { type Options, Sequelize, type Transaction } from "sequelize";
import type { Failure } from "../failure.ts";
import { supportedMajor } from "./supported-major.ts";

/** Where a PostgreSQL listens and who we are there; what `pg` and Sequelize take. */
export interface ConnectionSettings {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  /** TLS as `pg` takes it; absent: none. */
  ssl?: boolean | { rejectUnauthorized: boolean; ca?: string[] };
}

/** A PostgreSQL that can be asked for, as often as a connection is needed: it may have moved or died since. */
export interface Database {
  /** How messages name it, without a secret: `the local database` or `DATABASE_URL (db.example:5432/batch)`. */
  readonly label: string;
  /** Settings of a server that answers; the local one is started when it does not run. */
  settings(): Promise<ConnectionSettings>;
  /** Why connections died since then, where that is known: a full disk. */
  failureSince?(time: Date): Promise<Failure | undefined>;
}

/**
 * A dead client's locks must not outlive it: the server notices a silent peer after idle + interval x count = 11 s,
 * unacknowledged data after 11 s too (PostgreSQL manual, 19.3.2). They cost nothing on a Unix socket, where they are ignored.
 */
const sessionSettings = [
  "SET tcp_keepalives_idle = 5",
  "SET tcp_keepalives_interval = 2",
  "SET tcp_keepalives_count = 3",
  "SET tcp_user_timeout = 11000",
].join("; ");

/** pg leaves the socket open when it gives up on the hand-shake itself (no password): process and server would wait 60 s. */
class Client extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): unknown {
    if (!callback) return super.connect();
    return super.connect((error: Error | null) => {
      if (error) (this as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
      callback(error as Error);
    });
  }
}

/** How long a server may take to answer, and take nothing of what we send, before it counts as unreachable. */
export const longestSilenceMs = 30_000;

/**
 * Hangs up when a statement is under way and nothing moves for {@link longestSilenceMs}. While it waits for an answer,
 * keepalives find out earlier; what was sent and is not acknowledged the kernel alone would repeat for a quarter of an hour
 * (tcp(7), tcp_retries2), and Node has no way to set TCP_USER_TIMEOUT.
 */
function watchForSilence(client: pg.Client): void {
  const internals = client as unknown as { connection: { stream: Socket }; _activeQuery: unknown };
  const { stream } = internals.connection;
  // An idle connection times out too: it is let be, and the next statement starts the time anew.
  stream.on("timeout", () => {
    if (internals._activeQuery)
      stream.destroy(new Error(`Connection terminated: silent for ${longestSilenceMs / 1000} s`));
  });
  stream.setTimeout(longestSilenceMs);
}

/** For statements of which the server says nothing while it works: they may take as long as they need. */
export async function withoutSilenceLimit<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
  const { connection } = transaction as unknown as { connection: { connection: { stream: Socket } } };
  const { stream } = connection.connection;
  stream.setTimeout(0);
  try {
    return await work();
  } finally {
    stream.setTimeout(longestSilenceMs);
  }
}

/**
 * A Sequelize on `database` whose every session carries `applicationName` (shown in pg_stat_activity, and to whoever
 * waits for our locks). `connections` 1 pins the session: advisory locks then live as long as the pool's connection.
 * `silenceLimit` false is for sessions of statements that take their time, such as migrations.
 */
export function connect(
  database: Database,
  {
    applicationName,
    connections = 1,
    silenceLimit = true,
    ...options
  }: { applicationName: string; connections?: number; silenceLimit?: boolean } & Options,
): Sequelize {
  const sequelize = new Sequelize({
    dialect: "postgres",
    dialectModule: { ...pg, Client },
    logging: false,
    define: { underscored: true, timestamps: false },
    dialectOptions: {
      application_name: applicationName,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      // A host that swallows packets, or a server that waits for us to speak first (SSH).
      connectionTimeoutMillis: 10_000,
    },
    // Idle connections stay: a session that holds a lock must not be swept away between two chunks.
    pool: { max: connections, min: 0, idle: 2 ** 31 - 1, acquire: 60_000 },
    ...options,
  });
  // Unless it is told, Sequelize opens a connection of its own to ask, before the first query: 10 ms.
  (sequelize as unknown as { options: { databaseVersion: string } }).options.databaseVersion = `${supportedMajor}.0.0`;
  sequelize.addHook("beforeConnect", async (config) => {
    const { ssl, ...settings } = await database.settings();
    Object.assign(config, settings);
    const dialectOptions = config.dialectOptions as { ssl?: unknown };
    if (ssl !== undefined) dialectOptions.ssl = ssl;
  });
  sequelize.addHook("afterConnect", async (connection) => {
    await (connection as pg.Client).query(sessionSettings);
    if (silenceLimit) watchForSilence(connection as pg.Client);
  });
  return sequelize;
}
