export type ScalarFormat =
  | "int2"
  | "int4"
  | "int8"
  | "float4"
  | "float8"
  | "bool"
  | "text"
  | "json"
  | "jsonb"
  | "bytea"
  | "uuid"
  | "numeric"
  | "date"
  | "time"
  | "timestamptz";

/** `arrayOf` carries the element's type oid, which the format repeats in each array. */
export type CopyFormat = ScalarFormat | { arrayOf: ScalarFormat; oid: number };

/** A column as COPY writes it. It goes to the reading thread: nothing in it may be a function. */
export interface CopyColumn {
  /** Property of the row. */
  property: string;
  /** Column of the table. */
  name: string;
  format: CopyFormat;
  /** False refuses null here, with the row at hand, before the server does for the whole chunk. */
  nullable: boolean;
  /** Most characters of a text, or of each text of an array. */
  length?: number;
  /** What an ENUM may be. */
  values?: readonly string[];
  /** DECIMAL(precision, scale): most digits, and how many of them stand after the point. */
  decimal?: { precision: number; scale: number };
  /** What is written where the row's property is undefined; `computed`: only Sequelize would know, so that is refused. */
  default?: { value: unknown } | "computed";
}
