import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ jobsToEndpoints: ({ databaseGroup }) => ({ securityGroupId: databaseGroup.id }) });
