/** A schema that was made up, in terms that are easy to change and to write as statements. */
export interface Model {
  enums: { name: string; labels: string[] }[];
  domains: { name: string; check: number; notNull: boolean }[];
  sequences: { name: string; start: number; increment: number; cycle: boolean; cache: number }[];
  tables: ModelTable[];
  views: ModelView[];
}

export interface ModelTable {
  /** As statements write it, with the schema where it is not public. */
  name: string;
  columns: ModelColumn[];
  /** Names of columns; empty: no primary key. */
  key: string[];
  uniques: { name: string; columns: string[]; deferrable: boolean; nullsEqual: boolean }[];
  checks: { name: string; column: string; bound: number }[];
  foreignKeys: { name: string; column: string; table: string; action: string; deferrable: string }[];
  exclusion: string | null;
  indexes: ModelIndex[];
  comment: string | null;
  unlogged: boolean;
  /** By the hash of its first column, into two. */
  partitioned: boolean;
  fillfactor: number | null;
  trigger: boolean;
  granted: boolean;
}

export interface ModelColumn {
  name: string;
  type: string;
  kind: "plain" | "serial" | "identity" | "always" | "generated";
  /** Stands for a value, see `literal`; null: no default. */
  default: number | null;
  notNull: boolean;
  collation: string | null;
  comment: string | null;
  /** Of a generated one: the column that it is computed from. */
  base: string | null;
  /** It came by a change: its values are all alike. */
  added: boolean;
}

export interface ModelIndex {
  name: string;
  columns: string[];
  unique: boolean;
  method: "btree" | "hash" | "brin" | "gin";
  order: string;
  /** Of the first column: in an expression, or only where it is not null. */
  expression: boolean;
  partial: boolean;
  include: string | null;
}

export interface ModelView {
  name: string;
  /** A table, or a view that comes before. */
  of: string;
  columns: string[];
  materialized: boolean;
  indexed: boolean;
  comment: string | null;
  granted: boolean;
}

export const numbers = ["smallint", "integer", "bigint", "numeric(10,2)", "double precision"];
export const texts = ["text", "varchar(20)", "varchar(40)"];
/** Types whose values go over into one another. */
export const families = [
  [...numbers, ...texts],
  ["date", "timestamp", "timestamptz", "timestamp(0)"],
  ["json", "jsonb"],
  ["integer[]", "bigint[]", "text[]"],
  ["uuid"],
  ["boolean"],
  ["interval"],
  ["inet"],
  ["bytea"],
  ["daterange"],
];

export function familyOf(type: string): readonly string[] {
  return families.find((family) => family.includes(type)) ?? [type];
}

/** Value number `index` of a type, as a statement writes it. */
export function literal(type: string, index: number): string {
  if (numbers.includes(type)) return `${index}`;
  if (texts.includes(type)) return `'${index}'`;
  switch (familyOf(type)[0]) {
    case "date":
      return `'2020-01-0${index}'`;
    case "json":
      return `'{"a": ${index}}'`;
    case "integer[]":
      return `'{${index}}'`;
    case "uuid":
      return `'00000000-0000-0000-0000-00000000000${index}'`;
    case "boolean":
      return index % 2 === 0 ? "true" : "false";
    case "interval":
      return `'${index} days'`;
    case "inet":
      return `'10.0.0.${index}'`;
    case "bytea":
      return `'\\x0${index}'`;
    case "daterange":
      return `'[2020-01-0${index},2020-01-0${index}]'`;
    default:
      // Each enum has the label a; domains are of whole numbers.
      return type.startsWith("domain_") ? `${index}` : "'a'";
  }
}

/** Takes out what no statement could say: parts over columns that are gone, keys that a partitioned table can't have. */
export function tidied(model: Model): Model {
  const has = (table: ModelTable | undefined, ...names: string[]) =>
    names.every((name) => table?.columns.some((column) => column.name === name));
  const column = (table: ModelTable, name: string) => table.columns.find((other) => other.name === name)!;
  const isWord = (type: string) =>
    ["boolean", "json", "jsonb", ...families[3]!, "point", "daterange", "interval", "bytea"].includes(type);
  for (const table of model.tables) {
    const [id] = table.columns;
    table.columns = table.columns.filter(({ type, kind, base }) => {
      const isThere =
        !/^(kind|domain)_/.test(type) || [...model.enums, ...model.domains].some(({ name }) => name === type);
      return (
        isThere &&
        (kind !== "generated" || table.columns.some((other) => other.name === base && other.kind !== "generated"))
      );
    });
    for (const part of table.columns) {
      if (["serial", "identity", "always"].includes(part.kind)) {
        if (!["smallint", "integer", "bigint"].includes(part.type) || (table.partitioned && part.kind !== "serial"))
          part.kind = "plain";
        else [part.default, part.notNull] = [null, true];
      }
      if (!texts.includes(part.type)) part.collation = null;
      if (part.kind === "generated") {
        const base = column(table, part.base!);
        part.type = numbers.includes(base.type) ? "numeric" : "text";
        part.default = null;
        part.notNull = false;
        if (part.type !== "text") part.collation = null;
      }
      if (part.added && part.notNull && part.kind === "plain" && part.default === null) part.default = 4;
    }
    const isKey = (name: string) => {
      const part = table.columns.find((other) => other.name === name);
      return (
        part !== undefined &&
        !part.added &&
        !/^kind_/.test(part.type) &&
        part.kind !== "generated" &&
        !isWord(part.type)
      );
    };
    const fits = (names: string[]) => names.every(isKey) && (!table.partitioned || names.includes(id!.name));
    if (table.partitioned) {
      table.unlogged = false;
      table.fillfactor = null;
      table.exclusion = null;
    }
    if (!fits(table.key)) table.key = [];
    for (const name of table.key) column(table, name).notNull = true;
    table.uniques = table.uniques.filter(({ columns }) => fits(columns));
    table.checks = table.checks.filter((check) => has(table, check.column));
    if (!has(table, table.exclusion ?? "") || column(table, table.exclusion!).added) table.exclusion = null;
    table.indexes = table.indexes.filter(
      ({ columns, include }) => has(table, ...columns) && (include === null || has(table, include)),
    );
    for (const index of table.indexes) {
      const [first] = index.columns;
      const { type } = column(table, first!);
      if (!fits(index.columns)) index.unique = false;
      if (index.expression || index.partial) index.unique = false;
      if (["json", "point"].includes(type)) index.columns = [id!.name];
      if (index.columns.some((name) => column(table, name).type === "json")) index.columns = [id!.name];
      if (index.method === "gin" && !["jsonb", ...families[3]!].includes(column(table, index.columns[0]!).type))
        index.method = "btree";
      if (
        index.method === "brin" &&
        [...families[3]!, "json", "jsonb", "boolean", "daterange"].includes(column(table, index.columns[0]!).type)
      )
        index.method = "btree";
      if (index.method === "brin" && /^kind_/.test(column(table, index.columns[0]!).type)) index.method = "btree";
      if (index.method !== "btree")
        [index.columns, index.unique, index.include, index.order, index.expression] = [
          [index.columns[0]!],
          false,
          null,
          "",
          false,
        ];
    }
    table.foreignKeys = table.foreignKeys.filter((key) => {
      const target = model.tables.find(({ name }) => name === key.table);
      const from = table.columns.find(({ name }) => name === key.column);
      const to = target?.columns[0];
      const isUnique = target && target.key.length === 1 && target.key[0] === to?.name;
      return (
        from &&
        to &&
        isUnique &&
        from.type === to.type &&
        !from.added &&
        (target.unlogged === false || table.unlogged) &&
        from.kind !== "generated"
      );
    });
  }
  const views: ModelView[] = [];
  for (const view of model.views) {
    const of = model.tables.find(({ name }) => name === view.of) ?? views.find(({ name }) => name === view.of);
    if (!of) continue;
    const names = of.columns.map((part) => (typeof part === "string" ? part : part.name));
    view.columns = view.columns.filter((name) => names.includes(name));
    if (view.columns.length > 0) views.push(view);
  }
  model.views = views;
  return model;
}
