import { endpointsOnly } from "../base/endpoints-only.ts";

// https://github.com/aws/amazon-ecs-agent/issues/1143
endpointsOnly({ "ecs-agent": null });
