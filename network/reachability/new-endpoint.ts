import { cidrText } from "./address.ts";
import { isKnown, type Known } from "./known.ts";
import { withRoute } from "./route-table.ts";
import type { Collection, Route, SecurityGroup, Topology, VpcEndpoint } from "./topology.ts";

/** An endpoint for a service of AWS's that is still to be made. */
export interface NewEndpoint {
  readonly type: "add-vpc-endpoint";
  readonly id: string;
  readonly endpoint: VpcEndpoint;
  /** Of an interface endpoint, where it gets one of its own. */
  readonly securityGroup?: SecurityGroup;
  /** Of a gateway endpoint: what the tables get a route for. */
  readonly prefixListId?: string;
}

/** The sentence of it. */
export function newEndpointText({ endpoint, securityGroup }: NewEndpoint): string {
  const { type, serviceName, vpcId, routeTableIds, subnetIds, securityGroupIds } = endpoint;
  const service = serviceName.replace("com.amazonaws..", "com.amazonaws.REGION.");
  if (type === "Gateway")
    return `Add a gateway endpoint for ${service} to ${vpcId}, associated with route table ${listed(routeTableIds)}.`;
  const groups = securityGroup
    ? `a security group that lets in tcp 443 from ${peersOf(securityGroup)}`
    : `the security group ${listed(securityGroupIds)}`;
  return `Add an interface endpoint for ${service}, with private DNS, to ${vpcId}, in ${listed(subnetIds)}, with ${groups}.`;
}

/** The topology with it; of one that is made for several subnets, in all of them. */
export function withNewEndpoint(topology: Topology, { endpoint, securityGroup, prefixListId }: NewEndpoint): Topology {
  const { id, routeTableIds } = endpoint;
  const { vpcEndpoints, securityGroups, routeTables } = topology;
  const known = isKnown(vpcEndpoints) ? vpcEndpoints.get(id) : undefined;
  const whole: VpcEndpoint = {
    ...endpoint,
    subnetIds: union(known?.subnetIds, endpoint.subnetIds),
    routeTableIds: union(known?.routeTableIds, routeTableIds),
  };
  const tableIds = isKnown(routeTableIds) ? routeTableIds : [];
  const tables = tableIds.flatMap((tableId) => (isKnown(routeTables) ? (routeTables.get(tableId) ?? []) : []));
  const route: Route | undefined =
    prefixListId === undefined
      ? undefined
      : { destination: { prefixListId }, target: { type: "vpc-endpoint", id }, state: "active", isPropagated: false };
  const routed = tables.map((table) => ({
    ...table,
    routes: route && isKnown(table.routes) ? withRoute(table.routes, route) : table.routes,
  }));
  return {
    ...topology,
    vpcEndpoints: including(vpcEndpoints, [whole]),
    securityGroups: including(securityGroups, securityGroup ? [securityGroup] : []),
    routeTables: including(routeTables, routed),
  };
}

function including<R extends { readonly id: string }>(all: Collection<R>, some: readonly R[]): Collection<R> {
  return isKnown(all) ? new Map([...all, ...some.map((one) => [one.id, one] as const)]) : all;
}

function union(one: Known<readonly string[]> | undefined, other: Known<readonly string[]>): Known<readonly string[]> {
  return one !== undefined && isKnown(one) && isKnown(other) ? [...new Set([...one, ...other])] : other;
}

const listed = (ids: Known<readonly string[]>) => (isKnown(ids) ? ids.join(" and ") : "what is not known");

function peersOf({ rules }: SecurityGroup): string {
  const peers = isKnown(rules) ? rules.map(({ peer }) => peer) : [];
  return peers.flatMap((peer) => (isKnown(peer) && "cidr" in peer ? [cidrText(peer.cidr)] : [])).join(" and ");
}
