import { addressText, type Cidr, cidrText, overlaps, type Scalar } from "../../reachability/address.ts";
import { isKnown } from "../../reachability/known.ts";
import type { NetworkAcl, NetworkInterface, RouteTable, Subnet } from "../../reachability/topology.ts";
import type { Collected, Found, Reading } from "./reading.ts";

/** A fault for whatever can't be true of one network at one time: whichever of two was believed would decide. */
export function checkConsistency(
  reading: Reading,
  all: {
    readonly subnets: Collected<Subnet>;
    readonly networkInterfaces: Collected<NetworkInterface>;
    readonly routeTables: Collected<RouteTable>;
    readonly networkAcls: Collected<NetworkAcl>;
  },
): void {
  checkBlocks(reading, membersOf(reading, all.subnets));
  checkAddresses(reading, membersOf(reading, all.networkInterfaces));
  checkVpcs(reading, membersOf(reading, all.networkInterfaces), all.subnets);
  checkAssociations(reading, membersOf(reading, all.routeTables), membersOf(reading, all.networkAcls));
}

/** Subnets of one VPC don't overlap. */
function checkBlocks(reading: Reading, subnets: readonly Found<Subnet>[]): void {
  const blocks = subnets.flatMap((found) => {
    const { cidrBlocks } = found.resource;
    return isKnown(cidrBlocks) ? cidrBlocks.map((cidr) => ({ found, cidr })) : [];
  });
  blocks.sort((one, other) => order(placeOf(one), placeOf(other)) || order(one.cidr.from, other.cidr.from));
  let widest: (typeof blocks)[number] | undefined;
  for (const one of blocks) {
    const isOfOne = widest !== undefined && placeOf(widest) === placeOf(one);
    if (widest && isOfOne && overlaps(widest.cidr, one.cidr) && widest.found !== one.found) {
      const { resource, entry } = widest.found;
      const other = `${cidrText(widest.cidr)} of ${resource.id} in ${entry.file}`;
      reading.fault(one.found.entry, one.found.resource.id, `${cidrText(one.cidr)} overlaps ${other}`);
    }
    if (!widest || !isOfOne || one.cidr.to > widest.cidr.to) widest = one;
  }
}

const placeOf = ({ found, cidr }: { found: Found<Subnet>; cidr: Cidr }) => `${found.resource.vpcId} ${cidr.family}`;
const order = <Value extends string | Scalar>(one: Value, other: Value) => (one < other ? -1 : one > other ? 1 : 0);

/** An address is one interface's in a VPC, a public one in the world. */
function checkAddresses(reading: Reading, interfaces: readonly Found<NetworkInterface>[]): void {
  const holders = new Map<string, Found<NetworkInterface>>();
  for (const found of interfaces) {
    const { id, vpcId, addresses } = found.resource;
    for (const { value, publicAddress } of isKnown(addresses) ? addresses : []) {
      const given = isKnown(publicAddress) && publicAddress !== undefined ? [{ within: "", value: publicAddress }] : [];
      for (const held of [{ within: vpcId, value }, ...given]) {
        const key = `${held.within} ${held.value}`;
        const other = holders.get(key);
        if (other && other !== found) {
          const what = `${addressText(held.value)} is an address of ${other.resource.id} in ${other.entry.file} too`;
          reading.fault(found.entry, id, what);
        }
        holders.set(key, other ?? found);
      }
    }
  }
}

/** An interface is in the VPC of its subnet. */
function checkVpcs(reading: Reading, interfaces: readonly Found<NetworkInterface>[], subnets: Collected<Subnet>): void {
  if (!isKnown(subnets)) return;
  for (const { resource, entry } of interfaces) {
    const found = subnets.get(resource.subnetId);
    const subnet = found && !reading.isFaulty(found.entry) ? found.resource : undefined;
    if (subnet && subnet.vpcId !== resource.vpcId)
      reading.fault(entry, resource.id, `VpcId is ${resource.vpcId}, and that of its ${subnet.id} is ${subnet.vpcId}`);
  }
}

/** A subnet has one route table and one network ACL, a VPC one main route table. */
function checkAssociations(
  reading: Reading,
  tables: readonly Found<RouteTable>[],
  acls: readonly Found<NetworkAcl>[],
): void {
  const holders = new Map<string, string>();
  const hold = (what: string, kind: string, { resource, entry }: Found<RouteTable | NetworkAcl>) => {
    const other = holders.get(`${kind} ${what}`);
    if (other !== undefined && other !== resource.id)
      reading.fault(entry, resource.id, `it is the ${kind} of ${what}, and so is ${other}`);
    holders.set(`${kind} ${what}`, resource.id);
  };
  for (const found of tables) {
    const { associations, vpcId } = found.resource;
    for (const { isMain, subnetId } of isKnown(associations) ? associations : []) {
      if (isMain) hold(vpcId, "main route table", found);
      if (subnetId !== undefined) hold(subnetId, "route table", found);
    }
  }
  for (const found of acls) {
    const { subnetIds } = found.resource;
    for (const subnetId of isKnown(subnetIds) ? subnetIds : []) hold(subnetId, "network ACL", found);
  }
}

/** Those that have been read whole: a stand-in for what could not be read proves nothing. */
function membersOf<Resource>(reading: Reading, collected: Collected<Resource>): readonly Found<Resource>[] {
  return isKnown(collected) ? [...collected.values()].filter(({ entry }) => !reading.isFaulty(entry)) : [];
}
