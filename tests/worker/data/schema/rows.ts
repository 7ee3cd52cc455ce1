import type pg from "pg";
import type { Rename } from "../../../../worker/data/schema/renames.ts";

interface Column {
  name: string;
  type: string;
  generated: boolean;
  /** The sequence that numbers it, where one does. */
  counter: string | null;
}

interface TableRows {
  columns: readonly Column[];
  /** Text of each value, in the order of the columns. */
  rows: readonly (readonly (string | null)[])[];
  /** Columns whose counter would give a value that is there. */
  collisions: readonly string[];
}

/** Tables by schema and name, without quotes. */
export type DatabaseRows = ReadonlyMap<string, TableRows>;

export async function readRows(client: pg.ClientBase): Promise<DatabaseRows> {
  const { rows: tables } = await client.query<{ id: string; name: string; columns: Column[] }>(
    `SELECT n.nspname || '.' || c.relname AS id, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
      (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'generated', a.attgenerated <> '', 'counter', CASE WHEN a.attidentity <> '' OR d.adbin IS NOT NULL THEN
            pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) END)), '[]')
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  );
  const found = new Map<string, TableRows>();
  for (const { id, name, columns } of tables) {
    const list = columns.map((column) => `"${column.name.replaceAll('"', '""')}"`);
    const { rows } = await client.query<{ values: (string | null)[] }>(
      `SELECT ARRAY[${list.map((column) => `${column}::text`).join(", ")}]::text[] AS values FROM ${name} LIMIT 1000`,
    );
    const collisions: string[] = [];
    for (const [index, { name: column, counter }] of columns.entries()) {
      if (counter === null || rows.length === 0) continue;
      const next = await client.query<{ collides: boolean }>(
        `SELECT nextval($1) = ANY (ARRAY(SELECT ${list[index]}::bigint FROM ${name})) AS collides`,
        [counter],
      );
      if (next.rows[0]!.collides) collisions.push(column);
    }
    found.set(id, { columns, rows: rows.map(({ values }) => values), collisions });
  }
  return found;
}

/** What became of the rows on the way from `before` to `after`: one sentence for each table that lost something. */
export function lostRows(
  before: DatabaseRows,
  after: DatabaseRows,
  { renames = [], filled = [] }: { renames?: readonly Rename[]; filled?: readonly string[] } = {},
): string[] {
  const faults: string[] = [];
  for (const [id, old] of before) {
    const name = newTable(id, before, renames);
    const table = after.get(name);
    if (!table) continue;
    if (table.rows.length !== old.rows.length) {
      faults.push(`${id} had ${old.rows.length} rows, and ${name} has ${table.rows.length}`);
      continue;
    }
    const kept = old.columns.flatMap((column, from) => {
      const to = table.columns.findIndex((other) => other.name === newColumn(id, column.name, renames));
      const other = table.columns[to];
      const isSame = other && other.type === column.type && !other.generated && !column.generated;
      return isSame && !filled.includes(`${name}.${other.name}`) ? [{ from, to }] : [];
    });
    const picture = (rows: TableRows["rows"], side: "from" | "to") =>
      rows.map((row) => JSON.stringify(kept.map((pair) => row[pair[side]]))).sort();
    const [had, has] = [picture(old.rows, "from"), picture(table.rows, "to")];
    const lost = had.findIndex((row, index) => row !== has[index]);
    if (lost >= 0) faults.push(`${id} had the row ${had[lost]}, and ${name} has ${has[lost]}`);
  }
  for (const [id, { collisions }] of after) {
    for (const column of collisions) {
      const old = [...before].find(([other]) => newTable(other, before, renames) === id)?.[1];
      if (!old?.collisions.some((other) => other === column)) {
        faults.push(`the next value of ${id}.${column} is there already`);
      }
    }
  }
  return faults;
}

function newTable(id: string, tables: DatabaseRows, renames: readonly Rename[]): string {
  const rename = renames.find(({ path, to }) => isTable(path, tables) && idOf(path) === id && to.length > 0);
  if (!rename) return id;
  return rename.to.length > 1 ? rename.to.join(".") : `${id.slice(0, id.indexOf("."))}.${rename.to[0]}`;
}

function newColumn(table: string, column: string, renames: readonly Rename[]): string {
  const rename = renames.find(
    ({ path }) =>
      path.length > 1 && path.at(-1) === column && tableNames(table, renames).includes(idOf(path.slice(0, -1))),
  );
  return rename?.to.at(-1) ?? column;
}

/** A column may be said under either name of its table. */
function tableNames(table: string, renames: readonly Rename[]): string[] {
  const moved = renames.filter(({ path }) => idOf(path) === table).map(({ to }) => idOf(to));
  return [table, ...moved];
}

const idOf = (path: readonly string[]) => (path.length === 1 ? `public.${path[0]}` : path.join("."));
const isTable = (path: readonly string[], tables: DatabaseRows) => tables.has(idOf(path));

/** The renames of the way back, last first. */
export function undone(renames: readonly Rename[], before: DatabaseRows): Rename[] {
  return renames.toReversed().map(({ path, to, text }) => {
    if (!isTable(path, before)) return { path: [...path.slice(0, -1), to.at(-1)!], to: [path.at(-1)!], text };
    return to.length > 1 || path.length > 1
      ? { path: to.length > 1 ? to : [path[0]!, to[0]!], to: path.length > 1 ? path : ["public", path[0]!], text }
      : { path: to, to: path, text };
  });
}
