import { type Catalog, type Column, columnsOf, type ObjectId, objectsOf, type Table } from "./catalog.ts";
import { qualified, quoteIdentifier, shortIdentifier, unquoteIdentifier } from "./identifier.ts";

/** What a person says: `flights.origin=departure`, `flights=flight_legs`, `mood.happy=glad` of an enum. */
export interface Rename {
  /** The old name, with the names of what it is in before it; without quotes. */
  path: readonly string[];
  /** The new one; with a schema where a table moves there. */
  to: readonly string[];
  /** As it was said. */
  text: string;
}

/** An answer about something that is not there: misspelt, it would be overlooked. */
export class AnswerError extends Error {}

/**
 * The statements of `renames`. Tables go first, so that a column can be said under the old or the new name of its table;
 * where a name is still taken by something that is renamed too, a third name is used in between.
 * @throws AnswerError
 */
export function renameStatements(renames: readonly Rename[], from: Catalog, to: Catalog): string[] {
  const tables: { table: Table; rename: Rename }[] = [];
  const others: Rename[] = [];
  for (const rename of renames) {
    const table = findTable(rename.path, from);
    if (table && !findColumn(rename.path, from)) tables.push({ table, rename });
    else others.push(rename);
  }
  const statements: string[] = [];
  /** New `sqlName` of each renamed table. */
  const moved = new Map<ObjectId, string>();
  const goals = tables.map(({ table, rename }) => {
    const [schema, name] = rename.to.length > 1 ? rename.to : [undefined, rename.to[0]];
    const goal = {
      schema: schema === undefined ? table.schema : quoteIdentifier(schema),
      name: quoteIdentifier(name!),
    };
    if (!to.objects.has(`table ${goal.schema}.${goal.name}`)) {
      throw new AnswerError(`--rename ${rename.text}: there is no table ${rename.to.join(".")} afterwards.`);
    }
    return { table, goal };
  });
  const leaves = new Set(goals.map(({ table }) => table.id));
  const late: string[] = [];
  for (const { table, goal } of goals) {
    const target: ObjectId = `table ${goal.schema}.${goal.name}`;
    let { sqlName } = table;
    if (goal.schema !== table.schema) {
      if (!from.objects.has(`schema ${goal.schema}`)) statements.push(`CREATE SCHEMA IF NOT EXISTS ${goal.schema}`);
      statements.push(`ALTER TABLE ${sqlName} SET SCHEMA ${goal.schema}`);
      sqlName = qualified(goal.schema, table.name);
    }
    // What is computed gives its name away, and is dropped afterwards.
    const view = from.objects.get(`view ${goal.schema}.${goal.name}`);
    if (view?.kind === "view") {
      const words = view.materialized ? "MATERIALIZED VIEW" : "VIEW";
      statements.push(`ALTER ${words} ${view.sqlName} RENAME TO ${old(view.name)}`);
    }
    if (goal.name !== table.name) {
      if (from.objects.has(target) && leaves.has(target)) {
        const between = quoteIdentifier(`${unquoteIdentifier(goal.name)}_new`);
        statements.push(`ALTER TABLE ${sqlName} RENAME TO ${between}`);
        late.push(`ALTER TABLE ${qualified(goal.schema, between)} RENAME TO ${goal.name}`);
      } else statements.push(`ALTER TABLE ${sqlName} RENAME TO ${goal.name}`);
    }
    moved.set(table.id, qualified(goal.schema, goal.name));
  }
  statements.push(...late);
  return [...statements, ...partRenames(others, from, to, moved)];
}

function partRenames(
  renames: readonly Rename[],
  from: Catalog,
  to: Catalog,
  moved: ReadonlyMap<ObjectId, string>,
): string[] {
  const statements: string[] = [];
  const late: string[] = [];
  const columns: { column: Column; name: string }[] = [];
  for (const rename of renames) {
    const column = findColumn(rename.path, from, moved);
    if (column) {
      const name = quoteIdentifier(rename.to.at(-1)!);
      const table = moved.get(column.table) ?? from.objects.get(column.table)!.sqlName;
      const after = objectsOf(to, "table").find(({ sqlName }) => sqlName === table);
      if (!after || !columnsOf(to, after.id).some((other) => other.name === name)) {
        throw new AnswerError(`--rename ${rename.text}: there is no column ${table}.${name} afterwards.`);
      }
      columns.push({ column, name });
      continue;
    }
    const value = findLabel(rename.path, from);
    if (!value) {
      throw new AnswerError(`--rename ${rename.text}: there is no table, column or value ${rename.path.join(".")}.`);
    }
    const [oldLabel, newLabel] = [value.label, rename.to.at(-1)!].map((label) => `'${label.replaceAll("'", "''")}'`);
    statements.push(`ALTER TYPE ${value.sqlName} RENAME VALUE ${oldLabel} TO ${newLabel}`);
  }
  for (const { column, name } of columns) {
    const table = moved.get(column.table) ?? from.objects.get(column.table)!.sqlName;
    const holder = columnsOf(from, column.table).find((other) => other.name === name);
    if (holder?.generated && !columns.some((other) => other.column === holder)) {
      statements.push(`ALTER TABLE ${table} RENAME ${name} TO ${old(name)}`);
    }
    const taken = columns.some((other) => other.column.table === column.table && other.column.name === name);
    if (taken) {
      const between = quoteIdentifier(`${unquoteIdentifier(name)}_new`);
      statements.push(`ALTER TABLE ${table} RENAME ${column.name} TO ${between}`);
      late.push(`ALTER TABLE ${table} RENAME ${between} TO ${name}`);
    } else statements.push(`ALTER TABLE ${table} RENAME ${column.name} TO ${name}`);
  }
  return [...statements, ...late];
}

const old = (name: string) => shortIdentifier(`${unquoteIdentifier(name)}_old`);

function findTable(path: readonly string[], catalog: Catalog): Table | undefined {
  const [schema, name] = path.length === 1 ? ["public", path[0]!] : path;
  if (path.length > 2) return undefined;
  const table = catalog.objects.get(`table ${quoteIdentifier(schema!)}.${quoteIdentifier(name!)}`);
  return table?.kind === "table" ? table : undefined;
}

function findColumn(
  path: readonly string[],
  catalog: Catalog,
  moved: ReadonlyMap<ObjectId, string> = new Map(),
): Column | undefined {
  if (path.length < 2) return undefined;
  const tablePath = path.slice(0, -1);
  const sqlName = qualified(
    quoteIdentifier(tablePath.length > 1 ? tablePath[0]! : "public"),
    quoteIdentifier(tablePath.at(-1)!),
  );
  const renamed = [...moved].find(([, name]) => name === sqlName)?.[0];
  const table = findTable(tablePath, catalog)?.id ?? renamed;
  return table && columnsOf(catalog, table).find(({ name }) => name === quoteIdentifier(path.at(-1)!));
}

function findLabel(path: readonly string[], catalog: Catalog): { sqlName: string; label: string } | undefined {
  if (path.length < 2) return undefined;
  const names = path.slice(0, -1).map(quoteIdentifier);
  const id: ObjectId = `enum ${names.length === 1 ? `public.${names[0]}` : names.join(".")}`;
  const type = catalog.objects.get(id);
  const label = path.at(-1)!;
  return type?.kind === "enum" && type.labels.includes(label) ? { sqlName: type.sqlName, label } : undefined;
}

/**
 * `dropped`: of `a.b` the column of the table and the table of the schema, as --drop may mean either.
 * @throws AnswerError where neither side has what is dropped or filled
 */
export function refuseUnknown(
  dropped: ReadonlySet<ObjectId>,
  backfills: ReadonlyMap<ObjectId, string>,
  sides: readonly Catalog[],
): void {
  const isMissing = (id: ObjectId) => sides.every(({ objects }) => !objects.has(id));
  const twin = (id: ObjectId) => id.replace(/^column public\./, "table ") as ObjectId;
  const twins = new Set([...dropped].filter((id) => twin(id) !== id).map(twin));
  const faults = [
    ...[...dropped].filter((id) => !twins.has(id) && isMissing(id) && isMissing(twin(id))).map((id) => `--drop: ${id}`),
    ...[...backfills.keys()].filter(isMissing).map((id) => `--backfill: ${id}`),
  ].map((fault) => `${fault.replace(/: (\w+) (public\.)?/, ": there is no $1 ")}.`);
  if (faults.length > 0) throw new AnswerError(faults.join("\n"));
}

/** Reads `TABLE.OLD=NEW` or `OLD=NEW`; a name with a dot or an equals sign stands in double quotes. */
export function parseRename(text: string): Rename | undefined {
  const name = '(?:"(?:[^"]|"")+"|[^".=]+)';
  const match = new RegExp(`^(${name}(?:\\.${name}){0,2})=(${name}(?:\\.${name})?)$`).exec(text.trim());
  return match ? { path: splitName(match[1]!), to: splitName(match[2]!), text } : undefined;
}

/** `a."b.c"` as `a` and `b.c`. */
export function splitName(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")+)"|[^".]+/g)].map(([bare, quoted]) => quoted?.replaceAll('""', '"') ?? bare);
}

/** The renames that undo `renames`, which began in `from`. */
export function undone(renames: readonly Rename[], from: Catalog): Rename[] {
  const newPaths = new Map<ObjectId, string[]>();
  const back: Rename[] = [];
  const rename = (path: string[], to: string[]) => ({ path, to, text: `${path.join(".")}=${to.join(".")}` });
  for (const { path, to } of renames) {
    const table = findColumn(path, from) ? undefined : findTable(path, from);
    if (!table) continue;
    const [schema, name] = [table.schema, table.name].map(unquoteIdentifier) as [string, string];
    const newPath = to.length > 1 ? [...to] : [schema, to[0]!];
    newPaths.set(table.id, newPath);
    back.push(rename(newPath, [schema, name]));
  }
  for (const { path, to } of renames) {
    const moved = new Map([...newPaths].map(([id, names]) => [id, sqlNameOf(names)]));
    const column = findColumn(path, from, moved);
    if (column) {
      const table = from.objects.get(column.table) as Table;
      const tablePath = newPaths.get(table.id) ?? [table.schema, table.name].map(unquoteIdentifier);
      back.push(rename([...tablePath, to.at(-1)!], [unquoteIdentifier(column.name)]));
    } else if (findLabel(path, from)) {
      back.push(rename([...path.slice(0, -1), to.at(-1)!], [path.at(-1)!]));
    }
  }
  return back;
}

function sqlNameOf([schema, name]: readonly string[]): string {
  return qualified(quoteIdentifier(schema!), quoteIdentifier(name!));
}
