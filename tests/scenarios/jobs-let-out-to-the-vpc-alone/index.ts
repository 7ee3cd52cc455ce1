import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ jobsToS3: { prefixListId: undefined, cidrIpv4: "10.0.0.0/16" } });
