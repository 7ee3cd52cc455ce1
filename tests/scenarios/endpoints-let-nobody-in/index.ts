import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ endpointsFromJobs: null });
