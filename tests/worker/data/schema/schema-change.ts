/** A change of a schema: what was there, with rows, and what is to be there. */
export interface SchemaChange {
  title: string;
  /** Statements that make the schema as it was. */
  from: string;
  /** Statements that fill it. */
  rows?: string;
  /** Statements that make the wanted schema. */
  to: string;
  /** As `--rename` takes them. */
  renames?: readonly string[];
  /** As `--backfill` takes them: `TABLE.COLUMN=SQL`. */
  backfills?: readonly string[];
  /** Columns and tables that look renamed and are not, by their ids. */
  dropped?: readonly string[];
  /** The rows are not what they were, and rightly so: `holds` says what they must be. */
  rowsChange?: true;
  /** The first major version of PostgreSQL that has what it takes. */
  since?: number;
  /** A query of one boolean that must be true when the change is made and when it is undone. */
  holds?: string;
  /** Statements before the way back, where rows of the new schema can't be in the old one. */
  beforeDown?: string;
}
