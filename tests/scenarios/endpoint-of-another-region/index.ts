import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ logs: { serviceName: "com.amazonaws.eu-central-1.logs" } });
