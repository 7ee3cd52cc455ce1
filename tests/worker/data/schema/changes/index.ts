import type { SchemaChange } from "../schema-change.ts";
import { chains } from "./chains.ts";
import { columns } from "./columns.ts";
import { combinations } from "./combinations.ts";
import { conversions } from "./conversions.ts";
import { dependencies } from "./dependencies.ts";
import { indexes } from "./indexes.ts";
import { keys } from "./keys.ts";
import { partitions } from "./partitions.ts";
import { routines } from "./routines.ts";
import { sequences } from "./sequences.ts";
import { tables } from "./tables.ts";
import { types } from "./types.ts";
import { views } from "./views.ts";

/** Changes of a schema, by the kind of thing that changes. */
export const changes: Readonly<Record<string, readonly SchemaChange[]>> = {
  tables,
  partitions,
  columns,
  conversions,
  keys,
  indexes,
  types,
  sequences,
  views,
  routines,
  dependencies,
  combinations,
  chains,
};
