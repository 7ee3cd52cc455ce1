import { type AbstractDataType, DataTypes, type ModelAttributeColumnOptions, type ModelStatic } from "sequelize";
import type { CopyColumn, CopyFormat } from "./column.ts";

type Scalar = Exclude<CopyFormat, { arrayOf: unknown }>;

/** Sequelize 6's types by key, as its PostgreSQL dialect creates them; pg_type's oid where arrays of it can be written. */
const formats: Record<string, { format: Scalar; oid?: number }> = {
  SMALLINT: { format: "int2", oid: 21 },
  INTEGER: { format: "int4", oid: 23 },
  BIGINT: { format: "int8", oid: 20 },
  REAL: { format: "float4", oid: 700 },
  FLOAT: { format: "float8", oid: 701 },
  "DOUBLE PRECISION": { format: "float8", oid: 701 },
  DECIMAL: { format: "numeric", oid: 1700 },
  BOOLEAN: { format: "bool", oid: 16 },
  STRING: { format: "text", oid: 1043 },
  CHAR: { format: "text", oid: 1042 },
  TEXT: { format: "text", oid: 25 },
  CITEXT: { format: "text" },
  ENUM: { format: "text" },
  DATE: { format: "timestamptz", oid: 1184 },
  DATEONLY: { format: "date", oid: 1082 },
  TIME: { format: "time", oid: 1083 },
  UUID: { format: "uuid", oid: 2950 },
  JSON: { format: "json" },
  JSONB: { format: "jsonb" },
  BLOB: { format: "bytea", oid: 17 },
};

/**
 * The columns of a model as COPY writes them. Left out: VIRTUAL attributes, and auto-incremented ones, which the
 * database fills.
 * @throws TypeError for a type that has no binary format here
 */
export function copyColumns(model: ModelStatic<never>): CopyColumn[] {
  return Object.entries(model.getAttributes() as Record<string, ModelAttributeColumnOptions>)
    .filter(([, attribute]) => !(attribute.type instanceof DataTypes.VIRTUAL) && !attribute.autoIncrement)
    .map(([property, attribute]) => ({
      property,
      name: attribute.field ?? property,
      format: formatOf(attribute.type as AbstractDataType, `${model.name}.${property}`),
      nullable: attribute.allowNull !== false && !attribute.primaryKey,
    }));
}

function formatOf(type: AbstractDataType, where: string): CopyFormat {
  if (type instanceof DataTypes.ARRAY) {
    const element = formats[(type as unknown as { type: AbstractDataType }).type.key];
    if (element?.oid !== undefined) return { arrayOf: element.format, oid: element.oid };
  }
  const known = formats[type.key];
  if (!known) throw new TypeError(`${where}: rows of type ${type.key} can't be written by COPY`);
  return known.format;
}
