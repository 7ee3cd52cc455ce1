import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ jobsToEndpoints: { fromPort: 80, toPort: 80 } });
