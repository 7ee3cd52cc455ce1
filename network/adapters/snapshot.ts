import { isKnown } from "../reachability/known.ts";
import type { Collection, Topology } from "../reachability/topology.ts";
import { blockPublicAccess } from "./snapshot/block-public-access.ts";
import { checkConsistency } from "./snapshot/consistency.ts";
import { dhcpOptions } from "./snapshot/dhcp-options.ts";
import { ElasticAddresses } from "./snapshot/elastic-address.ts";
import { egressOnlyInternetGateways, internetGateways } from "./snapshot/internet-gateway.ts";
import { natGateways } from "./snapshot/nat-gateway.ts";
import { networkAcls } from "./snapshot/network-acl.ts";
import { networkInterfaces } from "./snapshot/network-interface.ts";
import { prefixLists } from "./snapshot/prefix-list.ts";
import { type Collected, Reading } from "./snapshot/reading.ts";
import { checkReferences } from "./snapshot/references.ts";
import { readResponses } from "./snapshot/responses.ts";
import { routeTables } from "./snapshot/route-table.ts";
import { securityGroups } from "./snapshot/security-group.ts";
import { subnets } from "./snapshot/subnet.ts";
import { transitGateways } from "./snapshot/transit-gateway.ts";
import { transitGatewayAttachments } from "./snapshot/transit-gateway-attachment.ts";
import { transitGatewayRouteTables } from "./snapshot/transit-gateway-route-table.ts";
import { vpcs } from "./snapshot/vpc.ts";
import { vpcEndpoints } from "./snapshot/vpc-endpoint.ts";
import { vpcPeeringConnections } from "./snapshot/vpc-peering-connection.ts";

/** What a snapshot can't be read for; all of it at once. */
export class SnapshotError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/**
 * EC2's `Describe*` responses as the topology. What no file holds is unknown, not absent: a folder without NetworkAcls
 * says nothing about network ACLs.
 * @throws SnapshotError with every fault of every file
 */
export function readSnapshot(folder: string): Topology {
  const responses = readResponses(folder);
  const isWhole = responses.faults.length === 0;
  const reading = new Reading(responses);
  const collected = {
    vpcs: vpcs(reading),
    subnets: subnets(reading),
    routeTables: routeTables(reading),
    networkAcls: networkAcls(reading),
    securityGroups: securityGroups(reading),
    networkInterfaces: networkInterfaces(reading),
    internetGateways: internetGateways(reading),
    egressOnlyInternetGateways: egressOnlyInternetGateways(reading),
    natGateways: natGateways(reading),
    vpcEndpoints: vpcEndpoints(reading),
    prefixLists: prefixLists(reading),
    vpcPeeringConnections: vpcPeeringConnections(reading),
    transitGateways: transitGateways(reading),
    transitGatewayAttachments: transitGatewayAttachments(reading),
    transitGatewayRouteTables: transitGatewayRouteTables(reading),
    dhcpOptions: dhcpOptions(reading),
  };
  const access = blockPublicAccess(reading);
  checkConsistency(reading, collected);
  // What a file that can't be read may hold is not missing.
  if (isWhole) checkReferences(reading);
  if (responses.faults.length > 0) throw new SnapshotError([...new Set(responses.faults)]);
  return {
    vpcs: resourcesOf(collected.vpcs),
    subnets: resourcesOf(collected.subnets),
    routeTables: resourcesOf(collected.routeTables),
    networkAcls: resourcesOf(collected.networkAcls),
    securityGroups: resourcesOf(collected.securityGroups),
    networkInterfaces: resourcesOf(collected.networkInterfaces),
    internetGateways: resourcesOf(collected.internetGateways),
    egressOnlyInternetGateways: resourcesOf(collected.egressOnlyInternetGateways),
    natGateways: resourcesOf(collected.natGateways),
    vpcEndpoints: resourcesOf(collected.vpcEndpoints),
    prefixLists: resourcesOf(collected.prefixLists),
    vpcPeeringConnections: resourcesOf(collected.vpcPeeringConnections),
    transitGateways: resourcesOf(collected.transitGateways),
    transitGatewayAttachments: resourcesOf(collected.transitGatewayAttachments),
    transitGatewayRouteTables: resourcesOf(collected.transitGatewayRouteTables),
    dhcpOptions: resourcesOf(collected.dhcpOptions),
    idleAddresses: new ElasticAddresses(reading).idle,
    blockPublicAccess: access,
  };
}

function resourcesOf<Resource>(collected: Collected<Resource>): Collection<Resource> {
  return isKnown(collected) ? new Map([...collected].map(([id, { resource }]) => [id, resource])) : collected;
}
