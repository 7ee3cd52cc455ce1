import { DataTypes, type QueryInterface } from "sequelize";

const jobs = { schema: "worker", tableName: "job_execution" } as never;

const columns = {
  bundle: DataTypes.TEXT,
  commit: DataTypes.TEXT,
  dirty: DataTypes.BOOLEAN,
  batch_job: DataTypes.TEXT,
  attempt: DataTypes.INTEGER,
};

/** Which code a job ran, as far as whoever submitted it said so, and which job of AWS Batch it was. */
export async function up({ context }: { context: QueryInterface }): Promise<void> {
  for (const [name, type] of Object.entries(columns)) await context.addColumn(jobs, name, { type });
}

export async function down({ context }: { context: QueryInterface }): Promise<void> {
  for (const name of Object.keys(columns).reverse()) await context.removeColumn(jobs, name);
}
