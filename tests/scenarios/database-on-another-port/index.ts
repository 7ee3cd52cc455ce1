import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ database: { port: 5433 } });
