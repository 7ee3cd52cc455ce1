import { type Cidr, cidrText } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { divide, type PacketKind, type PacketSet, type Part, type Term } from "./packet-set.ts";
import { prefixListCidrs } from "./prefix-list.ts";
import type { Route, RouteTable, RouteTarget, Topology } from "./topology.ts";

/** A route that may carry the packets, with the block of its destination that they lie in. */
export interface RouteChoice {
  readonly route: Route;
  readonly cidr: Known<Cidr>;
}

/**
 * What a table does with packets. `candidates`: the route that wins; several where it is not known which does; none: no
 * route. `reason`: why it is not known.
 */
export interface RouteSelection {
  readonly candidates: readonly RouteChoice[];
  readonly mayBeNone: boolean;
  readonly reason?: string;
}

/**
 * The longest prefix wins; of routes to the same block a static one before a propagated one, one to a block before one to
 * a prefix list; between prefix lists AWS chooses at random (VPC user guide, Route priority).
 */
export function selectRoute(
  topology: Topology,
  table: RouteTable,
  set: PacketSet,
  destination: Term,
  { family }: PacketKind,
): Part<RouteSelection>[] {
  if (!isKnown(table.routes)) {
    return [{ set, value: { candidates: [], mayBeNone: true, reason: table.routes.reason } }];
  }
  const choices: { route: Route; cidr: Cidr; isList: boolean }[] = [];
  const open: RouteChoice[] = [];
  for (const route of table.routes) {
    if (!isKnown(route.destination)) open.push({ route, cidr: route.destination });
    else if ("cidr" in route.destination) choices.push({ route, cidr: route.destination.cidr, isList: false });
    else {
      const cidrs = prefixListCidrs(topology, route.destination.prefixListId);
      if (isKnown(cidrs)) choices.push(...cidrs.map((cidr) => ({ route, cidr, isList: true })));
      else open.push({ route, cidr: cidrs });
    }
  }
  const ordered = choices.filter(({ cidr }) => cidr.family === family).sort(byPriority);
  const selected: Part<RouteSelection>[] = [];
  let rest: PacketSet[] = [set];
  for (const [index, choice] of ordered.entries()) {
    rest = rest.flatMap((part) =>
      divide(part, destination, choice.cidr).flatMap(({ set: piece, value }) => {
        if (value === "no") return [piece];
        const rivals = choice.isList ? rivalLists(ordered.slice(index + 1), choice, piece, destination) : [];
        selected.push({ set: piece, value: select([choice, ...rivals], open, false) });
        return value === "maybe" ? [piece] : [];
      }),
    );
  }
  for (const part of rest) selected.push({ set: part, value: select([], open, true) });
  return selected;
}

function select(certain: readonly RouteChoice[], open: readonly RouteChoice[], mayBeNone: boolean): RouteSelection {
  const reasons = open.map(({ cidr }) => (cidr as Unknown).reason);
  if (certain.length > 1) {
    const lists = certain.map(({ route }) =>
      isKnown(route.destination) && "prefixListId" in route.destination ? route.destination.prefixListId : "",
    );
    reasons.push(`the prefix lists ${lists.join(" and ")} overlap, and AWS chooses one of their routes at random`);
  }
  const candidates = [...certain, ...open];
  return { candidates, mayBeNone, ...(reasons[0] !== undefined ? { reason: reasons[0] } : {}) };
}

/** Routes to other prefix lists that hold some of the same addresses, with another target. */
function rivalLists(
  others: readonly { route: Route; cidr: Cidr; isList: boolean }[],
  { route, cidr }: { route: Route; cidr: Cidr },
  set: PacketSet,
  destination: Term,
): RouteChoice[] {
  const rivals = new Map<Route, RouteChoice>();
  for (const other of others) {
    if (!other.isList || other.route === route || sameTarget(other.route.target, route.target)) continue;
    if (other.cidr.to < cidr.from || cidr.to < other.cidr.from) continue;
    if (divide(set, destination, other.cidr).some(({ value }) => value !== "no")) rivals.set(other.route, other);
  }
  return [...rivals.values()];
}

function sameTarget(one: Known<RouteTarget>, other: Known<RouteTarget>): boolean {
  return isKnown(one) && isKnown(other) && JSON.stringify(one) === JSON.stringify(other);
}

function byPriority(
  one: { route: Route; cidr: Cidr; isList: boolean },
  other: { route: Route; cidr: Cidr; isList: boolean },
): number {
  return (
    other.cidr.prefix - one.cidr.prefix ||
    Number(one.route.isPropagated) - Number(other.route.isPropagated) ||
    Number(one.isList) - Number(other.isList)
  );
}

/** The table of a subnet: its own, else the VPC's main one. */
export function tableOfSubnet({ routeTables }: Topology, subnetId: string, vpcId: string): Known<RouteTable> {
  if (!isKnown(routeTables)) return routeTables;
  let main: RouteTable | undefined;
  for (const table of routeTables.values()) {
    if (table.vpcId !== vpcId) continue;
    if (!isKnown(table.associations)) return new Unknown(table.associations.reason);
    if (table.associations.some((association) => association.subnetId === subnetId)) return table;
    if (table.associations.some(({ isMain }) => isMain)) main = table;
  }
  return main ?? new Unknown(`the main route table of ${vpcId} is not in the topology`);
}

export function routeText({ destination }: Route): string {
  if (!isKnown(destination)) return "an unknown destination";
  return "cidr" in destination ? cidrText(destination.cidr) : destination.prefixListId;
}
