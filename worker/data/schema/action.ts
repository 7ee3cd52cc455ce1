import type { Catalog, CatalogObject, Column, ObjectId } from "./catalog.ts";
import type { Statement } from "./statement.ts";

/** A change of one object, and of what comes or goes along with it. */
export interface Action {
  verb: "drop" | "release" | "create" | "alter";
  object: ObjectId;
  /** The object, and what is in its statements. */
  covers: ObjectId[];
  statements: Statement[];
  rank: number;
  /** What must be there beside what the object depends on. */
  needs?: ObjectId[];
  /** It says which column a sequence goes with. */
  isOwnership?: true;
  /** It drops what a type that was made anew left behind. */
  isTypeDrop?: true;
  /** It moves the rows of a table that was made anew, and drops the old one. */
  isRowTaking?: true;
}

/** What a person would write first; dependencies have the last word. */
export const dropRanks: Record<CatalogObject["kind"], number> = {
  trigger: 0,
  policy: 0,
  rule: 0,
  view: 1,
  statistics: 2,
  constraint: 3,
  index: 4,
  column: 20,
  table: 21,
  routine: 22,
  sequence: 23,
  domain: 24,
  composite: 24,
  range: 24,
  enum: 24,
  extension: 25,
  schema: 26,
};

export const createRanks: Record<CatalogObject["kind"], number> = {
  schema: 30,
  extension: 31,
  enum: 32,
  composite: 32,
  range: 32,
  domain: 33,
  sequence: 34,
  routine: 35,
  table: 36,
  column: 37,
  constraint: 40,
  index: 42,
  statistics: 43,
  view: 44,
  rule: 45,
  trigger: 46,
  policy: 47,
};

export const fillRank = 38;

const foreignKeyRank = 41;

export function rankOf(verb: Action["verb"], object: CatalogObject): number {
  if (verb === "drop") return dropRanks[object.kind];
  if (object.kind === "constraint" && object.type === "foreign key") return foreignKeyRank;
  return createRanks[object.kind];
}

export function foreignTable(object: CatalogObject, catalog: Catalog): ObjectId | undefined {
  const column = object.kind === "constraint" ? object.references[0] : undefined;
  return column && (catalog.objects.get(column) as Column | undefined)?.table;
}

/** Types that a column may be of. */
export const typeKinds = ["enum", "domain", "range", "composite"] as const;
