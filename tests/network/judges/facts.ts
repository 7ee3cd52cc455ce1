import type { Cidr, Scalar } from "../../../network/reachability/address.ts";
import { isKnown, type Known } from "../../../network/reachability/known.ts";
import type { Collection, Subnet, Topology, Vpc } from "../../../network/reachability/topology.ts";
import { drop, type Receiver } from "./packet.ts";

/** The resources of a topology as plain lists, to be searched from the beginning every time. */
export type Facts = {
  readonly [Name in keyof Topology]: Topology[Name] extends Collection<infer Resource>
    ? readonly Resource[]
    : Topology[Name];
};

/** A collection that nobody knows counts as empty: the judge is for topologies that are fully known. */
export function factsOf(topology: Topology): Facts {
  return Object.fromEntries(
    Object.entries(topology).map(([name, collection]) => [
      name,
      collection instanceof Map ? [...collection.values()] : isKnown(collection) ? collection : [],
    ]),
  ) as unknown as Facts;
}

/** @throws TypeError for what is not known */
export function known<T>(value: Known<T>): T {
  if (!isKnown(value)) throw new TypeError(`the judge can't tell: ${value.reason}`);
  return value;
}

/** Families are kept apart by their types: number and bigint. */
export function holds(cidr: Cidr, address: Scalar): boolean {
  return typeof cidr.from === typeof address && cidr.from <= address && address <= cidr.to;
}

export const anyHolds = (cidrs: Known<readonly Cidr[]>, address: Scalar) =>
  known(cidrs).some((cidr) => holds(cidr, address));

export function subnetOf(facts: Facts, id: string): Subnet {
  return facts.subnets.find((subnet) => subnet.id === id) ?? drop(`there is no subnet ${id}`);
}

export function vpcOf(facts: Facts, id: string): Vpc {
  return facts.vpcs.find((vpc) => vpc.id === id) ?? drop(`there is no VPC ${id}`);
}

/** Who has a private (or IPv6) address in a VPC. */
export function receiverIn(facts: Facts, vpcId: string, address: Scalar): Receiver | undefined {
  const nat = facts.natGateways.find(
    (one) => one.vpcId === vpcId && known(one.addresses).some(({ privateAddress }) => privateAddress === address),
  );
  if (nat) return { nat };
  const networkInterface = facts.networkInterfaces.find(
    (one) => one.vpcId === vpcId && known(one.addresses).some(({ value }) => value === address),
  );
  return networkInterface && { networkInterface };
}

export function subnetOfReceiver(facts: Facts, receiver: Receiver): Subnet {
  return subnetOf(facts, "nat" in receiver ? known(receiver.nat.subnetId) : receiver.networkInterface.subnetId);
}

/** The public IPv4 address that belongs to a private one in a VPC. */
export function publicAddressOf(facts: Facts, vpcId: string, address: Scalar): Scalar | undefined {
  const receiver = receiverIn(facts, vpcId, address);
  if (!receiver) return undefined;
  if ("nat" in receiver)
    return known(receiver.nat.addresses).find((one) => one.privateAddress === address)?.publicAddress;
  const own = known(receiver.networkInterface.addresses).find(({ value }) => value === address);
  return own && known(own.publicAddress);
}

/** Which VPC's internet gateway brings what is for a public address, and for which address in the VPC. */
export function ownerOfPublic(facts: Facts, address: Scalar): { vpcId: string; address: Scalar } | undefined {
  for (const nat of facts.natGateways) {
    for (const own of known(nat.addresses)) {
      if (own.publicAddress === address) return { vpcId: nat.vpcId, address: own.privateAddress };
    }
  }
  for (const { vpcId, addresses } of facts.networkInterfaces) {
    for (const own of known(addresses)) {
      const isOwn = own.family === 4 ? known(own.publicAddress) === address : own.value === address;
      if (isOwn) return { vpcId, address: own.value };
    }
  }
  return undefined;
}
