import { addressText, isPrivate, type Scalar } from "./address.ts";
import type { Place } from "./flow.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** Who has an address that is asked for in a VPC: an interface there, else the only one anywhere, else nobody here. */
export function placeAt(index: TopologyIndex, vpcId: string | undefined, address: Scalar): Known<Place> {
  const { networkInterfaces, idleAddresses } = index.topology;
  if (!isKnown(networkInterfaces)) return networkInterfaces;
  const owners: { readonly id: string; readonly vpcId: string; readonly own: Scalar }[] = [];
  for (const { id, vpcId: its, addresses } of networkInterfaces.values()) {
    if (!isKnown(addresses)) return addresses;
    const found = addresses.find(({ value, publicAddress }) => value === address || publicAddress === address);
    if (found) owners.push({ id, vpcId: its, own: found.value });
  }
  const [first, ...others] = owners;
  if (first) {
    const owner = others.length === 0 ? first : owners.find((one) => one.vpcId === vpcId);
    if (owner) return { type: "interface", id: owner.id, address: owner.own };
    return new Unknown(`which of ${owners.map(({ id }) => id).join(", ")} has ${addressText(address)}`);
  }
  if (isPrivate(address) || idleAddresses.has(address)) return { type: "nowhere", address };
  const hidden = index.publicOwner(address);
  return hidden === undefined ? { type: "internet", address } : new Unknown(`who has ${addressText(address)}`);
}
