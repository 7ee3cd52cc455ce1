import { QueryTypes, type Sequelize, type Transaction } from "sequelize";
import type { Counts, RowRange, StepIdentity, StepRange, StepState, StepStatus } from "./contracts.ts";

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

export function stateOf(row: StepRow): StepState {
  return {
    id: row.id,
    status: row.status,
    nextRow: Number(row.next_row),
    range: { first: Number(row.first_row), end: Number(row.end_row) },
    read: Number(row.read),
    written: Number(row.written),
    skipped: Number(row.skipped),
    seconds: row.seconds,
  };
}

/** SQL condition: `other` is another step of the same sub-process. */
const isOther = "other.id <> :step AND other.name = (SELECT name FROM worker.step WHERE id = :step)";

/** SQL condition: some of what `other` has written may lie in the range. */
const hasRowsThere = `${isOther} AND other.rows_end > greatest(other.rows_first, :first)
  AND (:toEnd OR other.rows_first < :end)`;

/** SQL condition: `other` writes or has written rows of the range. */
const overlaps = `${isOther} AND (${hasRowsThere} OR :first < other.end_row AND (:toEnd OR other.first_row < :end))`;

/** The bookkeeping of steps: worker.step, worker.step_execution and worker.quarantine. */
export class StepRecords {
  readonly #sequelize: Sequelize;

  constructor(sequelize: Sequelize) {
    this.#sequelize = sequelize;
  }

  /** The step's row; it is made when it is new, and made new when rows were split into shards in another way then. */
  async findOrCreate(identity: StepIdentity, range: RowRange): Promise<StepRow> {
    const { name, source, sourceVersion, limit, shard, shards } = identity;
    const values = { name, source, sourceVersion, limit, shard, shards, first: range.first, end: range.end };
    await this.#sequelize.query(
      `INSERT INTO worker.step (name, source, source_version, row_limit, shard, shards, first_row, end_row, next_row,
         rows_first, rows_end, status, updated_at)
       VALUES (:name, :source, :sourceVersion, :limit, :shard, :shards, :first, :end, :first, :first, :first, 'started', now())
       ON CONFLICT ON CONSTRAINT step_identity DO UPDATE SET first_row = excluded.first_row, end_row = excluded.end_row,
         next_row = excluded.first_row, status = 'stopped', read = 0, written = 0, skipped = 0, seconds = 0
         WHERE (step.first_row, step.end_row) <> (excluded.first_row, excluded.end_row)`,
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
      // Whoever claimed the step before and said no more has been killed, or it was we, on a connection that was lost.
      await this.#sequelize.query(
        `UPDATE worker.step_execution AS execution
         SET status = CASE WHEN job_execution = :jobExecution THEN 'stopped' ELSE 'abandoned' END,
           message = CASE WHEN job_execution = :jobExecution THEN 'the connection was lost' END, ended_at = step.updated_at
         FROM worker.step WHERE step.id = execution.step AND execution.step = :step AND execution.status = 'started'`,
        { replacements: { step, jobExecution }, transaction },
      );
      const [row] = await this.#select<StepRow>(
        "UPDATE worker.step SET fence = fence + 1, status = 'started', updated_at = now() WHERE id = :step RETURNING *",
        { step },
        transaction,
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

  /** Whether other steps have written in the range: of another version of the source, or of the same one. */
  async overlapping(step: number, range: StepRange): Promise<{ otherVersion: boolean; sameVersion: boolean }> {
    const rows = await this.#select<{ same: boolean }>(
      `SELECT DISTINCT (other.source, other.source_version) = (this.source, this.source_version) AS same
       FROM worker.step AS other JOIN worker.step AS this ON this.id = :step WHERE ${hasRowsThere}`,
      { step, ...range },
    );
    return { otherVersion: rows.some(({ same }) => !same), sameVersion: rows.some(({ same }) => same) };
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
       UPDATE worker.step SET next_row = :next, rows_first = least(rows_first, next_row),
         rows_end = greatest(rows_end, :next), read = read + :read, written = written + :written,
         skipped = skipped + :skipped, seconds = seconds + :seconds, updated_at = now()
       WHERE id = :step AND fence = :fence AND next_row = coalesce(:first, next_row) RETURNING *`,
      { step, execution, fence, first: first ?? null, next, read, written, skipped, seconds },
      transaction,
    );
    return row;
  }

  /**
   * Puts the step back to its beginning, under the claim's fence, and those that overlap with it. From then on who
   * writes their rows can't commit, and who was committing has: what is deleted after this, in the same transaction, is all.
   */
  async reset({ step, fence }: Claim, range: StepRange, transaction: Transaction): Promise<StepRow | undefined> {
    const [row] = await this.#select<StepRow>(
      `UPDATE worker.step SET status = 'started', next_row = first_row, read = 0, written = 0, skipped = 0, seconds = 0,
         rows_first = first_row, rows_end = first_row, updated_at = now() WHERE id = :step AND fence = :fence RETURNING *`,
      { step, fence },
      transaction,
    );
    if (row) await this.resetOverlapping(step, range, transaction);
    return row;
  }

  /**
   * Steps whose rows are no longer theirs, or gone in part: they start over when they are asked for, and who writes them
   * at this moment can't commit.
   */
  async resetOverlapping(step: number, range: StepRange, transaction: Transaction): Promise<void> {
    await this.#sequelize.query(
      `UPDATE worker.step AS other SET status = 'stopped', next_row = other.first_row, fence = other.fence + 1,
         read = 0, written = 0, skipped = 0, seconds = 0, updated_at = now(),
         rows_first = CASE WHEN :first <= other.rows_first THEN
           CASE WHEN :toEnd THEN other.rows_end ELSE greatest(other.rows_first, :end) END ELSE other.rows_first END,
         rows_end = CASE WHEN :first > other.rows_first AND (:toEnd OR :end >= other.rows_end)
           THEN least(other.rows_end, :first) ELSE other.rows_end END
       WHERE ${overlaps}`,
      { replacements: { step, ...range }, transaction },
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
