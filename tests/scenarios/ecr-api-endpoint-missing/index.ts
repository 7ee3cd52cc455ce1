import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ "ecr.api": null });
