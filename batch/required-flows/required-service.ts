import { isKnown } from "../../network/reachability/known.ts";
import type { RequiredRequest } from "./arn.ts";
import type { RequiredFlow } from "./flow.ts";

/** A service that needs a VPC endpoint where there is no way to the internet. */
export interface RequiredService {
  /** `ecr.api`; the endpoint's service is `com.amazonaws.REGION.ecr.api`. */
  readonly name: string;
  /** Gateway endpoints cost nothing; the two services that have them are asked by name as well. */
  readonly kind: "gateway" | "interface";
  /** All that is asked of it. */
  readonly requests: readonly RequiredRequest[];
}

export interface PolicyStatement {
  readonly Effect: "Allow";
  readonly Principal: "*";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

const gateways: ReadonlySet<string> = new Set(["s3", "dynamodb"]);

/** The services that flows lead to, each once, in their order. */
export function requiredServices(flows: readonly RequiredFlow[]): readonly RequiredService[] {
  const services = new Map<string, Map<string, RequiredRequest>>();
  for (const { destination, requests } of flows) {
    if (!isKnown(destination) || !("service" in destination)) continue;
    const own = services.get(destination.service) ?? new Map<string, RequiredRequest>();
    for (const request of requests) own.set(JSON.stringify(request), request);
    services.set(destination.service, own);
  }
  return [...services].map(([name, requests]) => ({
    name,
    kind: gateways.has(name) ? "gateway" : "interface",
    requests: [...requests.values()],
  }));
}

/** Statements of an endpoint policy that lets these requests through and nothing else, one for each set of actions. */
export function policyStatements(requests: readonly RequiredRequest[]): readonly PolicyStatement[] {
  const actionsOf = new Map<string, Set<string>>();
  for (const { action, resource } of requests)
    actionsOf.set(resource, (actionsOf.get(resource) ?? new Set()).add(action));
  const resourcesOf = new Map<string, string[]>();
  for (const [resource, own] of actionsOf) {
    const actions = [...own].join();
    resourcesOf.set(actions, [...(resourcesOf.get(actions) ?? []), resource]);
  }
  return [...resourcesOf].map(([actions, resources]) => ({
    Effect: "Allow",
    Principal: "*",
    Action: actions.split(","),
    Resource: resources,
  }));
}
