import { isKnown } from "../reachability/known.ts";
import type { Collection, Topology } from "../reachability/topology.ts";

/**
 * A program's topology with a snapshot of what it names and does not make: what both have is as the snapshot says. A file
 * that the snapshot lacks makes nothing unknown that the program declares.
 */
export function joinTopologies(program: Topology, snapshot: Topology): Topology {
  const join = <Resource>(own: Collection<Resource>, other: Collection<Resource>): Collection<Resource> => {
    if (!isKnown(own)) return own;
    return isKnown(other) ? new Map([...own, ...other]) : other;
  };
  const { blockPublicAccess: own } = program;
  const { blockPublicAccess: other } = snapshot;
  return {
    vpcs: join(program.vpcs, snapshot.vpcs),
    subnets: join(program.subnets, snapshot.subnets),
    routeTables: join(program.routeTables, snapshot.routeTables),
    networkAcls: join(program.networkAcls, snapshot.networkAcls),
    securityGroups: join(program.securityGroups, snapshot.securityGroups),
    networkInterfaces: join(program.networkInterfaces, snapshot.networkInterfaces),
    internetGateways: join(program.internetGateways, snapshot.internetGateways),
    egressOnlyInternetGateways: join(program.egressOnlyInternetGateways, snapshot.egressOnlyInternetGateways),
    natGateways: join(program.natGateways, snapshot.natGateways),
    vpcEndpoints: join(program.vpcEndpoints, snapshot.vpcEndpoints),
    prefixLists: join(program.prefixLists, snapshot.prefixLists),
    vpcPeeringConnections: join(program.vpcPeeringConnections, snapshot.vpcPeeringConnections),
    transitGateways: join(program.transitGateways, snapshot.transitGateways),
    transitGatewayAttachments: join(program.transitGatewayAttachments, snapshot.transitGatewayAttachments),
    transitGatewayRouteTables: join(program.transitGatewayRouteTables, snapshot.transitGatewayRouteTables),
    dhcpOptions: join(program.dhcpOptions, snapshot.dhcpOptions),
    idleAddresses: snapshot.idleAddresses,
    blockPublicAccess: !isKnown(own) ? own : isKnown(other) ? [...own, ...other] : other,
  };
}
