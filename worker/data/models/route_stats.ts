import { DataTypes, type Sequelize } from "sequelize";

export default (sequelize: Sequelize) =>
  sequelize.define(
    "route_stats",
    {
      origin: { type: DataTypes.STRING(3), primaryKey: true },
      destination: { type: DataTypes.STRING(3), primaryKey: true },
      /** Null for an airport without a state: those are in quarantine. */
      originCity: { type: DataTypes.TEXT },
      destinationCity: { type: DataTypes.TEXT },
      flights: { type: DataTypes.INTEGER, allowNull: false },
      /** Minutes. */
      meanDelay: { type: DataTypes.DOUBLE, allowNull: false },
      medianDelay: { type: DataTypes.DOUBLE, allowNull: false },
      p95Delay: { type: DataTypes.DOUBLE, allowNull: false },
      /** 0 to 1. */
      onTimeShare: { type: DataTypes.DOUBLE, allowNull: false },
      /** Statute miles, as reported. */
      distance: { type: DataTypes.DOUBLE, allowNull: false },
      greatCircleKm: { type: DataTypes.DOUBLE, allowNull: false },
    },
    { tableName: "route_stats" },
  );
