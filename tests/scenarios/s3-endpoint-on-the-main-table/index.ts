import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ s3: ({ vpc }) => ({ routeTableIds: [vpc.mainRouteTableId] }) });
