import { DataTypes, type Sequelize } from "sequelize";

export default (sequelize: Sequelize) =>
  sequelize.define(
    "airports",
    {
      iata: { type: DataTypes.STRING(4), primaryKey: true },
      name: { type: DataTypes.TEXT, allowNull: false },
      city: { type: DataTypes.TEXT, allowNull: false },
      state: { type: DataTypes.CHAR(2), allowNull: false },
      country: { type: DataTypes.TEXT, allowNull: false },
      latitude: { type: DataTypes.DOUBLE, allowNull: false },
      longitude: { type: DataTypes.DOUBLE, allowNull: false },
      sourceRow: { type: DataTypes.BIGINT, allowNull: false },
    },
    { tableName: "airports" },
  );
