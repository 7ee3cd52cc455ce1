import type { DerivedTables } from "../../data/repositories/contracts.ts";
import type { BadRecord, Source } from "../../data/sources/source.ts";

/**
 * What a file of worker/processes exports by default. The file's name is the name of the sub-process, of its model and
 * of its table.
 */
export type Definition<Item = never, Row extends object = object, Reference = never> =
  | LoadDefinition<Item, Row, Reference>
  | DeriveDefinition;

/** A sub-process that turns the rows of a source into rows of its table. */
export interface LoadDefinition<Item, Row extends object, Reference> {
  readonly kind: "load";
  /** This one runs after these when they run together; asked for alone (`--only`), it runs alone. */
  readonly needs: readonly string[];
  readonly source: Source<Item>;
  /** What `transform` looks up besides the item, read once a run. */
  readonly reference: () => Promise<Reference>;
  /** Sources that `reference` reads: part of the step's version as `source` is; when one changes, the rows are made anew. */
  readonly referenceSources: readonly Pick<Source<unknown>, "open">[];
  /**
   * Pure and not async. `row` is the item's number in the source; a `BadRecord` goes to quarantine. Rows that are
   * committed stay as they are when this function changes: nobody notices, and `--fresh` makes them again.
   */
  readonly transform: (item: Item, row: number, reference: Reference) => Row | BadRecord;
  /** The property that holds the source's row number: tells which rows of the table belong to a step. */
  readonly rowNumber: keyof Row & string;
  /**
   * `insert`: each source row has a key of its own. `upsert`: a later row of the source with the same key replaces the
   * earlier one, whichever shard or limit writes it.
   */
  readonly write: "insert" | "upsert";
  /** Rows a chunk: what one transaction commits, and what at most is done again after a crash. */
  readonly commitInterval: number;
  /** Bad records that a step may leave in quarantine; one more ends it (exit code 65). */
  readonly quarantineLimit: number;
}

/** A sub-process that makes its table out of other tables, whole and in one transaction. */
export interface DeriveDefinition {
  readonly kind: "derive";
  /** This one runs after these when they run together; asked for alone (`--only`), it runs alone. */
  readonly needs: readonly string[];
  /** Tables that must not be empty. */
  readonly inputs: readonly string[];
  /** `limit`: rows to read of the first input; null: all. */
  readonly derive: (tables: DerivedTables, limit: number | null) => Promise<{ read: number; written: number }>;
}

type Defaults = "needs" | "referenceSources" | "write" | "commitInterval" | "quarantineLimit";

export function load<Item, Row extends object, Reference = undefined>(
  definition: Omit<LoadDefinition<Item, Row, Reference>, "kind" | "reference" | Defaults> &
    Partial<Pick<LoadDefinition<Item, Row, Reference>, Defaults>> &
    (undefined extends Reference ? { reference?: () => Promise<Reference> } : { reference: () => Promise<Reference> }),
): LoadDefinition<Item, Row, Reference> {
  return {
    needs: [],
    referenceSources: [],
    write: "insert",
    commitInterval: 20_000,
    quarantineLimit: 1000,
    reference: async () => undefined as Reference,
    ...definition,
    kind: "load",
  };
}

export function derive(definition: Omit<DeriveDefinition, "kind">): DeriveDefinition {
  return { ...definition, kind: "derive" };
}
