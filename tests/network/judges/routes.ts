import type { Scalar } from "../../../network/reachability/address.ts";
import type {
  Route,
  Subnet,
  TransitGatewayAttachment,
  TransitGatewayRoute,
} from "../../../network/reachability/topology.ts";
import { type Facts, holds, known, vpcOf } from "./facts.ts";
import { type Connection, drop } from "./packet.ts";

type AnyRoute = Pick<Route, "destination" | "isPropagated">;

/** How long a prefix of a route's destination matches; undefined: it does not. */
function matchOf({ prefixLists }: Facts, route: AnyRoute, address: Scalar): number | undefined {
  const destination = known(route.destination);
  const cidrs =
    "cidr" in destination
      ? [destination.cidr]
      : prefixLists.filter(({ id }) => id === destination.prefixListId).flatMap((list) => known(list.cidrs));
  const lengths = cidrs.filter((cidr) => holds(cidr, address)).map(({ prefix }) => prefix);
  return lengths.length > 0 ? Math.max(...lengths) : undefined;
}

/** Of the same length: blocks that somebody set, then prefix lists, then what is propagated. */
function rankOf({ destination, isPropagated }: AnyRoute): number {
  if (isPropagated) return 2;
  return "cidr" in known(destination) ? 0 : 1;
}

/** The routes that may be taken for an address: one, or several where AWS picks one of them. */
function bestRoutes<R extends AnyRoute>(facts: Facts, routes: readonly R[], address: Scalar): R[] {
  const matching = routes.filter((route) => matchOf(facts, route, address) !== undefined);
  const longest = Math.max(...matching.map((route) => matchOf(facts, route, address) ?? -1));
  const long = matching.filter((route) => matchOf(facts, route, address) === longest);
  const first = Math.min(...long.map(rankOf));
  return long.filter((route) => rankOf(route) === first);
}

/** Those that lead elsewhere than one before. */
function differing<R>(routes: readonly R[], keyOf: (route: R) => unknown): R[] {
  const keys = routes.map((route) => JSON.stringify(keyOf(route)));
  return routes.filter((_, index) => keys.indexOf(keys[index] as string) === index);
}

/** The route of a route table's list that an address takes. */
export function routeOf(connection: Connection, routes: readonly Route[], address: Scalar, where: string): Route {
  const matching = routes.filter((route) => matchOf(connection.facts, route, address) !== undefined);
  // The local route comes before what is propagated, even where that is more specific ("Route priority").
  const isLocal = matching.some(({ target }) => known(target).type === "local");
  const eligible = isLocal ? matching.filter(({ isPropagated }) => !isPropagated) : matching;
  const best = differing(bestRoutes(connection.facts, eligible, address), ({ target, state }) => [target, state]);
  if (best.length === 0) drop(`${where} has no route for it`);
  const route = connection.choose(`routes of ${where}`, best);
  if (known(route.state) === "blackhole") drop(`${where} has a blackhole for it`);
  const destination = known(route.destination);
  if ("prefixListId" in destination) connection.met.add("prefix list in a route");
  if (route.isPropagated) connection.met.add("propagated route");
  return route;
}

/** The subnet's own table, or its VPC's main one. */
export function routesOfSubnet({ routeTables }: Facts, subnet: Subnet): readonly Route[] {
  const own = routeTables.find(({ associations }) =>
    known(associations).some(({ subnetId }) => subnetId === subnet.id),
  );
  const main = routeTables.find(
    ({ vpcId, associations }) => vpcId === subnet.vpcId && known(associations).some(({ isMain }) => isMain),
  );
  const table = own ?? main ?? drop(`${subnet.id} has no route table`);
  return known(table.routes);
}

/** The attachment that a transit gateway sends an address to, of what came in by `ingress`. */
export function attachmentFor(
  connection: Connection,
  ingress: TransitGatewayAttachment,
  address: Scalar,
): TransitGatewayAttachment {
  const { facts, choose } = connection;
  const tableId = known(ingress.routeTableId);
  const table =
    facts.transitGatewayRouteTables.find(
      ({ id, transitGatewayId }) => id === tableId && transitGatewayId === ingress.transitGatewayId,
    ) ?? drop(`${ingress.id} is associated with no route table`);
  const ofGateway = facts.transitGatewayAttachments.filter(
    ({ transitGatewayId }) => transitGatewayId === table.transitGatewayId,
  );
  const propagating = ofGateway.filter(({ id }) => known(table.propagatingAttachmentIds).includes(id));
  const available = propagating.filter(({ state }) => known(state) === "available");
  // Whether one that is on its way in or out still, or already, propagates is told nowhere.
  const lists = available.length < propagating.length ? [propagating, available] : [propagating];
  const propagated = choose("what attachments propagate that are not available", lists).flatMap(
    ({ id, resource }): TransitGatewayRoute[] =>
      resource.type === "vpc"
        ? known(vpcOf(facts, resource.vpcId).cidrBlocks).map((cidr) => ({
            destination: { cidr },
            state: "active",
            attachmentIds: [id],
            isPropagated: true,
          }))
        : [],
  );
  const best = differing(
    bestRoutes(facts, [...known(table.staticRoutes), ...propagated], address),
    ({ attachmentIds, state }) => [attachmentIds, state],
  );
  if (best.length === 0) drop(`${table.id} has no route for it`);
  const route = choose(`routes of ${table.id}`, best);
  if (known(route.state) === "blackhole") drop(`${table.id} has a blackhole for it`);
  if (route.attachmentIds.length === 0) drop(`${table.id} has a route to nothing`);
  const id = choose(`attachments of a route of ${table.id}`, route.attachmentIds);
  return ofGateway.find((one) => one.id === id) ?? drop(`there is no attachment ${id}`);
}
