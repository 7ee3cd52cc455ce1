import { type Cidr, covers, everywhere, isAllPrivate, isPrivate, overlaps } from "./address.ts";
import { type Change, decisionOf, isSame } from "./change.ts";
import { withChange } from "./explanation.ts";
import { isKnown, type Known } from "./known.ts";
import type { Term } from "./packet-set.ts";
import type { Outcome, Packets } from "./path.ts";
import { prefixListOf } from "./prefix-list.ts";
import type { RouteLookup, RouteSelection } from "./route-lookup.ts";
import { withRoute } from "./route-table.ts";
import type { Collection, Route, RouteTable, RouteTarget, TransitGatewayRoute } from "./topology.ts";
import { lookupOf, transitLookupOf } from "./topology-index.ts";
import { transitGatewayRoutes } from "./transit-gateway-route-table.ts";
import type { Position, Walk } from "./walk.ts";

/** A change that may let packets go on, and how they would. */
export interface Detour {
  readonly change: Change;
  go(packets: Packets): Outcome[];
}

/** No explanation asks for more changes of routing than that. */
const mostChanges = 4;
/** Nor are more tried for one pair of ends. */
const mostAttempts = 300;
/** More than any number of blockers: a path that ends nowhere is worse than one with blockers. */
export const nowhere = 1000;

/**
 * All blockers, not the first: where a routing decision leads to a dead end, each change of that decision is tried, and the
 * one is kept that leaves the fewest blockers.
 */
export function repair(
  walk: Walk,
  taken: Outcome[],
  packets: Packets,
  detours: (part: Packets) => readonly Detour[],
): Outcome[] {
  if (!taken.some(({ deadEnd }) => deadEnd === packets.decisions)) return taken;
  return taken.flatMap((outcome) => {
    const blocker = outcome.blockers.at(-1);
    if (outcome.deadEnd !== packets.decisions || !blocker) return [outcome];
    const { code, component, message } = blocker;
    const part = { ...packets, set: outcome.set };
    // Where nothing helps here, the decision before may be the one to change.
    let best: { cost: number; outcomes: Outcome[] } = {
      cost: nowhere,
      outcomes: [outcome.with({ deadEnd: packets.decisions - 1 })],
    };
    for (const { change, go } of packets.changes.length < mostChanges ? detours(part) : []) {
      if (walk.attempts >= mostAttempts) break;
      const given = walk.given.get(decisionOf(change) ?? "");
      if (given && !isSame(given, change)) continue;
      walk.attempts++;
      const blockers = [...part.blockers, withChange({ code, component, message }, change)];
      const outcomes = go({ ...part, blockers, changes: [...part.changes, change] });
      const cost = costOf(outcomes);
      if (cost < best.cost) best = { cost, outcomes };
    }
    return best.outcomes;
  });
}

/** How much is in the way; a path that ends nowhere is worse than any other. */
export function costOf(outcomes: readonly Outcome[]): number {
  return Math.max(
    0,
    ...outcomes.map(({ blockers, deadEnd }) => blockers.length + (deadEnd === undefined ? 0 : nowhere)),
  );
}

/** A table's routes, with those that fixes so far have added. */
export function routesOf(
  { index, errand }: Walk,
  table: RouteTable,
  changes: readonly Change[],
): Known<RouteLookup<Route>> {
  const added = changes.filter((change) => change.type === "add-route" && change.id === table.id);
  if (added.length === 0 || !isKnown(table.routes)) return index.routesOf(table, errand.family);
  let routes: readonly Route[] = table.routes;
  for (const change of added) if (change.type === "add-route") routes = withRoute(routes, change.route);
  return lookupOf(index.topology, routes, errand.family);
}

/** Routes that would lead the packets out of the VPC, by what is there. */
export function vpcDetours(
  walk: Walk,
  tableId: string,
  { cidr }: RouteSelection<Route>,
  { vpcId, subnetId }: Position,
  packets: Packets,
): Route[] {
  const { index, errand } = walk;
  const { topology } = index;
  const { destination: term } = packets.header;
  const whole = walk.whole(term);
  const vpc = index.vpc(vpcId);
  const isOwn = (block: Cidr) => whole !== undefined && isWithin(block, whole);
  if (subnetId === undefined || !isKnown(vpc) || !isKnown(vpc.cidrBlocks) || vpc.cidrBlocks.some(isOwn)) return [];
  const routes: Route[] = [];
  const add = (target: RouteTarget, destination: Cidr) => {
    // It must be the longest prefix; a route to the block of the one that is taken now takes its place.
    const wins = cidr && cidr.prefix > destination.prefix ? cidr : destination;
    if (changesEarlier(packets, tableId, wins)) return;
    routes.push({ destination: { cidr: wins }, target, state: "active", isPropagated: false });
  };
  const isPublic = whole === undefined || !isPrivate(whole.from);
  for (const { id, sides, state } of members(topology.vpcPeeringConnections)) {
    const there = sides.some((side) => side.vpcId === vpcId) && sides.find((side) => side.vpcId !== vpcId);
    const block = there && isKnown(there.cidrBlocks) ? there.cidrBlocks.find(isOwn) : undefined;
    if (block && state === "active") add({ type: "vpc-peering-connection", id }, block);
  }
  for (const { resource, transitGatewayId, state } of members(topology.transitGatewayAttachments)) {
    if (resource.type !== "vpc" || resource.vpcId !== vpcId || state !== "available") continue;
    add(
      { type: "transit-gateway", id: transitGatewayId },
      isPublic ? everywhere[errand.family] : destinationBlock(walk, term),
    );
  }
  if (!isPublic) return routes;
  for (const { id, type, serviceName, state } of endpointsOf(walk, vpcId)) {
    const list = type === "Gateway" && state === "available" ? prefixListOf(topology, serviceName) : undefined;
    if (!list || !isKnown(list) || packets.isReply) continue;
    // What is on the list may be known, or no more of the destination than that it is on it.
    const isMeant = "anyPublic" in term && term.listName === list.name && errand.family === 4;
    const block = isKnown(list.cidrs) ? list.cidrs.find(isOwn) : isMeant ? everywhere[errand.family] : undefined;
    if (!block || (!isMeant && cidr && cidr.prefix >= block.prefix)) continue;
    if (changesEarlier(packets, tableId, block)) continue;
    const destination = { prefixListId: list.id };
    routes.push({ destination, target: { type: "vpc-endpoint", id }, state: "active", isPropagated: false });
  }
  // Before the internet gateway, which would open the subnet to what comes in.
  for (const { id, vpcIds } of members(topology.egressOnlyInternetGateways)) {
    if (packets.isReply || errand.family === 4) break;
    if (isKnown(vpcIds) && vpcIds.includes(vpcId))
      add({ type: "egress-only-internet-gateway", id }, everywhere[errand.family]);
  }
  const gateway = index.gatewayOf(vpcId);
  if (isKnown(gateway) && gateway !== undefined)
    add({ type: "internet-gateway", id: gateway }, everywhere[errand.family]);
  if (packets.isReply) return routes;
  if (errand.family === 4) {
    for (const nat of members(topology.natGateways)) {
      const isUsable = nat.vpcId === vpcId && nat.state === "available" && nat.connectivityType === "public";
      if (isUsable && nat.subnetId !== subnetId) add({ type: "nat-gateway", id: nat.id }, everywhere[errand.family]);
    }
    return routes;
  }
  return routes;
}

/** A transit gateway table's routes, with those that fixes so far have added. */
export function transitRoutesOf(
  walk: Walk,
  tableId: string,
  { changes }: Packets,
): Known<RouteLookup<TransitGatewayRoute>> {
  const { index, errand } = walk;
  const { transitGatewayRouteTables } = index.topology;
  const added = changes.filter((change) => change.type === "add-transit-gateway-route" && change.id === tableId);
  const table = isKnown(transitGatewayRouteTables) ? transitGatewayRouteTables.get(tableId) : undefined;
  if (added.length === 0 || !table || !isKnown(table.staticRoutes))
    return index.transitGatewayRoutesOf(tableId, errand.family);
  let staticRoutes: readonly TransitGatewayRoute[] = table.staticRoutes;
  for (const change of added)
    if (change.type === "add-transit-gateway-route") staticRoutes = withRoute(staticRoutes, change.route);
  const routes = transitGatewayRoutes(index.topology, { ...table, staticRoutes });
  return isKnown(routes) ? transitLookupOf(index.topology, routes, errand.family) : routes;
}

/**
 * Routes of a transit gateway's table that would lead the packets to the VPC that has their destination, or those for the
 * internet to one that has an internet gateway.
 */
export function transitDetours(
  walk: Walk,
  transitGatewayId: string,
  tableId: string,
  { cidr }: RouteSelection<TransitGatewayRoute>,
  packets: Packets,
): TransitGatewayRoute[] {
  const { index } = walk;
  const { destination: term } = packets.header;
  const whole = walk.whole(term);
  const attachments = index.attachmentsOf(transitGatewayId);
  if (!isKnown(attachments)) return [];
  const isPublic = whole === undefined || !isPrivate(whole.from);
  const routes: TransitGatewayRoute[] = [];
  const add = (id: string, destination: Cidr) => {
    const wins = cidr && cidr.prefix > destination.prefix ? cidr : destination;
    if (changesEarlier(packets, tableId, wins)) return;
    routes.push({ destination: { cidr: wins }, state: "active", attachmentIds: [id], isPropagated: false });
  };
  for (const { id, resource, state } of attachments) {
    if (state !== "available") continue;
    if (resource.type === "peering" && whole) add(id, destinationBlock(walk, term));
    if (resource.type !== "vpc") continue;
    const vpc = index.vpc(resource.vpcId);
    const blocks = isKnown(vpc) && isKnown(vpc.cidrBlocks) ? vpc.cidrBlocks : [];
    const block = blocks.find((one) => whole !== undefined && isWithin(one, whole));
    if (block) add(id, block);
    else if (isPublic && !packets.isReply && typeof index.gatewayOf(resource.vpcId) === "string")
      add(id, everywhere[walk.errand.family]);
  }
  return routes;
}

/** Whether a route would give an answer of its table another turn that the path has relied on. */
function changesEarlier({ lookups }: Packets, tableId: string, cidr: Cidr): boolean {
  // The first is the one that the route is for.
  for (let lookup = lookups?.before; lookup; lookup = lookup.before) {
    const { destination } = lookup;
    if (lookup.tableId !== tableId) continue;
    const isChanged = destination
      ? typeof destination.from === typeof cidr.from && overlaps(cidr, destination)
      : // Some public address.
        !isAllPrivate(cidr);
    if (isChanged) return true;
  }
  return false;
}

/** The block of the VPC at that end of the flow, else the smallest around its addresses. */
function destinationBlock(walk: Walk, term: Term): Cidr {
  const whole = walk.whole(term);
  for (const view of [walk.destination, walk.source]) {
    const vpc = view && walk.index.vpc(view.vpcId);
    const blocks = vpc && isKnown(vpc) && isKnown(vpc.cidrBlocks) ? vpc.cidrBlocks : [];
    const found = whole && blocks.find((one) => isWithin(one, whole));
    if (found) return found;
  }
  return walk.block(term);
}

function endpointsOf({ index }: Walk, vpcId: string) {
  const endpoints = index.endpointsOf(vpcId);
  return isKnown(endpoints) ? endpoints : [];
}

function isWithin(block: Cidr, whole: { from: Cidr["from"]; to: Cidr["to"] }): boolean {
  return typeof block.from === typeof whole.from && covers(block, whole);
}

function members<R>(collection: Collection<R>): Iterable<R> {
  return isKnown(collection) ? collection.values() : [];
}
