import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ logs: null });
