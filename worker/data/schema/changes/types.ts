import type { CatalogObject, Column, CompositeType, Domain, EnumType, RangeType } from "../catalog.ts";
import { qualified, quoteIdentifier, quoteLiteral, unquoteIdentifier } from "../identifier.ts";
import { columnsOfReplacedType, sameLabels } from "../replaced-types.ts";
import { clause, mayFail, type Statement, statement } from "../statement.ts";
import type { ChangeContext, ObjectChange } from "./change.ts";
import { isReleased } from "./column.ts";

const collate = (collation: string | null) => (collation === null ? "" : ` COLLATE ${collation}`);

export const enumChange: ObjectChange<EnumType> = {
  create({ sqlName, labels }) {
    return [statement(`CREATE TYPE ${sqlName} AS ENUM (${labels.map(quoteLiteral).join(", ")})`)];
  },
  drop({ sqlName }) {
    return [statement(`DROP TYPE ${sqlName}`)];
  },
  alter(from, to, context) {
    if (sameLabels(from, to)) return [];
    return context.replaced.has(to.sqlName) ? replaceType(from, to, context) : addValues(from, to);
  },
};

function addValues(from: EnumType, to: EnumType): Statement[] {
  return to.labels.flatMap((label, index) => {
    if (from.labels.includes(label)) return [];
    const next = to.labels.slice(index + 1).find((other) => from.labels.includes(other));
    const place = next === undefined ? "" : ` BEFORE ${quoteLiteral(next)}`;
    return [statement(`ALTER TYPE ${to.sqlName} ADD VALUE ${quoteLiteral(label)}${place}`)];
  });
}

type ReplacedType = EnumType | Domain | RangeType | CompositeType;

const old = (name: string) => quoteIdentifier(`${unquoteIdentifier(name)}_old`);

/** A new type under the old name, to which the columns move by the text of their values. */
function replaceType(from: ReplacedType, to: ReplacedType, context: ChangeContext) {
  const { create } = { enum: enumChange, domain: domainChange, range: rangeChange, composite: compositeChange }[
    to.kind
  ];
  const statements =
    from.kind === "range"
      ? dissolve(from, context)
      : [statement(`ALTER TYPE ${from.sqlName} RENAME TO ${old(from.name)}`)];
  statements.push(...(create as (type: typeof to, context: ChangeContext) => Statement[])(to, context));
  for (const column of columnsOfReplacedType(to.sqlName, context)) {
    // The rows of a table that is made anew are converted when they are taken.
    if (context.rebuilt.has(column.table) || context.rebuilt.has(column.id)) continue;
    const before = context.from.objects.get(column.id) as Column;
    const table = context.to.objects.get(column.table)!.sqlName;
    const missing = from.kind === "enum" && to.kind === "enum" ? without(from.labels, to.labels) : [];
    const backfill = context.backfills.get(column.id);
    const text = valueOfReplacedType(column, from, to);
    const using =
      missing.length > 0 && backfill !== undefined && !column.isArray
        ? `CASE WHEN ${column.name}::text IN (${missing.map(quoteLiteral).join(", ")}) THEN (${backfill}) ELSE ${text} END`
        : text;
    const notes =
      missing.length > 0 && using === text
        ? [
            mayFail(
              `${column.sqlName}: this fails where a row has ${missing.map((label) => quoteLiteral(label)).join(" or ")}, which ${to.sqlName} no longer has.`,
            ),
          ]
        : to.kind === "enum"
          ? []
          : [mayFail(`${column.sqlName}: this fails where a value is not allowed by ${to.sqlName}.`)];
    const drop =
      before.default !== null && !before.generated ? [clause(table, `ALTER ${column.name} DROP DEFAULT`)] : [];
    // What the default stands on may be gone as yet; the column's own change sets it then.
    const isLeft = before.default === column.default && !isReleased(before, context);
    const restore = drop.length > 0 && column.default !== null && isLeft;
    statements.push(
      ...drop,
      clause(table, `ALTER ${column.name} TYPE ${column.type}${collate(column.collation)} USING ${using}`, ...notes),
      ...(restore ? [clause(table, `ALTER ${column.name} SET DEFAULT ${column.default}`)] : []),
    );
  }
  return statements;
}

/** A range has functions of its name, which stay when it is renamed: its columns are text for a while. */
function dissolve(range: RangeType, context: ChangeContext): Statement[] {
  const columns = columnsOfReplacedType(range.sqlName, context).flatMap((column) => {
    const table = context.to.objects.get(column.table)!.sqlName;
    const type = column.isArray ? "text[]" : "text";
    return [
      clause(table, `ALTER ${column.name} DROP DEFAULT`),
      clause(table, `ALTER ${column.name} TYPE ${type} USING ${column.name}::${type}`),
    ];
  });
  return [...columns, statement(`DROP TYPE ${range.sqlName}`)];
}

/** The value of `column`, which is of the type `from`, as one of the type `to` of the same name. */
export function valueOfReplacedType(column: Column, from: CatalogObject | undefined, to: CatalogObject): string {
  if (from?.kind === "composite" && to.kind === "composite" && !column.isArray) {
    const names = (type: CompositeType) => type.attributes.map(({ name }) => name);
    const has = new Set(names(from));
    if (names(from).join() !== names(to).join()) {
      const values = to.attributes.map(({ name, type }) =>
        has.has(name) ? `(${column.name}).${name}::text::${type}` : "NULL",
      );
      return `CASE WHEN ${column.name}::text IS NOT NULL THEN ROW(${values.join(", ")})::${column.type} END`;
    }
  }
  return `${column.name}::text${column.isArray ? "[]" : ""}::${column.type}`;
}

/** What is left of a type that was made anew, when nothing is of it any more. */
export function dropReplaced({ kind, schema, name }: ReplacedType): Statement {
  return statement(`DROP ${kind === "domain" ? "DOMAIN" : "TYPE"} ${qualified(schema, old(name))}`);
}

function without(labels: readonly string[], others: readonly string[]): string[] {
  return labels.filter((label) => !others.includes(label));
}

const isValid = ({ definition }: Domain["checks"][number]) => !definition.endsWith(" NOT VALID");

export const domainChange: ObjectChange<Domain> = {
  create({ sqlName, base, collation, notNull, default: value, checks }) {
    const parts = [`CREATE DOMAIN ${sqlName} AS ${base}${collate(collation)}`];
    if (value !== null) parts.push(`DEFAULT ${value}`);
    if (notNull) parts.push("NOT NULL");
    const [valid, later] = [checks.filter(isValid), checks.filter((check) => !isValid(check))];
    for (const check of valid) parts.push(`CONSTRAINT ${check.name} ${check.definition}`);
    return [
      statement(parts.join(" ")),
      ...later.map(({ name, definition }) => statement(`ALTER DOMAIN ${sqlName} ADD CONSTRAINT ${name} ${definition}`)),
    ];
  },
  drop({ sqlName }) {
    return [statement(`DROP DOMAIN ${sqlName}`)];
  },
  alter(from, to, context) {
    if (context.replaced.has(to.sqlName)) return replaceType(from, to, context);
    const alter = (text: string, ...notes: Parameters<typeof statement>[1][]) =>
      statement(`ALTER DOMAIN ${to.sqlName} ${text}`, ...notes);
    const statements: Statement[] = [];
    const validated = (check: Domain["checks"][number]) =>
      from.checks.some(({ name, definition }) => name === check.name && definition === `${check.definition} NOT VALID`);
    for (const check of to.checks) if (validated(check)) statements.push(alter(`VALIDATE CONSTRAINT ${check.name}`));
    const is = (check: Domain["checks"][number]) => (other: Domain["checks"][number]) =>
      other.name === check.name && other.definition === check.definition;
    for (const check of from.checks) {
      const isValidated = to.checks.some((other) => other.name === check.name && validated(other));
      if (!isValidated && !to.checks.some(is(check))) statements.push(alter(`DROP CONSTRAINT ${check.name}`));
    }
    if (from.default !== to.default) {
      statements.push(alter(to.default === null ? "DROP DEFAULT" : `SET DEFAULT ${to.default}`));
    }
    if (from.notNull !== to.notNull) {
      statements.push(
        to.notNull
          ? alter("SET NOT NULL", mayFail(`${to.sqlName}: this fails where a column of this type has NULL.`))
          : alter("DROP NOT NULL"),
      );
    }
    for (const check of to.checks) {
      if (!validated(check) && !from.checks.some(is(check)))
        statements.push(alter(`ADD CONSTRAINT ${check.name} ${check.definition}`));
    }
    return statements;
  },
};

export const compositeChange: ObjectChange<CompositeType> = {
  create({ sqlName, attributes }) {
    const list = attributes.map(({ name, type, collation }) => `${name} ${type}${collate(collation)}`);
    return [statement(`CREATE TYPE ${sqlName} AS (${list.join(", ")})`)];
  },
  drop({ sqlName }) {
    return [statement(`DROP TYPE ${sqlName}`)];
  },
  alter(from, to, context) {
    if (context.replaced.has(to.sqlName)) return replaceType(from, to, context);
    const before = new Map(from.attributes.map((attribute) => [attribute.name, attribute]));
    const after = new Map(to.attributes.map((attribute) => [attribute.name, attribute]));
    const words: string[] = [];
    for (const { name } of from.attributes) if (!after.has(name)) words.push(`DROP ATTRIBUTE ${name} CASCADE`);
    for (const { name, type, collation } of to.attributes) {
      const old = before.get(name);
      if (!old) words.push(`ADD ATTRIBUTE ${name} ${type}${collate(collation)} CASCADE`);
      else if (old.type !== type || old.collation !== collation) {
        words.push(`ALTER ATTRIBUTE ${name} TYPE ${type}${collate(collation)} CASCADE`);
      }
    }
    return words.map((text) => statement(`ALTER TYPE ${to.sqlName} ${text}`));
  },
};

export const rangeChange: ObjectChange<RangeType> = {
  create({ sqlName, definition }) {
    return [statement(`CREATE TYPE ${sqlName} AS RANGE ${definition}`)];
  },
  drop({ sqlName }) {
    return [statement(`DROP TYPE ${sqlName}`)];
  },
  alter(from, to, context) {
    return context.replaced.has(to.sqlName) ? replaceType(from, to, context) : [];
  },
};
