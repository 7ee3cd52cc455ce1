import type { CatalogObject, ObjectId } from "../catalog.ts";
import type { Sides } from "../replaced-types.ts";
import type { Statement } from "../statement.ts";

/** What the statements of an object may look at beside the object. */
export interface ChangeContext extends Sides {
  /** Names of the types that are made anew under them. */
  replaced: ReadonlySet<string>;
  /** Objects that are dropped and made again on the way. */
  rebuilt: ReadonlySet<ObjectId>;
}

/** How the objects of one kind come, go and change. Comments and grants are the same for all, and are not its business. */
export interface ObjectChange<T extends CatalogObject> {
  create(object: T, context: ChangeContext): Statement[];
  drop(object: T, context: ChangeContext): Statement[];
  /** The statements that change `from` in place; null where it must be dropped and made again. Empty: nothing to do. */
  alter(from: T, to: T, context: ChangeContext): Statement[] | null;
}
