import { type Catalog, type Column, columnsOf, type ObjectId, objectsOf } from "./catalog.ts";
import { unquoteIdentifier } from "./identifier.ts";

/** A dropped and an added thing that look alike: a rename, perhaps. */
export interface Lookalike {
  old: ObjectId;
  new: ObjectId;
  /** As --rename takes it. */
  rename: string;
  /** As --drop takes it. */
  drop: string;
}

/** The columns and tables of which one must ask. `dropped`: those of which it was said that they are to go. */
export function lookalikes(from: Catalog, to: Catalog, dropped: ReadonlySet<ObjectId>): Lookalike[] {
  const found: Lookalike[] = [];
  const gone = objectsOf(from, "table").filter(({ id }) => !to.objects.has(id) && !dropped.has(id));
  const fresh = objectsOf(to, "table").filter(({ id }) => !from.objects.has(id));
  for (const table of gone) {
    const other = fresh.find(
      (candidate) => sharedColumns(columnsOf(from, table.id), columnsOf(to, candidate.id)) >= 0.6,
    );
    if (other) {
      found.push({ old: table.id, new: other.id, rename: `${plain(table)}=${plain(other)}`, drop: plain(table) });
    }
  }
  for (const table of objectsOf(to, "table")) {
    if (!from.objects.has(table.id)) continue;
    const before = columnsOf(from, table.id);
    const after = columnsOf(to, table.id);
    for (const column of before) {
      // What is computed is computed anew.
      if (column.generated || after.some(({ id }) => id === column.id) || dropped.has(column.id)) continue;
      const other = after.find(
        (candidate) =>
          !before.some(({ id }) => id === candidate.id) &&
          candidate.type === column.type &&
          !candidate.generated &&
          neighbours(candidate, after, before) === neighbours(column, before, after),
      );
      if (!other) continue;
      const name = `${plain(table)}.${said(column.name)}`;
      found.push({ old: column.id, new: other.id, rename: `${name}=${said(other.name)}`, drop: name });
    }
  }
  return found;
}

/** Of all columns of two tables, the part that both have, with the same type. */
function sharedColumns(before: readonly Column[], after: readonly Column[]): number {
  const key = ({ name, type }: Column) => `${name} ${type}`;
  const names = new Set(before.map(key));
  const shared = after.filter((column) => names.has(key(column))).length;
  return shared / (before.length + after.length - shared || 1);
}

/** The nearest columns before and after `column` that both sides have. */
function neighbours(column: Column, columns: readonly Column[], others: readonly Column[]): string {
  const isShared = ({ id }: Column) => others.some((other) => other.id === id);
  const index = columns.indexOf(column);
  const previous = columns.slice(0, index).findLast(isShared);
  const next = columns.slice(index + 1).find(isShared);
  return JSON.stringify([previous?.name, next?.name]);
}

function plain({ schema, name }: { schema: string; name: string }): string {
  const own = said(name);
  return schema === "public" ? own : `${said(schema)}.${own}`;
}

/** A name as {@link parseRename} reads it. */
function said(quoted: string): string {
  const name = unquoteIdentifier(quoted);
  return /[."=]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
