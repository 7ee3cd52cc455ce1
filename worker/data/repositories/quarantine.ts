import type { Sequelize, Transaction } from "sequelize";
import type { Chunk, StepIdentity, StepRange } from "./contracts.ts";

/** The bad records: worker.quarantine. */
export class QuarantineRepository {
  readonly #sequelize: Sequelize;

  constructor(sequelize: Sequelize) {
    this.#sequelize = sequelize;
  }

  /** Adds bad records. A row that is there for another step of the sub-process (another limit, other shards) becomes this one's. */
  async add(step: number, { name, source }: StepIdentity, bad: Chunk["bad"], transaction: Transaction): Promise<void> {
    const replacements = { step, name, source, bad: JSON.stringify(bad) };
    const records = "jsonb_to_recordset(:bad::jsonb) AS bad (row bigint, reason text, record jsonb)";
    await this.#sequelize.query(
      `DELETE FROM worker.quarantine USING ${records} WHERE name = :name AND source_row = bad.row`,
      { replacements, transaction },
    );
    await this.#sequelize.query(
      `INSERT INTO worker.quarantine (step, source_row, name, source, reason, record, recorded_at)
       SELECT :step, row, :name, :source, reason, record, now() FROM ${records}`,
      { replacements, transaction },
    );
  }

  /** Deletes what came from the range, whichever step put it there. */
  async deleteRange({ name }: StepIdentity, range: StepRange, transaction: Transaction): Promise<void> {
    await this.#sequelize.query(
      "DELETE FROM worker.quarantine WHERE name = :name AND source_row >= :first AND (:toEnd OR source_row < :end)",
      { replacements: { name, ...range }, transaction },
    );
  }
}
