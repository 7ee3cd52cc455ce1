/** What a person must know before a statement runs on a table with rows. */
export interface Note {
  kind: "data-loss" | "may-fail" | "long-lock";
  /** One line, a sentence. */
  text: string;
}

/** One statement, or one clause of an ALTER TABLE that may be written together with its neighbours. */
export type Statement = { notes: readonly Note[] } & (
  | { sql: string; table?: undefined }
  | { table: string; clause: string; sql?: undefined }
);

export const statement = (sql: string, ...notes: Note[]): Statement => ({ sql, notes });
export const clause = (table: string, text: string, ...notes: Note[]): Statement => ({ table, clause: text, notes });

export const dataLoss = (text: string): Note => ({ kind: "data-loss", text });
export const mayFail = (text: string): Note => ({ kind: "may-fail", text });
export const longLock = (text: string): Note => ({ kind: "long-lock", text });

/** A whole statement, as a script or a migration has it. */
export interface Step {
  sql: string;
  notes: readonly Note[];
}

/** The statements as they are run: neighbouring clauses of one table become one ALTER TABLE, which rewrites it once. */
export function stepsOf(statements: readonly Statement[]): Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < statements.length; ) {
    const first = statements[index]!;
    if (first.table === undefined) {
      steps.push({ sql: first.sql, notes: first.notes });
      index += 1;
      continue;
    }
    const clauses: string[] = [];
    const notes: Note[] = [];
    for (let next = statements[index]; next?.table === first.table; next = statements[index]) {
      clauses.push(next.clause);
      notes.push(...next.notes);
      index += 1;
    }
    const separator = clauses.length === 1 ? " " : "\n  ";
    steps.push({ sql: `ALTER TABLE ${first.table}${separator}${clauses.join(",\n  ")}`, notes });
  }
  return steps;
}
