import {
  type Catalog,
  type CatalogObject,
  type Column,
  type CompositeType,
  type Constraint,
  columnsOf,
  type Domain,
  type EnumType,
  type Index,
  type ObjectId,
  objectsOf,
  type Sequence,
  type Table,
} from "./catalog.ts";
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
 * Renames that lose nothing, whoever is right about what was meant: constraints, indexes, sequences and types that are
 * there under another name, and are the same otherwise.
 */
export function harmlessRenames(from: Catalog, to: Catalog): string[] {
  const statements: string[] = [];
  const late: string[] = [];
  const taken = new Set(
    [...from.objects.values()].map((object) => ("schema" in object || "table" in object ? object.name : "")),
  );
  /** `shape`: what the two have in common; `sentence`: renames `name`, which it has now. */
  const match = <T extends CatalogObject & { name: string }>(
    kind: T["kind"],
    shape: (object: T) => unknown,
    sentence: (object: T, name: string, newName: string) => string,
  ) => {
    const of = (catalog: Catalog, other: Catalog) =>
      [...catalog.objects.values()]
        .filter((object): object is T => object.kind === kind && !other.objects.has(object.id))
        .map((object) => ({ object, shape: JSON.stringify(shape(object)) }));
    const gone = of(from, to);
    const fresh = of(to, from);
    for (const old of gone) {
      const alike = fresh.filter((other) => other.shape === old.shape);
      if (alike.length !== 1 || gone.filter((other) => other.shape === old.shape).length !== 1) continue;
      const { name } = alike[0]!.object;
      if (isHeldByAnotherKind(old.object, name, from)) continue;
      if (!taken.has(name)) statements.push(sentence(old.object, old.object.name, name));
      else {
        const between = quoteIdentifier(`${unquoteIdentifier(name)}_new`);
        statements.push(sentence(old.object, old.object.name, between));
        late.push(sentence(old.object, between, name));
      }
    }
  };
  match<Constraint>(
    "constraint",
    ({ table, definition, valid }) => [table, definition, valid],
    ({ table }, name, newName) =>
      `ALTER TABLE ${from.objects.get(table)!.sqlName} RENAME CONSTRAINT ${name} TO ${newName}`,
  );
  const rename = (words: string) => (object: { schema: string }, name: string, newName: string) =>
    `ALTER ${words} ${qualified(object.schema, name)} RENAME TO ${newName}`;
  match<Index>("index", ({ table, shape, valid }) => [table, shape, valid], rename("INDEX"));
  match<Sequence>("sequence", ({ schema, ownedBy, id }) => [schema, ownedBy ?? id], rename("SEQUENCE"));
  match<EnumType>("enum", ({ schema, labels }) => [schema, labels], rename("TYPE"));
  match<CompositeType>("composite", ({ schema, attributes }) => [schema, attributes], rename("TYPE"));
  match<Domain>(
    "domain",
    ({ schema, base, collation, checks, notNull, default: value }) => [
      schema,
      base,
      collation,
      checks.map(({ definition }) => definition),
      notNull,
      value,
    ],
    rename("DOMAIN"),
  );
  return [...statements, ...late];
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

/** Whether the name is one that something of another kind has until it is dropped, such as an index that of a sequence. */
function isHeldByAnotherKind(object: CatalogObject, name: string, catalog: Catalog): boolean {
  const place = placeOf(object, catalog);
  if (place === null) return false;
  return [...catalog.objects.values()].some(
    (other) =>
      other.kind !== object.kind && "name" in other && other.name === name && placeOf(other, catalog) === place,
  );
}

/** Where the name of an object must be its only one; null: elsewhere. */
function placeOf(object: CatalogObject, { objects }: Catalog): string | null {
  if (object.kind === "constraint") {
    const hasIndex = object.type !== "foreign key" && object.type !== "check";
    return hasIndex ? (objects.get(object.table) as Table).schema : null;
  }
  const isAlone = ["schema", "extension", "routine", "statistics"].includes(object.kind);
  return "schema" in object && !isAlone ? object.schema : null;
}

/** A dropped and an added thing that look alike: a rename, perhaps. */
export interface Lookalike {
  old: ObjectId;
  new: ObjectId;
  /** As --rename takes it. */
  rename: string;
  /** As --drop takes it. */
  drop: string;
}

/** The columns and tables of which one must ask. `dropped`: those of which it was said that they are to go. */
export function lookalikes(from: Catalog, to: Catalog, dropped: ReadonlySet<ObjectId>): Lookalike[] {
  const found: Lookalike[] = [];
  const gone = objectsOf(from, "table").filter(({ id }) => !to.objects.has(id) && !dropped.has(id));
  const fresh = objectsOf(to, "table").filter(({ id }) => !from.objects.has(id));
  for (const table of gone) {
    const other = fresh.find(
      (candidate) => sharedColumns(columnsOf(from, table.id), columnsOf(to, candidate.id)) >= 0.6,
    );
    if (other) {
      found.push({ old: table.id, new: other.id, rename: `${plain(table)}=${plain(other)}`, drop: plain(table) });
    }
  }
  for (const table of objectsOf(to, "table")) {
    if (!from.objects.has(table.id)) continue;
    const before = columnsOf(from, table.id);
    const after = columnsOf(to, table.id);
    for (const column of before) {
      // What is computed is computed anew.
      if (column.generated || after.some(({ id }) => id === column.id) || dropped.has(column.id)) continue;
      const other = after.find(
        (candidate) =>
          !before.some(({ id }) => id === candidate.id) &&
          candidate.type === column.type &&
          !candidate.generated &&
          neighbours(candidate, after, before) === neighbours(column, before, after),
      );
      if (!other) continue;
      const name = `${plain(table)}.${said(column.name)}`;
      found.push({ old: column.id, new: other.id, rename: `${name}=${said(other.name)}`, drop: name });
    }
  }
  return found;
}

/** Of all columns of two tables, the part that both have, with the same type. */
function sharedColumns(before: readonly Column[], after: readonly Column[]): number {
  const key = ({ name, type }: Column) => `${name} ${type}`;
  const names = new Set(before.map(key));
  const shared = after.filter((column) => names.has(key(column))).length;
  return shared / (before.length + after.length - shared || 1);
}

/** The nearest columns before and after `column` that both sides have. */
function neighbours(column: Column, columns: readonly Column[], others: readonly Column[]): string {
  const isShared = ({ id }: Column) => others.some((other) => other.id === id);
  const index = columns.indexOf(column);
  const previous = columns.slice(0, index).findLast(isShared);
  const next = columns.slice(index + 1).find(isShared);
  return JSON.stringify([previous?.name, next?.name]);
}

function plain({ schema, name }: { schema: string; name: string }): string {
  const own = said(name);
  return schema === "public" ? own : `${said(schema)}.${own}`;
}

/** A name as {@link parseRename} reads it. */
function said(quoted: string): string {
  const name = unquoteIdentifier(quoted);
  return /[."=]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
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
