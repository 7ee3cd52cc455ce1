import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ databaseFromJobs: null });
