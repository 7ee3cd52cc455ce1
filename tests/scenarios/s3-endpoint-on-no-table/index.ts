import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ s3: { routeTableIds: undefined } });
