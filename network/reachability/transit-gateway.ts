import type { Cidr } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { divide, type PacketKind, type PacketSet, type Part, type Term } from "./packet-set.ts";
import { prefixListCidrs } from "./prefix-list.ts";
import type { Topology, TransitGatewayRoute } from "./topology.ts";

export type TransitGatewaySelection =
  | { readonly state: "active"; readonly attachmentIds: readonly string[] }
  | { readonly state: "blackhole" }
  | { readonly state: "none" };

/** The longest prefix wins, of the same block a static route before a propagated one (Transit Gateway guide, Routing). */
export function transitGatewayRoute(
  topology: Topology,
  tableId: string,
  set: PacketSet,
  destination: Term,
  { family }: PacketKind,
): Part<Known<TransitGatewaySelection>>[] {
  const routes = routesOf(topology, tableId);
  if (!isKnown(routes)) return [{ set, value: routes }];
  const choices: { route: TransitGatewayRoute; cidr: Cidr }[] = [];
  for (const route of routes) {
    const { destination } = route;
    const cidrs = !isKnown(destination)
      ? destination
      : "cidr" in destination
        ? [destination.cidr]
        : prefixListCidrs(topology, destination.prefixListId);
    if (!isKnown(cidrs)) return [{ set, value: cidrs }];
    choices.push(...cidrs.map((cidr) => ({ route, cidr })));
  }
  const ordered = choices
    .filter(({ cidr }) => cidr.family === family)
    .sort(
      (one, other) =>
        other.cidr.prefix - one.cidr.prefix || Number(one.route.isPropagated) - Number(other.route.isPropagated),
    );
  const selected: Part<Known<TransitGatewaySelection>>[] = [];
  let rest: PacketSet[] = [set];
  for (const { route, cidr } of ordered) {
    rest = rest.flatMap((part) =>
      divide(part, destination, cidr).flatMap(({ set: piece, value }) => {
        if (value !== "yes") return [piece];
        selected.push({ set: piece, value: selectionOf(route) });
        return [];
      }),
    );
  }
  return [...selected, ...rest.map((part) => ({ set: part, value: { state: "none" } as const }))];
}

function selectionOf({ state, attachmentIds }: TransitGatewayRoute): Known<TransitGatewaySelection> {
  if (!isKnown(state)) return state;
  return state === "blackhole" ? { state } : { state, attachmentIds };
}

/** Static routes, and one to each block of the VPCs that propagate into the table. */
function routesOf(topology: Topology, tableId: string): Known<readonly TransitGatewayRoute[]> {
  const { transitGatewayRouteTables, transitGatewayAttachments, vpcs } = topology;
  if (!isKnown(transitGatewayRouteTables)) return transitGatewayRouteTables;
  const table = transitGatewayRouteTables.get(tableId);
  if (!table) return new Unknown(`transit gateway route table ${tableId} is not in the topology`);
  const { staticRoutes, propagatingAttachmentIds, transitGatewayId } = table;
  if (!isKnown(staticRoutes)) return staticRoutes;
  if (!isKnown(propagatingAttachmentIds)) return propagatingAttachmentIds;
  const routes = [...staticRoutes];
  for (const id of propagatingAttachmentIds) {
    if (!isKnown(transitGatewayAttachments)) return transitGatewayAttachments;
    const attachment = transitGatewayAttachments.get(`${transitGatewayId}/${id}`);
    if (attachment?.resource.type !== "vpc") return new Unknown(`what ${id} propagates to ${tableId}`);
    const vpc = isKnown(vpcs) ? vpcs.get(attachment.resource.vpcId) : undefined;
    const cidrs = vpc
      ? vpc.cidrBlocks
      : new Unknown(`the blocks of ${attachment.resource.vpcId}, which ${id} propagates`);
    if (!isKnown(cidrs)) return cidrs;
    for (const cidr of cidrs)
      routes.push({ destination: { cidr }, state: "active", attachmentIds: [id], isPropagated: true });
  }
  return routes;
}
