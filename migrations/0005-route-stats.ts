import { DataTypes, type QueryInterface } from "sequelize";

export async function up({ context }: { context: QueryInterface }): Promise<void> {
  await context.createTable("route_stats", {
    origin: { type: DataTypes.STRING(3), primaryKey: true, allowNull: false },
    destination: { type: DataTypes.STRING(3), primaryKey: true, allowNull: false },
    origin_city: { type: DataTypes.TEXT },
    destination_city: { type: DataTypes.TEXT },
    flights: { type: DataTypes.INTEGER, allowNull: false },
    mean_delay: { type: DataTypes.DOUBLE, allowNull: false },
    median_delay: { type: DataTypes.DOUBLE, allowNull: false },
    p95_delay: { type: DataTypes.DOUBLE, allowNull: false },
    on_time_share: { type: DataTypes.DOUBLE, allowNull: false },
    distance: { type: DataTypes.DOUBLE, allowNull: false },
    great_circle_km: { type: DataTypes.DOUBLE, allowNull: false },
  });
}

export async function down({ context }: { context: QueryInterface }): Promise<void> {
  await context.dropTable("route_stats");
}
