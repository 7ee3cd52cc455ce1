import { type Cidr, cidrText } from "../../../network/reachability/address.ts";
import type { Route, RouteTable, RouteTarget } from "../../../network/reachability/topology.ts";
import { cidrPool, endpointPrefixList, type Layout, tableIndexOf } from "./layout.ts";
import type { TablePlan } from "./plans.ts";
import { everywhere, pick } from "./rules.ts";

type Destination = { readonly cidr: Cidr } | { readonly prefixListId: string };

/** What a VPC's routes may lead to; the ids of gateways follow from the VPC's. */
interface Targets {
  readonly igw: RouteTarget[];
  readonly eigw: RouteTarget[];
  readonly nat: RouteTarget[];
  readonly eni: RouteTarget[];
  readonly tgw: RouteTarget[];
  /** To each VPC. */
  readonly pcx: RouteTarget[][];
}

export const peeringId = (one: number, other: number) => `pcx-${Math.min(one, other)}${Math.max(one, other)}`;

function targetsOf({ plan, vpcs, natGateways, networkInterfaces }: Layout, index: number): Targets {
  const vpc = vpcs[index] as Layout["vpcs"][number];
  const target = (type: Exclude<RouteTarget["type"], "local" | "unsupported">, id: string): RouteTarget => ({
    type,
    id,
  });
  return {
    igw: vpc.plan.gateway === "none" ? [] : [target("internet-gateway", `igw-${index}`)],
    eigw: vpc.plan.egressOnly === "none" ? [] : [target("egress-only-internet-gateway", `eigw-${index}`)],
    nat: natGateways.filter(({ vpcId }) => vpcId === vpc.id).map(({ id }) => target("nat-gateway", id)),
    eni: networkInterfaces.filter(({ vpcId }) => vpcId === vpc.id).map(({ id }) => target("network-interface", id)),
    tgw: plan.transitGateways.map((_, number) => target("transit-gateway", `tgw-${number}`)),
    pcx: vpcs.map((_, other) => {
      const state = plan.peerings[index + other - 1]?.state;
      return other === index || state === "none" ? [] : [target("vpc-peering-connection", peeringId(index, other))];
    }),
  };
}

/** A list of one: the plan's choice among what there is; empty where there is nothing. */
const chosen = <T>(list: readonly T[], index: number): T[] => (list.length === 0 ? [] : [pick(list, index)]);

/** A NAT gateway in a subnet of the main table, as a rule: one in the same subnet would be a loop. */
function defaultTarget(layout: Layout, index: number, plan: TablePlan, tableIndex: number): RouteTarget | undefined {
  const { igw, nat, eni, tgw } = targetsOf(layout, index);
  const usual = plan.default4 === "igw" && tableIndex > 0 && plan.more.length > 0 ? "nat" : plan.default4;
  if (usual !== "nat") {
    return chosen({ igw, eni, tgw, none: [] }[usual], tableIndex + index)[0] ?? igw[0];
  }
  if (tableIndex === 0) return igw[0] ?? (plan.more.length === 3 ? nat[0] : undefined);
  const inMain = layout.subnets.filter((subnet) => tableIndexOf(layout.plan, subnet) === 0).map(({ id }) => id);
  const others = layout.natGateways.filter(({ subnetId }) => inMain.includes(subnetId as string)).map(({ id }) => id);
  const elsewhere = nat.filter((target) => "id" in target && others.includes(target.id));
  return elsewhere[0] ?? (plan.more.length === 3 ? nat[0] : undefined) ?? igw[0];
}

function routesOf(layout: Layout, index: number, plan: TablePlan, tableIndex: number): Route[] {
  const { vpcs, subnets } = layout;
  const vpc = vpcs[index] as Layout["vpcs"][number];
  const targets = targetsOf(layout, index);
  const routes: Route[] = [];
  const taken = new Set<string>();
  const add = (
    destination: Destination,
    target: RouteTarget | undefined,
    isBlackhole = false,
    isPropagated = false,
  ) => {
    const key = `${isPropagated}${"cidr" in destination ? cidrText(destination.cidr) : destination.prefixListId}`;
    if (!target || taken.has(key)) return;
    taken.add(key);
    routes.push({ destination, target, state: isBlackhole ? "blackhole" : "active", isPropagated });
  };
  for (const cidr of vpc.blocks) add({ cidr }, { type: "local" });
  const [all4, all6] = everywhere;
  if (plan.default4 !== "none") add({ cidr: all4 }, defaultTarget(layout, index, plan, tableIndex));
  if (plan.default6 !== "none") add({ cidr: all6 }, chosen(targets[plan.default6], tableIndex)[0]);
  vpcs.forEach(({ blocks }, other) => {
    const way = plan.toVpcs[other] ?? "none";
    if (other === index || way === "none") return;
    const [byPeering, byGateway] = [targets.pcx[other]?.[0], chosen(targets.tgw, other)[0]];
    const target = way === "pcx" ? (byPeering ?? byGateway) : (byGateway ?? byPeering);
    for (const cidr of blocks) add({ cidr }, target);
  });
  if (plan.hasEndpointRoute && vpc.plan.endpoint !== "none") {
    add({ prefixListId: endpointPrefixList }, { type: "vpc-endpoint", id: `vpce-${index}` });
  }
  const lists = layout.plan.prefixLists.map((_, number) => ({ prefixListId: `pl-${number}` }));
  const ownSubnets = subnets.filter(({ vpcId }) => vpcId === vpc.id).flatMap(({ cidrBlocks }) => cidrBlocks as Cidr[]);
  for (const one of plan.more) {
    const pool: Destination[] = [...lists, ...lists, ...lists, ...cidrPool(layout).map((cidr) => ({ cidr }))];
    const destination = pick(pool, one.destination);
    const isInside =
      "cidr" in destination &&
      vpc.blocks.some(({ family, from, to }) => {
        const { cidr } = destination;
        return family === cidr.family && from <= cidr.from && cidr.to <= to;
      });
    const isSubnet = "cidr" in destination && ownSubnets.some((cidr) => cidrText(cidr) === cidrText(destination.cidr));
    // Inside of the VPC AWS takes whole subnets only, and middleboxes as their targets.
    if (isInside && !isSubnet) continue;
    const { igw, eni, tgw, pcx } = targets;
    const isFor = (family: 4 | 6) => !("cidr" in destination) || destination.cidr.family === family;
    const eigw = isFor(6) ? targets.eigw : [];
    const nat = isFor(4) && (tableIndex > 0 || one.target % 4 === 0) ? targets.nat : [];
    const possible = isInside ? [...nat, ...eni] : [...igw, ...nat, ...tgw, ...pcx.flat(), ...eni.slice(0, 1), ...eigw];
    add(destination, chosen(possible, one.target)[0], one.isBlackhole, one.isPropagated && "cidr" in destination);
  }
  return routes;
}

/** The tables of each VPC, the first of which is the main one; and those of internet gateways. */
export function routeTables(layout: Layout): RouteTable[] {
  return layout.vpcs.flatMap(({ id: vpcId, plan, blocks }, index): RouteTable[] => {
    const tables = plan.tables.map((table, tableIndex): RouteTable => {
      const subnets = layout.subnets.filter(
        (one) => one.vpcId === vpcId && tableIndexOf(layout.plan, one) === tableIndex,
      );
      // Half of those that the main table is for name it, the others are left to it.
      const named = tableIndex === 0 ? subnets.filter((one) => one.plan.table % 2 === 0) : subnets;
      return {
        id: `rtb-${index}${tableIndex}`,
        vpcId,
        routes: routesOf(layout, index, table, tableIndex),
        associations: [
          ...(tableIndex === 0 ? [{ isMain: true }] : []),
          ...named.map(({ id: subnetId }) => ({ isMain: false, subnetId })),
        ],
      };
    });
    if (plan.edge === "none" || plan.gateway === "none") return tables;
    const [own] = layout.subnets.filter((one) => one.vpcId === vpcId);
    const [eni] = layout.networkInterfaces.filter((one) => one.vpcId === vpcId);
    const special: Route[] = ((own?.cidrBlocks ?? []) as Cidr[]).map((cidr) => ({
      destination: { cidr },
      target: plan.edge === "interface" && eni ? { type: "network-interface", id: eni.id } : { type: "local" },
      state: plan.edge === "blackhole" ? "blackhole" : "active",
      isPropagated: false,
    }));
    const local = blocks.map(
      (cidr): Route => ({
        destination: { cidr },
        target: { type: "local" },
        state: "active",
        isPropagated: false,
      }),
    );
    const routes = plan.edge === "local" ? local : [...local, ...special];
    return [
      ...tables,
      { id: `rtb-e${index}`, vpcId, routes, associations: [{ isMain: false, gatewayId: `igw-${index}` }] },
    ];
  });
}
