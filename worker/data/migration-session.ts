import { QueryTypes, type Sequelize } from "sequelize";
import { Failure } from "../failure.ts";
import { acquireLock, holdsLock, type LockOptions } from "./advisory-lock.ts";
import { connect, type Database } from "./database.ts";
import { sqlState } from "./database-failure.ts";
import { migrationSentences } from "./migration-faults.ts";

/** The advisory lock that migrators of one database exclude each other with. */
export const migrationLock = "batch-preflight worker.migration";

/**
 * One connection for everything: the lock, the transactions, and whatever a migration asks for. When it dies, the server
 * frees the lock and undoes the transaction in one, and a second connection is never opened, so that no statement can
 * run beside them.
 *
 * Transactions are plain BEGIN and COMMIT of that connection, not `sequelize.transaction`: every query joins without being
 * told, also those that Sequelize makes on its own (createTable with an ENUM re-reads the types, and would wait for a
 * second connection), and a failed COMMIT does not write on the console. There is no ROLLBACK: after a failure the session
 * is closed, and a query that the migration did not await can't come between the two and be committed.
 */
export interface MigrationSession {
  readonly sequelize: Sequelize;
  /** Takes the migrators' lock, and pins the connection that has it. */
  lock(options: Omit<LockOptions, "subject">): Promise<void>;
  /** Runs `work` of the migration `name` in one transaction, or without; checks that the lock is still ours. */
  run<T>(name: string, transactional: boolean, work: () => Promise<T>): Promise<T>;
  /** Between a migration and its log row: throws when the migration has left something running or its transaction. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function openMigrationSession(database: Database, applicationName: string): MigrationSession {
  const sequelize = connect(database, { applicationName, connections: 1, silenceLimit: false });
  /** The migration that runs, and the id of its transaction. */
  let current: { name: string; transactionId?: string } = { name: "" };
  let isLocked = false;
  let isClosed = false;
  let running = 0;

  sequelize.addHook("beforeConnect", () => {
    if (isLocked) throw new Failure("databaseUnavailable", migrationSentences.lostConnection(database.label));
  });

  const query = sequelize.query.bind(sequelize) as (...parameters: unknown[]) => Promise<unknown>;
  const countedQuery = async (...parameters: unknown[]) => {
    // One that a failed migration did not await is never answered: nobody would catch its error.
    if (isClosed) return await new Promise(() => {});
    running += 1;
    return await query(...parameters).finally(() => {
      running -= 1;
    });
  };
  Object.assign(sequelize, { query: countedQuery });

  async function select<Value>(expression: string): Promise<Value> {
    const [row] = await sequelize.query<{ value: Value }>(`SELECT ${expression} AS value`, { type: QueryTypes.SELECT });
    return row!.value;
  }
  const transactionId = () => select<string>("pg_current_xact_id()::text");

  async function checkTransaction(name: string, id: string): Promise<void> {
    const idNow = await transactionId().catch((error: unknown) => {
      if (sqlState(error) !== "25P02") throw error;
      throw new Failure("failed", migrationSentences.rolledBack(name), { cause: error });
    });
    if (idNow !== id) throw new Failure("failed", migrationSentences.ownTransaction(name));
  }

  async function inTransaction<T>(
    migration: { name: string; transactionId?: string },
    work: () => Promise<T>,
  ): Promise<T> {
    // Sequelize's own would BEGIN and COMMIT on the same connection, and so commit the migration half-way.
    const refuse = () => Promise.reject(new Failure("failed", migrationSentences.nested(migration.name)));
    Object.assign(sequelize, { transaction: refuse });
    try {
      await sequelize.query("BEGIN");
      migration.transactionId = await transactionId();
      const result = await work();
      await sequelize.query("COMMIT");
      return result;
    } finally {
      delete (sequelize as Partial<Sequelize>).transaction;
    }
  }

  return {
    sequelize,
    async lock(options) {
      await acquireLock(sequelize, migrationLock, { ...options, subject: `the migrations of ${database.label}` });
      isLocked = true;
    },
    async run(name, transactional, work) {
      current = { name };
      if (!(await select<boolean>(holdsLock(migrationLock)))) {
        throw new Failure("usage", migrationSentences.lostLock(database.label));
      }
      return transactional ? await inTransaction(current, work) : await work();
    },
    async settled() {
      if (running > 0) throw new Failure("failed", migrationSentences.notAwaited(current.name));
      if (current.transactionId !== undefined) await checkTransaction(current.name, current.transactionId);
      // What a migration sets for its session is for neither its log row nor the next one.
      await sequelize.query("RESET search_path; RESET ROLE");
    },
    async close() {
      isClosed = true;
      await sequelize.close();
    },
  };
}
