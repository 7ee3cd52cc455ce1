import type { Cidr } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { Topology } from "./topology.ts";

/** The blocks of a prefix list, AWS's or a customer's. */
export function prefixListCidrs({ prefixLists }: Topology, id: string): Known<readonly Cidr[]> {
  if (!isKnown(prefixLists)) return prefixLists;
  return prefixLists.get(id)?.cidrs ?? new Unknown(`prefix list ${id} is not in the topology`);
}
