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

export interface CopyColumn {
  /** Property of the row. */
  property: string;
  /** Column of the table. */
  name: string;
  format: CopyFormat;
  /** False refuses null here, with the row at hand, before the server does for the whole chunk. */
  nullable: boolean;
}
