import { constraintsOf } from "./action-order.ts";
import { alterations, replacedTypeDrops, replicaIdentities } from "./alterations.ts";
import type { Catalog, ObjectId } from "./catalog.ts";
import type { ChangeContext } from "./changes/change.ts";
import { creations } from "./creations.ts";
import { drops } from "./drops.ts";
import { ordered } from "./order.ts";
import { rebuiltObjects } from "./rebuild.ts";
import { replacedTypes } from "./replaced-types.ts";
import type { Statement } from "./statement.ts";

export interface PlanOptions {
  /** SQL that fills a column where it is NULL, by the column's id. */
  backfills?: ReadonlyMap<ObjectId, string>;
  /** Tables whose rows are to go with them. */
  dropped?: ReadonlySet<ObjectId>;
}

/** The statements that turn a database that is as `from` says into one as `to` says, in an order that works. */
export function plan(from: Catalog, to: Catalog, options: PlanOptions = {}): Statement[] {
  const context = changeContext(from, to, options);
  const actions = [
    ...drops(context),
    ...creations(context),
    ...alterations(context),
    ...replacedTypeDrops(context),
    ...replicaIdentities(context),
  ];
  return ordered(actions, constraintsOf(actions, context)).flatMap(({ statements }) => statements);
}

/** What is known of a change before its statements are. */
export function changeContext(
  from: Catalog,
  to: Catalog,
  { backfills = new Map(), dropped = new Set() }: PlanOptions = {},
): ChangeContext {
  const sides = { from, to, backfills, dropped };
  const replaced = replacedTypes(sides);
  return { ...sides, replaced, rebuilt: rebuiltObjects(sides, replaced) };
}
