import { natGateway } from "../base/internet.ts";

natGateway({ publicAToTable: ({ computeTable }) => ({ routeTableId: computeTable.id }) });
