import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ jobsToEndpoints: null, endpointsFromJobs: null });
