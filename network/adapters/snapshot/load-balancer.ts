import type { NetworkInterface } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

/**
 * What is known of an interface that is called `ELB app/NAME/ID` or `ELB net/NAME/ID`, as the end of its load balancer's ARN
 * is: the ports that listeners have, where an account and Region tells them; and that an Application Load Balancer answers
 * echo (Application Load Balancers guide, Security groups).
 */
export function loadBalancers(reading: Reading): (fields: Fields) => NetworkInterface["service"] {
  const ports = new Map<string, number[]>();
  for (const { value } of reading.entries("LoadBalancerListeners") ?? []) {
    const name = nameOf(/:listener\/((?:app|net)\/[^/]+\/[^/]+)/, value.ListenerArn);
    if (name !== undefined) ports.set(name, [...(ports.get(name) ?? []), Number(value.Port)]);
  }
  const known = new Set<string | undefined>();
  for (const { scope, value } of reading.entries("LoadBalancers") ?? [])
    if (reading.isTold(scope, "LoadBalancerListeners"))
      known.add(nameOf(/:loadbalancer\/((?:app|net)\/[^/]+\/[^/]+)$/, value.LoadBalancerArn));
  return (fields) => {
    const name = nameOf(/^ELB ((?:app|net)\/[^/]+\/[^/]+)$/, fields.value.Description);
    if (name === undefined) return undefined;
    const service = { name: `load balancer ${name}`, ports: [], answersEcho: name.startsWith("app/") };
    return known.has(name) ? { ...service, listeners: ports.get(name) ?? [] } : service;
  };
}

const nameOf = (pattern: RegExp, text: unknown) => (typeof text === "string" ? pattern.exec(text)?.[1] : undefined);
