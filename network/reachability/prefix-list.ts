import type { Cidr } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { PrefixList, Topology } from "./topology.ts";

/** The blocks of a prefix list, AWS's or a customer's. */
export function prefixListCidrs({ prefixLists }: Topology, id: string): Known<readonly Cidr[]> {
  if (!isKnown(prefixLists)) return prefixLists;
  return prefixLists.get(id)?.cidrs ?? new Unknown(`prefix list ${id} is not in the topology`);
}

/** AWS's own lists are called `com.amazonaws.REGION.SERVICE`, and have all addresses of that service and no others. */
export function isManagedByAws({ prefixLists }: Topology, id: string): boolean {
  return isKnown(prefixLists) && (prefixLists.get(id)?.name.startsWith("com.amazonaws.") ?? false);
}

/** AWS's list of a service's addresses. */
export function prefixListOf({ prefixLists }: Topology, serviceName: string): Known<PrefixList | undefined> {
  if (!isKnown(prefixLists)) return prefixLists;
  for (const list of prefixLists.values()) if (list.name === serviceName) return list;
  return undefined;
}
