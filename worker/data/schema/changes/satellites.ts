import type { CatalogObject, Grant } from "../catalog.ts";
import { quoteLiteral } from "../identifier.ts";
import { type Statement, statement } from "../statement.ts";
import type { ChangeContext } from "./change.ts";

/** Comments and grants of `to`, where they are not those of `from`; `from` undefined: the object is new. */
export function satellites(from: CatalogObject | undefined, to: CatalogObject, context: ChangeContext): Statement[] {
  return [
    ...comments(from, to, context),
    ...grants(from?.grants ?? usualGrants(to), to.grants, grantTarget(to, context)),
  ];
}

function comments(from: CatalogObject | undefined, to: CatalogObject, context: ChangeContext): Statement[] {
  const say = (target: string, text: string | null) =>
    statement(`COMMENT ON ${target} IS ${text === null ? "NULL" : quoteLiteral(text)}`);
  const statements: Statement[] = [];
  if ((from?.comment ?? null) !== to.comment) statements.push(say(commentTarget(to, context), to.comment));
  if (to.kind === "view") {
    const before = new Map(from?.kind === "view" ? from.columns.map(({ name, comment }) => [name, comment]) : []);
    for (const { name, comment } of to.columns) {
      if ((before.get(name) ?? null) !== comment) statements.push(say(`COLUMN ${to.sqlName}.${name}`, comment));
    }
  }
  return statements;
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
