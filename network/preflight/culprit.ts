import type { SourcedFlow } from "../../batch/adapters/pulumi-workload.ts";
import type { Component, Explanation } from "../reachability/explanation.ts";
import type { Analysis } from "../reachability/index.ts";
import { isKnown } from "../reachability/known.ts";

type Hops = Analysis["forwardPath"];
type Asking = Pick<SourcedFlow, "hasPublicAddress" | "publicAddressBy">;

/**
 * An internet gateway drops packets for what another resource says. In a program that one is to be changed, so it is what
 * an explanation names; the path still shows the gateway.
 */
export function atCulprit(analysis: Analysis, source: string, asking: Asking): Analysis {
  const { explanations, forwardPath, returnPath } = analysis;
  if (!explanations.some(({ component }) => component.type === "internet-gateway")) return analysis;
  return {
    ...analysis,
    explanations: explanations.map((one) => {
      if (one.component.type !== "internet-gateway") return one;
      const before = hopsBefore(one.component, forwardPath) ?? hopsBefore(one.component, returnPath) ?? [];
      const table = before.findLast(({ component }) => component.type === "route-table")?.component;
      switch (one.code) {
        case "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS":
          return table ? wrongRoute(one, table) : one;
        case "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS":
          return before.every(isInSubnet) ? noPublicAddress(one, source, asking, table) : ofNatGateway(one, before);
        case "unknown-value":
          return before.every(isInSubnet) ? doubtfulAddress(one, asking) : one;
        default:
          return one;
      }
    }),
  };
}

/** Up to where the component keeps packets back, or may. */
function hopsBefore({ id }: Component, path: Hops): Hops | undefined {
  const at = path.findIndex(({ component, mark }) => component.id === id && mark !== undefined);
  return at < 0 ? undefined : path.slice(0, at);
}

/** Nothing on the way has sent the packets on under an address of its own, or from another VPC. */
const isInSubnet = ({ component }: Hops[number]) =>
  ["dns", "subnet", "network-acl", "route-table"].includes(component.type);

function wrongRoute(explanation: Explanation, table: Component): Explanation {
  const { message } = explanation;
  return {
    ...explanation,
    component: table,
    message: `${table.id} sends there what is not for the internet: ${message}`,
    fix: `Add to ${table.id} a route for these private addresses to where they are.`,
  };
}

const throughNat = "route the subnet through a NAT gateway";

/** Packets that a NAT gateway sends on have its address. */
function ofNatGateway(explanation: Explanation, before: Hops): Explanation {
  const gateway = before.findLast(({ component }) => component.type === "nat-gateway")?.component;
  if (!gateway) return explanation;
  const { message } = explanation;
  return {
    ...explanation,
    component: gateway,
    message: `${gateway.id} has no public address: ${message}`,
    fix: `Give ${gateway.id} an elastic IP address (allocationId), and leave its connectivityType public.`,
  };
}

function noPublicAddress(
  explanation: Explanation,
  source: string,
  { publicAddressBy: by }: Asking,
  table: Component | undefined,
): Explanation {
  const { message } = explanation;
  if (by === undefined) {
    const fix = "Route the subnet through a NAT gateway: a node of a multi-node job never gets a public address.";
    return table ? { ...explanation, component: table, fix } : { ...explanation, fix };
  }
  const { type, id = source } = by;
  const component = { type, id };
  switch (type) {
    case "subnet":
      return {
        ...explanation,
        component,
        message: `mapPublicIpOnLaunch of ${id} is off: ${message}`,
        fix: `Set mapPublicIpOnLaunch of ${id} to true, or ${throughNat}.`,
      };
    case "launch-template":
      return {
        ...explanation,
        component,
        message: `associatePublicIpAddress of ${id} is off: ${message}`,
        fix: `Set associatePublicIpAddress of the network interface of ${id} to true, or ${throughNat}.`,
      };
    case "job-definition":
      return {
        ...explanation,
        component,
        message: `networkConfiguration.assignPublicIp of ${id} is not ENABLED: ${message}`,
        fix: `Set networkConfiguration.assignPublicIp of ${id} to "ENABLED", or ${throughNat}.`,
      };
    case "compute-environment":
      return { ...explanation, component };
  }
}

/** Why it is not known whether there is a public address. */
function doubtfulAddress(explanation: Explanation, { hasPublicAddress, publicAddressBy }: Asking): Explanation {
  if (hasPublicAddress === "as-subnet" || isKnown(hasPublicAddress) || publicAddressBy?.id === undefined)
    return explanation;
  const { type, id } = publicAddressBy;
  return {
    ...explanation,
    component: { type, id },
    message: `Not known: whether the jobs get a public address; ${hasPublicAddress.reason}.`,
  };
}
