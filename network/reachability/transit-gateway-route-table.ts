import { isKnown, type Known, Unknown } from "./known.ts";
import type { Topology, TransitGatewayRoute, TransitGatewayRouteTable } from "./topology.ts";

/** Static routes, and one to each block of what propagates into the table: VPCs, and VPNs with static routes. */
export function transitGatewayRoutes(
  { transitGatewayAttachments, vpcs }: Topology,
  { id: tableId, staticRoutes, propagatingAttachmentIds, transitGatewayId }: TransitGatewayRouteTable,
): Known<readonly TransitGatewayRoute[]> {
  if (!isKnown(staticRoutes)) return staticRoutes;
  if (!isKnown(propagatingAttachmentIds)) return propagatingAttachmentIds;
  const routes = [...staticRoutes];
  for (const id of propagatingAttachmentIds) {
    const attachments = isKnown(transitGatewayAttachments) ? transitGatewayAttachments : undefined;
    const resource = attachments?.get(`${transitGatewayId}/${id}`)?.resource;
    const vpc = resource?.type === "vpc" && isKnown(vpcs) ? vpcs.get(resource.vpcId) : undefined;
    const cidrs =
      vpc?.cidrBlocks ??
      (resource?.type === "unsupported" ? resource.cidrBlocks : new Unknown(`what ${id} propagates into ${tableId}`));
    const destinations = isKnown(cidrs) ? cidrs.map((cidr) => ({ cidr })) : [cidrs];
    for (const destination of destinations)
      routes.push({ destination, state: "active", attachmentIds: [id], isPropagated: true });
  }
  return routes;
}
