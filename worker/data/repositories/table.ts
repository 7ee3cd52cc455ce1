import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type ModelStatic, QueryTypes, type Sequelize, type Transaction } from "sequelize";
import { Failure } from "../../failure.ts";
import type { CopyColumn } from "../binary-copy/column.ts";
import { copyColumns } from "../binary-copy/model-columns.ts";
import type { RowRange, StepRange } from "./contracts.ts";

/** What one message of COPY data carries: small enough that the server works while the next one is on its way. */
const messageBytes = 1 << 16;

/** The rows of a model's table, written by COPY. */
export class TableRepository {
  readonly columns: readonly CopyColumn[];
  readonly #sequelize: Sequelize;
  readonly #table: string;
  readonly #keyNames: readonly string[];
  readonly #key: readonly string[];
  /** False where the database makes the primary key (autoIncrement). */
  readonly #keyIsWritten: boolean;
  readonly #rowNumber: string | undefined;

  constructor(sequelize: Sequelize, model: ModelStatic<never>, rowNumber?: string) {
    this.columns = copyColumns(model);
    this.#sequelize = sequelize;
    const table = model.getTableName() as string | { schema: string; tableName: string };
    this.#table = typeof table === "string" ? quoted(table) : `${quoted(table.schema)}.${quoted(table.tableName)}`;
    this.#keyNames = this.columns
      .filter(({ property }) => model.primaryKeyAttributes.includes(property))
      .map(({ name }) => name);
    this.#key = this.#keyNames.map(quoted);
    const column = this.columns.find(({ property }) => property === rowNumber);
    if (rowNumber !== undefined && !column) throw new TypeError(`model ${model.name} has no attribute ${rowNumber}`);
    this.#rowNumber = column && quoted(column.name);
    this.#keyIsWritten = this.#key.length === model.primaryKeyAttributes.length && this.#key.length > 0;
  }

  /** Whether rows hold their key; else the database makes it. */
  get isKeyWritten(): boolean {
    return this.#keyIsWritten;
  }

  /** Whether a row that was written before can be told by its key: it is the row's place in the source. */
  get isKeyedByRowNumber(): boolean {
    return this.#keyIsWritten && this.#key.length === 1 && this.#key[0] === this.#rowNumber;
  }

  /** Whether rows can be told by their place in the source. */
  get hasRowNumbers(): boolean {
    return this.#rowNumber !== undefined;
  }

  /** Appends rows. Fails with SQLSTATE 23505 when one of them is there. */
  async copy(data: Uint8Array, transaction: Transaction): Promise<void> {
    await this.#copyInto(this.#table, data, transaction);
  }

  /**
   * Adds rows, replacing those with the same key that come from an earlier row of the source, or the same one; the order
   * in which chunks and shards come then makes no difference.
   * @returns rows of the table written, and how many of them were replaced
   */
  async merge(data: Uint8Array, transaction: Transaction): Promise<{ written: number; replaced: number }> {
    const names = this.columns.map(({ name }) => quoted(name));
    const staging = quoted(`staging_${this.#table.replaceAll(/["]/g, "")}`);
    await this.#sequelize.query(
      `CREATE TEMPORARY TABLE IF NOT EXISTS ${staging} ON COMMIT DELETE ROWS AS SELECT ${names} FROM ${this.#table}
       WITH NO DATA; TRUNCATE pg_temp.${staging}`,
      { transaction },
    );
    await this.#copyInto(`pg_temp.${staging}`, data, transaction);
    const others = names.filter((name) => !this.#key.includes(name));
    const assignments = others.map((name) => `${name} = excluded.${name}`);
    const isLater = this.#rowNumber ? `WHERE target.${this.#rowNumber} <= excluded.${this.#rowNumber}` : "";
    const replace = others.length > 0 ? `UPDATE SET ${assignments} ${isLater}` : "NOTHING";
    const latest = this.#rowNumber ? `${this.#rowNumber} DESC, ctid DESC` : "ctid DESC";
    const [row] = await this.#sequelize.query<{ written: number; replaced: number }>(
      `WITH merged AS (
         INSERT INTO ${this.#table} AS target (${names})
         SELECT DISTINCT ON (${this.#key}) ${names} FROM pg_temp.${staging} ORDER BY ${this.#key}, ${latest}
         ON CONFLICT (${this.#key}) DO ${replace}
         RETURNING target.xmax <> 0 AS replaced)
       SELECT count(*)::int AS written, (count(*) FILTER (WHERE replaced))::int AS replaced FROM merged`,
      { transaction, type: QueryTypes.SELECT },
    );
    return row ?? { written: 0, replaced: 0 };
  }

  /**
   * Compares the table with the model: binary values of one type, read as another, are garbage that nobody reports.
   * @throws Failure `usage`, all differences at once
   */
  async check(): Promise<void> {
    const present = await this.#sequelize.query<{
      name: string;
      type: string;
      format: string;
      element: number;
      required: boolean;
    }>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AND NOT atthasdef AS required, typelem::int AS element,
         CASE WHEN typtype = 'e' OR typname IN ('varchar', 'bpchar', 'citext') THEN 'text' ELSE typname END AS format
       FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
       WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''`,
      { replacements: { table: this.#table }, type: QueryTypes.SELECT },
    );
    const faults = present.length === 0 ? ["it does not exist"] : [];
    for (const { name, format } of present.length === 0 ? [] : this.columns) {
      const column = present.find((other) => other.name === name);
      if (!column) faults.push(`column ${name} is missing`);
      else if (typeof format === "string" ? column.format !== format : column.element !== format.oid) {
        const wanted = typeof format === "string" ? format : `${format.arrayOf}[]`;
        faults.push(`column ${name} is of type ${column.type}; the model writes ${wanted}`);
      }
    }
    for (const { name, required } of present) {
      if (required && !this.columns.some((column) => column.name === name)) {
        faults.push(`column ${name} is NOT NULL and the model does not know it`);
      }
    }
    if (this.#keyIsWritten && present.length > 0 && !(await this.#hasUniqueKey())) {
      faults.push(`no unique index on its key (${this.#keyNames.join(", ")})`);
    }
    if (faults.length > 0) {
      throw new Failure(
        "usage",
        `Table ${this.#table} differs from its model: ${faults.join("; ")}. Undo the change, or write a migration for it.`,
      );
    }
  }

  /** Whether rows with the same key can't be there twice: a unique index on just the columns of the model's key. */
  async #hasUniqueKey(): Promise<boolean> {
    const rows = await this.#sequelize.query(
      `SELECT 1 FROM pg_index WHERE indrelid = to_regclass(:table) AND indisunique AND indpred IS NULL AND indisvalid
         AND (SELECT array_agg(attname::text ORDER BY attname::text) FROM pg_attribute
              WHERE attrelid = indrelid AND attnum = ANY (indkey)) = (SELECT array_agg(name ORDER BY name) FROM unnest(ARRAY[:key]) AS name)`,
      { replacements: { table: this.#table, key: [...this.#keyNames] }, type: QueryTypes.SELECT },
    );
    return rows.length > 0;
  }

  /** Deletes the rows that came from `range` of the source. */
  async deleteRange({ first, end, toEnd }: StepRange, transaction: Transaction): Promise<void> {
    if (this.#rowNumber === undefined) return;
    const below = toEnd ? "" : ` AND ${this.#rowNumber} < ${end}`;
    await this.#sequelize.query(`DELETE FROM ${this.#table} WHERE ${this.#rowNumber} >= ${first}${below}`, {
      transaction,
    });
  }

  /** Whether there are no rows, or none that came from `range` of the source. */
  async isEmpty(range?: RowRange): Promise<boolean> {
    const isThere =
      range && this.#rowNumber
        ? `WHERE ${this.#rowNumber} >= ${range.first} AND ${this.#rowNumber} < ${range.end}`
        : "";
    const sql = `SELECT 1 FROM ${this.#table} ${isThere} LIMIT 1`;
    const rows = await this.#sequelize.query(sql, { type: QueryTypes.SELECT });
    return rows.length === 0;
  }

  async #copyInto(target: string, data: Uint8Array, transaction: Transaction): Promise<void> {
    const { connection } = transaction as unknown as { connection: Client };
    const names = this.columns.map(({ name }) => quoted(name));
    const stream = connection.query(copyFrom(`COPY ${target} (${names}) FROM STDIN (FORMAT binary)`));
    await writeAll(stream, data);
  }
}

/** Writes `data` in messages and waits until the other side has taken all of it. */
async function writeAll(stream: Writable, data: Uint8Array): Promise<void> {
  const finished = once(stream, "finish");
  // It would go on when the socket drains, on a connection that it lets go of right after this: an uncaught TypeError
  // (brianc/node-pg-copy-streams issue 171).
  stream.on("error", () => stream.destroy());
  for (let at = 0; at < data.length; at += messageBytes) stream.write(data.subarray(at, at + messageBytes));
  stream.end();
  await finished;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
