import { DataTypes, type QueryInterface } from "sequelize";

const now = { type: DataTypes.DATE, allowNull: false };
const count = { type: DataTypes.BIGINT, allowNull: false, defaultValue: 0 };

/**
 * What ran and how far it came: job executions, steps with their checkpoints, step executions, quarantine. The schema
 * `worker` is there already: the log of the migrations is in it.
 */
export async function up({ context }: { context: QueryInterface }): Promise<void> {
  await context.createTable(
    { schema: "worker", tableName: "job_execution" },
    {
      id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
      environment: { type: DataTypes.TEXT, allowNull: false },
      host: { type: DataTypes.TEXT, allowNull: false },
      pid: { type: DataTypes.INTEGER, allowNull: false },
      version: { type: DataTypes.TEXT, allowNull: false },
      parameters: { type: DataTypes.JSONB, allowNull: false },
      status: { type: DataTypes.TEXT, allowNull: false },
      exit_code: { type: DataTypes.INTEGER },
      started_at: now,
      ended_at: { type: DataTypes.DATE },
    },
  );
  await context.createTable(
    { schema: "worker", tableName: "step" },
    {
      id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
      name: { type: DataTypes.TEXT, allowNull: false },
      source: { type: DataTypes.TEXT, allowNull: false },
      source_version: { type: DataTypes.TEXT, allowNull: false },
      row_limit: { type: DataTypes.BIGINT },
      shard: { type: DataTypes.INTEGER, allowNull: false },
      shards: { type: DataTypes.INTEGER, allowNull: false },
      first_row: count,
      end_row: count,
      next_row: count,
      status: { type: DataTypes.TEXT, allowNull: false },
      fence: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      read: count,
      written: count,
      skipped: count,
      seconds: { type: DataTypes.DOUBLE, allowNull: false, defaultValue: 0 },
      updated_at: now,
    },
  );
  await context.sequelize.query(
    `ALTER TABLE worker.step ADD CONSTRAINT step_identity
     UNIQUE NULLS NOT DISTINCT (name, source, source_version, row_limit, shard, shards)`,
  );
  await context.createTable(
    { schema: "worker", tableName: "step_execution" },
    {
      id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
      job_execution: {
        type: DataTypes.INTEGER,
        allowNull: false,
        references: { model: { tableName: "job_execution", schema: "worker" }, key: "id" },
      },
      step: {
        type: DataTypes.INTEGER,
        allowNull: false,
        references: { model: { tableName: "step", schema: "worker" }, key: "id" },
      },
      status: { type: DataTypes.TEXT, allowNull: false },
      from_row: count,
      read: count,
      written: count,
      skipped: count,
      commits: count,
      message: { type: DataTypes.TEXT },
      started_at: now,
      ended_at: { type: DataTypes.DATE },
    },
  );
  await context.createTable(
    { schema: "worker", tableName: "quarantine" },
    {
      step: {
        type: DataTypes.INTEGER,
        allowNull: false,
        primaryKey: true,
        references: { model: { tableName: "step", schema: "worker" }, key: "id" },
      },
      source_row: { type: DataTypes.BIGINT, allowNull: false, primaryKey: true },
      name: { type: DataTypes.TEXT, allowNull: false },
      source: { type: DataTypes.TEXT, allowNull: false },
      reason: { type: DataTypes.TEXT, allowNull: false },
      record: { type: DataTypes.JSONB, allowNull: false },
      recorded_at: now,
    },
  );
}

export async function down({ context }: { context: QueryInterface }): Promise<void> {
  for (const tableName of ["quarantine", "step_execution", "step", "job_execution"]) {
    await context.dropTable({ schema: "worker", tableName } as never);
  }
}
