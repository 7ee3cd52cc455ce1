import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ logs: { securityGroupIds: undefined } });
