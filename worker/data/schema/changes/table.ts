import { type Constraint, columnsOf, type ObjectId, objectOf, objectsOf, type Table } from "../catalog.ts";
import { clause, dataLoss, longLock, mayFail, type Note, type Statement, statement } from "../statement.ts";
import type { ChangeContext, ObjectChange } from "./change.ts";
import { columnDefinition, settings } from "./column.ts";
import { dividesAnew, isMerged } from "./division.ts";

export const tableChange: ObjectChange<Table> = {
  create(table, context) {
    const columns = columnsOf(context.to, table.id);
    const alter = (text: string) => clause(table.sqlName, text);
    return [
      statement(creation(table, context), ...overDefault(table, context)),
      ...columns.flatMap((column) => settings(column, table, context)),
      ...rowSecurity("off", table.rowSecurity).map((words) => alter(words)),
      ...(table.replicaIdentity === "DEFAULT" || table.replicaIdentity.startsWith("USING")
        ? []
        : [alter(`REPLICA IDENTITY ${table.replicaIdentity}`)]),
    ];
  },

  drop(table, context) {
    const { sqlName, partitionOf } = table;
    const { from, to } = context;
    // Foreign keys lead to each partition: it can go when it is none any more.
    const parent = partitionOf && to.objects.has(partitionOf.table) ? objectOf(from, partitionOf.table, "table") : null;
    const isTarget = objectsOf(from, "constraint").some(({ references }) =>
      references.some((column) => parent && objectOf(from, column, "column").table === parent.id),
    );
    if (parent && isMerged(table, context)) {
      return [statement(`ALTER TABLE ${parent.sqlName} DETACH PARTITION ${sqlName}`)];
    }
    return [
      ...(parent && isTarget ? [statement(`ALTER TABLE ${parent.sqlName} DETACH PARTITION ${sqlName}`)] : []),
      statement(`DROP TABLE ${sqlName}`, dataLoss(`${sqlName} and its rows are dropped.`)),
    ];
  },

  alter(from, to, context) {
    if (from.partitionKey !== to.partitionKey || dividesAnew(from, to, context)) return null;
    const alter = (text: string, ...notes: Parameters<typeof clause>[2][]) => clause(to.sqlName, text, ...notes);
    const statements: Statement[] = [];
    if (from.unlogged !== to.unlogged) {
      statements.push(alter(to.unlogged ? "SET UNLOGGED" : "SET LOGGED", longLock(`${to.sqlName} is rewritten.`)));
    }
    const nameOf = (option: string) => option.slice(0, option.indexOf("="));
    const set = to.options.filter((option) => !from.options.includes(option));
    const reset = from.options.map(nameOf).filter((name) => !to.options.map(nameOf).includes(name));
    if (set.length > 0) statements.push(alter(`SET (${set.map(option).join(", ")})`));
    if (reset.length > 0) statements.push(alter(`RESET (${reset.join(", ")})`));
    statements.push(...changedParents(from, to, context));
    if (from.replicaIdentity !== to.replicaIdentity && !to.replicaIdentity.startsWith("USING")) {
      statements.push(alter(`REPLICA IDENTITY ${to.replicaIdentity}`));
    }
    statements.push(...rowSecurity(from.rowSecurity, to.rowSecurity).map((words) => alter(words)));
    return statements;
  },
};

/** What a default partition has already can't be in a new one. */
function overDefault({ partitionOf: is }: Table, { from, to, rebuilt }: ChangeContext): Note[] {
  const other = objectsOf(to, "table").find(
    ({ partitionOf }) => partitionOf?.table === is?.table && partitionOf?.bound === "DEFAULT",
  );
  if (!is || is.bound === "DEFAULT" || !other || !from.objects.has(other.id)) return [];
  if (rebuilt.has(other.id) || rebuilt.has(is.table)) return [];
  return [mayFail(`${other.sqlName}: this fails where it has a row that is ${is.bound}.`)];
}

/** Being on and being forced go their own ways. */
function rowSecurity(from: Table["rowSecurity"], to: Table["rowSecurity"]): string[] {
  const isOn = (state: Table["rowSecurity"]) => state === "on" || state === "forced";
  const isForced = (state: Table["rowSecurity"]) => state.startsWith("forced");
  return [
    ...(isOn(from) === isOn(to) ? [] : [`${isOn(to) ? "ENABLE" : "DISABLE"} ROW LEVEL SECURITY`]),
    ...(isForced(from) === isForced(to) ? [] : [`${isForced(to) ? "" : "NO "}FORCE ROW LEVEL SECURITY`]),
  ];
}

/** Storage parameters come as name=value, the value without quotes. */
function option(text: string): string {
  const [name, ...value] = text.split("=");
  return /^[\w.]+$/.test(value.join("=")) ? `${name} = ${value.join("=")}` : `${name} = '${value.join("=")}'`;
}

export const storageParameter = option;

function changedParents(from: Table, to: Table, { from: before, to: after }: ChangeContext): Statement[] {
  const statements: Statement[] = [];
  const parent = (table: string, text: string, ...notes: Note[]) =>
    statements.push(statement(`ALTER TABLE ${table} ${text}`, ...notes));
  const [was, is] = [from.partitionOf, to.partitionOf];
  if (was && (was.table !== is?.table || was.bound !== is.bound)) {
    parent(objectOf(before, was.table, "table").sqlName, `DETACH PARTITION ${to.sqlName}`);
  }
  if (is && (was?.table !== is.table || was.bound !== is.bound)) {
    parent(
      objectOf(after, is.table, "table").sqlName,
      `ATTACH PARTITION ${to.sqlName} ${is.bound}`,
      mayFail(`${to.sqlName}: this fails where a row is not ${is.bound}.`),
      longLock(`All rows of ${to.sqlName} are read.`),
    );
  }
  for (const id of from.inherits) {
    if (to.inherits.includes(id) || !after.objects.has(id)) continue;
    statements.push(clause(to.sqlName, `NO INHERIT ${objectOf(before, id, "table").sqlName}`));
  }
  for (const id of to.inherits) {
    if (from.inherits.includes(id)) continue;
    statements.push(clause(to.sqlName, `INHERIT ${objectOf(after, id, "table").sqlName}`));
  }
  return statements;
}

/** Whether `id` of a table stops or starts being what it has from a parent: the parent's change carries it along. */
export function changesParents(table: ObjectId, { from, to }: Pick<ChangeContext, "from" | "to">): boolean {
  const before = from.objects.get(table);
  const after = to.objects.get(table);
  if (before?.kind !== "table" || after?.kind !== "table") return false;
  return before.partitionOf?.table !== after.partitionOf?.table || before.inherits.join() !== after.inherits.join();
}

/** The constraints that CREATE TABLE brings along: all but the foreign keys, whose tables may come later. */
export function inlineConstraints(table: Table, { to }: Pick<ChangeContext, "to">): Constraint[] {
  return objectsOf(to, "constraint").filter(
    (constraint) => constraint.table === table.id && constraint.type !== "foreign key" && constraint.valid,
  );
}

function creation(table: Table, context: ChangeContext): string {
  const { to } = context;
  const head = `CREATE ${table.unlogged ? "UNLOGGED " : ""}TABLE ${table.sqlName}`;
  const parameters = table.options.length === 0 ? "" : ` WITH (${table.options.map(option).join(", ")})`;
  const partition = table.partitionKey === null ? "" : ` PARTITION BY ${table.partitionKey}`;
  const constraints = inlineConstraints(table, context);
  if (table.partitionOf) {
    const parent = objectOf(to, table.partitionOf.table, "table").sqlName;
    const list = constraints.map(({ name, definition }) => `  CONSTRAINT ${name} ${definition}`).join(",\n");
    const body = list === "" ? "" : ` (\n${list}\n)`;
    return `${head} PARTITION OF ${parent}${body} ${table.partitionOf.bound}${partition}${parameters}`;
  }
  const key = constraints.find((constraint) => isOwnPrimaryKey(constraint, table));
  const lines = columnsOf(to, table.id).map((column) => {
    const definition = columnDefinition(column, context);
    return key?.columns[0] === column.id ? `${definition.replace(/ NOT NULL$/, "")} PRIMARY KEY` : definition;
  });
  for (const constraint of constraints) {
    if (constraint !== key) lines.push(`CONSTRAINT ${constraint.name} ${constraint.definition}`);
  }
  const inherits =
    table.inherits.length === 0
      ? ""
      : ` INHERITS (${table.inherits.map((id) => objectOf(to, id, "table").sqlName).join(", ")})`;
  const body = lines.length === 0 ? " ()" : ` (\n  ${lines.join(",\n  ")}\n)`;
  return `${head}${body}${inherits}${partition}${parameters}`;
}

/** A primary key of one column, under the name that PostgreSQL gives it. */
function isOwnPrimaryKey(constraint: Constraint, table: Table): boolean {
  return (
    constraint.type === "primary key" &&
    constraint.columns.length === 1 &&
    constraint.comment === null &&
    Buffer.byteLength(table.name) < 58 &&
    constraint.name.replaceAll('"', "") === `${table.name.replaceAll('"', "")}_pkey` &&
    /^PRIMARY KEY \([^()]*\)$/.test(constraint.definition)
  );
}
