import type { Change } from "./change.ts";
import { repair, transitDetours, transitRoutesOf } from "./detour.ts";
import { type Explanation, withChange } from "./explanation.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { block, drop, hop, lookUp, lose, mark, type Outcome, type Packets, unknown } from "./path.ts";
import type { RouteSelection } from "./route-lookup.ts";
import { routeText } from "./route-table.ts";
import { throughAcl } from "./subnet.ts";
import type { TransitGatewayAttachment, TransitGatewayRoute } from "./topology.ts";
import type { Position, Walk } from "./walk.ts";

/** No way over peered gateways is longer. */
const longestPath = 60;

/**
 * Into a transit gateway by the attachment of the VPC, whose subnet in the same zone takes the packets in, with its network
 * ACL (https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html, tgw-nacls.html).
 */
export function transitGateway(walk: Walk, id: string, from: Position, before: Packets): Outcome[] {
  const component = { type: "transit-gateway", id };
  const attachments = walk.index.attachmentsOf(id);
  if (!isKnown(attachments)) return lose(before, component, attachments.reason);
  const own = attachments.filter(({ resource }) => resource.type === "vpc" && resource.vpcId === from.vpcId);
  // A VPC has one at a time; those that are gone AWS goes on showing for hours.
  const attachment = own.find(({ state }) => state === "available") ?? own[0];
  if (!attachment) {
    const others = walk.index.othersOf(from.vpcId);
    if (others) return lose(before, component, others.reason);
    const message = `${from.vpcId} is not attached to ${id}.`;
    return drop(before, { code: "BAD_STATE_ATTACHMENT", component, message });
  }
  const packets = carrySix(walk, attachment, before);
  if (!("set" in packets)) return drop(before, packets);
  return enterByZone(walk, attachment, from, packets);
}

/** By the subnet of the attachment that is in the zone where the packets come from. */
function enterByZone(walk: Walk, attachment: TransitGatewayAttachment, from: Position, before: Packets): Outcome[] {
  const { transitGatewayId: id } = attachment;
  const subnetIds = subnetsOf(attachment, before.changes);
  const component = { type: "transit-gateway", id };
  const zone = from.subnetId === undefined ? undefined : walk.index.zoneOf(from.subnetId);
  if (!isKnown(subnetIds)) return lose(before, component, subnetIds.reason);
  if (from.subnetId === undefined || zone === undefined || !isKnown(zone))
    return lose(before, component, "the zone that the packets come from");
  const entry = subnetIds.find((subnetId) => walk.index.zoneOf(subnetId) === zone);
  if (entry !== undefined) {
    // Also where that is the sender's own subnet, whose inbound rules judge what it sends to the gateway.
    return throughAcl(walk, entry, false, before).flatMap((packets) => enter(walk, attachment, zone, packets));
  }
  const unsure = subnetIds.map((subnetId) => walk.index.zoneOf(subnetId)).find((other) => !isKnown(other));
  if (unsure instanceof Unknown) return lose(before, component, unsure.reason);
  const missing = {
    code: "TGW_ROUTE_AZ_RESTRICTION",
    component,
    message: `The attachment ${attachment.id} has no subnet in ${zone}, where the packets come from.`,
  };
  const change = {
    type: "add-attachment-subnet",
    id: attachment.id,
    transitGatewayId: id,
    subnetId: from.subnetId,
  } as const;
  const blocked = block(before, withChange(missing, change));
  const changed = { ...blocked, changes: [...blocked.changes, change] };
  return throughAcl(walk, from.subnetId, false, changed).flatMap((packets) => enter(walk, attachment, zone, packets));
}

/** By the route table that the attachment is associated with. */
function enter(walk: Walk, by: TransitGatewayAttachment, zone: string, before: Packets): Outcome[] {
  const component = { type: "transit-gateway-attachment", id: by.id };
  const packets = hop(before, component);
  if ((packets.trail?.length ?? 0) > longestPath) return drop(packets, loop(by.id));
  const refusal = gatewayNotAvailable(walk, by.transitGatewayId) ?? notAvailable(by);
  if (refusal instanceof Unknown) return lose(packets, component, refusal.reason);
  if (refusal) return drop(packets, refusal);
  if (!isKnown(by.routeTableId)) return lose(packets, component, by.routeTableId.reason);
  if (by.routeTableId !== undefined) return byTable(walk, by, by.routeTableId, zone, packets);
  const missing: Explanation = {
    code: "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
    component,
    message: `${by.id} is associated with no route table of its transit gateway.`,
  };
  const decided = { ...packets, decisions: packets.decisions + 1 };
  return repair(walk, drop(decided, missing), decided, () =>
    tablesOf(walk, by.transitGatewayId).map((routeTableId) => ({
      change: {
        type: "associate-transit-gateway-route-table",
        id: by.id,
        transitGatewayId: by.transitGatewayId,
        routeTableId,
      },
      go: (part) => byTable(walk, by, routeTableId, zone, mark(part, "blocks")),
    })),
  );
}

function byTable(walk: Walk, by: TransitGatewayAttachment, tableId: string, zone: string, packets: Packets): Outcome[] {
  const component = { type: "transit-gateway-route-table", id: tableId };
  const lookup = transitRoutesOf(walk, tableId, packets);
  if (!isKnown(lookup)) return lose(packets, component, lookup.reason);
  const asked = lookUp(packets, tableId);
  return lookup.select(packets.set, packets.header.destination).flatMap(({ set, value: selection }) => {
    const next = set === asked.set ? asked : { ...asked, set };
    const follow = (route: TransitGatewayRoute, part: Packets) =>
      followRoute(walk, by, route, zone, hop(part, component, routeText(route)));
    return repair(walk, takeRoute(walk, tableId, selection, next, follow), next, (part) =>
      transitDetours(walk, by.transitGatewayId, tableId, selection, part).map((route) => ({
        change: { type: "add-transit-gateway-route", id: tableId, route },
        go: (blocked) =>
          followRoute(
            walk,
            by,
            route,
            zone,
            mark(hop(blocked, component, `with the fix ${routeText(route)}`), "blocks"),
          ),
      })),
    );
  });
}

function takeRoute(
  walk: Walk,
  tableId: string,
  { candidates, mayBeNone, reason }: RouteSelection<TransitGatewayRoute>,
  packets: Packets,
  follow: (route: TransitGatewayRoute, packets: Packets) => Outcome[],
): Outcome[] {
  const component = { type: "transit-gateway-route-table", id: tableId };
  const ways = candidates.map((route) => () => follow(route, packets));
  if (mayBeNone) {
    const message = `${tableId} has no route for ${walk.what(packets)}.`;
    ways.push(() => drop(packets, { code: "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", component, message }));
  }
  return walk.oneOf(packets, ways, component, reason ?? "which route is taken");
}

function followRoute(
  walk: Walk,
  by: TransitGatewayAttachment,
  { state, attachmentIds }: TransitGatewayRoute,
  zone: string,
  before: Packets,
): Outcome[] {
  const table = before.trail?.hop.component ?? { type: "transit-gateway", id: by.transitGatewayId };
  if (state === "blackhole") {
    const message = `The route of ${table.id} for ${walk.what(before)} is a blackhole.`;
    return drop(before, { code: "TGW_RTB_BAD_STATE_ROUTE", component: table, message });
  }
  const packets = isKnown(state) ? before : unknown(before, table, state.reason);
  const ways = attachmentIds.map((id) => () => leave(walk, by, id, zone, packets));
  if (ways.length === 0) return lose(packets, table, "the attachment that the route leads to");
  return walk.oneOf(packets, ways, table, "several attachments share the route");
}

/** Out by an attachment: into a VPC by a subnet of it, or into a peered transit gateway. */
function leave(walk: Walk, by: TransitGatewayAttachment, id: string, zone: string, before: Packets): Outcome[] {
  const component = { type: "transit-gateway-attachment", id };
  const packets = hop(before, component);
  const attachments = walk.index.attachmentsOf(by.transitGatewayId);
  const to = isKnown(attachments) ? attachments.find((one) => one.id === id) : undefined;
  if (!to) return lose(packets, component, `${id}, which is not in the topology`);
  const { resource } = to;
  const subnetIds = subnetsOf(to, [...packets.changes, ...walk.given.values()]);
  if (resource.type === "unsupported") return lose(packets, component, `${resource.name} attachments are not modelled`);
  const refusal = notAvailable(to);
  if (refusal instanceof Unknown) return lose(packets, component, refusal.reason);
  if (refusal) return drop(packets, refusal);
  if (resource.type === "peering") {
    const others = walk.index.attachmentsOf(resource.transitGatewayId);
    const other = isKnown(others) ? others.find((one) => one.id === id) : undefined;
    if (!other) return lose(packets, component, `the peer ${resource.transitGatewayId}, which is not in the topology`);
    return enter(walk, other, zone, { ...packets, groupsAreTold: false });
  }
  if (!isKnown(subnetIds)) return lose(packets, component, subnetIds.reason);
  const carried = carrySix(walk, to, packets);
  if (!("set" in carried)) return drop(packets, carried);
  const told = { ...carried, groupsAreTold: tellsGroups(walk, by, to, packets) };
  const zones = subnetIds.map((subnetId) => walk.index.zoneOf(subnetId));
  const unsure = zones.find((other) => !isKnown(other));
  const sameZone = unsure ? [] : subnetIds.filter((_, index) => zones[index] === zone);
  const entries = sameZone.length > 0 ? sameZone : subnetIds;
  if (entries.length === 0)
    return drop(packets, { code: "BAD_STATE_ATTACHMENT", component, message: `${id} has no subnets.` });
  const ways = entries.map((subnetId) => () => walk.steps.fromSubnet(walk, { vpcId: resource.vpcId, subnetId }, told));
  return walk.oneOf(packets, ways, component, "which of several subnets the packets enter by");
}

/** Security groups are told where the gateway and both attachments support it (Transit Gateway guide, Security group referencing). */
function tellsGroups(
  { index }: Walk,
  by: TransitGatewayAttachment,
  to: TransitGatewayAttachment,
  { groupsAreTold }: Packets,
): Known<boolean> {
  const { transitGateways } = index.topology;
  const gateway = isKnown(transitGateways) ? transitGateways.get(by.transitGatewayId) : undefined;
  const support = [
    groupsAreTold,
    gateway?.securityGroupReferencingSupport ?? false,
    by.securityGroupReferencingSupport,
    to.securityGroupReferencingSupport,
  ];
  if (support.includes(false)) return false;
  return support.find((one) => !isKnown(one)) ?? true;
}

/** With those that fixes add. */
function subnetsOf({ id, subnetIds }: TransitGatewayAttachment, changes: readonly Change[]): Known<readonly string[]> {
  const added = changes.flatMap((one) => (one.type === "add-attachment-subnet" && one.id === id ? [one.subnetId] : []));
  return isKnown(subnetIds) && added.length > 0 ? [...subnetIds, ...added] : subnetIds;
}

/** IPv6 needs the support of both VPCs' attachments. */
function carrySix(
  { errand }: Walk,
  { id, ipv6Support }: TransitGatewayAttachment,
  packets: Packets,
): Packets | Explanation {
  const component = { type: "transit-gateway-attachment", id };
  if (errand.family === 4 || ipv6Support === true) return packets;
  if (ipv6Support !== false) return unknown(packets, component, ipv6Support.reason);
  return { code: "PROTOCOL_RESTRICTION", component, message: `${id} does not carry IPv6: its ipv6Support is off.` };
}

function gatewayNotAvailable({ index }: Walk, id: string): Explanation | Unknown | undefined {
  const { transitGateways } = index.topology;
  if (!isKnown(transitGateways)) return transitGateways;
  const state = transitGateways.get(id)?.state ?? new Unknown(`${id}, which is not in the topology`);
  if (!isKnown(state)) return state;
  if (state === "available") return undefined;
  return { code: "BAD_STATE", component: { type: "transit-gateway", id }, message: `${id} is ${state}.` };
}

function notAvailable({ id, state }: TransitGatewayAttachment): Explanation | Unknown | undefined {
  if (!isKnown(state)) return state;
  if (state === "available") return undefined;
  const component = { type: "transit-gateway-attachment", id };
  return { code: "BAD_STATE_ATTACHMENT", component, message: `${id} is ${state}.` };
}

function tablesOf({ index }: Walk, transitGatewayId: string): string[] {
  const { transitGatewayRouteTables } = index.topology;
  if (!isKnown(transitGatewayRouteTables)) return [];
  return [...transitGatewayRouteTables.values()]
    .filter((table) => table.transitGatewayId === transitGatewayId)
    .map(({ id }) => id);
}

const loop = (id: string): Explanation => ({
  code: "routing-loop",
  component: { type: "transit-gateway-attachment", id },
  message: `The packets come back to ${id} for ever.`,
});
