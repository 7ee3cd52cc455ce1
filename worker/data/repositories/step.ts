import { type ModelStatic, QueryTypes, type Sequelize, type Transaction } from "sequelize";
import { Failure } from "../../failure.ts";
import { acquireLock } from "../advisory-lock.ts";
import { withoutSilenceLimit } from "../database.ts";
import { asFailure, sqlState } from "../database-failure.ts";
import type {
  Chunk,
  DerivedTables,
  RowRange,
  StepIdentity,
  StepSession,
  StepState,
  StepStatus,
  WaitOptions,
} from "./contracts.ts";
import { derivedTables } from "./derived-tables.ts";
import { TableRepository } from "./table.ts";

const uniqueViolation = "23505";

interface StepRow {
  id: number;
  status: StepStatus;
  fence: number;
  first_row: string;
  end_row: string;
  next_row: string;
  read: string;
  written: string;
  skipped: string;
  seconds: number;
}

export interface StepSessionOptions {
  /** A Sequelize with one connection, used by nobody else: the session. */
  sequelize: Sequelize;
  /** Another session, to cancel this one's statement. */
  canceller: Sequelize;
  model: ModelStatic<never>;
  label: string;
  rowNumber?: string;
  write?: "insert" | "upsert";
}

/** Milliseconds; passed in so that tests need not wait. */
export type Clock = () => number;

export class PostgresStepSession implements StepSession {
  readonly #sequelize: Sequelize;
  readonly #canceller: Sequelize;
  readonly #label: string;
  readonly #table: TableRepository;
  readonly #upsert: boolean;
  readonly #clock: Clock;
  /** Rows of this step may already be there (another limit, other shards): then COPY alone can't write them. */
  #merging: boolean;
  #identity: StepIdentity | undefined;
  #state: StepState | undefined;
  #fence = 0;
  #execution = 0;
  #backend: number | undefined;
  #since = 0;

  constructor(options: StepSessionOptions, clock: Clock) {
    this.#sequelize = options.sequelize;
    this.#canceller = options.canceller;
    this.#label = options.label;
    this.#table = new TableRepository(options.sequelize, options.model, options.rowNumber);
    this.#upsert = options.write === "upsert";
    this.#merging = this.#upsert;
    this.#clock = clock;
  }

  get columns() {
    return this.#table.columns;
  }

  async open(identity: StepIdentity, range: RowRange, { signal, onWait }: WaitOptions): Promise<StepState> {
    this.#identity = identity;
    await this.#table.check();
    const { name, source, sourceVersion, limit, shard, shards } = identity;
    await acquireLock(this.#sequelize, `batch-preflight step ${JSON.stringify(identity)}`, {
      subject: `${name}${shards > 1 ? ` shard ${shard}/${shards}` : ""}`,
      signal,
      onWait,
    });
    const [backend] = await this.#select<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    this.#backend = backend?.pid;
    const values = { name, source, sourceVersion, limit, shard, shards, first: range.first, end: range.end };
    await this.#sequelize.query(
      `INSERT INTO worker.step (name, source, source_version, row_limit, shard, shards, first_row, end_row, next_row,
         status, updated_at)
       VALUES (:name, :source, :sourceVersion, :limit, :shard, :shards, :first, :end, :first, 'started', now())
       ON CONFLICT ON CONSTRAINT step_identity DO NOTHING`,
      { replacements: values },
    );
    const [row] = await this.#select<StepRow>(
      `SELECT * FROM worker.step WHERE name = :name AND source = :source AND source_version = :sourceVersion
         AND row_limit IS NOT DISTINCT FROM :limit AND shard = :shard AND shards = :shards`,
      values,
    );
    return this.#remember(row as StepRow);
  }

  async claim(jobExecution: number): Promise<void> {
    const { id, nextRow } = this.#opened();
    await this.#sequelize.transaction(async (transaction) => {
      const [row] = await this.#select<StepRow>(
        "UPDATE worker.step SET fence = fence + 1, status = 'started', updated_at = now() WHERE id = :id RETURNING *",
        { id },
        transaction,
      );
      this.#remember(row as StepRow);
      // Whoever claimed the step before and said no more has been killed.
      await this.#sequelize.query(
        "UPDATE worker.step_execution SET status = 'abandoned' WHERE step = :id AND status = 'started'",
        { replacements: { id }, transaction },
      );
      const [execution] = await this.#select<{ id: number }>(
        `INSERT INTO worker.step_execution (job_execution, step, status, from_row, started_at)
         VALUES (:jobExecution, :id, 'started', :nextRow, now()) RETURNING id`,
        { jobExecution, id, nextRow },
        transaction,
      );
      this.#execution = execution?.id ?? 0;
    });
    this.#since = this.#clock();
  }

  async isNewVersion(): Promise<boolean> {
    const { id, nextRow, range } = this.#opened();
    // A derived table is replaced whole anyway.
    if (nextRow !== range.first || !this.#table.hasRowNumbers) return false;
    const others = await this.#select(
      `SELECT 1 FROM worker.step AS other JOIN worker.step AS this ON this.id = :id
       WHERE other.name = this.name AND (other.source, other.source_version) <> (this.source, this.source_version)
         AND other.next_row > this.first_row AND ${overlaps} LIMIT 1`,
      { id },
    );
    return others.length > 0;
  }

  async clear(): Promise<void> {
    const { id, range } = this.#opened();
    const { limit, shard, shards } = this.#identity as StepIdentity;
    const row = await this.#sequelize.transaction(async (transaction) => {
      const parameters = { replacements: { id }, transaction };
      const toEnd = limit === null && shard === shards - 1;
      await withoutSilenceLimit(transaction, () => this.#table.deleteRange(range, toEnd, transaction));
      await this.#sequelize.query(
        `DELETE FROM worker.quarantine USING worker.step AS other, worker.step AS this
         WHERE quarantine.step = other.id AND this.id = :id AND other.name = this.name
           AND quarantine.source_row >= this.first_row AND quarantine.source_row < this.end_row`,
        parameters,
      );
      await this.#resetOverlapping(transaction);
      const [reset] = await this.#select<StepRow>(
        `UPDATE worker.step SET status = 'started', next_row = :first, first_row = :first, end_row = :end, read = 0,
           written = 0, skipped = 0, seconds = 0, updated_at = now() WHERE id = :id RETURNING *`,
        { id, ...range },
        transaction,
      );
      return reset;
    });
    this.#remember(row as StepRow);
    this.#merging = this.#upsert;
  }

  async commit(chunk: Chunk): Promise<StepState> {
    const merging = this.#merging;
    try {
      return await this.#commit(chunk, merging);
    } catch (error) {
      if (merging || sqlState(error) !== uniqueViolation) throw error;
      this.#merging = true;
      return await this.#commit(chunk, true);
    }
  }

  async commitDerived(work: (tables: DerivedTables) => Promise<{ read: number; written: number }>): Promise<StepState> {
    return await this.#transact(async (transaction) => {
      const tables = derivedTables(this.#sequelize, transaction);
      const { read, written } = await withoutSilenceLimit(transaction, () => work(tables));
      await this.#resetOverlapping(transaction);
      return await this.#checkpoint({ read, written, skipped: 0, next: this.#opened().range.end }, transaction);
    });
  }

  async finish(status: StepStatus, message?: string): Promise<void> {
    const values = {
      id: this.#opened().id,
      execution: this.#execution,
      fence: this.#fence,
      status,
      message: message ?? null,
    };
    await this.#sequelize.query(
      `WITH step AS (UPDATE worker.step SET status = :status, updated_at = now() WHERE id = :id AND fence = :fence)
       UPDATE worker.step_execution SET status = :status, message = :message, ended_at = now() WHERE id = :execution`,
      { replacements: values },
    );
  }

  async tableIsEmpty(): Promise<boolean> {
    return await this.#table.isEmpty();
  }

  async cancel(): Promise<void> {
    await this.#canceller.query("SELECT pg_cancel_backend(:pid)", { replacements: { pid: this.#backend ?? null } });
  }

  async close(): Promise<void> {
    await this.#sequelize.close();
  }

  async #commit({ first, next, rows, data, bad }: Chunk, merging: boolean): Promise<StepState> {
    return await this.#transact(async (transaction) => {
      let written = rows;
      if (rows > 0 && merging) {
        const merged = await this.#table.merge(data, transaction);
        written = merged.written;
        this.#merging = this.#upsert || merged.replaced > 0;
      } else if (rows > 0) {
        await this.#table.copy(data, transaction);
      }
      if (bad.length > 0) await this.#quarantine(bad, transaction);
      return await this.#checkpoint({ first, next, read: next - first, written, skipped: bad.length }, transaction);
    });
  }

  async #transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.#sequelize.transaction(work);
    } catch (error) {
      // A unique violation is ours to handle; everything else is said in a sentence.
      throw sqlState(error) === uniqueViolation ? error : asFailure(error, this.#label);
    }
  }

  /**
   * Moves the checkpoint, in the transaction of the rows. It moves only from where we left it and under our fence:
   * whoever lost the step to somebody else finds no row here, and nothing of theirs is committed.
   */
  async #checkpoint(
    {
      first,
      next,
      read,
      written,
      skipped,
    }: { first?: number; next: number; read: number; written: number; skipped: number },
    transaction: Transaction,
  ): Promise<StepState> {
    const now = this.#clock();
    const { id } = this.#opened();
    const [row] = await this.#select<StepRow>(
      `WITH execution AS (
         UPDATE worker.step_execution SET read = read + :read, written = written + :written, skipped = skipped + :skipped,
           commits = commits + 1 WHERE id = :execution)
       UPDATE worker.step SET next_row = :next, read = read + :read, written = written + :written,
         skipped = skipped + :skipped, seconds = seconds + :seconds, updated_at = now()
       WHERE id = :id AND fence = :fence AND next_row = coalesce(:first, next_row) RETURNING *`,
      {
        id,
        execution: this.#execution,
        fence: this.#fence,
        first: first ?? null,
        next,
        read,
        written,
        skipped,
        seconds: (now - this.#since) / 1000,
      },
      transaction,
    );
    if (!row) {
      throw new Failure(
        "databaseUnavailable",
        `Another worker has taken over ${this.#identity?.name}; nothing was committed.`,
      );
    }
    this.#since = now;
    return this.#remember(row);
  }

  /**
   * Steps whose rows are no longer theirs, or gone in part: they start over when they are asked for, and who writes them
   * at this moment can't commit.
   */
  async #resetOverlapping(transaction: Transaction): Promise<void> {
    await this.#sequelize.query(
      `UPDATE worker.step AS other SET status = 'stopped', next_row = other.first_row, fence = other.fence + 1,
         read = 0, written = 0, skipped = 0, seconds = 0, updated_at = now()
       FROM worker.step AS this WHERE this.id = :id AND other.id <> this.id AND other.name = this.name AND ${overlaps}`,
      { replacements: { id: this.#opened().id }, transaction },
    );
  }

  async #quarantine(bad: Chunk["bad"], transaction: Transaction): Promise<void> {
    const { name, source } = this.#identity as StepIdentity;
    await this.#sequelize.query(
      `INSERT INTO worker.quarantine (step, source_row, name, source, reason, record, recorded_at)
       SELECT :id, row, :name, :source, reason, record, now()
       FROM jsonb_to_recordset(:bad::jsonb) AS bad (row bigint, reason text, record jsonb)
       ON CONFLICT (step, source_row) DO UPDATE SET reason = excluded.reason, record = excluded.record`,
      { replacements: { id: this.#opened().id, name, source, bad: JSON.stringify(bad) }, transaction },
    );
  }

  #remember(row: StepRow): StepState {
    this.#fence = row.fence;
    this.#state = {
      id: row.id,
      status: row.status,
      nextRow: Number(row.next_row),
      range: { first: Number(row.first_row), end: Number(row.end_row) },
      read: Number(row.read),
      written: Number(row.written),
      skipped: Number(row.skipped),
      seconds: row.seconds,
    };
    return this.#state;
  }

  #opened(): StepState {
    if (!this.#state) throw new Error("open() comes first");
    return this.#state;
  }

  async #select<Row extends object>(
    sql: string,
    replacements: Record<string, unknown> = {},
    transaction?: Transaction,
  ) {
    const options = transaction ? { transaction } : {};
    return await this.#sequelize.query<Row>(sql, { ...options, replacements, type: QueryTypes.SELECT });
  }
}

/** SQL condition: the ranges of `this` and `other` have a row in common. */
const overlaps = "other.first_row < this.end_row AND this.first_row < other.end_row";
