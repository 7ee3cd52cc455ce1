import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ database: { vpcSecurityGroupIds: undefined } });
