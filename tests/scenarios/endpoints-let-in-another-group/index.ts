import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  endpointsFromJobs: ({ databaseGroup }) => ({ referencedSecurityGroupId: databaseGroup.id }),
});
