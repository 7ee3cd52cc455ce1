import { DataTypes, type Sequelize } from "sequelize";

export default (sequelize: Sequelize) =>
  sequelize.define(
    "flights",
    {
      /** Row of the source. */
      id: { type: DataTypes.BIGINT, primaryKey: true },
      /** Local time of the origin, as the source has it, kept as if it were UTC. */
      departedAt: { type: DataTypes.DATE, allowNull: false },
      departureHour: { type: DataTypes.SMALLINT, allowNull: false },
      origin: { type: DataTypes.STRING(3), allowNull: false },
      destination: { type: DataTypes.STRING(3), allowNull: false },
      /** Minutes; negative when early. */
      delay: { type: DataTypes.INTEGER, allowNull: false },
      delayClass: { type: DataTypes.STRING(10), allowNull: false },
      /** Statute miles, as reported. */
      distance: { type: DataTypes.INTEGER, allowNull: false },
      greatCircleKm: { type: DataTypes.DOUBLE, allowNull: false },
      /** Reported less great-circle distance. */
      detourKm: { type: DataTypes.DOUBLE, allowNull: false },
    },
    { tableName: "flights" },
  );
