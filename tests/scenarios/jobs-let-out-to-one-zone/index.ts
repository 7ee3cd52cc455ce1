import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ jobsToEndpoints: { referencedSecurityGroupId: undefined, cidrIpv4: "10.0.0.0/20" } });
