import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ "ecr.dkr": { privateDnsEnabled: false } });
