import type { ColumnDeclaration, IndexDeclaration, SchemaDeclaration } from "./declaration.ts";
import { quoteIdentifier, quoteLiteral } from "./identifier.ts";

/** A declaration and the table that its model has; `sqlName` quoted, with its schema where that is not `public`. */
export interface Declared {
  sqlName: string;
  declaration: SchemaDeclaration;
}

/** Names with a dot have their schema before it. */
function sqlNameOf(name: string): string {
  return name.split(".").map(quoteIdentifier).join(".");
}

/** What must be there before the tables are. */
export function beforeTables(declarations: readonly Declared[]): string[] {
  const all = declarations.map(({ declaration }) => declaration);
  return [
    ...all.flatMap(({ extensions = [] }) =>
      extensions.map((name) => `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)}`),
    ),
    ...all.flatMap(({ enums = {} }) =>
      Object.entries(enums).map(
        ([name, values]) => `CREATE TYPE ${sqlNameOf(name)} AS ENUM (${values.map(quoteLiteral).join(", ")})`,
      ),
    ),
    ...all.flatMap(({ domains = {} }) =>
      Object.entries(domains).map(([name, text]) => `CREATE DOMAIN ${sqlNameOf(name)} AS ${text}`),
    ),
    ...all.flatMap(({ sequences = {} }) =>
      Object.entries(sequences).map(([name, text]) => `CREATE SEQUENCE ${sqlNameOf(name)} ${text}`.trim()),
    ),
  ];
}

/** What can be said when all tables are there. */
export function afterTables(declarations: readonly Declared[]): string[] {
  return [...declarations.flatMap(tableParts), ...foreignKeys(declarations), ...views(declarations)];
}

/** The definition of a column as Sequelize has it, with what is declared of it. */
export function declaredColumn(definition: string, declaration: ColumnDeclaration): string {
  // Sequelize takes all that stands behind this word for the comment.
  const end = definition.indexOf("COMMENT ");
  let text = end === -1 ? definition : definition.slice(0, end).trimEnd();
  if (declaration.identity) {
    const identity = `GENERATED ${declaration.identity.toUpperCase()} AS IDENTITY`;
    const isSerial = /^(BIG|SMALL)?SERIAL\b/.test(text);
    text = isSerial
      ? text.replace(/^(BIG|SMALL)?SERIAL\b/, (_, size = "") => `${size === "" ? "INTEGER" : `${size}INT`} ${identity}`)
      : `${text} ${identity}`;
  }
  if (declaration.collation !== undefined) text += ` COLLATE ${sqlNameOf(declaration.collation)}`;
  if (declaration.generated !== undefined) text += ` GENERATED ALWAYS AS (${declaration.generated}) STORED`;
  if (declaration.default !== undefined) text += ` DEFAULT ${declaration.default}`;
  return end === -1 ? text : `${text} ${definition.slice(end)}`;
}

/** CREATE TABLE as Sequelize has it, with what is declared of the table. */
export function declaredTable(statement: string, { unlogged, partitionBy, options }: SchemaDeclaration): string {
  let text = statement.replace(/;\s*$/, "");
  if (unlogged) text = text.replace(/^CREATE TABLE/, "CREATE UNLOGGED TABLE");
  if (partitionBy !== undefined) text += ` PARTITION BY ${partitionBy}`;
  if (options) text += ` WITH (${parameters(options)})`;
  return `${text};`;
}

function tableParts({ sqlName, declaration }: Declared): string[] {
  const {
    comment,
    columns = {},
    checks = {},
    uniques = {},
    excludes = {},
    indexes = {},
    partitions = {},
  } = declaration;
  const add = (name: string, text: string) => `ALTER TABLE ${sqlName} ADD CONSTRAINT ${quoteIdentifier(name)} ${text}`;
  return [
    ...Object.entries(partitions).map(
      ([name, bound]) => `CREATE TABLE ${sqlNameOf(name)} PARTITION OF ${sqlName} ${bound}`,
    ),
    ...Object.entries(checks).map(([name, condition]) => add(name, `CHECK (${condition})`)),
    ...Object.entries(uniques).map(([name, text]) => add(name, `UNIQUE ${text}`)),
    ...Object.entries(excludes).map(([name, text]) => add(name, `EXCLUDE ${text}`)),
    ...Object.entries(indexes).map(([name, index]) => indexStatement(name, index, sqlName)),
    ...(comment === undefined ? [] : [`COMMENT ON TABLE ${sqlName} IS ${quoteLiteral(comment)}`]),
    ...Object.entries(columns).flatMap(([name, column]) => {
      const quoted = quoteIdentifier(name);
      const { storage, comment: text } = column;
      return [
        ...(storage ? [`ALTER TABLE ${sqlName} ALTER ${quoted} SET STORAGE ${storage.toUpperCase()}`] : []),
        ...(text === undefined ? [] : [`COMMENT ON COLUMN ${sqlName}.${quoted} IS ${quoteLiteral(text)}`]),
      ];
    }),
  ];
}

function foreignKeys(declarations: readonly Declared[]): string[] {
  return declarations.flatMap(({ sqlName, declaration }) =>
    Object.entries(declaration.foreignKeys ?? {}).map(
      ([name, text]) => `ALTER TABLE ${sqlName} ADD CONSTRAINT ${quoteIdentifier(name)} FOREIGN KEY ${text}`,
    ),
  );
}

function views(declarations: readonly Declared[]): string[] {
  return declarations.flatMap(({ declaration }) =>
    Object.entries(declaration.views ?? {}).flatMap(([name, declared]) => {
      const {
        query,
        materialized = false,
        indexes = {},
      } = typeof declared === "string" ? { query: declared } : declared;
      const sqlName = sqlNameOf(name);
      return [
        `CREATE ${materialized ? "MATERIALIZED " : ""}VIEW ${sqlName} AS ${query.replace(/;\s*$/, "")}`,
        ...Object.entries(indexes).map(([index, of]) => indexStatement(index, of, sqlName)),
      ];
    }),
  );
}

function indexStatement(name: string, index: IndexDeclaration, table: string): string {
  const { on, unique, using, include, where, nullsNotDistinct, options } = index;
  return [
    `CREATE ${unique ? "UNIQUE " : ""}INDEX ${quoteIdentifier(name)} ON ${table}`,
    ...(using === undefined ? [] : [`USING ${using}`]),
    `(${on})`,
    ...(include === undefined ? [] : [`INCLUDE (${include})`]),
    ...(nullsNotDistinct ? ["NULLS NOT DISTINCT"] : []),
    ...(options ? [`WITH (${parameters(options)})`] : []),
    ...(where === undefined ? [] : [`WHERE ${where}`]),
  ].join(" ");
}

function parameters(options: Record<string, string | number | boolean>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = ${typeof value === "string" ? quoteLiteral(value) : value}`)
    .join(", ");
}
