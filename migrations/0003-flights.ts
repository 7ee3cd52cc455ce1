import { DataTypes, type QueryInterface } from "sequelize";

export async function up({ context }: { context: QueryInterface }): Promise<void> {
  await context.createTable("flights", {
    id: { type: DataTypes.BIGINT, primaryKey: true, allowNull: false },
    departed_at: { type: DataTypes.DATE, allowNull: false },
    departure_hour: { type: DataTypes.SMALLINT, allowNull: false },
    origin: { type: DataTypes.STRING(3), allowNull: false },
    destination: { type: DataTypes.STRING(3), allowNull: false },
    delay: { type: DataTypes.INTEGER, allowNull: false },
    delay_class: { type: DataTypes.STRING(10), allowNull: false },
    distance: { type: DataTypes.INTEGER, allowNull: false },
    great_circle_km: { type: DataTypes.DOUBLE, allowNull: false },
    detour_km: { type: DataTypes.DOUBLE, allowNull: false },
  });
}

export async function down({ context }: { context: QueryInterface }): Promise<void> {
  await context.dropTable("flights");
}
