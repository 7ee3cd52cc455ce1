import type { Extension, Routine, SchemaObject } from "../catalog.ts";
import { dataLoss, type Statement, statement } from "../statement.ts";
import type { ChangeContext, ObjectChange } from "./change.ts";

export const schemaChange: ObjectChange<SchemaObject> = {
  create({ name }) {
    return [statement(`CREATE SCHEMA ${name}`)];
  },
  drop({ name }) {
    return [statement(`DROP SCHEMA ${name}`)];
  },
  alter() {
    return [];
  },
};

export const extensionChange: ObjectChange<Extension> = {
  create({ name, schema }) {
    return [statement(`CREATE EXTENSION ${name}${schema === "public" ? "" : ` WITH SCHEMA ${schema}`}`)];
  },
  drop({ name }) {
    return [statement(`DROP EXTENSION ${name}`, dataLoss(`What belongs to the extension ${name} is dropped.`))];
  },
  alter(from, to) {
    return from.schema === to.schema ? [] : [statement(`ALTER EXTENSION ${to.name} SET SCHEMA ${to.schema}`)];
  },
};

export const routineChange: ObjectChange<Routine> = {
  create(routine, context) {
    return unchecked(routine, routine.definition.replace(/^CREATE OR REPLACE/, "CREATE"), context);
  },
  drop({ routine, sqlName }) {
    return [statement(`DROP ${routine.toUpperCase()} ${sqlName}`)];
  },
  alter(from, to, context) {
    if (from.definition === to.definition) return [];
    return from.signature === to.signature ? unchecked(to, to.definition, context) : null;
  },
};

/** A body that is text is looked into when the function is made, and may name what comes later: nobody knows which. */
function unchecked({ id, definition }: Routine, sql: string, { from, to, rebuilt }: ChangeContext): Statement[] {
  const isText = /^ LANGUAGE sql\b/m.test(definition) && /^AS \$/m.test(definition);
  const body = definition.slice(definition.search(/^AS \$/m));
  const names = [...to.objects.values()].filter(
    (object) =>
      object.id !== id &&
      ["table", "view", "column", "routine"].includes(object.kind) &&
      (rebuilt.has(object.id) || !from.objects.has(object.id)),
  );
  const isNamed = names.some(({ sqlName }) => body.includes(sqlName.replace(/\(.*/, "").replace(/^.*\./, "")));
  if (!isText || !isNamed) return [statement(sql)];
  return [statement("SET check_function_bodies = off"), statement(sql), statement("RESET check_function_bodies")];
}
