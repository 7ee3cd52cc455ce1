import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ logs: ({ jobs }) => ({ securityGroupIds: [jobs.id] }) });
