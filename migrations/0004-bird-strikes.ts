import { DataTypes, type QueryInterface } from "sequelize";

export async function up({ context }: { context: QueryInterface }): Promise<void> {
  await context.createTable("bird_strikes", {
    id: { type: DataTypes.BIGINT, primaryKey: true, allowNull: false },
    airport: { type: DataTypes.STRING(4) },
    airport_name: { type: DataTypes.TEXT, allowNull: false },
    state: { type: DataTypes.TEXT, allowNull: false },
    strike_date: { type: DataTypes.DATEONLY, allowNull: false },
    operator: { type: DataTypes.TEXT, allowNull: false },
    aircraft: { type: DataTypes.TEXT, allowNull: false },
    damage: { type: DataTypes.STRING(12), allowNull: false },
    phase: { type: DataTypes.TEXT, allowNull: false },
    wildlife_size: { type: DataTypes.TEXT, allowNull: false },
    wildlife_species: { type: DataTypes.TEXT, allowNull: false },
    time_of_day: { type: DataTypes.TEXT, allowNull: false },
    cost_other: { type: DataTypes.INTEGER },
    cost_repair: { type: DataTypes.INTEGER },
    cost_total: { type: DataTypes.INTEGER },
    speed: { type: DataTypes.INTEGER },
  });
}

export async function down({ context }: { context: QueryInterface }): Promise<void> {
  await context.dropTable("bird_strikes");
}
