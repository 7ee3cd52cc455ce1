import { DataTypes, type QueryInterface } from "sequelize";

const steps = { schema: "worker", tableName: "step" } as never;
const row = { type: DataTypes.BIGINT, allowNull: false, defaultValue: 0 };

/** Where rows of a step may lie in its table, from the first up to the end: what is left of them when others start over. */
export async function up({ context }: { context: QueryInterface }): Promise<void> {
  await context.addColumn(steps, "rows_first", row);
  await context.addColumn(steps, "rows_end", row);
  await context.sequelize.query("UPDATE worker.step SET rows_first = first_row, rows_end = next_row");
  await context.sequelize.query("CREATE INDEX quarantine_rows ON worker.quarantine (name, source_row)");
}

export async function down({ context }: { context: QueryInterface }): Promise<void> {
  await context.sequelize.query("DROP INDEX worker.quarantine_rows");
  for (const column of ["rows_first", "rows_end"]) await context.removeColumn(steps, column);
}
