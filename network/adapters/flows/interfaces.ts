import { contains, type Scalar } from "../../reachability/address.ts";
import type { Place } from "../../reachability/flow.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { NetworkInterface, Topology } from "../../reachability/topology.ts";

/** An interface by one of its own addresses. */
export interface Owner {
  readonly id: string;
  readonly address: Scalar;
  readonly vpcId: string;
}

/** Whose an address is, whose an instance's interface is, which group is a VPC's default one. */
export class InterfaceIndex {
  readonly #owners = new Map<Scalar, Owner[]>();
  readonly #primaries = new Map<string, NetworkInterface>();
  readonly #delegates: NetworkInterface[] = [];
  readonly #defaultGroups = new Map<string, string>();
  readonly #topology: Topology;
  #unknown: Unknown | undefined;

  constructor(topology: Topology) {
    const { networkInterfaces, natGateways, securityGroups } = topology;
    this.#topology = topology;
    if (!isKnown(networkInterfaces)) this.#unknown = networkInterfaces;
    else for (const one of networkInterfaces.values()) this.#add(one);
    for (const gateway of isKnown(natGateways) ? natGateways.values() : []) {
      // The interface of a NAT gateway shows its address too, in most snapshots.
      for (const { privateAddress, publicAddress } of isKnown(gateway.addresses) ? gateway.addresses : []) {
        const [owner] =
          this.#owners.get(privateAddress)?.filter(({ id }) => isOf(networkInterfaces, id, gateway.vpcId)) ?? [];
        if (publicAddress !== undefined && owner && !this.#owners.has(publicAddress)) this.#own(publicAddress, owner);
      }
    }
    for (const { id, vpcId, name } of isKnown(securityGroups) ? securityGroups.values() : [])
      if (name === "default") this.#defaultGroups.set(vpcId, id);
  }

  /** Interfaces that have the address, as their own or given by an internet gateway. */
  ownersOf(address: Scalar): readonly Owner[] {
    return this.#owners.get(address) ?? [];
  }

  /** Why an address that none is known to have may be one's all the same. */
  mayHave(address: Scalar): Unknown | undefined {
    if (this.#unknown) return this.#unknown;
    const delegate = this.#delegates.find(({ delegatedPrefixes }) =>
      delegatedPrefixes.some((cidr) => typeof cidr.from === typeof address && contains(cidr, address)),
    );
    return delegate && new Unknown(`who has it, of a prefix that is delegated to ${delegate.id}`);
  }

  /** The VPC that something sends from. */
  vpcOf(place: Place): string | undefined {
    if (place.type === "subnet") return place.vpcId;
    const { networkInterfaces } = this.#topology;
    return place.type === "interface" && isKnown(networkInterfaces)
      ? networkInterfaces.get(place.id)?.vpcId
      : undefined;
  }

  /** The interface that an instance is known by: the one of device index 0. */
  primaryOf(instanceId: string): NetworkInterface | undefined {
    return this.#primaries.get(instanceId);
  }

  defaultGroupOf(vpcId: string): Known<readonly string[]> {
    const { securityGroups } = this.#topology;
    if (!isKnown(securityGroups)) return securityGroups;
    const id = this.#defaultGroups.get(vpcId);
    return id === undefined
      ? new Unknown(`the default security group of ${vpcId}, which is not in the snapshot`)
      : [id];
  }

  #add(one: NetworkInterface): void {
    const { id, vpcId, instanceId, delegatedPrefixes, addresses } = one;
    if (instanceId !== undefined) {
      const known = this.#primaries.get(instanceId);
      if (!known || indexOf(one) < indexOf(known)) this.#primaries.set(instanceId, one);
    }
    if (delegatedPrefixes.length > 0) this.#delegates.push(one);
    if (!isKnown(addresses)) {
      this.#unknown ??= addresses;
      return;
    }
    for (const { value, publicAddress } of addresses) {
      this.#own(value, { id, vpcId, address: value });
      if (!isKnown(publicAddress)) this.#unknown ??= publicAddress;
      else if (publicAddress !== undefined) this.#own(publicAddress, { id, vpcId, address: value });
    }
  }

  #own(address: Scalar, owner: Owner): void {
    const known = this.#owners.get(address);
    if (known) known.push(owner);
    else this.#owners.set(address, [owner]);
  }
}

const indexOf = ({ deviceIndex }: NetworkInterface) => deviceIndex ?? Number.POSITIVE_INFINITY;

const isOf = (all: Topology["networkInterfaces"], id: string, vpcId: string) =>
  isKnown(all) && all.get(id)?.vpcId === vpcId;
