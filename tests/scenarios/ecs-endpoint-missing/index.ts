import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ ecs: null });
