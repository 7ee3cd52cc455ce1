import { isKnown, Unknown } from "../reachability/known.ts";
import type {
  Collection,
  NetworkAcl,
  PrefixList,
  RouteTable,
  SecurityGroup,
  Topology,
  Vpc,
} from "../reachability/topology.ts";
import type { Additions } from "./pulumi/addition.ts";

/**
 * A program's topology with a snapshot of what it names and does not make: what both have is as the snapshot says, with what
 * the program adds to it. A collection that the snapshot does not hold is unknown.
 */
export function joinTopologies(program: Topology, snapshot: Topology, additions: Additions): Topology {
  const join = <Resource>(own: Collection<Resource>, other: Collection<Resource>): Collection<Resource> => {
    if (!isKnown(own)) return own;
    return isKnown(other) ? new Map([...own, ...other]) : other;
  };
  const { blockPublicAccess: own } = program;
  const { blockPublicAccess: other } = snapshot;
  return {
    ...program,
    vpcs: join(program.vpcs, withChanges(snapshot.vpcs, additions)),
    subnets: join(program.subnets, snapshot.subnets),
    routeTables: join(program.routeTables, withRoutes(snapshot.routeTables, additions)),
    networkAcls: join(program.networkAcls, withEntries(snapshot.networkAcls, program, additions)),
    securityGroups: join(program.securityGroups, withRules(snapshot.securityGroups, additions)),
    networkInterfaces: join(program.networkInterfaces, snapshot.networkInterfaces),
    internetGateways: join(program.internetGateways, snapshot.internetGateways),
    egressOnlyInternetGateways: join(program.egressOnlyInternetGateways, snapshot.egressOnlyInternetGateways),
    natGateways: join(program.natGateways, snapshot.natGateways),
    vpcEndpoints: join(program.vpcEndpoints, snapshot.vpcEndpoints),
    prefixLists: joinLists(program.prefixLists, snapshot.prefixLists),
    vpcPeeringConnections: join(program.vpcPeeringConnections, snapshot.vpcPeeringConnections),
    transitGateways: join(program.transitGateways, snapshot.transitGateways),
    transitGatewayAttachments: join(program.transitGatewayAttachments, snapshot.transitGatewayAttachments),
    transitGatewayRouteTables: join(program.transitGatewayRouteTables, snapshot.transitGatewayRouteTables),
    dhcpOptions: join(program.dhcpOptions, snapshot.dhcpOptions),
    idleAddresses: snapshot.idleAddresses,
    blockPublicAccess: !isKnown(own) ? own : isKnown(other) ? [...own, ...other] : other,
  };
}

function each<Resource>(all: Collection<Resource>, change: (one: Resource) => Resource): Collection<Resource> {
  return isKnown(all) ? new Map([...all].map(([id, one]) => [id, change(one)])) : all;
}

/** Its tables have routes that no longer are those of its blocks, or its names other addresses. */
function withChanges(all: Collection<Vpc>, { changed }: Additions): Collection<Vpc> {
  return each(all, (vpc) => {
    const reason = changed.get(vpc.id);
    return reason ? { ...vpc, cidrBlocks: reason, dhcpOptionsId: reason, others: reason } : vpc;
  });
}

/** A subnet that the program gives another table has its former one no more. */
function withRoutes(
  all: Collection<RouteTable>,
  { routes, tablesOfSubnets, changed, stray }: Additions,
): Collection<RouteTable> {
  return each(all, (table) => {
    const { id, associations } = table;
    const kept = isKnown(associations)
      ? associations.filter(({ subnetId }) => subnetId === undefined || !tablesOfSubnets.has(subnetId))
      : associations;
    const given = [...tablesOfSubnets].filter(([, tableId]) => tableId === id);
    const more = given.map(([subnetId]) => ({ isMain: false, subnetId }));
    return {
      ...table,
      routes:
        stray ??
        changed.get(table.vpcId) ??
        (isKnown(table.routes) ? [...table.routes, ...(routes.get(id) ?? [])] : table.routes),
      associations: isKnown(kept) ? [...kept, ...more] : kept,
    };
  });
}

function withRules(all: Collection<SecurityGroup>, { rules, stray }: Additions): Collection<SecurityGroup> {
  const unknown = [true, false].map((isEgress) => ({
    isEgress,
    protocol: stray ?? ("all" as const),
    portRange: stray,
    peer: stray ?? new Unknown("a rule"),
  }));
  return each(all, (group) => {
    const more = [...(rules.get(group.id) ?? []), ...(stray ? unknown : [])];
    return isKnown(group.rules) && more.length > 0 ? { ...group, rules: [...group.rules, ...more] } : group;
  });
}

function withEntries(
  all: Collection<NetworkAcl>,
  program: Topology,
  { entries, aclsOfSubnets, stray }: Additions,
): Collection<NetworkAcl> {
  const taken = new Set(aclsOfSubnets.keys());
  let isUnsure = false;
  for (const { subnetIds } of isKnown(program.networkAcls) ? program.networkAcls.values() : []) {
    if (!isKnown(subnetIds)) isUnsure = true;
    else for (const id of subnetIds) taken.add(id);
  }
  // What the program makes in a VPC of the snapshot has that one's default network ACL.
  const own = isKnown(program.subnets) && !isUnsure ? [...program.subnets.values()] : [];
  const made = own.filter(({ id }) => !taken.has(id));
  return each(all, (acl) => {
    const { id, subnetIds } = acl;
    const kept = isKnown(subnetIds) ? subnetIds.filter((subnetId) => !aclsOfSubnets.has(subnetId)) : subnetIds;
    const given = [...aclsOfSubnets].filter(([, aclId]) => aclId === id).map(([subnetId]) => subnetId);
    const own = acl.isDefault ? made.filter(({ vpcId }) => vpcId === acl.vpcId).map((subnet) => subnet.id) : [];
    return {
      ...acl,
      entries: stray ?? (isKnown(acl.entries) ? [...acl.entries, ...(entries.get(id) ?? [])] : acl.entries),
      subnetIds: isKnown(kept) ? [...new Set([...kept, ...given, ...own])] : kept,
    };
  });
}

/** AWS's own lists have other ids in a program, and the addresses that the snapshot tells. */
function joinLists(own: Collection<PrefixList>, other: Collection<PrefixList>): Collection<PrefixList> {
  if (!isKnown(own)) return own;
  if (!isKnown(other)) return other;
  const byName = new Map([...other.values()].map((list) => [list.name, list]));
  const told = each(own, (list) => {
    const known = isKnown(list.cidrs) || !list.id.startsWith("#") ? undefined : byName.get(list.name);
    return known ? { ...list, cidrs: known.cidrs } : list;
  });
  return isKnown(told) ? new Map([...told, ...other]) : told;
}
