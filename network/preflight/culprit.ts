import type { SourcedFlow } from "../../batch/adapters/pulumi-workload.ts";
import { changeText } from "../reachability/change.ts";
import type { Component, Explanation } from "../reachability/explanation.ts";
import type { Analysis, TopologyIndex } from "../reachability/index.ts";
import { isKnown } from "../reachability/known.ts";
import type { Route } from "../reachability/topology.ts";

type Hops = Analysis["forwardPath"];
type Asking = Pick<SourcedFlow, "hasPublicAddress" | "publicAddressBy">;

/**
 * An internet gateway drops packets for what another resource says. In a program that one is to be changed, so it is what
 * an explanation names; the path still shows the gateway.
 */
export function atCulprit(index: TopologyIndex, analysis: Analysis, source: string, asking: Asking): Analysis {
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
          return wrongRoute(one, table);
        case "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS":
          if (!before.every(isInSubnet)) return ofNatGateway(one, before);
          return aroundNat(index, one, source) ?? noPublicAddress(one, source, asking, table);
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

/** With the route that is missing, where that is known: the path then goes on by it, and no gateway keeps anything back. */
function wrongRoute(explanation: Explanation, last: Component | undefined): Explanation {
  const { message, change, fix } = explanation;
  const table = change?.type === "add-route" ? { type: "route-table", id: change.id } : last;
  if (!table) return explanation;
  return {
    ...explanation,
    component: table,
    message: `${table.id} sends there what is not for the internet: ${message}`,
    fix: (change && fix) ?? `Add to ${table.id} a route for these private addresses to where they are.`,
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

/** Where the VPC has a NAT gateway, jobs without public addresses were meant to take it. */
function aroundNat(index: TopologyIndex, explanation: Explanation, source: string): Explanation | undefined {
  const subnet = index.subnet(source);
  const table = isKnown(subnet) ? index.tableOfSubnet(source, subnet.vpcId) : subnet;
  const { natGateways } = index.topology;
  if (!isKnown(table) || !isKnown(natGateways)) return undefined;
  const wrong = isKnown(table.routes) ? table.routes.find(isDefault) : undefined;
  const gateway = explanation.component.id;
  if (!wrong || !isKnown(wrong.target) || wrong.target.type === "local" || wrong.target.id !== gateway)
    return undefined;
  for (const { id, vpcId, state, connectivityType, subnetId } of natGateways.values()) {
    if (vpcId !== table.vpcId || state !== "available" || connectivityType !== "public" || !isKnown(subnetId)) continue;
    const own = index.tableOfSubnet(subnetId, vpcId);
    // The gateway would send packets to itself.
    if (!isKnown(own) || own.id === table.id) continue;
    const route: Route = { ...wrong, target: { type: "nat-gateway", id } };
    const change = { type: "add-route", id: table.id, route } as const;
    const message = `${table.id} leads to ${gateway}, not to ${id}: ${explanation.message}`;
    const component = { type: "route-table", id: table.id };
    return { ...explanation, component, message, change, fix: changeText(change) };
  }
  return undefined;
}

const isDefault = ({ destination }: Route) =>
  isKnown(destination) && "cidr" in destination && destination.cidr.family === 4 && destination.cidr.prefix === 0;

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
