import {
  type Attachment,
  type CatalogObject,
  type Constraint,
  type Index,
  objectOf,
  type Statistics,
} from "../catalog.ts";
import { clause, longLock, type Statement, statement } from "../statement.ts";
import type { ChangeContext, ObjectChange } from "./change.ts";

export const constraintChange: ObjectChange<Constraint> = {
  create(constraint, context) {
    const table = objectOf(context.to, constraint.table, "table");
    const { name, definition, valid, type } = constraint;
    const notes = !context.from.objects.has(table.id)
      ? []
      : type === "primary key" || type === "unique" || type === "exclude"
        ? [longLock(`An index is built, and ${table.sqlName} can't be written meanwhile.`)]
        : valid
          ? [longLock(`All rows of ${table.sqlName} are read, and it can't be written meanwhile.`)]
          : [];
    return [
      clause(table.sqlName, `ADD CONSTRAINT ${name} ${definition}${valid ? "" : " NOT VALID"}`, ...notes),
      ...clustering(constraint, constraint.clustered, table),
    ];
  },
  drop(constraint, context) {
    return [clause(objectOf(context.from, constraint.table, "table").sqlName, `DROP CONSTRAINT ${constraint.name}`)];
  },
  alter(from, to, context) {
    const table = objectOf(context.to, to.table, "table");
    if (from.definition !== to.definition) {
      const state = /( DEFERRABLE)?( INITIALLY DEFERRED)?$/;
      const isStateOnly =
        to.type === "foreign key" && from.definition.replace(state, "") === to.definition.replace(state, "");
      if (!isStateOnly || from.valid !== to.valid) return null;
      const [, deferrable, deferred] = state.exec(to.definition)!;
      const words = deferrable ? `DEFERRABLE${deferred ?? " INITIALLY IMMEDIATE"}` : "NOT DEFERRABLE";
      return [clause(table.sqlName, `ALTER CONSTRAINT ${to.name} ${words}`)];
    }
    if (from.valid && !to.valid) return null;
    // It reads all rows, and locks out neither who reads nor who writes (ALTER TABLE, Notes).
    const validate = clause(table.sqlName, `VALIDATE CONSTRAINT ${to.name}`);
    return [...(from.valid === to.valid ? [] : [validate]), ...clustering(to, from.clustered !== to.clustered, table)];
  },
};

export const indexChange: ObjectChange<Index> = {
  create(index, context) {
    const table = context.to.objects.get(index.table)!;
    const lock = longLock(`${table.sqlName} can't be written while the index is built.`);
    return [
      statement(readable(index.definition), ...(context.from.objects.has(table.id) ? [lock] : [])),
      ...clustering(index, index.clustered, table),
      ...sampling([], index),
    ];
  },
  drop({ sqlName }) {
    return [statement(`DROP INDEX ${sqlName}`)];
  },
  alter(from, to, context) {
    if (from.definition !== to.definition || from.valid !== to.valid) return null;
    const table = context.to.objects.get(to.table)!;
    return [...clustering(to, from.clustered !== to.clustered, table), ...sampling(from.statistics, to)];
  },
};

/** How closely the index's expressions are sampled. */
function sampling(from: Index["statistics"], { statistics, sqlName }: Index): Statement[] {
  const positions = new Set([...from, ...statistics].map(({ position }) => position));
  const target = (list: Index["statistics"], at: number) => list.find(({ position }) => position === at)?.target ?? -1;
  return [...positions].flatMap((position) => {
    const wanted = target(statistics, position);
    if (target(from, position) === wanted) return [];
    return [statement(`ALTER INDEX ${sqlName} ALTER COLUMN ${position} SET STATISTICS ${wanted}`)];
  });
}

/** `CREATE INDEX a ON t USING btree (b)` as a person writes it. */
export function readable(definition: string): string {
  return definition.replace(/^(CREATE (?:UNIQUE )?INDEX .*? ON .*?) USING btree (?=\()/, "$1 ");
}

function clustering(
  { name, clustered }: { name: string; clustered: boolean },
  differs: boolean,
  table: Pick<CatalogObject, "sqlName">,
): Statement[] {
  if (!differs) return [];
  return [clause(table.sqlName, clustered ? `CLUSTER ON ${name}` : "SET WITHOUT CLUSTER")];
}

export const attachmentChange: ObjectChange<Attachment> = {
  create(attachment, context) {
    return [statement(attachment.definition), ...enabling(attachment, attachment.enabled !== "ENABLE", context)];
  },
  drop({ kind, name, table }, { from }) {
    return [statement(`DROP ${kind.toUpperCase()} ${name} ON ${from.objects.get(table)!.sqlName}`)];
  },
  alter(from, to, context) {
    if (from.definition !== to.definition) return null;
    return enabling(to, from.enabled !== to.enabled, context);
  },
};

function enabling({ kind, name, enabled, table }: Attachment, differs: boolean, { to }: ChangeContext): Statement[] {
  if (!differs) return [];
  return [clause(to.objects.get(table)!.sqlName, `${enabled} ${kind.toUpperCase()} ${name}`)];
}

export const statisticsChange: ObjectChange<Statistics> = {
  create({ definition, sqlName, target }) {
    return [statement(definition), ...(target === null ? [] : [sampled(sqlName, target)])];
  },
  drop({ sqlName }) {
    return [statement(`DROP STATISTICS ${sqlName}`)];
  },
  alter(from, to) {
    if (inAnyOrder(from.definition) !== inAnyOrder(to.definition)) return null;
    return from.target === to.target ? [] : [sampled(to.sqlName, to.target ?? -1)];
  },
};

const sampled = (sqlName: string, target: number) => statement(`ALTER STATISTICS ${sqlName} SET STATISTICS ${target}`);

/** The columns come in the order that they have in the table, whatever was said. */
function inAnyOrder(definition: string): string {
  return definition.replace(/(?<= ON ).*(?= FROM )/s, (columns) => columns.split(", ").sort().join(", "));
}
