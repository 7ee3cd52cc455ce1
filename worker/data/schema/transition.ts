import type { Catalog, ObjectId } from "./catalog.ts";
import { harmlessRenames } from "./harmless-renames.ts";
import { type Lookalike, lookalikes } from "./lookalikes.ts";
import { plan } from "./plan.ts";
import { type Connection, type ReadCatalogOptions, readCatalog } from "./read-catalog.ts";
import { type Rename, refuseUnknown, renameStatements } from "./renames.ts";
import { type Statement, type Step, stepsOf } from "./statement.ts";

export interface TransitionOptions extends ReadCatalogOptions {
  renames?: readonly Rename[];
  /** Tables and columns that look like renames and are none. */
  dropped?: ReadonlySet<ObjectId>;
  /** SQL that fills a column where it is NULL, by the column's id after the renames. */
  backfills?: ReadonlyMap<ObjectId, string>;
  /** What the goal is, given what is there: for a goal that says nothing of some kinds of objects. */
  adopt?: (from: Catalog, goal: Catalog) => Catalog;
  /** Whether names may be taken for new ones without being asked; for the way back, whose renames are known. */
  asks?: boolean;
}

export interface Transition {
  steps: Step[];
  /** What was there before. */
  from: Catalog;
  /** What is there now. */
  to: Catalog;
}

/** Something dropped and something added look alike, and nobody said what is meant. */
export class RenameQuestion extends Error {
  readonly lookalikes: readonly Lookalike[];
  constructor(lookalikes: readonly Lookalike[]) {
    super("Something that is dropped and something that is added look alike.");
    this.lookalikes = lookalikes;
  }
}

/** The statements ran, and the result is not what was wanted: ours is the fault. */
export class NotConverged extends Error {
  readonly steps: readonly Step[];
  readonly missing: readonly Step[];
  constructor(steps: readonly Step[], missing: readonly Step[]) {
    super("The statements do not lead to the wanted schema.");
    this.steps = steps;
    this.missing = missing;
  }
}

/**
 * Brings the database of `scratch`, which has no rows, to `goal`, in one transaction, and returns the statements that did
 * it: what is printed has run, and its result was compared.
 * @throws RenameQuestion, AnswerError, NotConverged, and the server's errors
 */
export async function transition(
  scratch: Connection,
  goal: Catalog,
  options: TransitionOptions = {},
): Promise<Transition> {
  const { from, now, steps, to } = await renamed(scratch, goal, options);
  const reached = await reach(scratch, now, to, options);
  return { steps: [...steps, ...reached.steps], from, to: reached.now };
}

/** The first part of a transition: what has another name. `now`: what is there then; `to`: where the rest leads. */
export async function renamed(
  scratch: Connection,
  goal: Catalog,
  { renames = [], dropped = new Set(), backfills = new Map(), adopt, asks = true, ...reading }: TransitionOptions,
): Promise<{ steps: Step[]; from: Catalog; now: Catalog; to: Catalog }> {
  const from = await readCatalog(scratch, reading);
  const steps: Step[] = [];
  let now = from;
  const run = async (statements: readonly string[]) => {
    if (statements.length === 0) return;
    for (const sql of statements) await scratch.query(sql);
    steps.push(...statements.map((sql) => ({ sql, notes: [] })));
    now = await readCatalog(scratch, reading);
  };
  await run(renameStatements(renames, now, goal));
  await run(harmlessRenames(now, goal));
  if (asks) {
    refuseUnknown(dropped, backfills, [from, now, goal]);
    const questions = lookalikes(now, goal, dropped);
    if (questions.length > 0) throw new RenameQuestion(questions);
  }
  return { steps, from, now, to: adopt ? adopt(now, goal) : goal };
}

/** The second part: the statements that lead from `now` to `to`, run, their result compared. `before` come first. */
export async function reach(
  scratch: Connection,
  now: Catalog,
  to: Catalog,
  {
    backfills = new Map(),
    dropped = new Set(),
    ...reading
  }: Pick<TransitionOptions, "backfills" | "dropped" | "exclude">,
  before: readonly Statement[] = [],
): Promise<{ steps: Step[]; now: Catalog }> {
  const steps = stepsOf([...before, ...plan(now, to, { backfills, dropped })]);
  if (steps.length === 0) return { steps, now };
  await scratch.query("BEGIN");
  for (const { sql } of steps) await scratch.query(sql);
  await scratch.query("COMMIT");
  const result = await readCatalog(scratch, reading);
  const missing = stepsOf(plan(result, to));
  if (missing.length > 0) throw new NotConverged(steps, missing);
  return { steps, now: result };
}
