import { endpointsOnly } from "../base/endpoints-only.ts";

// https://gist.github.com/jousby/8a5e422d
endpointsOnly({ "ecs-telemetry": null });
