import type { Cidr } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { PrefixList, Topology } from "./topology.ts";

/** The blocks of a prefix list, AWS's or a customer's. */
export function prefixListCidrs({ prefixLists }: Topology, id: string): Known<readonly Cidr[]> {
  if (!isKnown(prefixLists)) return prefixLists;
  return prefixLists.get(id)?.cidrs ?? new Unknown(`prefix list ${id} is not in the topology`);
}

/**
 * The name of a list of AWS's own: `com.amazonaws.REGION.SERVICE`. Such a list has all addresses of that service and no
 * others, and none that is private.
 */
export function managedListName({ prefixLists }: Topology, id: string): string | undefined {
  const name = isKnown(prefixLists) ? prefixLists.get(id)?.name : undefined;
  return name !== undefined && /^(cn\.)?com\.amazonaws\./.test(name) ? name : undefined;
}

/** AWS's list of a service's addresses. */
export function prefixListOf({ prefixLists }: Topology, serviceName: string): Known<PrefixList | undefined> {
  if (!isKnown(prefixLists)) return prefixLists;
  // China's Regions have `cn.com.amazonaws.` before the Region.
  const names = [serviceName, `cn.${serviceName}`];
  for (const list of prefixLists.values()) if (names.includes(list.name)) return list;
  return undefined;
}
