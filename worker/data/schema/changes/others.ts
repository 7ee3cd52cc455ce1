import type { Extension, Routine, SchemaObject } from "../catalog.ts";
import { dataLoss, statement } from "../statement.ts";
import type { ObjectChange } from "./change.ts";

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
  create({ definition }) {
    return [statement(definition.replace(/^CREATE OR REPLACE/, "CREATE"))];
  },
  drop({ routine, sqlName }) {
    return [statement(`DROP ${routine.toUpperCase()} ${sqlName}`)];
  },
  alter(from, to) {
    if (from.definition === to.definition) return [];
    return from.signature === to.signature ? [statement(to.definition)] : null;
  },
};
