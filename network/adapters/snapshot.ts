import { isKnown } from "../reachability/known.ts";
import type { Collection, Topology } from "../reachability/topology.ts";
import { blockPublicAccess } from "./snapshot/block-public-access.ts";
import { dhcpOptions } from "./snapshot/dhcp-options.ts";
import { egressOnlyInternetGateways, internetGateways } from "./snapshot/internet-gateway.ts";
import { natGateways } from "./snapshot/nat-gateway.ts";
import { networkAcls } from "./snapshot/network-acl.ts";
import { networkInterfaces } from "./snapshot/network-interface.ts";
import { prefixLists } from "./snapshot/prefix-list.ts";
import { type Collected, Reading } from "./snapshot/reading.ts";
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
  const reading = new Reading(responses);
  const topology: Topology = {
    vpcs: resourcesOf(vpcs(reading)),
    subnets: resourcesOf(subnets(reading)),
    routeTables: resourcesOf(routeTables(reading)),
    networkAcls: resourcesOf(networkAcls(reading)),
    securityGroups: resourcesOf(securityGroups(reading)),
    networkInterfaces: resourcesOf(networkInterfaces(reading)),
    internetGateways: resourcesOf(internetGateways(reading)),
    egressOnlyInternetGateways: resourcesOf(egressOnlyInternetGateways(reading)),
    natGateways: resourcesOf(natGateways(reading)),
    vpcEndpoints: resourcesOf(vpcEndpoints(reading)),
    prefixLists: resourcesOf(prefixLists(reading)),
    vpcPeeringConnections: resourcesOf(vpcPeeringConnections(reading)),
    transitGateways: resourcesOf(transitGateways(reading)),
    transitGatewayAttachments: resourcesOf(transitGatewayAttachments(reading)),
    transitGatewayRouteTables: resourcesOf(transitGatewayRouteTables(reading)),
    dhcpOptions: resourcesOf(dhcpOptions(reading)),
    blockPublicAccess: blockPublicAccess(reading),
  };
  if (responses.faults.length > 0) throw new SnapshotError(responses.faults);
  return topology;
}

function resourcesOf<Resource>(collected: Collected<Resource>): Collection<Resource> {
  return isKnown(collected) ? new Map([...collected].map(([id, { resource }]) => [id, resource])) : collected;
}
