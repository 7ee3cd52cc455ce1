import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ databaseFromJobs: { fromPort: 3306, toPort: 3306 } });
