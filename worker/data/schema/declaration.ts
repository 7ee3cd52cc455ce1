/**
 * What a Sequelize model can't say of its table, and what belongs to no table: the export `schema` of a model's file, beside
 * the model. SQL is the server's, as in `check: { positive_delay: "delay > 0" }`; names are those of the database.
 *
 * ```ts
 * export const schema = {
 *   comment: "One row a flight.",
 *   columns: { delay_hours: { generated: "delay / 60.0" }, note: { collation: "C" } },
 *   checks: { flights_distance_check: "distance > 0" },
 *   indexes: { flights_late: { on: "departed_at", where: "delay > 15" } },
 * } satisfies SchemaDeclaration;
 * ```
 */
export interface SchemaDeclaration {
  /** The table's name before it was renamed. */
  renamedFrom?: string;
  comment?: string;
  /** Not written to the log: faster, and empty after a crash. */
  unlogged?: boolean;
  /** Storage parameters, as in `{ fillfactor: 70 }`. */
  options?: Record<string, string | number | boolean>;
  columns?: Record<string, ColumnDeclaration>;
  /** Conditions by the names of their constraints. */
  checks?: Record<string, string>;
  /** What follows UNIQUE, as in `NULLS NOT DISTINCT (name, city)` or `(name) DEFERRABLE`. */
  uniques?: Record<string, string>;
  /** What follows FOREIGN KEY, as in `(origin) REFERENCES airports (iata) ON DELETE CASCADE DEFERRABLE`. */
  foreignKeys?: Record<string, string>;
  /** What follows EXCLUDE, as in `USING gist (room WITH =, during WITH &&)`. */
  excludes?: Record<string, string>;
  indexes?: Record<string, IndexDeclaration>;
  /** How the table is divided, as in `RANGE (departed_at)`; its primary key must hold the columns. */
  partitionBy?: string;
  /** By their names what follows PARTITION OF, as in `FOR VALUES FROM ('2001-01-01') TO ('2002-01-01')`. */
  partitions?: Record<string, string>;
  /** Extensions that are created where they are missing. */
  extensions?: readonly string[];
  /** Enums by their names, with their values in their order; a model names one as its column's `type`. */
  enums?: Record<string, readonly string[]>;
  /** Domains by their names: the type and what it is limited to, as in `integer CHECK (VALUE > 0)`. */
  domains?: Record<string, string>;
  /** What follows CREATE SEQUENCE NAME, as in `AS integer START 1000`. */
  sequences?: Record<string, string>;
  /** Queries by the names of their views. */
  views?: Record<string, string | ViewDeclaration>;
}

export interface ColumnDeclaration {
  /** The column's name before it was renamed. */
  renamedFrom?: string;
  comment?: string;
  collation?: string;
  /** The expression that it is computed by, and stored. */
  generated?: string;
  /** The default as an expression; a model's own can be a constant alone. */
  default?: string;
  /** Numbers of its own, as the SQL standard has them instead of `serial`. */
  identity?: "always" | "by default";
  storage?: "plain" | "external" | "extended" | "main";
  /** SQL that fills the column where it is NULL, when it becomes NOT NULL. */
  backfill?: string;
}

export interface IndexDeclaration {
  /** Columns or expressions with what belongs to them, as in `lower(name) DESC NULLS LAST, city text_pattern_ops`. */
  on: string;
  unique?: boolean;
  /** btree where nothing is said. */
  using?: string;
  /** Columns that are stored along. */
  include?: string;
  where?: string;
  nullsNotDistinct?: boolean;
  options?: Record<string, string | number | boolean>;
}

export interface ViewDeclaration {
  query: string;
  materialized?: boolean;
  /** Of a materialized view. */
  indexes?: Record<string, IndexDeclaration>;
}
