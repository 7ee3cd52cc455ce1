import type pg from "pg";
import type { Catalog, ObjectId } from "../../../../worker/data/schema/catalog.ts";
import { onlineTransition, type Phase } from "../../../../worker/data/schema/online.ts";
import { plan } from "../../../../worker/data/schema/plan.ts";
import { readCatalog } from "../../../../worker/data/schema/read-catalog.ts";
import { parseRename, type Rename } from "../../../../worker/data/schema/renames.ts";
import { type Step, stepsOf } from "../../../../worker/data/schema/statement.ts";
import { swapIndexes } from "../../../../worker/data/schema/swap-indexes.ts";
import {
  NotConverged,
  RenameQuestion,
  type TransitionOptions,
  transition,
} from "../../../../worker/data/schema/transition.ts";
import type { Lane } from "./lanes.ts";
import { lostRows, readRows, undone } from "./rows.ts";
import type { SchemaChange } from "./schema-change.ts";
import { describeSchema, differences } from "./schema-description.ts";

/** Says what the schema of a database is, in lines; two that are alike have the same lines. */
export type Judge = (client: pg.Client) => Promise<string[]>;

export interface Proof {
  /** Everything that is not as it must be, ready to read; empty: proven. */
  faults: string[];
  up: readonly Step[];
  down: readonly Step[];
}

/** Makes the change and undoes it, on a database with rows, and lets `judge` compare it with what was wanted. */
export async function prove(
  change: SchemaChange,
  lane: Lane,
  { judge = describeSchema, asks = true, online = false }: { judge?: Judge; asks?: boolean; online?: boolean } = {},
): Promise<Proof> {
  const proof: Proof = { faults: [], up: [], down: [] };
  const fault = (title: string, lines: readonly string[]) => {
    if (lines.length > 0) proof.faults.push([`${title}:`, ...lines].join("\n  "));
  };
  const { from, to, scratch } = lane;
  try {
    await from.query(change.from);
    await from.query(change.rows ?? "");
    await to.query(change.to);
    const [nothing, before, goal] = await Promise.all([readCatalog(scratch), readCatalog(from), readCatalog(to)]);
    for (const { sql } of stepsOf(plan(nothing, before))) await scratch.query(sql);
    const [first, wanted] = [await judge(from), await judge(to)];
    fault("the copy of the old schema", differences(await judge(scratch), first));

    const rows = await readRows(from);
    const renames = (change.renames ?? []).map((text) => parseRename(text)!);
    const backfills = new Map(
      (change.backfills ?? []).map((text): [ObjectId, string] => {
        const [, column, sql] = /^(.*?)=(.*)$/s.exec(text)!;
        return [`column public.${column}`, sql!];
      }),
    );
    const filled = [...backfills.keys()].map((id) => id.replace("column ", ""));
    const dropped = new Set((change.dropped ?? []) as ObjectId[]);
    const options = { renames, backfills, dropped, asks };
    const phases = online ? await onlineTransition(scratch, goal, options) : await atOnce(scratch, goal, options);
    proof.up = phases.flatMap(({ up }) => up);
    for (const { up, transaction } of phases) await run(from, up, transaction);
    fault("after the change", differences(...inOrder(await judge(from), wanted, first, renames)));
    fault(
      "planned again",
      stepsOf(plan(await readCatalog(from), goal)).map(({ sql }) => sql),
    );
    const rowsThere = await readRows(from);
    if (!change.rowsChange) fault("rows after the change", lostRows(rows, rowsThere, { renames, filled }));
    if (change.holds) fault("after the change", await holds(from, change.holds));

    const back = undone(renames, rows);
    const downs: { steps: Step[]; transaction: boolean }[] = [];
    for (const { transaction, from: start } of phases.toReversed()) {
      const steps = transaction
        ? (await transition(scratch, start, { renames: start === phases[0]?.from ? back : [], asks: false })).steps
        : await swapIndexes(scratch, await readCatalog(scratch), start, {});
      downs.push({ steps, transaction });
    }
    proof.down = downs.flatMap(({ steps }) => steps);
    await from.query(change.beforeDown ?? "");
    const rowsLeft = change.beforeDown ? await readRows(from) : rowsThere;
    for (const { steps, transaction } of downs) await run(from, steps, transaction);
    fault("after the way back", differences(...inOrder(await judge(from), first, wanted, back)));
    if (!change.rowsChange)
      fault("rows after the way back", lostRows(rowsLeft, await readRows(from), { renames: back, filled }));
    if (change.holds) fault("after the way back", await holds(from, change.holds));
  } catch (error) {
    proof.faults.push(sentence(error));
  }
  return proof;
}

async function atOnce(scratch: pg.Client, goal: Catalog, options: TransitionOptions): Promise<Phase[]> {
  const { steps, from } = await transition(scratch, goal, options);
  return [{ title: "main", transaction: true, up: steps, from }];
}

async function run(client: pg.Client, steps: readonly Step[], transaction: boolean): Promise<void> {
  if (transaction) await client.query("BEGIN");
  for (const { sql } of steps) {
    await client.query(sql).catch((error: Error) => {
      throw new Error(`${error.message}\n  in ${sql}`);
    });
  }
  if (transaction) await client.query("COMMIT");
}

async function holds(client: pg.Client, query: string): Promise<string[]> {
  const { rows } = await client.query({ text: query, rowMode: "array" });
  return rows[0]?.[0] === true ? [] : [`${query} says ${JSON.stringify(rows[0]?.[0])}`];
}

/** Without the order of the columns of what was there before: PostgreSQL adds them at the end. */
function inOrder(
  has: readonly string[],
  wants: readonly string[],
  before: readonly string[],
  renames: readonly Rename[],
): [has: string[], wants: string[]] {
  const name = (line: string) => line.replace(/: .*/s, "");
  const there = new Set(before.map(name));
  for (const { to } of renames) there.add(`order of ${to.length > 1 ? "" : "public."}${to.join(".")}`);
  const without = (lines: readonly string[]) =>
    lines.filter((line) => !line.startsWith("order of ") || !there.has(name(line)));
  return [without(has), without(wants)];
}

function sentence(error: unknown): string {
  if (error instanceof NotConverged) {
    return [
      error.message,
      ...error.steps.map(({ sql }) => sql),
      "  still wanted:",
      ...error.missing.map(({ sql }) => sql),
    ].join("\n  ");
  }
  if (error instanceof RenameQuestion) return `asked whether ${JSON.stringify(error.lookalikes)}`;
  if (!(error instanceof Error)) return String(error);
  const nodes = Reflect.get(error, "nodes") as { verb: string; object: string }[] | undefined;
  const circle = nodes ? ` ${nodes.map(({ verb, object }) => `${verb} ${object}`).join(", ")}` : "";
  return Reflect.get(error, "code") === undefined ? `${error.stack}${circle}` : error.message;
}
