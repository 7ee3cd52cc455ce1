import { Failure } from "../../failure.ts";
import type { Database } from "../database.ts";
import { sqlState } from "../database-failure.ts";
import { onlineTransition } from "./online.ts";
import { plan } from "./plan.ts";
import { readCatalog } from "./read-catalog.ts";
import type { Answers } from "./revision.ts";
import { withConnection, withScratch } from "./scratch.ts";
import { type Step, stepsOf } from "./statement.ts";
import { transition } from "./transition.ts";

/**
 * The statements that turn the schema of `from` into that of `to`. Both are only read: the statements run on a copy of the
 * first one's schema, in a scratch database on the server of `scratch`.
 * @throws RenameQuestion, AnswerError, Failure
 */
export async function difference(
  from: Database,
  to: Database,
  scratch: Database,
  answers: Answers,
  online: boolean,
  stop?: AbortSignal,
): Promise<{ steps: Step[]; unread: readonly string[] }> {
  const [before, goal] = await Promise.all([
    withConnection(from, (connection) => readCatalog(connection)),
    withConnection(to, (connection) => readCatalog(connection)),
  ]);
  const unread = [...new Set([...before.unread, ...goal.unread])];
  if (answers.renames.length === 0 && plan(before, goal).length === 0) return { steps: [], unread };
  const made = withScratch(
    scratch,
    1,
    async ([copy]) => {
      const connection = copy!.connection;
      for (const { sql } of stepsOf(plan(await readCatalog(connection), before))) await connection.query(sql);
      if (!online) return await transition(connection, goal, answers);
      return { steps: (await onlineTransition(connection, goal, answers)).flatMap(({ up }) => up) };
    },
    stop,
  );
  const { steps } = await made.catch((error: unknown) => {
    // Class 42: something is not there (PostgreSQL manual, appendix A).
    if (unread.length === 0 || !sqlState(error)?.startsWith("42")) throw error;
    throw new Failure(
      "failed",
      `The statements can't be tried: ${(error as Error).message}. The schema stands on what is not read here (${unread.join(", ")}); write this change by hand.`,
      { cause: error },
    );
  });
  return { steps, unread };
}
