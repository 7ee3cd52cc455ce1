import type { Database } from "../database.ts";
import { adopt } from "./adopt.ts";
import { type Catalog, type CatalogObject, type ObjectId, objectsOf } from "./catalog.ts";
import { readCatalog } from "./read-catalog.ts";
import { bookkeeping } from "./revision.ts";
import { withConnection, withScratch } from "./scratch.ts";

/** One thing in which a database is not what its migrations build. */
export interface Drift {
  object: ObjectId;
  state: "missing" | "unknown" | "changed";
  /** A sentence. */
  message: string;
}

/**
 * Compares the schema of `database` with what the migrations that are applied to it build. Schemas that none of them made
 * are not looked at, nor are grants.
 * @param migrate applies those migrations to a database
 */
export async function drift(
  database: Database,
  scratch: Database,
  migrate: (database: Database) => Promise<void>,
  stop?: AbortSignal,
): Promise<Drift[]> {
  const options = { exclude: [bookkeeping] };
  const [live, built] = await Promise.all([
    withConnection(database, (connection) => readCatalog(connection, options)),
    withScratch(
      scratch,
      1,
      async ([copy]) => {
        await migrate(copy!);
        return await readCatalog(copy!.connection, options);
      },
      stop,
    ),
  ]);
  const schemas = new Set(objectsOf(built, "schema").map(({ name }) => name));
  return compare(live, adoptForeign(live, built, schemas));
}

function adoptForeign(live: Catalog, built: Catalog, schemas: ReadonlySet<string>): Catalog {
  const { objects } = adopt(live, built, schemas);
  // Functions and triggers that nobody's migration made are drift too.
  const kept = [...objects].filter(([id, object]) => built.objects.has(id) || isForeign(object, live, schemas));
  return { ...built, objects: new Map(kept) };
}

function isForeign(object: CatalogObject, catalog: Catalog, schemas: ReadonlySet<string>): boolean {
  if (object.kind === "schema") return !schemas.has(object.name);
  if (object.kind === "extension") return false;
  if ("schema" in object) return !schemas.has(object.schema);
  const table = catalog.objects.get(object.table);
  return table === undefined || isForeign(table, catalog, schemas);
}

function compare(live: Catalog, built: Catalog): Drift[] {
  const found: Drift[] = [];
  const isPartOf = (object: CatalogObject, others: Catalog) => "table" in object && !others.objects.has(object.table);
  for (const [id, object] of built.objects) {
    const present = live.objects.get(id);
    if (!present) {
      if (!isPartOf(object, live)) {
        found.push({ object: id, state: "missing", message: `${nameOf(id)} is missing, and the migrations make it.` });
      }
      continue;
    }
    const differing = fieldsOf(object).filter(([key, value]) => value !== JSON.stringify(present[key as never]));
    if (differing.length === 0) continue;
    const parts = differing.map(
      ([key, value]) => `${told(key, JSON.stringify(present[key as never]))} instead of ${told(key, value, "")}`,
    );
    found.push({ object: id, state: "changed", message: `${nameOf(id)} has ${parts.join(", ")}.` });
  }
  for (const [id, object] of live.objects) {
    if (built.objects.has(id) || isPartOf(object, built)) continue;
    found.push({ object: id, state: "unknown", message: `${nameOf(id)} is there, and no migration makes it.` });
  }
  return found;
}

/** A field of an object and its value in the words of PostgreSQL. */
function told(key: string, value: string, title = `${key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} `) {
  return key === "notNull" ? (value === "true" ? "NOT NULL" : "NULL") : `${title}${value}`;
}

/** What of an object counts: not where it stands, who may use it, nor what its type says already. */
function fieldsOf(object: CatalogObject): [string, string][] {
  const { id: _id, sqlName: _sqlName, dependsOn: _dependsOn, grants: _grants, ...fields } = object;
  return Object.entries(fields)
    .filter(([key]) => key !== "position" && key !== "baseType")
    .map(([key, value]) => [key, JSON.stringify(value)]);
}

function nameOf(id: ObjectId): string {
  const [kind, ...name] = id.split(" ");
  const text = name.join(" ").replace(/^public\./, "");
  return `${kind!.charAt(0).toUpperCase()}${kind!.slice(1)} ${text}`;
}
