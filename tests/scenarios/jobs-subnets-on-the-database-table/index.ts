import { natGateway } from "../base/internet.ts";

natGateway({
  computeAToTable: ({ databaseTable }) => ({ routeTableId: databaseTable.id }),
  computeBToTable: ({ databaseTable }) => ({ routeTableId: databaseTable.id }),
});
