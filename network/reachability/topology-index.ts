import type { Scalar } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { tableOfSubnet } from "./route-table.ts";
import type {
  NetworkAcl,
  NetworkInterface,
  RouteTable,
  Subnet,
  Topology,
  TransitGatewayAttachment,
  VpcEndpoint,
} from "./topology.ts";

/** What a trace looks up, found once per topology. */
export class TopologyIndex {
  readonly topology: Topology;
  readonly #interfaces: Known<ReadonlyMap<string, NetworkInterface>>;
  readonly #unknownAddresses: Unknown | undefined;
  readonly #publicOwners = new Map<Scalar, { vpcId: string; privateAddress: Scalar }>();
  readonly #tables = new Map<string, Known<RouteTable>>();
  readonly #acls: Known<ReadonlyMap<string, NetworkAcl>>;

  constructor(topology: Topology) {
    this.topology = topology;
    const { networkInterfaces, natGateways, networkAcls } = topology;
    const interfaces = new Map<string, NetworkInterface>();
    let unknown: Unknown | undefined;
    for (const one of isKnown(networkInterfaces) ? networkInterfaces.values() : []) {
      if (!isKnown(one.addresses)) {
        unknown = one.addresses;
        continue;
      }
      for (const { family, value, publicAddress } of one.addresses) {
        interfaces.set(`${one.vpcId} ${value}`, one);
        const owned = family === 6 ? value : isKnown(publicAddress) ? publicAddress : undefined;
        if (owned !== undefined) this.#publicOwners.set(owned, { vpcId: one.vpcId, privateAddress: value });
      }
    }
    for (const gateway of isKnown(natGateways) ? natGateways.values() : []) {
      for (const { privateAddress, publicAddress } of isKnown(gateway.addresses) ? gateway.addresses : []) {
        if (publicAddress !== undefined)
          this.#publicOwners.set(publicAddress, { vpcId: gateway.vpcId, privateAddress });
      }
    }
    this.#interfaces = isKnown(networkInterfaces) ? interfaces : networkInterfaces;
    this.#unknownAddresses = unknown;
    this.#acls = isKnown(networkAcls) ? aclsBySubnet(networkAcls) : networkAcls;
  }

  /** The interface that has a private address, or an IPv6 address, in a VPC. */
  interfaceAt(vpcId: string, address: Scalar): Known<NetworkInterface | undefined> {
    if (!isKnown(this.#interfaces)) return this.#interfaces;
    return this.#interfaces.get(`${vpcId} ${address}`) ?? this.#unknownAddresses;
  }

  /** The interface that a public address is given to, by internet gateway; or whose own it is, with IPv6. */
  publicOwner(address: Scalar): { vpcId: string; privateAddress: Scalar } | undefined {
    return this.#publicOwners.get(address);
  }

  /** The interface endpoint that an interface belongs to. */
  endpointOf(networkInterfaceId: string): Known<VpcEndpoint | undefined> {
    const { vpcEndpoints } = this.topology;
    if (!isKnown(vpcEndpoints)) return vpcEndpoints;
    for (const endpoint of vpcEndpoints.values()) {
      if (!isKnown(endpoint.networkInterfaceIds)) return endpoint.networkInterfaceIds;
      if (endpoint.networkInterfaceIds.includes(networkInterfaceId)) return endpoint;
    }
    return undefined;
  }

  subnet(id: string): Known<Subnet> {
    const { subnets } = this.topology;
    if (!isKnown(subnets)) return subnets;
    return subnets.get(id) ?? new Unknown(`subnet ${id} is not in the topology`);
  }

  tableOfSubnet(subnetId: string, vpcId: string): Known<RouteTable> {
    const known = this.#tables.get(subnetId) ?? tableOfSubnet(this.topology, subnetId, vpcId);
    this.#tables.set(subnetId, known);
    return known;
  }

  aclOfSubnet(subnetId: string): Known<NetworkAcl> {
    if (!isKnown(this.#acls)) return this.#acls;
    return this.#acls.get(subnetId) ?? new Unknown(`the network ACL of ${subnetId} is not in the topology`);
  }

  attachmentsOf(transitGatewayId: string): Known<readonly TransitGatewayAttachment[]> {
    const { transitGatewayAttachments } = this.topology;
    if (!isKnown(transitGatewayAttachments)) return transitGatewayAttachments;
    return [...transitGatewayAttachments.values()].filter((one) => one.transitGatewayId === transitGatewayId);
  }
}

function aclsBySubnet(acls: ReadonlyMap<string, NetworkAcl>): ReadonlyMap<string, NetworkAcl> {
  const bySubnet = new Map<string, NetworkAcl>();
  for (const acl of acls.values()) for (const id of isKnown(acl.subnetIds) ? acl.subnetIds : []) bySubnet.set(id, acl);
  return bySubnet;
}
