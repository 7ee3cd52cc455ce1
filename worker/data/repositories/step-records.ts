import { QueryTypes, type Sequelize, type Transaction } from "sequelize";
import type { Chunk, Counts, RowRange, StepIdentity, StepStatus } from "./contracts.ts";

/** A row of worker.step; bigint columns come as strings. */
export interface StepRow {
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

/** Who writes to a step: its row, its execution, and the fence that it was claimed with. */
export interface Claim {
  step: number;
  execution: number;
  fence: number;
}

/** SQL condition: the ranges of `this` and `other` have a row in common. */
const overlaps = "other.first_row < this.end_row AND this.first_row < other.end_row";

/** The bookkeeping of steps: worker.step, worker.step_execution and worker.quarantine. */
export class StepRecords {
  readonly #sequelize: Sequelize;

  constructor(sequelize: Sequelize) {
    this.#sequelize = sequelize;
  }

  /** The step's row, which is made when it is new. */
  async findOrCreate(identity: StepIdentity, range: RowRange): Promise<StepRow> {
    const { name, source, sourceVersion, limit, shard, shards } = identity;
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
    return row as StepRow;
  }

  /** Raises the fence and starts an execution at the checkpoint. */
  async claim(step: number, jobExecution: number): Promise<{ row: StepRow; claim: Claim }> {
    return await this.#sequelize.transaction(async (transaction) => {
      const [row] = await this.#select<StepRow>(
        "UPDATE worker.step SET fence = fence + 1, status = 'started', updated_at = now() WHERE id = :step RETURNING *",
        { step },
        transaction,
      );
      // Whoever claimed the step before and said no more has been killed.
      await this.#sequelize.query(
        "UPDATE worker.step_execution SET status = 'abandoned' WHERE step = :step AND status = 'started'",
        { replacements: { step }, transaction },
      );
      const [execution] = await this.#select<{ id: number }>(
        `INSERT INTO worker.step_execution (job_execution, step, status, from_row, started_at)
         SELECT :jobExecution, id, 'started', next_row, now() FROM worker.step WHERE id = :step RETURNING id`,
        { jobExecution, step },
        transaction,
      );
      const { fence } = row as StepRow;
      return { row: row as StepRow, claim: { step, execution: execution?.id ?? 0, fence } };
    });
  }

  /** Whether another version of the step's source got further than this step's first row. */
  async hasOtherVersion(step: number): Promise<boolean> {
    const others = await this.#select(
      `SELECT 1 FROM worker.step AS other JOIN worker.step AS this ON this.id = :step
       WHERE other.name = this.name AND (other.source, other.source_version) <> (this.source, this.source_version)
         AND other.next_row > this.first_row AND ${overlaps} LIMIT 1`,
      { step },
    );
    return others.length > 0;
  }

  /**
   * Moves the checkpoint, in the transaction of the rows. It moves only from where `first` says we left it and under our
   * fence: whoever lost the step to somebody else finds no row here, and nothing of theirs is committed.
   */
  async checkpoint(
    { step, execution, fence }: Claim,
    { first, next, read, written, skipped, seconds }: Counts & { first?: number; next: number; seconds: number },
    transaction: Transaction,
  ): Promise<StepRow | undefined> {
    const [row] = await this.#select<StepRow>(
      `WITH execution AS (
         UPDATE worker.step_execution SET read = read + :read, written = written + :written, skipped = skipped + :skipped,
           commits = commits + 1 WHERE id = :execution)
       UPDATE worker.step SET next_row = :next, read = read + :read, written = written + :written,
         skipped = skipped + :skipped, seconds = seconds + :seconds, updated_at = now()
       WHERE id = :step AND fence = :fence AND next_row = coalesce(:first, next_row) RETURNING *`,
      { step, execution, fence, first: first ?? null, next, read, written, skipped, seconds },
      transaction,
    );
    return row;
  }

  /** Puts the step back to its beginning, with the range that it has now. */
  async reset(step: number, range: RowRange, transaction: Transaction): Promise<StepRow> {
    await this.#sequelize.query(
      `DELETE FROM worker.quarantine USING worker.step AS other, worker.step AS this
       WHERE quarantine.step = other.id AND this.id = :step AND other.name = this.name
         AND quarantine.source_row >= this.first_row AND quarantine.source_row < this.end_row`,
      { replacements: { step }, transaction },
    );
    await this.resetOverlapping(step, transaction);
    const [row] = await this.#select<StepRow>(
      `UPDATE worker.step SET status = 'started', next_row = :first, first_row = :first, end_row = :end, read = 0,
         written = 0, skipped = 0, seconds = 0, updated_at = now() WHERE id = :step RETURNING *`,
      { step, ...range },
      transaction,
    );
    return row as StepRow;
  }

  /**
   * Steps whose rows are no longer theirs, or gone in part: they start over when they are asked for, and who writes them
   * at this moment can't commit.
   */
  async resetOverlapping(step: number, transaction: Transaction): Promise<void> {
    await this.#sequelize.query(
      `UPDATE worker.step AS other SET status = 'stopped', next_row = other.first_row, fence = other.fence + 1,
         read = 0, written = 0, skipped = 0, seconds = 0, updated_at = now()
       FROM worker.step AS this WHERE this.id = :step AND other.id <> this.id AND other.name = this.name AND ${overlaps}`,
      { replacements: { step }, transaction },
    );
  }

  async quarantine(
    step: number,
    { name, source }: StepIdentity,
    bad: Chunk["bad"],
    transaction: Transaction,
  ): Promise<void> {
    await this.#sequelize.query(
      `INSERT INTO worker.quarantine (step, source_row, name, source, reason, record, recorded_at)
       SELECT :step, row, :name, :source, reason, record, now()
       FROM jsonb_to_recordset(:bad::jsonb) AS bad (row bigint, reason text, record jsonb)
       ON CONFLICT (step, source_row) DO UPDATE SET reason = excluded.reason, record = excluded.record`,
      { replacements: { step, name, source, bad: JSON.stringify(bad) }, transaction },
    );
  }

  async finish(claim: Claim, status: StepStatus, message: string | null): Promise<void> {
    await this.#sequelize.query(
      `WITH step AS (UPDATE worker.step SET status = :status, updated_at = now() WHERE id = :step AND fence = :fence)
       UPDATE worker.step_execution SET status = :status, message = :message, ended_at = now() WHERE id = :execution`,
      { replacements: { ...claim, status, message } },
    );
  }

  async #select<Row extends object>(sql: string, replacements: Record<string, unknown>, transaction?: Transaction) {
    const options = transaction ? { transaction } : {};
    return await this.#sequelize.query<Row>(sql, { ...options, replacements, type: QueryTypes.SELECT });
  }
}
