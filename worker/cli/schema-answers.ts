import { createInterface } from "node:readline/promises";
import type { ObjectId } from "../data/schema/catalog.ts";
import { quoteIdentifier } from "../data/schema/identifier.ts";
import type { Lookalike } from "../data/schema/lookalikes.ts";
import { AnswerError, parseRename, type Rename, splitName } from "../data/schema/renames.ts";
import type { Answers } from "../data/schema/revision.ts";
import { RenameQuestion } from "../data/schema/transition.ts";
import { Failure } from "../failure.ts";
import type { CliContext } from "./context.ts";
import { listFlag, usageFailure } from "./flags.ts";

/** The flags that answer what the schemas alone don't tell. */
export const answerFlags = { rename: listFlag, drop: listFlag, backfill: listFlag };

interface AnswerValues {
  rename: readonly string[];
  drop: readonly string[];
  backfill: readonly string[];
}

/** @throws Failure `usage` with all faults at once */
export function parseAnswers(command: string, values: AnswerValues): Answers {
  const faults: string[] = [];
  const renames = values.rename.flatMap((text): Rename[] => {
    const rename = parseRename(text);
    if (!rename) faults.push(`--rename "${text}" is not TABLE.OLD=NEW or OLD=NEW`);
    return rename ? [rename] : [];
  });
  const backfills = values.backfill.flatMap((text): [ObjectId, string][] => {
    const match = /^((?:"(?:[^"]|"")+"|[^"=])+?)=(.+)$/s.exec(text);
    const path = match ? splitName(match[1]!.trim()) : [];
    if (!match || path.length < 2 || path.length > 3) {
      faults.push(`--backfill "${text}" is not TABLE.COLUMN=SQL`);
      return [];
    }
    return [[columnId(path), match[2]!]];
  });
  if (faults.length > 0) throw usageFailure(command, faults);
  // A name of two parts is a table's in a schema or a column's: as neither is there twice, both are said.
  const dropped = values.drop.flatMap((text): ObjectId[] => {
    const path = splitName(text);
    return path.length === 1 ? [tableId(path)] : path.length === 2 ? [tableId(path), columnId(path)] : [columnId(path)];
  });
  return { renames, dropped: new Set(dropped), backfills: new Map(backfills) };
}

function tableId(path: readonly string[]): ObjectId {
  const [schema, name] = path.length === 1 ? ["public", path[0]!] : path;
  return `table ${quoteIdentifier(schema!)}.${quoteIdentifier(name!)}`;
}

function columnId(path: readonly string[]): ObjectId {
  const full = path.length === 2 ? ["public", ...path] : path;
  return `column ${full.map(quoteIdentifier).join(".")}`;
}

/**
 * Does `work` with the answers; where something looks like a rename, a person at a terminal is asked, and `work` begins
 * anew with what was said.
 * @throws Failure `usage` with the two ways out, where nobody can be asked
 */
export async function answered<T>(
  context: CliContext,
  given: Answers,
  work: (answers: Answers) => Promise<T>,
): Promise<T> {
  let answers = given;
  for (;;) {
    try {
      return await work(answers);
    } catch (error) {
      if (error instanceof AnswerError) throw new Failure("usage", error.message, { cause: error });
      if (!(error instanceof RenameQuestion)) throw error;
      if (!isTerminal(context)) throw unanswered(error.lookalikes);
      answers = await ask(context, error.lookalikes, answers);
    }
  }
}

export function isTerminal({ stdin, stderr }: CliContext): boolean {
  return Boolean(stdin.isTTY && stderr.isTTY);
}

/** Yes or no, at a terminal. */
export async function confirm({ stdin, stderr, stop }: CliContext, question: string): Promise<boolean> {
  const reader = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `, { signal: stop })).trim());
  } catch (error) {
    throw new Failure("interrupted", "Interrupted at a question; nothing was written.", { cause: error });
  } finally {
    reader.close();
  }
}

async function ask(context: CliContext, lookalikes: readonly Lookalike[], answers: Answers): Promise<Answers> {
  const renames = [...answers.renames];
  const dropped = new Set(answers.dropped);
  for (const { old, rename } of lookalikes) {
    const [from, to] = rename.split("=");
    if (await confirm(context, `Is ${from} renamed to ${to}? (No: it is dropped, with what is in it.)`)) {
      renames.push(parseRename(rename)!);
    } else dropped.add(old);
  }
  return { ...answers, renames, dropped };
}

function unanswered(lookalikes: readonly Lookalike[]): Failure {
  const sentences = lookalikes.map(({ rename, drop }) => {
    const [from, to] = rename.split("=");
    return `${from} is gone and ${to} is new and looks like it: say --rename ${rename} if it is the same one, --drop ${drop} if it is not (its values are lost).`;
  });
  return new Failure("usage", sentences.join("\n"));
}
