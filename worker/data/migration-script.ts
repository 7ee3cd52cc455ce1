import pg from "pg";
import { type QueryInterface, Sequelize } from "sequelize";
import { Failure } from "../failure.ts";
import { lockKey } from "./advisory-lock.ts";
import { outdented } from "./indentation.ts";
import { migrationSentences } from "./migration-faults.ts";
import type { MigrationModule } from "./migration-files.ts";
import { migrationLock } from "./migration-session.ts";
import { insertStatement, type MigrationLog, storageStatements } from "./migration-storage.ts";

/** A migration's statements and, last, its log row's, in the order in which `up` executes them. */
export interface RecordedMigration {
  name: string;
  transactional: boolean;
  statements: string[];
}

/**
 * What `up` would execute, told by a Sequelize without a connection that writes its queries down.
 * @throws Failure when the migration looks at a result: there is none
 */
export async function recordMigration(
  name: string,
  { up, transaction: transactional = true }: MigrationModule,
  log: MigrationLog,
): Promise<RecordedMigration> {
  const statements: string[] = [];
  const context = recorder(name, (statement) => statements.push(statement));
  try {
    await up({ context, name });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("failed", migrationSentences.notRecordable(name, error), { cause: error });
  }
  statements.push(insertStatement(context, name, log));
  return { name, transactional, statements };
}

/** The whole as a file for psql. It takes the migrators' lock, so that a worker that starts meanwhile waits. */
export function scriptOf(recorded: readonly RecordedMigration[], hasStorage: boolean): string {
  const key = lockKey(migrationLock);
  const lines = ["-- Apply with: psql --set ON_ERROR_STOP=1 --file THIS_FILE", `SELECT pg_advisory_lock(${key});`];
  const transaction = (statements: readonly string[]) => ["BEGIN;", ...statements.map(terminated), "COMMIT;"];
  if (!hasStorage) lines.push("", ...transaction(storageStatements));
  for (const { name, transactional, statements } of recorded) {
    lines.push("", `-- ${name}`, ...(transactional ? transaction(statements) : statements.map(terminated)));
  }
  return [...lines, "", `SELECT pg_advisory_unlock(${key});`, ""].join("\n");
}

/** The parts of Sequelize below `query` that lead to a connection, which its types leave out. */
interface Internals {
  dialect: { Query: new (...parameters: unknown[]) => { run: unknown } };
  connectionManager: object;
  options: { databaseVersion: string };
}

function recorder(name: string, record: (statement: string) => void): QueryInterface {
  const sequelize = new Sequelize({ dialect: "postgres", dialectModule: pg, logging: false });
  const { dialect, connectionManager, options } = sequelize as unknown as Internals;
  options.databaseVersion = "17.0.0";
  const connection = {};
  dialect.Query = class extends dialect.Query {
    /** Here the replacements are in the text, and the bound values beside it as $1, $2, ... */
    override run = async (text: string, values: readonly unknown[] = []) => {
      // createTable with an ENUM asks whether the type is there, and creates it when it is not.
      if (text.startsWith("SELECT t.typname enum_name")) return null;
      record(text.replace(/\$(\d+)/g, (place, number) => literal(sequelize, values, Number(number) - 1) ?? place));
      return unknownResult(name, true);
    };
  };
  Object.assign(connectionManager, {
    getConnection: async () => connection,
    releaseConnection: () => {},
    // createTable with an ENUM re-reads the types afterwards.
    _refreshDynamicOIDs: async () => {},
  });
  // Before Sequelize takes away what the first line is indented by.
  const query = sequelize.query.bind(sequelize) as (sql: unknown, options?: unknown) => unknown;
  const outdentedQuery = (sql: unknown, options?: unknown) =>
    query(typeof sql === "string" ? outdented(sql) : sql, options);
  const nested = () => Promise.reject(new Failure("failed", migrationSentences.nested(name)));
  Object.assign(sequelize, { query: outdentedQuery, transaction: nested });
  const context = sequelize.getQueryInterface();
  // renameColumn looks whether the column is there; the database will say so when it is not.
  const assertTableHasColumn = async (_table: unknown, column: string) => ({ [column]: { type: "TEXT" } });
  return Object.assign(context, { assertTableHasColumn });
}

function literal(sequelize: Sequelize, values: readonly unknown[], index: number): string | undefined {
  return index in values ? sequelize.escape(values[index] as string) : undefined;
}

/**
 * Stands for a result: it can be awaited, handed on and taken apart into `[rows, metadata]`, since bulkInsert does so to a
 * result that nobody reads. Whoever reads a row, a column or a count gets a Failure.
 */
function unknownResult(name: string, canBeTakenApart: boolean): unknown {
  return new Proxy([], {
    get(_target, key) {
      if (key === "then") return undefined;
      const part = canBeTakenApart ? unknownResult(name, false) : undefined;
      if (part && (key === "0" || key === "1")) return part;
      if (part && key === Symbol.iterator) return [part, part][Symbol.iterator].bind([part, part]);
      throw new Failure("failed", migrationSentences.readsResults(name));
    },
    has() {
      throw new Failure("failed", migrationSentences.readsResults(name));
    },
  });
}

function terminated(statement: string): string {
  const text = statement.trim();
  // On a line of its own, for a statement that ends in a comment.
  return text.endsWith(";") ? text : /--[^\n]*$/.test(text) ? `${text}\n;` : `${text};`;
}
