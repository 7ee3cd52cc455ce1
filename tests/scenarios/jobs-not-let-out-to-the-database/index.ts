import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ jobsToDatabase: null });
