import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ endpointsFromJobs: { fromPort: 80, toPort: 80 } });
