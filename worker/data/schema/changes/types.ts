import type { Column, CompositeType, Domain, EnumType, RangeType } from "../catalog.ts";
import { quoteLiteral } from "../identifier.ts";
import { columnsOfReplacedType, sameLabels } from "../replaced-types.ts";
import { clause, mayFail, type Statement, statement } from "../statement.ts";
import type { ChangeContext, ObjectChange } from "./change.ts";

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

/** A new type under the old name, to which the columns move by the text of their values. */
function replaceType(from: EnumType | Domain | RangeType, to: EnumType | Domain | RangeType, context: ChangeContext) {
  const { create } = to.kind === "enum" ? enumChange : to.kind === "domain" ? domainChange : rangeChange;
  const old = `${from.name.replace(/"$/, "")}_old${from.name.endsWith('"') ? '"' : ""}`;
  const statements: Statement[] = [statement(`ALTER TYPE ${from.sqlName} RENAME TO ${old}`)];
  statements.push(...(create as (type: typeof to, context: ChangeContext) => Statement[])(to, context));
  for (const column of columnsOfReplacedType(to.sqlName, context)) {
    const before = context.from.objects.get(column.id) as Column;
    const table = context.to.objects.get(column.table)!.sqlName;
    const missing = from.kind === "enum" && to.kind === "enum" ? without(from.labels, to.labels) : [];
    const backfill = context.backfills.get(column.id);
    const brackets = column.isArray ? "[]" : "";
    const text = `${column.name}::text${brackets}::${column.type}`;
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
        : to.kind === "domain"
          ? [mayFail(`${column.sqlName}: this fails where a value is not allowed by ${to.sqlName}.`)]
          : [];
    const drop =
      before.default !== null && !before.generated ? [clause(table, `ALTER ${column.name} DROP DEFAULT`)] : [];
    const restore = drop.length > 0 && column.default !== null && before.default === column.default;
    statements.push(
      ...drop,
      clause(table, `ALTER ${column.name} TYPE ${column.type}${collate(column.collation)} USING ${using}`, ...notes),
      ...(restore ? [clause(table, `ALTER ${column.name} SET DEFAULT ${column.default}`)] : []),
    );
  }
  const schema = from.schema === "public" ? "" : `${from.schema}.`;
  const drop = from.kind === "domain" ? "DROP DOMAIN" : "DROP TYPE";
  return [...statements, statement(`${drop} ${schema}${old}`)];
}

function without(labels: readonly string[], others: readonly string[]): string[] {
  return labels.filter((label) => !others.includes(label));
}

export const domainChange: ObjectChange<Domain> = {
  create({ sqlName, base, collation, notNull, default: value, checks }) {
    const parts = [`CREATE DOMAIN ${sqlName} AS ${base}${collate(collation)}`];
    if (value !== null) parts.push(`DEFAULT ${value}`);
    if (notNull) parts.push("NOT NULL");
    for (const check of checks) parts.push(`CONSTRAINT ${check.name} ${check.definition}`);
    return [statement(parts.join(" "))];
  },
  drop({ sqlName }) {
    return [statement(`DROP DOMAIN ${sqlName}`)];
  },
  alter(from, to, context) {
    if (context.replaced.has(to.sqlName)) return replaceType(from, to, context);
    const alter = (text: string, ...notes: Parameters<typeof statement>[1][]) =>
      statement(`ALTER DOMAIN ${to.sqlName} ${text}`, ...notes);
    const statements: Statement[] = [];
    const is = (check: Domain["checks"][number]) => (other: Domain["checks"][number]) =>
      other.name === check.name && other.definition === check.definition;
    for (const check of from.checks) {
      if (!to.checks.some(is(check))) statements.push(alter(`DROP CONSTRAINT ${check.name}`));
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
      if (!from.checks.some(is(check))) statements.push(alter(`ADD CONSTRAINT ${check.name} ${check.definition}`));
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
  alter(from, to) {
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
    return from.definition === to.definition ? [] : replaceType(from, to, context);
  },
};
