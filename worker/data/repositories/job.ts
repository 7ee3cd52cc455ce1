import type { Client } from "pg";
import { QueryTypes, type Sequelize } from "sequelize";
import { lockKey } from "../advisory-lock.ts";
import { asFailure } from "../database-failure.ts";
import type { JobParameters, Jobs, StepExecutionRecord, StepIdentity, StepStatus } from "./contracts.ts";
import { quoted } from "./table.ts";

/** Job executions, and what one asks of the bookkeeping. */
export class JobRepository implements Jobs {
  readonly #sequelize: Sequelize;
  readonly #label: string;

  constructor(sequelize: Sequelize, label: string) {
    this.#sequelize = sequelize;
    this.#label = label;
  }

  async start({ parameters, origin, ...job }: JobParameters): Promise<number> {
    const [row] = await this.#select<{ id: number }>(
      `INSERT INTO worker.job_execution (environment, host, pid, version, parameters, bundle, commit, dirty, batch_job,
         attempt, status, started_at)
       VALUES (:environment, :host, :pid, :version, :parameters, :bundle, :commit, :dirty, :batchJob,
         :attempt, 'started', now()) RETURNING id`,
      { ...job, ...origin, parameters: JSON.stringify(parameters) },
    );
    const id = row?.id ?? 0;
    await this.#select(`SELECT pg_advisory_lock_shared(${livenessKey}, ${id})`);
    // A new connection after a lost one is the same job, alive; shared, so that it need not wait for the old one's end.
    this.#sequelize.addHook("afterConnect", async (connection) => {
      await (connection as Client).query(`SELECT pg_advisory_lock_shared(${livenessKey}, ${id})`);
    });
    return id;
  }

  async finish(id: number, status: StepStatus, exitCode: number): Promise<void> {
    await this.#select(
      "UPDATE worker.job_execution SET status = :status, exit_code = :exitCode, ended_at = now() WHERE id = :id",
      { id, status, exitCode },
    );
  }

  async inputs(names: readonly string[]): Promise<{ version: string; empty: readonly string[] }> {
    const empty: string[] = [];
    for (const name of names) {
      const rows = await this.#select(`SELECT 1 FROM ${quoted(name)} LIMIT 1`);
      if (rows.length === 0) empty.push(name);
    }
    const [row] = await this.#select<{ version: string }>(
      `SELECT md5(coalesce(string_agg(concat_ws('/', id, fence, next_row, written), ',' ORDER BY id), '')) AS version
       FROM worker.step WHERE name IN (:names) AND next_row > first_row`,
      { names },
    );
    return { version: row?.version ?? "", empty };
  }

  async completeShards({ name, source, sourceVersion, limit, shards }: Omit<StepIdentity, "shard">): Promise<number> {
    const [row] = await this.#select<{ complete: number }>(
      `SELECT count(*)::integer AS complete FROM worker.step
       WHERE name = :name AND source = :source AND source_version = :sourceVersion
         AND row_limit IS NOT DISTINCT FROM :limit AND shards = :shards AND status = 'completed'`,
      { name, source, sourceVersion, limit, shards },
    );
    return row?.complete ?? 0;
  }

  async history(most: number): Promise<StepExecutionRecord[]> {
    return await this.#select<StepExecutionRecord>(
      `SELECT job.id AS job, environment, host, bundle, commit, dirty, batch_job AS "batchJob", attempt, execution.started_at AS "startedAt", name, shard, shards,
         row_limit::float8 AS limit, execution.read::float8 AS read, execution.written::float8 AS written,
         execution.skipped::float8 AS skipped, execution.message,
         extract(epoch FROM coalesce(execution.ended_at, CASE WHEN alive THEN now() END, step.updated_at) - execution.started_at)::float8
           AS seconds,
         CASE WHEN execution.status = 'started' AND NOT alive THEN 'abandoned' ELSE execution.status END AS status
       FROM worker.step_execution AS execution
       JOIN worker.step ON step.id = execution.step
       JOIN worker.job_execution AS job ON job.id = execution.job_execution
       CROSS JOIN LATERAL (SELECT EXISTS (
         SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = ${livenessKey} AND objid = job.id
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS alive) AS liveness
       ORDER BY execution.id DESC LIMIT :most`,
      { most },
    );
  }

  async close(): Promise<void> {
    await this.#sequelize.close();
  }

  async #select<Row extends object>(sql: string, replacements: Record<string, unknown> = {}) {
    try {
      return await this.#sequelize.query<Row>(sql, { replacements, type: QueryTypes.SELECT });
    } catch (error) {
      throw asFailure(error, this.#label);
    }
  }
}

/** First half of the advisory locks of running jobs; the second is the job execution's id. */
const livenessKey = Number(lockKey("batch-preflight worker.job_execution") & 0x7fff_ffffn);
