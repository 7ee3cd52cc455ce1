import type { ServiceRequest } from "../network/endpoints.ts";
import { partitionOf } from "../network/region.ts";
import { type LaunchType, runsOnInstances } from "./compute-environment.ts";

export interface ServicesArgs {
  readonly region: string;
  readonly launchTypes: readonly LaunchType[];
  /** Whether the image lies in ECR. */
  readonly imageInEcr: boolean;
  readonly hasSecrets: boolean;
}

/** Services that jobs need, with what they ask of them where that is known to the letter. */
export function requiredServices({ region, launchTypes, imageInEcr, hasSecrets }: ServicesArgs): {
  services: readonly string[];
  requests: Readonly<Record<string, readonly ServiceRequest[]>>;
} {
  const services = ["logs"];
  const requests: Record<string, ServiceRequest[]> = {};
  if (launchTypes.some(runsOnInstances)) services.push("ecs", "ecs-agent", "ecs-telemetry");
  if (imageInEcr) {
    services.push("ecr.api", "ecr.dkr", "s3");
    requests.s3 = [
      {
        action: "s3:GetObject",
        resource: `arn:${partitionOf(region)}:s3:::prod-${region}-starport-layer-bucket/*`,
      },
    ];
  }
  if (hasSecrets) services.push("secretsmanager");
  return { services, requests };
}
