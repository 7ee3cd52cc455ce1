import { endpointsOnly } from "../base/endpoints-only.ts";

// https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
endpointsOnly({
  ecs: null,
  "ecs-agent": null,
  "ecs-telemetry": null,
  "ecr.api": null,
  "ecr.dkr": null,
  logs: null,
  secretsmanager: null,
  s3: null,
});
