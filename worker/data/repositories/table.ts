import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type ModelStatic, QueryTypes, type Sequelize, type Transaction } from "sequelize";
import { Failure } from "../../failure.ts";
import type { CopyColumn } from "../binary-copy/column.ts";
import { copyColumns } from "../binary-copy/model-columns.ts";
import type { RowRange } from "./contracts.ts";

/** What one message of COPY data carries: small enough that the server works while the next one is on its way. */
const messageBytes = 1 << 16;

/** The rows of a model's table, written by COPY. */
export class TableRepository {
  readonly columns: readonly CopyColumn[];
  readonly #sequelize: Sequelize;
  readonly #table: string;
  readonly #key: readonly string[];
  readonly #rowNumber: string | undefined;

  constructor(sequelize: Sequelize, model: ModelStatic<never>, rowNumber?: string) {
    this.columns = copyColumns(model);
    this.#sequelize = sequelize;
    this.#table = quoted(String(model.getTableName()));
    this.#key = this.columns
      .filter(({ property }) => model.primaryKeyAttributes.includes(property))
      .map(({ name }) => quoted(name));
    const column = this.columns.find(({ property }) => property === rowNumber);
    if (rowNumber !== undefined && !column) throw new TypeError(`model ${model.name} has no attribute ${rowNumber}`);
    this.#rowNumber = column && quoted(column.name);
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
   * Adds rows, replacing those with the same key; of several with one key in `data` the last stays.
   * @returns rows of the table written, and how many of them were replaced
   */
  async merge(data: Uint8Array, transaction: Transaction): Promise<{ written: number; replaced: number }> {
    const staging = quoted(`staging_${this.#table.replaceAll('"', "")}`);
    await this.#sequelize.query(
      `CREATE TEMPORARY TABLE IF NOT EXISTS ${staging} (LIKE ${this.#table}) ON COMMIT DELETE ROWS; TRUNCATE ${staging}`,
      { transaction },
    );
    await this.#copyInto(`pg_temp.${staging}`, data, transaction);
    const names = this.columns.map(({ name }) => quoted(name));
    const others = names.filter((name) => !this.#key.includes(name));
    const replace = others.length > 0 ? `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`)}` : "NOTHING";
    const [row] = await this.#sequelize.query<{ written: number; replaced: number }>(
      `WITH merged AS (
         INSERT INTO ${this.#table} (${names})
         SELECT DISTINCT ON (${this.#key}) ${names} FROM pg_temp.${staging} ORDER BY ${this.#key}, ctid DESC
         ON CONFLICT (${this.#key}) DO ${replace}
         RETURNING xmax <> 0 AS replaced)
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
    const present = await this.#sequelize.query<{ name: string; type: string; format: string; required: boolean }>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AND NOT atthasdef AS required,
         CASE WHEN typtype = 'e' OR typname IN ('varchar', 'bpchar', 'citext') THEN 'text' ELSE typname END AS format
       FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
       WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''`,
      { replacements: { table: this.#table }, type: QueryTypes.SELECT },
    );
    const faults = present.length === 0 ? ["it does not exist"] : [];
    for (const { name, format } of present.length === 0 ? [] : this.columns) {
      const column = present.find((other) => other.name === name);
      const wanted = typeof format === "string" ? format : `_${format.arrayOf}`;
      if (!column) faults.push(`column ${name} is missing`);
      else if (column.format !== wanted && !(wanted === "_text" && column.format === "_varchar")) {
        faults.push(`column ${name} is of type ${column.type}; the model writes ${wanted}`);
      }
    }
    for (const { name, required } of present) {
      if (required && !this.columns.some((column) => column.name === name)) {
        faults.push(`column ${name} is NOT NULL and the model does not know it`);
      }
    }
    if (faults.length > 0) {
      throw new Failure(
        "usage",
        `Table ${this.#table} differs from its model: ${faults.join("; ")}. Undo the change, or write a migration for it.`,
      );
    }
  }

  /** Deletes the rows that came from `range` of the source; `toEnd`: and all that came after it. */
  async deleteRange({ first, end }: RowRange, toEnd: boolean, transaction: Transaction): Promise<void> {
    if (this.#rowNumber === undefined) return;
    const below = toEnd ? "" : ` AND ${this.#rowNumber} < ${end}`;
    await this.#sequelize.query(`DELETE FROM ${this.#table} WHERE ${this.#rowNumber} >= ${first}${below}`, {
      transaction,
    });
  }

  async isEmpty(): Promise<boolean> {
    const rows = await this.#sequelize.query(`SELECT 1 FROM ${this.#table} LIMIT 1`, { type: QueryTypes.SELECT });
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
  for (let at = 0; at < data.length; at += messageBytes) stream.write(data.subarray(at, at + messageBytes));
  stream.end();
  await finished;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
