import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ModelStatic, Sequelize } from "sequelize";
import { Failure } from "../../failure.ts";
import { loadModule } from "../../load-module.ts";
import { connect, type Database } from "../database.ts";
import { databaseMessage, sqlState } from "../database-failure.ts";
import type { DefineModel } from "../models.ts";
import type { SchemaDeclaration } from "./declaration.ts";
import { declarationFault } from "./declaration-fault.ts";
import { afterTables, beforeTables, type Declared, declaredColumn, declaredTable } from "./declaration-sql.ts";
import { qualified, quoteIdentifier } from "./identifier.ts";

/** A file of the models' folder. */
interface ModelFile {
  /** As in `worker/data/models/flights.ts`. */
  name: string;
  define: DefineModel;
  declaration: SchemaDeclaration;
}

/** What the models want, and what they say of how it came to be. */
export interface ModelSchema {
  /** Every file with its table. */
  models: (Declared & { name: string; schema: string; table: string })[];
  /** Builds the tables and all that is declared beside them in an empty database. */
  build(database: Database): Promise<void>;
}

/**
 * The models of `folder`: each file exports a model's definition by default, and may export `schema`.
 * @throws Failure `usage` naming the file that does not load, or the table that two files claim
 */
export async function loadModelSchema(folder: string, project: string): Promise<ModelSchema> {
  const files = await loadFiles(folder, project);
  const { Sequelize: SequelizeClass } = await import("sequelize");
  const { default: pg } = await import("pg");
  // Only to see which tables they mean.
  const unconnected = new SequelizeClass({ dialect: "postgres", dialectModule: pg, define: { underscored: true } });
  const models = define(files, unconnected).map(({ name, model, declaration }) => {
    refuseUnknownColumns(name, model, declaration);
    const { tableName, schema } = tableOf(model);
    const sqlName = qualified(quoteIdentifier(schema), quoteIdentifier(tableName));
    return { name, schema, table: tableName, sqlName, declaration };
  });
  const owners = new Map<string, string>();
  for (const { name, sqlName } of models) {
    const other = owners.get(sqlName);
    if (other !== undefined) {
      throw new Failure("usage", `${other} and ${name} both define the table ${sqlName}; leave it to one of them.`);
    }
    owners.set(sqlName, name);
  }
  return { models, build: (database) => build(files, models, database) };
}

async function loadFiles(folder: string, project: string): Promise<ModelFile[]> {
  const entries = await readdir(folder).catch((error: Error) => {
    throw new Failure("usage", `The models can't be read: ${error.message}.`, { cause: error });
  });
  const names = entries.filter((entry) => /^[^.].*\.ts$/.test(entry) && !entry.endsWith(".d.ts")).sort();
  return await Promise.all(
    names.map(async (entry) => {
      const file = path.join(folder, entry);
      const name = path.relative(project, file);
      try {
        const url = pathToFileURL(file);
        // What was changed in the meantime is another module.
        url.search = createHash("sha256")
          .update(await readFile(file))
          .digest("hex")
          .slice(0, 8);
        const module = await loadModule<{ default?: unknown; schema?: SchemaDeclaration }>(url);
        if (typeof module.default !== "function") {
          throw new Failure("usage", `${name} exports no model by default; export a function that defines it.`);
        }
        const fault = module.schema === undefined ? undefined : declarationFault(module.schema);
        if (fault !== undefined) {
          throw new Failure("usage", `${name}: ${fault}. What may be declared: worker/data/schema/declaration.ts.`);
        }
        return { name, define: module.default as DefineModel, declaration: module.schema ?? {} };
      } catch (error) {
        if (error instanceof Failure) throw error;
        throw new Failure("usage", `${name} does not load: ${firstLine(error)}. Mend the file.`, { cause: error });
      }
    }),
  );
}

function define(files: readonly ModelFile[], sequelize: Sequelize) {
  return files.map(({ name, define: defineModel, declaration }) => {
    let model: ModelStatic<never> | undefined;
    try {
      model = defineModel(sequelize) as ModelStatic<never> | undefined;
    } catch (error) {
      throw new Failure("usage", `${name} defines no model: ${firstLine(error)}. Mend the file.`, { cause: error });
    }
    if (typeof model?.getTableName !== "function") {
      throw new Failure("usage", `${name} defines no model: its function returns none. Return what it defines.`);
    }
    return { name, declaration, model };
  });
}

/** A name that is misspelt would be left out without a word. */
function refuseUnknownColumns(file: string, model: ModelStatic<never>, { columns = {} }: SchemaDeclaration): void {
  const known = Object.values(model.getAttributes() as Record<string, { field?: string }>).map(({ field }) => field!);
  const unknown = Object.keys(columns).filter((column) => !known.includes(column));
  if (unknown.length === 0) return;
  throw new Failure(
    "usage",
    `${file} declares ${unknown.join(", ")} in columns, which its model does not have; the table's columns: ${known.join(", ")}.`,
  );
}

function tableOf(model: ModelStatic<never>): { tableName: string; schema: string } {
  const table = model.getTableName() as string | { tableName: string; schema: string };
  return typeof table === "string"
    ? { tableName: table, schema: "public" }
    : { ...table, schema: table.schema || "public" };
}

/** What Sequelize's types leave out: the texts that `sync` is made of. */
interface QueryGenerator {
  attributesToSQL(attributes: unknown, options?: { table?: unknown }): Record<string, string>;
  createTableQuery(table: unknown, attributes: unknown, options: unknown): string;
}

async function build(files: readonly ModelFile[], models: ModelSchema["models"], database: Database): Promise<void> {
  const sequelize = connect(database, { applicationName: "batch-preflight models", silenceLimit: false });
  /** The file whose statements are run. */
  let current: string | undefined;
  try {
    const defined = define(files, sequelize);
    const declarationOf = new Map(
      defined.map(({ model, declaration }) => [nameOf(model.getTableName()), declaration] as const),
    );
    declareTables(sequelize, declarationOf);
    sequelize.addHook("beforeSync", (options) => {
      const { tableName } = options as { tableName?: unknown };
      current = defined.find(({ model }) => nameOf(model.getTableName()) === nameOf(tableName))?.name ?? current;
    });
    const run = async (statements: readonly string[]) => {
      for (const statement of statements) {
        current = models.find(({ declaration }) => beforeOrAfter(declaration).includes(statement))?.name ?? current;
        await sequelize.query(statement);
      }
    };
    const schemas = new Set(models.map(({ schema }) => schema).filter((schema) => schema !== "public"));
    for (const schema of schemas) await sequelize.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`);
    await run(beforeTables(models));
    await sequelize.sync();
    await run(afterTables(models));
  } catch (error) {
    if (error instanceof Failure || sqlState(error) === undefined) throw error;
    throw new Failure(
      "usage",
      `${current ?? "A model"} can't be made a table: ${databaseMessage(error)}. Mend the model or what is declared beside it.`,
      { cause: error },
    );
  } finally {
    await sequelize.close();
  }

  function beforeOrAfter(declaration: SchemaDeclaration): string[] {
    const declared = models.filter((model) => model.declaration === declaration);
    return [...beforeTables(declared), ...afterTables(declared)];
  }
}

/** Lets Sequelize's own CREATE TABLE say what is declared: what it can't say can't all be altered afterwards. */
function declareTables(sequelize: Sequelize, declarations: ReadonlyMap<string, SchemaDeclaration>): void {
  const generator = (sequelize.getQueryInterface() as unknown as { queryGenerator: QueryGenerator }).queryGenerator;
  const attributesToSQL = generator.attributesToSQL.bind(generator);
  const createTableQuery = generator.createTableQuery.bind(generator);
  Object.assign(generator, {
    attributesToSQL(attributes: unknown, options?: { table?: unknown }) {
      const texts = attributesToSQL(attributes, options);
      const columns = declarations.get(nameOf(options?.table))?.columns ?? {};
      for (const [name, column] of Object.entries(columns)) {
        if (texts[name] !== undefined) texts[name] = declaredColumn(texts[name], column);
      }
      return texts;
    },
    createTableQuery(table: unknown, attributes: unknown, options: unknown) {
      const text = createTableQuery(table, attributes, options);
      return declaredTable(text, declarations.get(nameOf(table)) ?? {});
    },
  });
}

function nameOf(table: unknown): string {
  if (typeof table === "string") return `public.${table}`;
  const { schema, tableName } = (table ?? {}) as { schema?: string; tableName?: string };
  return `${schema || "public"}.${tableName}`;
}

function firstLine(error: unknown): string {
  const text = String(error instanceof Error ? error.message : error);
  const line = text.split("\n").find((part) => part.includes(": ERROR: ")) ?? text.split("\n")[0]!;
  return line.trim().replace(/\.$/, "");
}
