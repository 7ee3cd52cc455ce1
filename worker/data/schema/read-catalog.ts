import type pg from "pg";
import type { Attachment, Catalog, CatalogObject, Column, ObjectId, SequenceOptions } from "./catalog.ts";
import { catalogQueries } from "./catalog-queries.ts";
import { qualified, quoteIdentifier, quoteLiteral } from "./identifier.ts";

/** What can be asked: a client of `pg`. */
export interface Connection {
  query(text: string): Promise<unknown>;
}

export interface ReadCatalogOptions {
  /** Schemas that are left out, such as `worker`. */
  exclude?: readonly string[];
}

type Row = Record<string, unknown>;

/**
 * Reads the catalogs of a connection's database in one read-only transaction and one round trip: about 20 ms for a dozen
 * tables. The connection must be in no transaction.
 */
export async function readCatalog(connection: Connection, { exclude = [] }: ReadCatalogOptions = {}): Promise<Catalog> {
  const excluded = exclude.length > 0 ? exclude.map(quoteLiteral).join(", ") : "''";
  const names = Object.keys(catalogQueries) as (keyof typeof catalogQueries)[];
  const text = [
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL search_path TO public",
    "SET LOCAL jit TO off",
    "SELECT current_setting('server_version_num')::int AS version",
    ...names.map((name) => catalogQueries[name].replaceAll("$excluded", excluded)),
    "COMMIT",
  ].join(";\n");
  const results = (await connection.query(text)) as pg.QueryResult<Row>[];
  const rows = Object.fromEntries(names.map((name, index) => [name, results[index + 4]!.rows])) as Record<
    keyof typeof catalogQueries,
    Row[]
  >;
  return catalogOf(rows, Number(results[3]!.rows[0]!.version));
}

/** The objects by their oids, then what depends on what. */
function catalogOf(rows: Record<keyof typeof catalogQueries, Row[]>, serverVersion: number): Catalog {
  const objects = new Map<ObjectId, CatalogObject>();
  /** `classid oid` and `classid oid position` of what has an id. */
  const ids = new Map<string, ObjectId>();
  /** Tables, views and composite types by the oid of their relation. */
  const relations = new Map<string, ObjectId>();
  const columns = new Map<string, ObjectId>();
  const classes = new Map<string, string>();

  const add = (object: CatalogObject, row: Row) => {
    objects.set(object.id, object);
    if (row.classid !== undefined) ids.set(`${row.classid} ${row.oid}`, object.id);
  };
  const described = (row: Row) => ({
    comment: row.comment as string | null,
    grants: row.grants as CatalogObject["grants"],
    dependsOn: [] as ObjectId[],
  });
  const named = <K extends CatalogObject["kind"]>(kind: K, row: Row) => {
    const schema = row.schema as string;
    const name = row.name as string;
    const id: ObjectId = `${kind} ${schema}.${name}`;
    return { kind, id, schema, name, sqlName: qualified(schema, name), ...described(row) };
  };
  const fields = <K extends string>(row: Row, ...keys: K[]) =>
    Object.fromEntries(keys.map((key) => [key, row[key]])) as Record<K, never>;
  const columnId = (relation: unknown, position: unknown) => columns.get(`${relation} ${position}`);
  const columnIds = (relation: unknown, positions: unknown) =>
    (positions as number[]).map((position) => columnId(relation, position)).filter((id) => id !== undefined);

  for (const row of rows.schema) {
    const name = row.name as string;
    add({ kind: "schema", id: `schema ${name}`, name, sqlName: name, ...described(row) }, row);
  }
  for (const row of rows.extension) {
    const name = row.name as string;
    const schema = row.schema as string;
    add({ kind: "extension", id: `extension ${name}`, name, schema, sqlName: name, ...described(row) }, row);
  }
  for (const row of rows.enum) add({ ...named("enum", row), ...fields(row, "labels") } as CatalogObject, row);
  for (const row of rows.domain) {
    add(
      { ...named("domain", row), ...fields(row, "base", "collation", "notNull", "default", "checks") } as CatalogObject,
      row,
    );
  }
  for (const row of rows.composite) {
    const object = { ...named("composite", row), ...fields(row, "attributes") } as CatalogObject;
    add(object, row);
    relations.set(String(row.relation), object.id);
  }
  for (const row of rows.range) add({ ...named("range", row), ...fields(row, "definition") } as CatalogObject, row);

  const relationRows: [Row, CatalogObject][] = [];
  for (const row of rows.table) {
    const table = {
      ...named("table", row),
      ...fields(row, "unlogged", "options", "partitionKey", "replicaIdentity", "rowSecurity"),
      partitionOf: null,
      inherits: [],
    } as unknown as CatalogObject;
    relationRows.push([row, table]);
  }
  for (const row of rows.view) {
    const definition = String(row.definition).replace(/;\s*$/, "").trim();
    const view = {
      ...named("view", row),
      ...fields(row, "materialized", "options"),
      definition,
      columns: row.columns ?? [],
    };
    relationRows.push([row, view as unknown as CatalogObject]);
  }
  for (const [row, object] of relationRows) {
    add(object, row);
    relations.set(String(row.oid), object.id);
    classes.set("relation", String(row.classid));
    ids.set(`type ${row.rowtype}`, object.id);
    if (object.kind === "view") {
      for (const [index] of object.columns.entries()) columns.set(`${row.oid} ${index + 1}`, object.id);
    }
  }
  for (const [row, object] of relationRows) {
    if (object.kind !== "table") continue;
    const parents = (row.parents as string[]).map((parent) => relations.get(parent)).filter((id) => id !== undefined);
    const bound = row.bound as string | null;
    if (bound !== null && parents[0]) Object.assign(object, { partitionOf: { table: parents[0], bound } });
    else Object.assign(object, { inherits: parents });
  }
  for (const row of rows.column) {
    const table = objects.get(relations.get(String(row.relation))!)!;
    if (table.kind !== "table") continue;
    const name = row.name as string;
    const id: ObjectId = `column ${table.schema}.${table.name}.${name}`;
    columns.set(`${row.relation} ${row.position}`, id);
    // An inherited column is its parent's; it has an id, since others depend on it.
    if (!row.local) {
      columns.set(`${row.relation} ${row.position}`, table.id);
      continue;
    }
    const { options, ...identity } = (row.identity ?? {}) as {
      options?: SequenceOptions;
      always: boolean;
      sequence: string;
    };
    const column = {
      kind: "column",
      id,
      name,
      table: table.id,
      sqlName: `${table.sqlName}.${name}`,
      ...described(row),
      ...fields(row, "position", "type", "baseType", "isArray", "collation", "notNull", "default", "generated"),
      ...fields(row, "storage", "compression", "statistics", "options"),
      typeKind: typeKinds[row.typtype as string] ?? "other",
      identity: options ? { ...identity, ...options } : null,
    } as Column;
    objects.set(id, column);
  }
  for (const row of rows.sequence) {
    const owner = row.owner as { oid: string; position: number } | null;
    const ownedBy = owner ? (columnId(owner.oid, owner.position) ?? null) : null;
    add(
      {
        ...named("sequence", row),
        ...(row.options as SequenceOptions),
        ...fields(row, "unlogged"),
        ownedBy,
      } as CatalogObject,
      row,
    );
  }
  const part = <K extends CatalogObject["kind"]>(kind: K, row: Row) => {
    const table = relations.get(String(row.relation));
    if (!table) return undefined;
    const name = row.name as string;
    const of = objects.get(table)! as { schema: string; name: string; sqlName: string };
    const id: ObjectId = `${kind} ${of.schema}.${of.name}.${name}`;
    return { kind, id, name, table, sqlName: name, ...described(row) };
  };
  for (const row of rows.constraint) {
    const base = part("constraint", row);
    if (!base) continue;
    const constraint = {
      ...base,
      ...fields(row, "type", "valid", "clustered", "indexComment"),
      definition: withIndexOptions(row.definition as string, row.indexOptions as string[] | null),
      columns: columnIds(row.relation, row.columnPositions),
      references: columnIds(row.foreign, row.foreignPositions),
    } as CatalogObject;
    add(constraint, row);
    // A foreign key depends on the index of the key that it points to.
    if (row.index !== null && constraint.kind === "constraint" && constraint.type !== "foreign key") {
      ids.set(`index ${row.index}`, constraint.id);
    }
  }
  for (const row of rows.index) {
    const base = part("index", row);
    if (!base) continue;
    const schema = row.schema as string;
    const name = row.name as string;
    // Of a partitioned table, the server would not go down to the partitions.
    const definition = String(row.definition).replace(" ON ONLY ", " ON ");
    const shape = definition.replace(/^(CREATE (?:UNIQUE )?INDEX )(?:"(?:[^"]|"")*"|\S+)/, "$1");
    const id: ObjectId = `index ${schema}.${name}`;
    add(
      {
        ...base,
        id,
        schema,
        sqlName: qualified(schema, name),
        definition,
        shape,
        ...fields(row, "unique", "valid", "clustered", "statistics"),
      } as CatalogObject,
      row,
    );
    ids.set(`index ${row.oid}`, id);
  }
  for (const row of rows.routine) {
    const definition = String(row.definition).trim();
    add({ ...named("routine", row), ...fields(row, "routine", "signature"), definition } as CatalogObject, row);
  }
  for (const kind of ["trigger", "rule", "policy"] as const) {
    for (const row of rows[kind]) {
      const base = part(kind, row);
      if (!base) continue;
      const of = objects.get(base.table) as { sqlName: string };
      const definition =
        kind === "policy"
          ? `CREATE POLICY ${base.name} ON ${of.sqlName} ${row.definition}`
          : String(row.definition).replace(/;\s*$/, "");
      add({ ...base, definition, enabled: enabledStates[row.enabled as string] ?? "ENABLE" } as Attachment, row);
    }
  }
  for (const row of rows.statistics) {
    const table = relations.get(String(row.relation));
    if (table)
      add({ ...named("statistics", row), table, ...fields(row, "definition", "target") } as CatalogObject, row);
  }

  const relationClass = classes.get("relation");
  const idOf = (classid: unknown, oid: unknown, position: unknown): ObjectId | undefined =>
    (classid === relationClass
      ? (columnId(oid, position) ?? relations.get(String(oid)) ?? ids.get(`index ${oid}`))
      : undefined) ??
    ids.get(`${classid} ${oid}`) ??
    ids.get(`type ${oid}`);
  const domainClass = rows.domain[0]?.classid;
  const extensions = new Map(rows.extension.map((row) => [String(row.oid), `extension ${row.name}` as ObjectId]));
  for (const row of rows.dependency) {
    const from = row.viewOf
      ? relations.get(String(row.viewOf))
      : row.defaultOf
        ? columnId(row.defaultOf, row.defaultPosition)
        : row.domainOf
          ? ids.get(`${domainClass} ${row.domainOf}`)
          : idOf(row.classid, row.objid, row.position);
    const to = row.extension
      ? extensions.get(String(row.extension))
      : (idOf(row.refclassid, row.refobjid, row.refPosition) ??
        (row.elementType ? idOf(row.refclassid, row.elementType, 0) : undefined));
    const object = from && objects.get(from);
    if (!object || !to || from === to) continue;
    // A column is in its table anyway; a sequence is not made after the column that it goes with.
    if (object.kind === "sequence" && to.startsWith("column ")) continue;
    const dependsOn = object.dependsOn as ObjectId[];
    if (!dependsOn.includes(to)) dependsOn.push(to);
  }
  for (const object of objects.values()) {
    const dependsOn = object.dependsOn as ObjectId[];
    if ("table" in object && !dependsOn.includes(object.table)) dependsOn.push(object.table);
    dependsOn.sort();
  }
  return {
    serverVersion,
    objects,
    casts: new Map(rows.cast.map((row) => [row.types as string, row.context as "implicit"])),
    unread: rows.unread.map((row) => row.name as string),
  };
}

/** A constraint's definition leaves out the storage parameters of its index. */
function withIndexOptions(definition: string, options: readonly string[] | null): string {
  if (!options || options.length === 0) return definition;
  const list = options.map((option) => option.replace("=", " = ")).join(", ");
  return definition.replace(
    /(?: WHERE \(.*\))?(?: DEFERRABLE)?(?: INITIALLY DEFERRED)?$/,
    (end) => ` WITH (${list})${end}`,
  );
}

const typeKinds: Record<string, Column["typeKind"]> = {
  b: "base",
  e: "enum",
  d: "domain",
  c: "composite",
  r: "range",
  m: "range",
};

const enabledStates: Record<string, string> = {
  O: "ENABLE",
  D: "DISABLE",
  R: "ENABLE REPLICA",
  A: "ENABLE ALWAYS",
};

/** The id of the table that a person calls `name`: with its schema or without, quoted or not. */
export function tableIdOf(name: string): ObjectId {
  const [schema, table] = name.includes(".") ? name.split(".", 2) : ["public", name];
  return `table ${quoteIdentifier(schema!)}.${quoteIdentifier(table!)}`;
}
