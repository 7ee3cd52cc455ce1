/** Statements, one after the other. */
export const sql = (...statements: readonly string[]) => statements.join(";\n");

const columns = {
  id: "integer primary key",
  name: "text",
  qty: "integer",
  price: "numeric(8,2)",
  at: "timestamp",
  note: "varchar(40)",
  tags: "text[]",
  data: "json",
};

/** A table with columns of several types, `changed` ones otherwise; null: without that column. */
export function item(changed: Readonly<Record<string, string | null>> = {}, name = "item"): string {
  const all = Object.entries<string | null>({ ...columns, ...changed });
  const list = all.flatMap(([column, type]) => (type === null ? [] : [`${column} ${type}`]));
  return `create table ${name} (${list.join(", ")})`;
}

/** Rows for it. */
export const items = `insert into item (id, name, qty, price, at, note, tags, data)
  select i, 'n' || i, i, i / 3.0, '2020-01-01', 'note', '{a,b}', '{"a": 1}' from generate_series(1, 50) i`;

/** A smaller table, `t` if not said otherwise. */
export function numbered(changed: Readonly<Record<string, string | null>> = {}, name = "t"): string {
  const all = Object.entries<string | null>({ id: "int primary key", a: "int", b: "text", ...changed });
  const list = all.flatMap(([column, type]) => (type === null ? [] : [`${column} ${type}`]));
  return `create table ${name} (${list.join(", ")})`;
}

/** Rows for it. */
export const numbers = "insert into t (id, a, b) select i, i, 'x' || i from generate_series(1, 20) i";

/** What a trigger needs. */
export const keepRow = "create function f() returns trigger language plpgsql as $$ begin return new; end $$";
