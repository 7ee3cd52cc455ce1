import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ vpc: { enableDnsSupport: false } });
