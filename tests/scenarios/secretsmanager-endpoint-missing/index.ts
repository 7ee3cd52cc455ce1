import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ secretsmanager: null });
