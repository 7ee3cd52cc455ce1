import * as v from "valibot";
import type { ColumnDeclaration, IndexDeclaration, SchemaDeclaration, ViewDeclaration } from "./declaration.ts";

const text = v.optional(v.string());
const flag = v.optional(v.boolean());
const texts = v.optional(v.record(v.string(), v.string()));
const parameters = v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])));

const column = v.strictObject({
  renamedFrom: text,
  comment: text,
  collation: text,
  generated: text,
  default: text,
  identity: v.optional(v.picklist(["always", "by default"])),
  storage: v.optional(v.picklist(["plain", "external", "extended", "main"])),
  backfill: text,
} satisfies Record<keyof ColumnDeclaration, unknown>);

const index = v.strictObject({
  on: v.string(),
  unique: flag,
  using: text,
  include: text,
  where: text,
  nullsNotDistinct: flag,
  options: parameters,
} satisfies Record<keyof IndexDeclaration, unknown>);

const indexes = v.optional(v.record(v.string(), index));

const view = v.strictObject({
  query: v.string(),
  materialized: flag,
  indexes,
} satisfies Record<keyof ViewDeclaration, unknown>);

const declaration = v.strictObject({
  renamedFrom: text,
  comment: text,
  unlogged: flag,
  options: parameters,
  columns: v.optional(v.record(v.string(), column)),
  checks: texts,
  uniques: texts,
  foreignKeys: texts,
  excludes: texts,
  indexes,
  partitionBy: text,
  partitions: texts,
  extensions: v.optional(v.array(v.string())),
  enums: v.optional(v.record(v.string(), v.array(v.string()))),
  domains: texts,
  sequences: texts,
  views: v.optional(v.record(v.string(), v.union([v.string(), view]))),
} satisfies Record<keyof SchemaDeclaration, unknown>);

/** What is wrong with the export `schema` of a model's file, in words: a key that is misspelt would be left out otherwise. */
export function declarationFault(value: unknown): string | undefined {
  const { issues } = v.safeParse(declaration, value, { abortEarly: true });
  if (!issues) return undefined;
  const [{ path, kind, type, expected, received }] = issues;
  const where = ["schema", ...(path ?? []).map(({ key }) => String(key))].join(".");
  if (kind === "schema" && type === "strict_object" && expected === "never") return `${where} is no declaration`;
  return `${where} is ${received}; it must be ${expected}`;
}
