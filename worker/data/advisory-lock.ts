import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { QueryTypes, type Sequelize } from "sequelize";
import { Failure } from "../failure.ts";

export interface LockOptions {
  /** What the lock guards, in messages: `the migrations`. */
  subject: string;
  /** How long another holder is waited for; 0: not at all; absent: for ever. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called when waiting begins, and again when the lock passes to another holder. */
  onWait?: ((holder: string) => void) | undefined;
}

/** Key of the lock called `name`: 64 bits of its SHA-256, so that a lock seen in pg_locks is found by a name in the source. */
export function lockKey(name: string): bigint {
  return createHash("sha256").update(name).digest().readBigInt64BE();
}

/** Rows of pg_locks that are the lock `key` in this database; a 64-bit key is shown there as two halves. */
const locksOf = (key: bigint) => `
  SELECT pid FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = ${key}`;

/** SQL condition: this session holds the lock. False behind a pooler that gives each transaction another session. */
export function holdsLock(name: string): string {
  return `EXISTS (${locksOf(lockKey(name))} AND pid = pg_backend_pid())`;
}

/**
 * Takes the lock `name` for the session of `sequelize`, which must have one connection: the lock lives as long as that.
 *
 * Asks again and again instead of waiting inside `pg_advisory_lock`: a session that waits in a statement keeps a snapshot,
 * CREATE INDEX CONCURRENTLY of the holder waits for all snapshots, and PostgreSQL ends one of the two as a deadlock.
 * @throws Failure `databaseUnavailable` when the time is up (a later retry can succeed), `interrupted` by the signal
 */
export async function acquireLock(
  sequelize: Sequelize,
  name: string,
  { subject, timeoutMs, signal, onWait }: LockOptions,
): Promise<void> {
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  // Where we are killed in a long statement, the server would finish that first and keep the lock meanwhile. Some systems
  // (Windows) can't look whether the client is there, and refuse the setting.
  await sequelize.query("SET client_connection_check_interval = '1s'").catch(() => {});
  let told: string | undefined;
  for (let pauseMs = 10; !(await tryLock(sequelize, name)); pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const holder = await holderOf(sequelize, name);
    if (timeoutMs === 0 || timeout?.aborted) {
      throw new Failure(
        "databaseUnavailable",
        `${holder} has held the lock on ${subject} for all of the ${(timeoutMs ?? 0) / 1000} s that we waited. ` +
          "Let it finish and try again, or end it with pg_terminate_backend.",
      );
    }
    if (holder !== told) onWait?.(holder);
    told = holder;
    try {
      await sleep(pauseMs, undefined, signal ? { signal } : {});
    } catch (error) {
      throw new Failure("interrupted", `Interrupted while waiting for the lock on ${subject}.`, { cause: error });
    }
  }
}

async function tryLock(sequelize: Sequelize, name: string): Promise<boolean> {
  const [row] = await sequelize.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${lockKey(name)}) AS taken`, {
    type: QueryTypes.SELECT,
  });
  return row?.taken === true;
}

async function holderOf(sequelize: Sequelize, name: string): Promise<string> {
  const [row] = await sequelize.query<{ pid: number; application: string | null; client: string | null }>(
    `SELECT lock.pid, application_name AS application, host(client_addr) AS client
     FROM (${locksOf(lockKey(name))}) AS lock LEFT JOIN pg_stat_activity USING (pid)`,
    { type: QueryTypes.SELECT },
  );
  if (!row) return "Another session";
  const from = row.client ? ` from ${row.client}` : "";
  return `"${row.application || "a session without a name"}"${from} (server process ${row.pid})`;
}
