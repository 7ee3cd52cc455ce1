import { contains, covers, type Family, isPrivate, type Scalar } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { Answer } from "./packet-set.ts";
import { RouteLookup } from "./route-lookup.ts";
import type * as T from "./topology.ts";
import { transitGatewayRoutes } from "./transit-gateway-route-table.ts";

/** Whom a public address belongs to, in which VPC, by which private address. */
export interface PublicOwner {
  readonly vpcId: string;
  readonly privateAddress: Scalar;
}

/** What a trace looks up, found once per topology. */
export class TopologyIndex {
  readonly topology: T.Topology;
  readonly #interfaces = new Map<string, VpcInterfaces>();
  readonly #publicOwners = new Map<Scalar, PublicOwner>();
  #unknownPublic: Unknown | undefined;
  readonly #natAddresses = new Map<string, Map<Scalar, number | undefined>>();
  readonly #endpoints = new Map<string, T.VpcEndpoint>();
  readonly #endpointsOfVpc = new Map<string, T.VpcEndpoint[]>();
  #unknownEndpoint: Unknown | undefined;
  readonly #tables = new Map<string, T.RouteTable>();
  readonly #mainTables = new Map<string, T.RouteTable>();
  readonly #edgeTables = new Map<string, T.RouteTable>();
  readonly #unknownTables = new Map<string, Unknown>();
  readonly #acls = new Map<string, T.NetworkAcl>();
  #unknownAcl: Unknown | undefined;
  readonly #gateways = new Map<string, string>();
  #unknownGateway: Unknown | undefined;
  readonly #attachments = new Map<string, T.TransitGatewayAttachment[]>();
  readonly #routes = new Map<T.RouteTable, Lookups<T.Route>>();
  readonly #transitRoutes = new Map<string, Lookups<T.TransitGatewayRoute>>();

  constructor(topology: T.Topology) {
    this.topology = topology;
    this.#indexInterfaces();
    this.#indexTables();
    for (const acl of members(topology.networkAcls)) {
      if (!isKnown(acl.subnetIds)) this.#unknownAcl = acl.subnetIds;
      else for (const id of acl.subnetIds) this.#acls.set(id, acl);
    }
    for (const { id, vpcIds } of members(topology.internetGateways)) {
      if (!isKnown(vpcIds)) this.#unknownGateway = vpcIds;
      else for (const vpcId of vpcIds) this.#gateways.set(vpcId, id);
    }
    for (const attachment of members(topology.transitGatewayAttachments))
      push(this.#attachments, attachment.transitGatewayId, attachment);
    for (const endpoint of members(topology.vpcEndpoints)) {
      push(this.#endpointsOfVpc, endpoint.vpcId, endpoint);
      if (!isKnown(endpoint.networkInterfaceIds)) this.#unknownEndpoint = endpoint.networkInterfaceIds;
      else for (const id of endpoint.networkInterfaceIds) this.#endpoints.set(id, endpoint);
    }
  }

  /** The interface that has a private address, or an IPv6 address, in a VPC. */
  interfaceAt(vpcId: string, address: Scalar): Known<T.NetworkInterface | undefined> {
    const { networkInterfaces } = this.topology;
    if (!isKnown(networkInterfaces)) return networkInterfaces;
    const own = this.#interfaces.get(vpcId);
    const found = own?.byAddress.get(address);
    if (found) return found;
    const delegate = own?.delegates.find(({ delegatedPrefixes }) =>
      delegatedPrefixes.some((cidr) => typeof cidr.from === typeof address && contains(cidr, address)),
    );
    if (delegate) return new Unknown(`who has it, of a prefix that is delegated to ${delegate.id}`);
    return own?.unknown ?? this.othersOf(vpcId);
  }

  /** Whom a public address is given to, by internet gateway; or whose own it is, with IPv6. */
  publicOwner(address: Scalar): Known<PublicOwner | undefined> {
    const { networkInterfaces } = this.topology;
    if (!isKnown(networkInterfaces)) return networkInterfaces;
    return this.#publicOwners.get(address) ?? this.#unknownPublic;
  }

  /** The public address of a NAT gateway's private one. */
  natAddress(vpcId: string, address: Scalar): number | undefined {
    return this.#natAddresses.get(vpcId)?.get(address);
  }

  /** The interface endpoint that an interface belongs to. */
  endpointOf(networkInterfaceId: string): Known<T.VpcEndpoint> {
    const { vpcEndpoints } = this.topology;
    if (!isKnown(vpcEndpoints)) return vpcEndpoints;
    return (
      this.#endpoints.get(networkInterfaceId) ??
      this.#unknownEndpoint ??
      new Unknown(`the VPC endpoint of ${networkInterfaceId}, which is not in the topology`)
    );
  }

  endpoint(id: string): Known<T.VpcEndpoint> {
    const { vpcEndpoints } = this.topology;
    if (!isKnown(vpcEndpoints)) return vpcEndpoints;
    return vpcEndpoints.get(id) ?? new Unknown(`VPC endpoint ${id}, which is not in the topology`);
  }

  endpointsOf(vpcId: string): Known<readonly T.VpcEndpoint[]> {
    const { vpcEndpoints } = this.topology;
    return isKnown(vpcEndpoints) ? (this.#endpointsOfVpc.get(vpcId) ?? []) : vpcEndpoints;
  }

  subnet(id: string): Known<T.Subnet> {
    const { subnets } = this.topology;
    if (!isKnown(subnets)) return subnets;
    return subnets.get(id) ?? new Unknown(`subnet ${id}, which is not in the topology`);
  }

  zoneOf(subnetId: string): Known<string> {
    const subnet = this.subnet(subnetId);
    return isKnown(subnet) ? subnet.availabilityZone : subnet;
  }

  /** Why not all is known that is in a VPC. */
  othersOf(vpcId: string): Unknown | undefined {
    const { vpcs } = this.topology;
    return isKnown(vpcs) ? vpcs.get(vpcId)?.others : undefined;
  }

  vpc(id: string): Known<T.Vpc> {
    const { vpcs } = this.topology;
    if (!isKnown(vpcs)) return vpcs;
    return vpcs.get(id) ?? new Unknown(`${id}, which is not in the topology`);
  }

  /** The table of a subnet: its own, else the VPC's main one. */
  tableOfSubnet(subnetId: string, vpcId: string): Known<T.RouteTable> {
    const { routeTables } = this.topology;
    if (!isKnown(routeTables)) return routeTables;
    return (
      this.#tables.get(subnetId) ??
      this.#unknownTables.get(vpcId) ??
      this.othersOf(vpcId) ??
      this.#mainTables.get(vpcId) ??
      new Unknown(`the main route table of ${vpcId}, which is not in the topology`)
    );
  }

  /** The table that routes what comes in by an internet gateway. */
  edgeTable(gatewayId: string, vpcId: string): Known<T.RouteTable | undefined> {
    const { routeTables } = this.topology;
    if (!isKnown(routeTables)) return routeTables;
    return this.#edgeTables.get(gatewayId) ?? this.#unknownTables.get(vpcId) ?? this.othersOf(vpcId);
  }

  aclOfSubnet(subnetId: string): Known<T.NetworkAcl> {
    const { networkAcls } = this.topology;
    if (!isKnown(networkAcls)) return networkAcls;
    return (
      this.#acls.get(subnetId) ??
      this.#unknownAcl ??
      new Unknown(`the network ACL of ${subnetId}, which is not in the topology`)
    );
  }

  /** The internet gateway that is attached to a VPC. */
  gatewayOf(vpcId: string): Known<string | undefined> {
    const { internetGateways } = this.topology;
    if (!isKnown(internetGateways)) return internetGateways;
    return this.#gateways.get(vpcId) ?? this.#unknownGateway ?? this.othersOf(vpcId);
  }

  attachmentsOf(transitGatewayId: string): Known<readonly T.TransitGatewayAttachment[]> {
    const { transitGatewayAttachments } = this.topology;
    if (!isKnown(transitGatewayAttachments)) return transitGatewayAttachments;
    return this.#attachments.get(transitGatewayId) ?? [];
  }

  routesOf(table: T.RouteTable, family: Family): Known<RouteLookup<T.Route>> {
    if (!isKnown(table.routes)) return table.routes;
    const { routes } = table;
    return lookup(this.#routes, table, family, () => lookupOf(this.topology, routes, family));
  }

  transitGatewayRoutesOf(tableId: string, family: Family): Known<RouteLookup<T.TransitGatewayRoute>> {
    const known = this.#transitRoutes.get(tableId)?.[family];
    if (known) return known;
    const { transitGatewayRouteTables } = this.topology;
    if (!isKnown(transitGatewayRouteTables)) return transitGatewayRouteTables;
    const table = transitGatewayRouteTables.get(tableId);
    if (!table) return new Unknown(`transit gateway route table ${tableId}, which is not in the topology`);
    const routes = transitGatewayRoutes(this.topology, table);
    if (!isKnown(routes)) return routes;
    return lookup(this.#transitRoutes, tableId, family, () => transitLookupOf(this.topology, routes, family));
  }

  #indexInterfaces(): void {
    const { networkInterfaces, natGateways } = this.topology;
    for (const one of members(networkInterfaces)) {
      let own = this.#interfaces.get(one.vpcId);
      if (!own) {
        own = { byAddress: new Map(), delegates: [], unknown: undefined };
        this.#interfaces.set(one.vpcId, own);
      }
      if (one.delegatedPrefixes.length > 0) own.delegates.push(one);
      if (!isKnown(one.addresses)) {
        own.unknown = one.addresses;
        this.#unknownPublic = one.addresses;
        continue;
      }
      for (const { family, value, publicAddress } of one.addresses) {
        own.byAddress.set(value, one);
        const owned = family === 4 ? publicAddress : isPrivate(value) ? undefined : value;
        if (!isKnown(owned)) this.#unknownPublic = owned;
        else if (owned !== undefined) this.#publicOwners.set(owned, { vpcId: one.vpcId, privateAddress: value });
      }
    }
    for (const { others } of members(this.topology.vpcs)) this.#unknownPublic ??= others;
    for (const { vpcId, addresses } of members(natGateways)) {
      if (!isKnown(addresses)) {
        this.#unknownPublic = addresses;
        continue;
      }
      const own = this.#natAddresses.get(vpcId) ?? new Map<Scalar, number | undefined>();
      this.#natAddresses.set(vpcId, own);
      for (const { privateAddress, publicAddress } of addresses) {
        own.set(privateAddress, publicAddress);
        if (publicAddress !== undefined) this.#publicOwners.set(publicAddress, { vpcId, privateAddress });
      }
    }
  }

  #indexTables(): void {
    for (const table of members(this.topology.routeTables)) {
      if (!isKnown(table.associations)) {
        this.#unknownTables.set(table.vpcId, table.associations);
        continue;
      }
      for (const { isMain, subnetId, gatewayId } of table.associations) {
        if (subnetId !== undefined) this.#tables.set(subnetId, table);
        if (gatewayId !== undefined) this.#edgeTables.set(gatewayId, table);
        if (isMain) this.#mainTables.set(table.vpcId, table);
      }
    }
  }
}

/**
 * The routes of a VPC's table, compiled. The local route comes before what is propagated, however specific (VPC user guide,
 * Route priority).
 */
export function lookupOf(topology: T.Topology, routes: readonly T.Route[], family: Family): RouteLookup<T.Route> {
  const before = routes.map((route) => (route.isPropagated ? isCoveredByLocal(route, routes) : "no"));
  const own = routes.filter((_, index) => before[index] !== "yes");
  const doubtful = routes.filter((_, index) => before[index] === "maybe");
  return new RouteLookup(topology, own, family, ({ target }) => target, doubtful);
}

/** Whether a local route has all addresses that a route has. */
function isCoveredByLocal({ destination: own }: T.Route, routes: readonly T.Route[]): Answer {
  if (isKnown(own) && !("cidr" in own)) return "no";
  const answers = routes.map(({ target, destination }): Answer => {
    const isLocal = isKnown(target) ? (target.type === "local" ? "yes" : "no") : "maybe";
    if (isLocal === "no" || (isKnown(destination) && !("cidr" in destination))) return "no";
    if (!isKnown(destination) || !isKnown(own)) return "maybe";
    const { cidr } = destination;
    return cidr.family === own.cidr.family && covers(cidr, own.cidr) ? isLocal : "no";
  });
  return answers.includes("yes") ? "yes" : answers.includes("maybe") ? "maybe" : "no";
}

/** The routes of a transit gateway's table, compiled. */
export function transitLookupOf(
  topology: T.Topology,
  routes: readonly T.TransitGatewayRoute[],
  family: Family,
): RouteLookup<T.TransitGatewayRoute> {
  return new RouteLookup(topology, routes, family, ({ attachmentIds }) => attachmentIds);
}

interface VpcInterfaces {
  readonly byAddress: Map<Scalar, T.NetworkInterface>;
  readonly delegates: T.NetworkInterface[];
  unknown: Unknown | undefined;
}

type Lookups<R extends T.Route | T.TransitGatewayRoute> = Partial<Record<Family, RouteLookup<R>>>;

function lookup<Key, R extends T.Route | T.TransitGatewayRoute>(
  map: Map<Key, Lookups<R>>,
  key: Key,
  family: Family,
  make: () => RouteLookup<R>,
): RouteLookup<R> {
  const known = map.get(key) ?? {};
  map.set(key, known);
  known[family] ??= make();
  return known[family];
}

function members<R>(collection: T.Collection<R>): Iterable<R> {
  return isKnown(collection) ? collection.values() : [];
}

function push<R>(map: Map<string, R[]>, key: string, one: R): void {
  const known = map.get(key);
  if (known) known.push(one);
  else map.set(key, [one]);
}
