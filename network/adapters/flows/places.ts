import { contains, type Family, isPrivate, parseAddress, parseCidr, type Scalar } from "../../reachability/address.ts";
import { usable } from "../../reachability/errand.ts";
import type { Place, Service } from "../../reachability/flow.ts";
import { isKnown, type Known } from "../../reachability/known.ts";
import type { NetworkInterface, Subnet, Topology } from "../../reachability/topology.ts";
import { InterfaceIndex } from "./interfaces.ts";

/** What one end of a flow stands for, in the families that it has. */
export interface End<What extends Place | Service> {
  readonly families: readonly Family[];
  /** `address`: the one that was asked for, where the place is an interface and that is its public one. */
  at(family: Family): { readonly place: What; readonly address?: Scalar };
}

/** What the words of a flow stand for in a topology, indexed once. */
export class Places {
  readonly #topology: Topology;
  readonly #interfaces: InterfaceIndex;

  constructor(topology: Topology) {
    this.#topology = topology;
    this.#interfaces = new InterfaceIndex(topology);
  }

  /** @throws RangeError for what is none, or not in the topology */
  source(text: string): End<Place> {
    if (this.#kindOf(text) === "vpce")
      throw new RangeError(`source ${text} is a VPC endpoint, which starts nothing; it may be a destination`);
    if (isServiceName(text))
      throw new RangeError(`source ${text} is the name of a service, which starts nothing; it may be a destination`);
    return this.#end(text, "source");
  }

  /**
   * `source`: what sends there. An address that interfaces of several VPCs have is that of its own VPC, else whose the routes
   * lead to.
   * @throws RangeError for what is none, or not in the topology
   */
  destination(text: string, source?: Place): End<Place | Service> {
    if (this.#kindOf(text) === "vpce") {
      const { vpcEndpoints } = this.#topology;
      if (isKnown(vpcEndpoints) && !vpcEndpoints.has(text))
        throw new RangeError(`destination ${text} is not in the snapshot`);
      return { families, at: () => ({ place: { type: "endpoint", id: text } }) };
    }
    if (isServiceName(text)) return { families, at: () => ({ place: { type: "service", name: text } }) };
    return this.#end(text, "destination", source);
  }

  /** By the beginning of an id, or by what has it: a program's ids are URNs. */
  #kindOf(text: string): string | undefined {
    const { subnets, vpcEndpoints, networkInterfaces } = this.#topology;
    if (isKnown(subnets) && subnets.has(text)) return "subnet";
    if (isKnown(vpcEndpoints) && vpcEndpoints.has(text)) return "vpce";
    if (isKnown(networkInterfaces) && networkInterfaces.has(text)) return "eni";
    return kindOf(text);
  }

  #end(text: string, field: string, source?: Place): End<Place> {
    const kind = this.#kindOf(text);
    if (kind === "subnet") return this.#ofSubnet(text, field);
    if (kind !== undefined) return ofInterface(this.#interface(text, field), text, field);
    return this.#ofAddress(text, field, source);
  }

  /** An interface, or an instance's primary one. */
  #interface(id: string, field: string): NetworkInterface {
    const { networkInterfaces } = this.#topology;
    if (!isKnown(networkInterfaces)) throw new RangeError(`${field} ${id} is not known: ${networkInterfaces.reason}`);
    const found = networkInterfaces.get(id) ?? this.#interfaces.primaryOf(id);
    if (!found) throw new RangeError(`${field} ${id} is not in the snapshot`);
    return found;
  }

  /**
   * Any interface that EC2 would make in a subnet where nothing else is asked for: with the default security group of the
   * VPC, a public address where the subnet gives one, and any address but the reserved ones.
   */
  #ofSubnet(id: string, field: string): End<Place> {
    const { subnets } = this.#topology;
    const subnet = isKnown(subnets) ? subnets.get(id) : subnets;
    if (!subnet) throw new RangeError(`${field} ${id} is not in the snapshot`);
    if (!isKnown(subnet)) throw new RangeError(`${field} ${id} is not known: ${subnet.reason}`);
    const { cidrBlocks } = subnet;
    if (!isKnown(cidrBlocks))
      throw new RangeError(`${field} ${id} has blocks that are not known: ${cidrBlocks.reason}`);
    return {
      families: families.filter((family) => cidrBlocks.some((one) => one.family === family)),
      at: (family) => {
        const block = cidrBlocks.find((one) => one.family === family) ?? { from: 0, to: 0 };
        return { place: placeIn(subnet, usable(block), this.#interfaces.defaultGroupOf(subnet.vpcId)) };
      },
    };
  }

  #ofAddress(text: string, field: string, source?: Place): End<Place> {
    const { value, family } = addressOf(text, field);
    const only = (place: Place, address?: Scalar): End<Place> => ({
      families: [family],
      at: () => ({ place, ...(address === undefined ? {} : { address }) }),
    });
    const all = this.#interfaces.ownersOf(value);
    const near = source && all.filter(({ vpcId }) => vpcId === this.#interfaces.vpcOf(source));
    const owners = near && near.length > 0 ? near : all;
    if (owners.length > 1 && source) return only({ type: "nowhere", address: value });
    if (owners.length > 1) {
      const ids = owners.map(({ id }) => id).join(", ");
      throw new RangeError(`${field} ${text} is the address of several interfaces; name one of ${ids}`);
    }
    const [owner] = owners;
    if (owner)
      return only(
        { type: "interface", id: owner.id, address: owner.address },
        owner.address === value ? undefined : value,
      );
    const unsure = this.#interfaces.mayHave(value);
    // What can't be somebody's on the internet, and what may be somebody's of the network, is no host on the internet.
    const isHost =
      !isPrivate(value) &&
      !this.#topology.idleAddresses.has(value) &&
      !unroutable.some((block) => sameFamily(block.from, value) && contains(block, value));
    if (isHost && !unsure) return only({ type: "internet", address: value });
    const subnet = unsure && this.#subnetAt(text, value, field);
    if (subnet) return only(placeIn(subnet, { from: value, to: value }, unsure, true));
    return only({ type: "nowhere", address: value });
  }

  /** The subnet that an address lies in. */
  #subnetAt(text: string, value: Scalar, field: string): Subnet | undefined {
    const { subnets } = this.#topology;
    const found = (isKnown(subnets) ? [...subnets.values()] : []).filter(
      ({ cidrBlocks }) =>
        isKnown(cidrBlocks) && cidrBlocks.some((cidr) => sameFamily(cidr.from, value) && contains(cidr, value)),
    );
    if (found.length < 2) return found[0];
    const ids = found.map(({ id }) => id).join(", ");
    throw new RangeError(`${field} ${text} is an address of several subnets: ${ids}; name an interface`);
  }
}

/** IPv4 before IPv6 where an end has both. */
export const families: readonly Family[] = [4, 6];

/** This network, loopback, multicast and what is reserved (RFC 6890). */
const unroutable = ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3"].map(parseCidr);

function placeIn(
  { id, vpcId, mapPublicIpOnLaunch }: Subnet,
  address: { from: Scalar; to: Scalar },
  securityGroupIds: Known<readonly string[]>,
  isMade = false,
): Place {
  const hasPublicAddress = isKnown(mapPublicIpOnLaunch) && !isMade ? mapPublicIpOnLaunch : undefined;
  return { type: "subnet", id, vpcId, address, securityGroupIds, hasPublicAddress };
}

function ofInterface({ id, addresses }: NetworkInterface, text: string, field: string): End<Place> {
  if (!isKnown(addresses))
    throw new RangeError(`${field} ${text} has addresses that are not known: ${addresses.reason}`);
  const first = (family: Family) => addresses.find((one) => one.family === family);
  return {
    families: families.filter(first),
    at: (family) => ({ place: { type: "interface", id, address: first(family)?.value ?? 0 } }),
  };
}

function addressOf(text: string, field: string) {
  try {
    return parseAddress(text);
  } catch {
    const kinds = `network interface (eni-...), instance (i-...) or subnet (subnet-...)`;
    const more = field === "destination" ? ", VPC endpoint (vpce-...) or name of a service (ecr.api)" : "";
    throw new RangeError(`${field} ${JSON.stringify(text)} is no IP address and no id of a ${kinds}${more}`);
  }
}

const kindOf = (text: string) => /^(eni|i|subnet|vpce)-[0-9a-z]+$/.exec(text)?.[1];

/** `s3`, `ecr.api`; not the id of something that is no end of a flow. */
function isServiceName(text: string): boolean {
  return (
    /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(text) &&
    /[a-z]/.test(text) &&
    kindOf(text) === undefined &&
    !/-([0-9a-f]{8}|[0-9a-f]{17})$/.test(text)
  );
}

const sameFamily = (one: Scalar, other: Scalar) => typeof one === typeof other;
