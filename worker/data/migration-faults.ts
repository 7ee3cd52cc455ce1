import { databaseMessage, isTransient, sqlState } from "./database-failure.ts";

export type MigrationFaultCode =
  | "bad-name"
  | "same-number"
  | "does-not-load"
  | "no-functions"
  | "bad-transaction"
  | "changed"
  | "missing"
  | "out-of-order";

/** Why a set of migrations is not sound: nothing is applied while there is one. */
export interface MigrationFault {
  code: MigrationFaultCode;
  /** The file's name, with `.ts` where it is a migration's. */
  file: string;
  /** One sentence on what is wrong, one on the way out. */
  message: string;
}

function fault(code: MigrationFaultCode, file: string, message: string): MigrationFault {
  return { code, file, message: `${file} ${message}` };
}

/** All sentences on faulty migrations. */
export const migrationFaults = {
  badName: (file: string) =>
    fault(
      "bad-name",
      file,
      "is not named like a migration, NNNN-kebab-name.ts. Rename it or move it out of the folder.",
    ),
  sameNumber: (file: string, other: string) =>
    fault(
      "same-number",
      file,
      `has the number of ${other}. Give one that is not applied anywhere the next free number.`,
    ),
  doesNotLoad: (name: string, error: unknown) =>
    fault("does-not-load", `${name}.ts`, `does not load: ${essence(error, name)}. Mend the file.`),
  noFunctions: (name: string, missing: readonly string[]) =>
    fault("no-functions", `${name}.ts`, `exports no function ${missing.join(" and no function ")}. Add it.`),
  badTransaction: (name: string) =>
    fault("bad-transaction", `${name}.ts`, "exports a transaction that is neither true nor false. Correct it."),
  changed: (name: string, appliedAt: Date) =>
    fault(
      "changed",
      `${name}.ts`,
      `was changed after it had been applied on ${day(appliedAt)}. Restore it and put the change into a new migration.`,
    ),
  missing: (name: string, appliedAt: Date) =>
    fault("missing", `${name}.ts`, `is missing but was applied on ${day(appliedAt)}. Restore the file.`),
  outOfOrder: (name: string, last: string) =>
    fault(
      "out-of-order",
      `${name}.ts`,
      `is not applied but comes before ${last}, which is. Give it a number after that one.`,
    ),
};

/** What goes wrong while one migration runs; `name` without `.ts`. */
export const migrationSentences = {
  failed: (migration: { name: string; direction: "up" | "down"; transactional: boolean; error: unknown }) => {
    const { name, direction, transactional, error } = migration;
    const state = sqlState(error);
    const said = state ? `${databaseMessage(error)} (${state})${statement(error)}` : essence(error, name);
    const rest = transactional
      ? `Nothing of it was ${direction === "up" ? "applied" : "reverted"}`
      : "It runs without a transaction: what it did before that stays";
    const cure = isTransient(error) ? "run" : `mend ${name}.ts and run`;
    return `Migration ${name} failed: ${said}. ${rest}; ${cure} the same command again.`;
  },
  lostConnection: (label: string) =>
    `The connection to ${label} was lost, and the lock on the migrations with it. What was not committed is undone; run the same command again.`,
  lostLock: (label: string) =>
    `The lock on the migrations was lost: a pooler between us and ${label} gives each transaction another session. Connect directly.`,
  ownTransaction: (name: string) =>
    `Migration ${name} ended its transaction by itself and what it did till then stays. Take COMMIT and ROLLBACK out of ${name}.ts.`,
  rolledBack: (name: string) =>
    `Migration ${name} went on after a statement of it had failed, so that PostgreSQL rolls all of it back. Mend ${name}.ts; SAVEPOINT lets a statement fail.`,
  nested: (name: string) =>
    `Migration ${name} asks for a transaction but runs in one. Take sequelize.transaction() out of ${name}.ts, or export transaction = false.`,
  notAwaited: (name: string) =>
    `Migration ${name} returned before its queries had ended. Await each of them in ${name}.ts.`,
  readsResults: (name: string) =>
    `Migration ${name} goes by the results of its queries, so its SQL can't be told without executing it. Use: node worker migrate up.`,
  notRecordable: (name: string, error: unknown) =>
    `Migration ${name} can't be told as SQL without executing it: ${essence(error, name)}. Use: node worker migrate up.`,
};

/** The line of an error that says it, and the file's line: esbuild has several and the place in one, Node has it in the stack. */
function essence(error: unknown, name: string): string {
  const lines = String(error instanceof Error ? error.message : error).split("\n");
  const line = lines.find((text) => text.includes(": ERROR: ")) ?? lines.find((text) => text.trim() !== "");
  const said = (line ?? "no message").trim().replace(/\.$/, "");
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const place = stack.match(new RegExp(`${name}\\.ts(?:\\?\\w+)?:(\\d+)`))?.[1];
  return place === undefined || said.includes(`${name}.ts:`) ? said : `${said} at line ${place}`;
}

/** Where it failed: the beginning of the statement. */
function statement(error: unknown): string {
  for (let next = error; typeof next === "object" && next !== null; next = (next as { cause?: unknown }).cause) {
    const { sql } = next as { sql?: unknown };
    if (typeof sql !== "string") continue;
    const text = sql.replace(/\s+/g, " ").trim();
    return ` in "${text.length > 80 ? `${text.slice(0, 80)}...` : text}"`;
  }
  return "";
}

function day(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
