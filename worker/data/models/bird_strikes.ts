import { DataTypes, type Sequelize } from "sequelize";

export default (sequelize: Sequelize) =>
  sequelize.define(
    "bird_strikes",
    {
      /** Row of the source. */
      id: { type: DataTypes.BIGINT, primaryKey: true },
      /** IATA code; null where the name fits no airport of the state. */
      airport: { type: DataTypes.STRING(4) },
      airportName: { type: DataTypes.TEXT, allowNull: false },
      state: { type: DataTypes.TEXT, allowNull: false },
      strikeDate: { type: DataTypes.DATEONLY, allowNull: false },
      operator: { type: DataTypes.TEXT, allowNull: false },
      aircraft: { type: DataTypes.TEXT, allowNull: false },
      damage: { type: DataTypes.STRING(12), allowNull: false },
      phase: { type: DataTypes.TEXT, allowNull: false },
      wildlifeSize: { type: DataTypes.TEXT, allowNull: false },
      wildlifeSpecies: { type: DataTypes.TEXT, allowNull: false },
      timeOfDay: { type: DataTypes.TEXT, allowNull: false },
      /** US dollars. */
      costOther: { type: DataTypes.INTEGER },
      costRepair: { type: DataTypes.INTEGER },
      costTotal: { type: DataTypes.INTEGER },
      /** Knots, indicated. */
      speed: { type: DataTypes.INTEGER },
    },
    { tableName: "bird_strikes" },
  );
