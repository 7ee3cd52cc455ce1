import { type AbstractDataType, DataTypes, type ModelAttributeColumnOptions, type ModelStatic, Utils } from "sequelize";
import type { CopyColumn, CopyFormat, ScalarFormat } from "./column.ts";

/** Sequelize 6's types by key, as its PostgreSQL dialect creates them; pg_type's oid where arrays of it can be written. */
const formats: Record<string, { format: ScalarFormat; oid?: number }> = {
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

/** What Sequelize's types keep of their arguments. */
interface TypeArguments {
  /** An array's elements. */
  type?: AbstractDataType;
  /** An ENUM's. */
  values?: readonly string[];
  _length?: number;
  _precision?: number;
  _scale?: number;
}

/**
 * The columns of a model as COPY writes them. Left out: VIRTUAL attributes, and auto-incremented ones, which the
 * database fills.
 * @param now what DataTypes.NOW and Sequelize's own timestamps mean: one time for all rows
 * @throws TypeError for a type that has no binary format here
 */
export function copyColumns(model: ModelStatic<never>, now = new Date()): CopyColumn[] {
  const ownTimestamps = timestampsOf(model);
  return Object.entries(model.getAttributes() as Record<string, ModelAttributeColumnOptions>)
    .filter(([, attribute]) => !(attribute.type instanceof DataTypes.VIRTUAL) && !attribute.autoIncrement)
    .map(([property, attribute]) => ({
      property,
      name: attribute.field ?? property,
      nullable: attribute.allowNull !== false && !attribute.primaryKey,
      ...typeOf(attribute.type as AbstractDataType, `${model.name}.${property}`),
      ...(ownTimestamps.includes(property) ? { default: { value: now } } : defaultOf(attribute.defaultValue, now)),
    }));
}

function typeOf(type: AbstractDataType, where: string): Pick<CopyColumn, "format" | "length" | "values" | "decimal"> {
  const isArray = type instanceof DataTypes.ARRAY;
  const element = isArray ? ((type as TypeArguments).type as AbstractDataType) : type;
  const known = formats[element.key];
  if (!known || (isArray && known.oid === undefined)) {
    const name = isArray ? `ARRAY(${element.key})` : type.key;
    throw new TypeError(`${where}: rows of type ${name} can't be written by COPY`);
  }
  const format: CopyFormat = isArray ? { arrayOf: known.format, oid: known.oid as number } : known.format;
  const { _length: length, _precision: precision, _scale: scale = 0 } = element as TypeArguments;
  if (element.key === "DECIMAL" && precision !== undefined) return { format, decimal: { precision, scale } };
  if (element instanceof DataTypes.ENUM) return { format, values: (element as TypeArguments).values ?? [] };
  // TEXT("long") has a word there, which PostgreSQL does not know.
  return (element.key === "STRING" || element.key === "CHAR") && length !== undefined ? { format, length } : { format };
}

/** The attributes that Sequelize itself fills with the present time whenever it inserts. */
function timestampsOf(model: ModelStatic<never>): string[] {
  const { createdAt, updatedAt } =
    (model as unknown as { _timestampAttributes?: { createdAt?: string; updatedAt?: string } })._timestampAttributes ??
    {};
  return [createdAt, updatedAt].filter((name) => name !== undefined);
}

/** A constant as it is, NOW as `now`; what is left is a function, an SQL expression, or UUIDV1 and V4. */
function defaultOf(value: unknown, now: Date): Pick<CopyColumn, "default"> {
  if (value === undefined || value === null) return {};
  if (value === DataTypes.NOW || value instanceof DataTypes.NOW) return { default: { value: now } };
  const isComputed =
    typeof value === "function" ||
    value instanceof Utils.SequelizeMethod ||
    value instanceof DataTypes.UUIDV1 ||
    value instanceof DataTypes.UUIDV4;
  return { default: isComputed ? "computed" : { value } };
}
