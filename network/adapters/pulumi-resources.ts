import { type Known, Unknown } from "../reachability/known.ts";
import type { Topology } from "../reachability/topology.ts";
import { joinTopologies } from "./join.ts";
import { additionsOf } from "./pulumi/addition.ts";
import { blockPublicAccess } from "./pulumi/block-public-access.ts";
import { Declarations } from "./pulumi/declarations.ts";
import { hostedZones } from "./pulumi/hosted-zone.ts";
import { egressOnlyInternetGateways, internetGateways } from "./pulumi/internet-gateway.ts";
import { natGateways } from "./pulumi/nat-gateway.ts";
import { networkAcls } from "./pulumi/network-acl.ts";
import { networkInterfaces } from "./pulumi/network-interface.ts";
import { prefixLists } from "./pulumi/prefix-list.ts";
import type { Program } from "./pulumi/program.ts";
import { routeTables } from "./pulumi/route-table.ts";
import { securityGroups } from "./pulumi/security-group.ts";
import { foreignSubnets, subnets } from "./pulumi/subnet.ts";
import { transitGateways } from "./pulumi/transit-gateway.ts";
import { withUnread } from "./pulumi/unread.ts";
import { dhcpOptions, foreignVpcs, vpcs } from "./pulumi/vpc.ts";
import { vpcEndpoints } from "./pulumi/vpc-endpoint.ts";
import { vpcPeeringConnections } from "./pulumi/vpc-peering-connection.ts";

export interface ProgramTopologyOptions {
  /** Where a resource and its provider name none. */
  readonly region?: Known<string>;
  /** What is known of what the program names and does not make. */
  readonly snapshot?: Topology | undefined;
  /** Ids of subnets that the program names and does not make: they are in the topology, and nothing of them is known. */
  readonly foreignSubnetIds?: readonly string[];
}

/**
 * What a program will have made as the topology, its ids being URNs; with what AWS makes of its own accord (a VPC's default
 * table, group and network ACL), as AWS makes it. A value that a preview does not tell is unknown, with the resource and the
 * property that it is of. What the program names and does not make is there, and unknown.
 */
export function topologyOf(program: Program, options: ProgramTopologyOptions = {}): Topology {
  const { region = new Unknown("the Region of the program"), foreignSubnetIds = [], snapshot } = options;
  const declarations = new Declarations(program, region);
  for (const id of foreignSubnetIds) declarations.foreignSubnet(id);
  const ownVpcs = withUnread(declarations, vpcs(declarations));
  const ownSubnets = subnets(declarations);
  const endpoints = vpcEndpoints(declarations);
  const transit = transitGateways(declarations);
  const peerings = vpcPeeringConnections(declarations, () => ownVpcs);
  const allSubnets = new Map([...foreignSubnets(declarations), ...ownSubnets]);
  const groups = securityGroups(declarations, ownVpcs.keys());
  const tables = routeTables(declarations, ownVpcs);
  // By now each VPC that is only named has been met.
  const allVpcs = new Map([...foreignVpcs(declarations), ...ownVpcs]);
  const nat = natGateways(declarations, allSubnets);
  const interfaces = networkInterfaces(declarations, allSubnets);
  for (const one of nat.interfaces) interfaces.set(one.id, one);
  const zones = hostedZones(declarations);
  const topology: Topology = {
    vpcs: allVpcs,
    subnets: allSubnets,
    routeTables: tables,
    networkAcls: networkAcls(declarations, allVpcs, allSubnets),
    securityGroups: groups,
    networkInterfaces: interfaces,
    internetGateways: internetGateways(declarations),
    egressOnlyInternetGateways: egressOnlyInternetGateways(declarations),
    natGateways: nat.gateways,
    vpcEndpoints: endpoints,
    prefixLists: prefixLists(
      declarations,
      [...allVpcs.values()].map((vpc) => vpc.region).filter((name) => name !== ""),
    ),
    vpcPeeringConnections: peerings,
    ...transit,
    dhcpOptions: dhcpOptions(declarations),
    idleAddresses: new Set(),
    ...(zones !== undefined && { hostedZones: zones }),
    blockPublicAccess: blockPublicAccess(declarations),
  };
  return snapshot ? joinTopologies(topology, snapshot, additionsOf(declarations)) : topology;
}
