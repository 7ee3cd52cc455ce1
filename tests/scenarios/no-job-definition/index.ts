import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ job: null, container: {} });
