import { isPrivate } from "./address.ts";
import { repair, routesOf, vpcDetours } from "./detour.ts";
import { egressOnlyInternetGateway } from "./egress-only-internet-gateway.ts";
import { internetGateway } from "./internet-gateway.ts";
import { isKnown, type Known } from "./known.ts";
import { natGateway } from "./nat-gateway.ts";
import { applianceInterface } from "./network-interface.ts";
import { drop, hop, lookUp, lose, mark, type Outcome, type Packets, unknown } from "./path.ts";
import type { RouteSelection } from "./route-lookup.ts";
import { routeText } from "./route-table.ts";
import type { Route, RouteTable } from "./topology.ts";
import { transitGateway } from "./transit-gateway.ts";
import { gatewayEndpoint } from "./vpc-endpoint.ts";
import { vpcPeeringConnection } from "./vpc-peering-connection.ts";
import type { Position, Walk } from "./walk.ts";

/** By a VPC's route table to what its route leads to. */
export function route(walk: Walk, table: Known<RouteTable>, from: Position, packets: Packets): Outcome[] {
  if (!isKnown(table)) return lose(packets, { type: "vpc", id: from.vpcId }, table.reason);
  const component = { type: "route-table", id: table.id };
  const lookup = routesOf(walk, table, packets.changes);
  if (!isKnown(lookup)) return lose(packets, component, lookup.reason);
  const asked = lookUp(packets, table.id);
  return lookup.select(packets.set, packets.header.destination).flatMap(({ set, value: selection }) => {
    const next = set === asked.set ? asked : { ...asked, set };
    return repair(walk, takeRoute(walk, table, selection, from, next), next, (part) =>
      vpcDetours(walk, table.id, selection, from, part).map((detour) => ({
        change: { type: "add-route", id: table.id, route: detour },
        go: (blocked) =>
          follow(walk, detour, from, mark(hop(blocked, component, `with the fix ${routeText(detour)}`), "blocks")),
      })),
    );
  });
}

function takeRoute(
  walk: Walk,
  table: RouteTable,
  { candidates, mayBeNone, reason }: RouteSelection<Route>,
  from: Position,
  packets: Packets,
): Outcome[] {
  const component = { type: "route-table", id: table.id };
  const [only] = candidates;
  if (only && candidates.length === 1 && !mayBeNone)
    return follow(walk, only, from, hop(packets, component, routeText(only)));
  const ways = candidates.map((one) => () => follow(walk, one, from, hop(packets, component, routeText(one))));
  if (mayBeNone) {
    const message = `Route table ${table.id} has no route for ${walk.what(packets)}.`;
    const none = { code: "NO_ROUTE_TO_DESTINATION", component, message, fix: waysOutOf(walk, from, packets) };
    ways.push(() => drop(hop(packets, component), none));
  }
  return walk.oneOf(packets, ways, component, reason ?? "which route is taken");
}

function follow(walk: Walk, { target, state, ...one }: Route, from: Position, before: Packets): Outcome[] {
  const table = before.trail?.hop.component ?? { type: "vpc", id: from.vpcId };
  if (!isKnown(target)) return lose(before, table, target.reason);
  if (state === "blackhole") {
    return drop(before, {
      code: "BAD_STATE_ROUTE",
      component: table,
      message: `The route ${routeText({ target, state, ...one })} of ${table.id} leads to something that is gone.`,
    });
  }
  const packets = isKnown(state) ? before : unknown(before, table, state.reason);
  switch (target.type) {
    case "local":
      return walk.steps.deliver(walk, from.vpcId, from.subnetId, packets);
    case "internet-gateway":
      return internetGateway(walk, target.id, from, packets);
    case "nat-gateway":
      return natGateway(walk, target.id, from, packets);
    case "vpc-endpoint":
      return gatewayEndpoint(walk, target.id, from, packets);
    case "vpc-peering-connection":
      return vpcPeeringConnection(walk, target.id, from, packets);
    case "transit-gateway":
      return transitGateway(walk, target.id, from, packets);
    case "egress-only-internet-gateway":
      return egressOnlyInternetGateway(walk, target.id, from, packets);
    case "network-interface":
      return applianceInterface(walk, target.id, from, packets);
    case "unsupported":
      return lose(packets, { type: target.name, id: target.id }, `${target.name} is not modelled`);
  }
}

/** What to do where nothing that is there leads to the destination. */
function waysOutOf(walk: Walk, { vpcId }: Position, { header }: Packets): string {
  const whole = walk.whole(header.destination);
  if (whole && isPrivate(whole.from))
    return `Connect ${vpcId} with the network of the destination, by a peering connection or a transit gateway, with routes both ways.`;
  return `Attach an internet gateway to ${vpcId} and route to it, from private subnets by a NAT gateway; or add a VPC endpoint for the service.`;
}
