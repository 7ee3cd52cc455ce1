import { type CatalogObject, type Grant, objectOf, type View } from "../catalog.ts";
import { qualified, quoteLiteral } from "../identifier.ts";
import { type Statement, statement } from "../statement.ts";
import type { ChangeContext } from "./change.ts";

/** Comments and grants of `to`, where they are not those of `from`; `from` undefined: the object is new. */
export function satellites(from: CatalogObject | undefined, to: CatalogObject, context: ChangeContext): Statement[] {
  return [
    ...comments(from, to, context),
    ...grants(from?.grants ?? usualGrants(to), to.grants, grantTarget(to, context)),
    ...(to.kind === "view" ? viewColumns(from, to) : []),
    ...(to.kind === "column" && to.identity
      ? grants((from?.kind === "column" && from.identity?.grants) || [], to.identity.grants, {
          target: `SEQUENCE ${to.identity.sequence}`,
        })
      : []),
  ];
}

function comments(from: CatalogObject | undefined, to: CatalogObject, context: ChangeContext): Statement[] {
  const say = (target: string, text: string | null) =>
    statement(`COMMENT ON ${target} IS ${text === null ? "NULL" : quoteLiteral(text)}`);
  const statements: Statement[] = [];
  if ((from?.comment ?? null) !== to.comment) statements.push(say(commentTarget(to, context), to.comment));
  const parts = (object: CatalogObject | undefined): readonly { name: string; comment: string | null }[] => {
    if (object?.kind === "view") return object.columns;
    if (object?.kind === "composite") return object.attributes;
    return object?.kind === "domain" ? object.checks : [];
  };
  const before = new Map(parts(from).map(({ name, comment }) => [name, comment]));
  for (const { name, comment } of parts(to)) {
    if ((before.get(name) ?? null) === comment) continue;
    statements.push(
      say(
        to.kind === "domain" ? `CONSTRAINT ${name} ON DOMAIN ${to.sqlName}` : `COLUMN ${to.sqlName}.${name}`,
        comment,
      ),
    );
  }
  if (to.kind === "constraint") {
    const old = from?.kind === "constraint" ? from.indexComment : null;
    const { schema } = objectOf(context.to, to.table, "table");
    if (old !== to.indexComment) statements.push(say(`INDEX ${qualified(schema, to.name)}`, to.indexComment));
  }
  if (to.kind === "column" && to.identity) {
    const old = from?.kind === "column" ? from.identity?.comment : null;
    if ((old ?? null) !== to.identity.comment) {
      statements.push(say(`SEQUENCE ${to.identity.sequence}`, to.identity.comment));
    }
  }
  return statements;
}

/** What a view's columns have beside what its query gives them. */
function viewColumns(from: CatalogObject | undefined, to: View): Statement[] {
  const before = new Map(from?.kind === "view" ? from.columns.map((column) => [column.name, column]) : []);
  return to.columns.flatMap((column) => {
    const old = before.get(column.name);
    const alter = (words: string) =>
      statement(`ALTER ${to.materialized ? "MATERIALIZED " : ""}VIEW ${to.sqlName} ALTER ${column.name} ${words}`);
    return [
      ...((old?.default ?? null) === column.default
        ? []
        : [alter(column.default === null ? "DROP DEFAULT" : `SET DEFAULT ${column.default}`)]),
      ...((old?.statistics ?? null) === column.statistics ? [] : [alter(`SET STATISTICS ${column.statistics ?? -1}`)]),
      ...grants(old?.grants ?? [], column.grants, { target: to.sqlName, column: column.name }),
    ];
  });
}

function commentTarget(object: CatalogObject, { to }: ChangeContext): string {
  switch (object.kind) {
    case "column":
    case "schema":
    case "extension":
    case "sequence":
    case "table":
    case "index":
    case "statistics":
    case "domain":
      return `${object.kind.toUpperCase()} ${object.sqlName}`;
    case "enum":
    case "composite":
    case "range":
      return `TYPE ${object.sqlName}`;
    case "view":
      return `${object.materialized ? "MATERIALIZED " : ""}VIEW ${object.sqlName}`;
    case "routine":
      return `${object.routine.toUpperCase()} ${object.sqlName}`;
    case "constraint":
    case "trigger":
    case "policy":
    case "rule":
      return `${object.kind.toUpperCase()} ${object.name} ON ${to.objects.get(object.table)!.sqlName}`;
  }
}

/** What follows ON in a GRANT; of a column, with the column's name in parentheses after each privilege. */
function grantTarget(object: CatalogObject, { to }: ChangeContext): { target: string; column?: string } | undefined {
  switch (object.kind) {
    case "schema":
    case "sequence":
      return { target: `${object.kind.toUpperCase()} ${object.sqlName}` };
    case "table":
    case "view":
      return { target: object.sqlName };
    case "column":
      return { target: to.objects.get(object.table)!.sqlName, column: object.name };
    case "routine":
      return { target: `${object.routine.toUpperCase()} ${object.sqlName}` };
    case "enum":
    case "composite":
    case "range":
    case "domain":
      return { target: `TYPE ${object.sqlName}` };
    default:
      return undefined;
  }
}

/** What PUBLIC may do with a new object before anybody grants it (PostgreSQL manual, 5.8, Privileges). */
function usualGrants({ kind }: CatalogObject): Grant[] {
  const toPublic = (privilege: string) => [{ grantee: "PUBLIC", privilege, grantable: false }];
  if (kind === "routine") return toPublic("EXECUTE");
  return ["enum", "domain", "composite", "range"].includes(kind) ? toPublic("USAGE") : [];
}

function grants(
  before: readonly Grant[],
  after: readonly Grant[],
  place: { target: string; column?: string } | undefined,
): Statement[] {
  if (!place) return [];
  const key = ({ grantee, privilege, grantable }: Grant) => JSON.stringify([grantee, privilege, grantable]);
  const [had, has] = [before.map(key), after.map(key)];
  const column = place.column === undefined ? "" : ` (${place.column})`;
  const grouped = (list: readonly Grant[], sentence: (privileges: string, of: Grant) => string) => {
    const groups = new Map<string, Grant[]>();
    for (const grant of list) {
      const of = JSON.stringify([grant.grantee, grant.grantable]);
      groups.set(of, [...(groups.get(of) ?? []), grant]);
    }
    return [...groups.values()].map((group) =>
      statement(sentence(group.map(({ privilege }) => privilege + column).join(", "), group[0]!)),
    );
  };
  return [
    ...grouped(
      before.filter((grant) => !has.includes(key(grant))),
      (privileges, { grantee }) => `REVOKE ${privileges} ON ${place.target} FROM ${grantee}`,
    ),
    ...grouped(
      after.filter((grant) => !had.includes(key(grant))),
      (privileges, { grantee, grantable }) =>
        `GRANT ${privileges} ON ${place.target} TO ${grantee}${grantable ? " WITH GRANT OPTION" : ""}`,
    ),
  ];
}
