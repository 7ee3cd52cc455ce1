import { type Catalog, type CatalogObject, type Constraint, type Index, objectOf } from "./catalog.ts";
import { readable } from "./changes/parts.ts";
import { qualified, shortIdentifier, unquoteIdentifier } from "./identifier.ts";
import { type Connection, type ReadCatalogOptions, readCatalog } from "./read-catalog.ts";
import type { Step } from "./statement.ts";
import { reach } from "./transition.ts";

/**
 * The statements that make the indexes and index constraints of one catalog those of another while the tables are written,
 * and what else differs then; each may be run again after a crash.
 * @throws NotConverged
 */
export async function swapIndexes(
  scratch: Connection,
  now: Catalog,
  to: Catalog,
  reading: ReadCatalogOptions,
): Promise<Step[]> {
  const steps: Step[] = [];
  const isIndex = (object: CatalogObject) =>
    object.kind === "index" || (object.kind === "constraint" && indexConstraint.test(object.definition));
  for (const object of now.objects.values()) {
    if (!isIndex(object) || to.objects.has(object.id)) continue;
    const table = objectOf(now, (object as Index).table, "table");
    steps.push(
      object.kind === "index"
        ? step(`DROP INDEX CONCURRENTLY IF EXISTS ${object.sqlName}`)
        : step(`ALTER TABLE ${table.sqlName} DROP CONSTRAINT IF EXISTS ${(object as Constraint).name}`),
    );
  }
  for (const object of to.objects.values()) {
    const before = now.objects.get(object.id);
    if (!isIndex(object) || (before && definitionOf(before) === definitionOf(object))) continue;
    steps.push(...build(object as Index | Constraint, before as Index | Constraint | undefined, to));
  }
  for (const { sql } of steps) await scratch.query(sql);
  const { steps: rest } = await reach(scratch, await readCatalog(scratch, reading), to, reading);
  return [...steps, ...rest];
}

const step = (sql: string): Step => ({ sql, notes: [] });

function definitionOf(object: CatalogObject): string | undefined {
  return object.kind === "index" || object.kind === "constraint" ? object.definition : undefined;
}

/** `UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) WITH (fillfactor='70') DEFERRABLE`: what an index has of it, and what not. */
export const indexConstraint =
  /^(UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? (\([^()]*\))( INCLUDE \([^()]*\))?( WITH \([^()]*\))?((?: DEFERRABLE)?(?: INITIALLY DEFERRED)?)$/;

/** An index that failed half-way is left invalid, and goes first when it is tried again. */
function build(object: Index | Constraint, before: Index | Constraint | undefined, to: Catalog): Step[] {
  const table = objectOf(to, object.table, "table");
  const isTaken = before !== undefined || object.kind === "constraint";
  const name = isTaken ? freeName(`${unquoteIdentifier(object.name)}_new`, to) : object.name;
  const sqlName = qualified(table.schema, name);
  const create = (text: string) => [step(`DROP INDEX CONCURRENTLY IF EXISTS ${sqlName}`), step(text)];
  if (object.kind === "index") {
    const text = readable(object.definition).replace(
      /^CREATE (UNIQUE )?INDEX (?:"(?:[^"]|"")*"|\S+) ON /,
      (_, unique = "") => `CREATE ${unique}INDEX CONCURRENTLY ${name} ON `,
    );
    if (!before) return create(text);
    return [
      ...create(text),
      step(`DROP INDEX CONCURRENTLY IF EXISTS ${object.sqlName}`),
      step(`ALTER INDEX ${sqlName} RENAME TO ${object.name}`),
    ];
  }
  const [, type, nulls = "", columns, include = "", options = "", state = ""] = indexConstraint.exec(
    object.definition,
  ) as RegExpExecArray;
  return [
    ...create(`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${table.sqlName} ${columns}${include}${nulls}${options}`),
    step(
      `ALTER TABLE ${table.sqlName}\n  DROP CONSTRAINT IF EXISTS ${object.name},\n  ADD CONSTRAINT ${object.name} ${type} USING INDEX ${name}${state}`,
    ),
  ];
}

function freeName(text: string, { objects }: Catalog): string {
  const names = new Set([...objects.values()].map((object) => ("name" in object ? object.name : "")));
  const candidates = [text, ...Array.from({ length: 100 }, (_, index) => `${text}_${index + 1}`)];
  return candidates.map(shortIdentifier).find((candidate) => !names.has(candidate)) as string;
}
