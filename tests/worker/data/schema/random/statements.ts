import { literal, type Model, type ModelColumn, type ModelIndex, type ModelTable, numbers, texts } from "./model.ts";

/** The statements that make the schema. */
export function schemaSql(model: Model): string {
  const statements = [
    "create schema other",
    "create function touch() returns trigger language plpgsql as $$ begin return new; end $$",
  ];
  for (const { name, labels } of model.enums) {
    statements.push(`create type ${name} as enum (${labels.map((label) => `'${label}'`).join(", ")})`);
  }
  for (const { name, check, notNull } of model.domains) {
    statements.push(`create domain ${name} as integer${notNull ? " not null" : ""} check (value > ${-check})`);
  }
  for (const { name, start, increment, cycle, cache } of model.sequences) {
    statements.push(
      `create sequence ${name} start ${start} increment ${increment} cache ${cache}${cycle ? " cycle" : ""}`,
    );
  }
  for (const table of model.tables) statements.push(...tableSql(table));
  for (const table of model.tables) {
    for (const { name, column, table: target, action, deferrable } of table.foreignKeys) {
      const { columns } = model.tables.find((other) => other.name === target)!;
      statements.push(
        `alter table ${table.name} add constraint ${name} foreign key (${column}) references ${target} (${columns[0]!.name}) ${action} ${deferrable}`,
      );
    }
  }
  for (const { name, of, columns, materialized, indexed, comment, granted } of model.views) {
    const kind = `${materialized ? "materialized " : ""}view`;
    statements.push(`create ${kind} ${name} as select ${columns.join(", ")} from ${of}`);
    if (comment !== null) statements.push(`comment on ${kind} ${name} is '${comment}'`);
    if (granted) statements.push(`grant select on ${name} to reader`);
    const isIndexed = materialized && indexed && !columns.some((column) => typeOf(model, of, column) === "json");
    if (isIndexed) statements.push(`create index ${name}_index on ${name} (${columns[0]})`);
  }
  return statements.join(";\n");
}

function typeOf(model: Model, of: string, column: string): string | undefined {
  const table = model.tables.find(({ name }) => name === of);
  if (table) return table.columns.find(({ name }) => name === column)?.type;
  const view = model.views.find(({ name }) => name === of);
  return view && typeOf(model, view.of, column);
}

function tableSql(table: ModelTable): string[] {
  const { name, columns, key, partitioned, unlogged, fillfactor } = table;
  const parts = columns.map((column) => columnSql(column, columns));
  if (key.length > 0) parts.push(`primary key (${key.join(", ")})`);
  for (const { name: unique, columns: list, deferrable, nullsEqual } of table.uniques) {
    parts.push(
      `constraint ${unique} unique ${nullsEqual ? "nulls not distinct " : ""}(${list.join(", ")})${deferrable ? " deferrable" : ""}`,
    );
  }
  for (const { name: check, column, bound } of table.checks) {
    const { type } = columns.find((other) => other.name === column)!;
    const isNumber = numbers.includes(type) || type.startsWith("domain_");
    parts.push(`constraint ${check} check (${isNumber ? column : `length(${column}::text)`} < ${100 + bound})`);
  }
  if (table.exclusion !== null)
    parts.push(`constraint ${name.replace(/\W/g, "")}_excluded exclude using gist (${table.exclusion} with &&)`);
  const base = name.replace(/^other\./, "");
  const statements = [
    `create ${unlogged ? "unlogged " : ""}table ${name} (${parts.join(", ")})${partitioned ? ` partition by hash (${columns[0]!.name})` : ""}${fillfactor === null ? "" : ` with (fillfactor = ${fillfactor})`}`,
  ];
  if (partitioned) {
    for (const remainder of [0, 1]) {
      const part = base.startsWith('"') ? `"${base.slice(1, -1)}_${remainder}"` : `${base}_${remainder}`;
      statements.push(
        `create table ${name.startsWith("other.") ? "other." : ""}${part} partition of ${name} for values with (modulus 2, remainder ${remainder})`,
      );
    }
  }
  for (const index of table.indexes) statements.push(indexSql(index, table));
  if (table.comment !== null) statements.push(`comment on table ${name} is '${table.comment}'`);
  for (const { name: column, comment } of columns) {
    if (comment !== null) statements.push(`comment on column ${name}.${column} is '${comment}'`);
  }
  if (table.trigger)
    statements.push(`create trigger touched before update on ${name} for each row execute function touch()`);
  if (table.granted) statements.push(`grant select, update on ${name} to reader`);
  return statements;
}

const serials: Record<string, string> = { smallint: "smallserial", integer: "serial", bigint: "bigserial" };

function columnSql(column: ModelColumn, columns: readonly ModelColumn[]): string {
  const { name, type, kind, notNull, collation } = column;
  if (kind === "serial") return `${name} ${serials[type]}`;
  const words = [name, type];
  if (collation !== null) words.push(`collate "${collation}"`);
  if (kind === "identity" || kind === "always") {
    words.push(`generated ${kind === "always" ? "always" : "by default"} as identity`);
  }
  if (kind === "generated") {
    const base = columns.find((other) => other.name === column.base)!;
    const isText = texts.includes(base.type);
    const expression = numbers.includes(base.type)
      ? `${base.name}::numeric + 1`
      : isText
        ? `upper(${base.name})`
        : "'x'";
    words.push(`generated always as (${expression}) stored`);
  }
  if (column.default !== null) words.push(`default ${literal(type, column.default)}`);
  if (notNull) words.push("not null");
  return words.join(" ");
}

function indexSql(
  { name, columns, unique, method, order, expression, partial, include }: ModelIndex,
  table: ModelTable,
): string {
  const { type } = table.columns.find((column) => column.name === columns[0])!;
  const [first, ...others] = columns;
  const isNumber = numbers.includes(type);
  const computed = texts.includes(type) ? `lower(${first})` : isNumber ? `(${first} + 1)` : first;
  const list = [`${expression ? computed : first} ${order}`, ...others].join(", ");
  return `create ${unique ? "unique " : ""}index ${name} on ${table.name} using ${method} (${list})${include === null ? "" : ` include (${include})`}${partial ? ` where ${first} is not null` : ""}`;
}

/** Three rows for each table, whose columns hold three values that differ, so that keys lead from one to the other. */
export function rowsSql(model: Model): string {
  const tables = model.tables.map((table) => {
    const columns = table.columns.filter(({ kind }) => kind !== "generated");
    const rows = [1, 2, 3].map((index) => `(${columns.map(({ type }) => literal(type, index)).join(", ")})`);
    const counters = columns.filter(({ kind }) => ["serial", "identity", "always"].includes(kind));
    const overriding = counters.some(({ kind }) => kind !== "serial") ? " overriding system value" : "";
    return [
      `insert into ${table.name} (${columns.map(({ name }) => name).join(", ")})${overriding} values ${rows.join(", ")}`,
      ...counters.map(
        ({ name }) => `select setval(pg_get_serial_sequence('${table.name}', '${name.replaceAll('"', "")}'), 3)`,
      ),
    ].join(";\n");
  });
  return [
    "set session_replication_role = replica",
    ...tables,
    "reset session_replication_role",
    ...refreshes(model),
  ].join(";\n");
}

function refreshes({ views }: Model): string[] {
  return views.filter(({ materialized }) => materialized).map(({ name }) => `refresh materialized view ${name}`);
}

/** Takes all rows out. */
export function emptySql(model: Model): string {
  const names = model.tables.map(({ name }) => name);
  const truncate = names.length === 0 ? [] : [`truncate ${names.join(", ")} cascade`];
  return [...truncate, ...refreshes(model)].join(";\n");
}
