import { type Catalog, type Column, objectOf } from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { failsOverNulls, fill } from "./changes/not-null.ts";
import { type Deferral, deferralOf, goalsOf } from "./deferral.ts";
import { changeContext } from "./plan.ts";
import { type Connection, type ReadCatalogOptions, readCatalog } from "./read-catalog.ts";
import type { Statement, Step } from "./statement.ts";
import { swapIndexes } from "./swap-indexes.ts";
import { reach, renamed, type TransitionOptions } from "./transition.ts";

/** A part of a change that is committed before the next one begins. */
export interface Phase {
  /** What the part does, for its name; the first one needs none. */
  title: string;
  /** Whether its statements run in one transaction. */
  transaction: boolean;
  up: Step[];
  /** What was there before it. */
  from: Catalog;
}

/**
 * As a transition, the online way where PostgreSQL has one (ALTER TABLE, Notes; CREATE INDEX, Building Indexes
 * Concurrently), in as many parts as it takes: new foreign keys and checks NOT VALID and validated afterwards, NOT NULL by
 * way of a valid check, indexes CONCURRENTLY. Tables with partitions or heirs, and EXCLUDE, have none.
 * @throws as transition
 */
export async function onlineTransition(
  scratch: Connection,
  goal: Catalog,
  { backfills = new Map(), ...options }: TransitionOptions,
): Promise<Phase[]> {
  const { exclude, dropped = new Set() } = options;
  const reading: ReadCatalogOptions = exclude ? { exclude } : {};
  const { from, now: present, steps: renames, to } = await renamed(scratch, goal, { ...options, backfills });
  const context = changeContext(present, to, { backfills, dropped });
  const deferral = deferralOf(context);
  const { notNull } = deferral;
  const early = new Map([...backfills].filter(([id]) => !notNull.has(id)));
  const goals = goalsOf(context, deferral);
  const phases: Phase[] = [];
  let now = present;
  const go = async (title: string, target: Catalog, before: readonly Statement[] = []) => {
    const start = title === "main" ? from : now;
    const reached = await reach(scratch, now, target, { ...reading, backfills: early, dropped }, before);
    now = reached.now;
    const last = phases.at(-1);
    if (last?.title === title) last.up.push(...reached.steps);
    else if (reached.steps.length > 0) phases.push({ title, transaction: true, up: reached.steps, from: start });
  };
  if (renames.length > 0) phases.push({ title: "main", transaction: true, up: renames, from });
  await go("main", goals.main);
  await go("validate", goals.validated, fills(deferral, context));
  // First the one, then the other: the check must be there when PostgreSQL looks for a reason not to read the rows.
  await go("not null", goals.notNull);
  await go("not null", goals.checked);
  for (const phase of phases) phase.up = phase.up.map((one) => withFaults(one, phase.title, deferral, context));
  if (deferral.indexes.size > 0) {
    const up = await swapIndexes(scratch, now, goals.indexed, reading);
    phases.push({ title: "indexes", transaction: false, up, from: now });
    now = await readCatalog(scratch, reading);
  }
  await go("keys", goals.keyed);
  await go("validate keys", to);
  return phases;
}

function fills({ notNull }: Deferral, { to, backfills }: ChangeContext): Statement[] {
  const after = { to };
  return [...notNull.keys()].flatMap((id) => {
    const column = to.objects.get(id) as Column;
    const sql = backfills.get(id);
    return sql === undefined ? [] : fill(column, objectOf(to, column.table, "table"), sql, after);
  });
}

/** NULLs are found where the check that stands in for NOT NULL is validated; NOT NULL itself reads no row any more. */
function withFaults(one: Step, title: string, { notNull }: Deferral, { to, backfills }: ChangeContext): Step {
  if (title === "not null") return { ...one, notes: [] };
  const faults = [...notNull].flatMap(([id, check]) =>
    !backfills.has(id) && one.sql.includes(`VALIDATE CONSTRAINT ${check.name}`)
      ? [failsOverNulls(to.objects.get(id) as Column)]
      : [],
  );
  return faults.length === 0 ? one : { ...one, notes: [...one.notes, ...faults] };
}
