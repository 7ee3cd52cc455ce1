import { usable } from "../reachability/errand.ts";
import type { SubnetPlace } from "../reachability/flow.ts";
import { isKnown, type Known, Unknown } from "../reachability/known.ts";
import type { Topology } from "../reachability/topology.ts";

/** Where jobs run, or where what they need may be: any interface in a subnet, by IPv4 unless that has none. */
export function placeIn(
  { subnets }: Topology,
  id: string,
  securityGroupIds: Known<readonly string[]>,
  hasPublicAddress: Known<boolean> | "as-subnet",
): Known<SubnetPlace> {
  const subnet = isKnown(subnets) ? subnets.get(id) : subnets;
  if (!subnet) return new Unknown(`${id}, a subnet that this program does not make`);
  if (!isKnown(subnet)) return subnet;
  const { cidrBlocks, vpcId, mapPublicIpOnLaunch } = subnet;
  if (!isKnown(cidrBlocks)) return cidrBlocks;
  const block = cidrBlocks.find(({ family }) => family === 4) ?? cidrBlocks[0];
  if (!block) return new Unknown(`the blocks of ${id}`);
  const publicly = hasPublicAddress === "as-subnet" ? mapPublicIpOnLaunch : hasPublicAddress;
  return {
    type: "subnet",
    id,
    vpcId,
    address: usable(block),
    securityGroupIds,
    hasPublicAddress: isKnown(publicly) ? publicly : undefined,
  };
}

export const familyOf = ({ address }: SubnetPlace) => (typeof address.from === "bigint" ? 6 : 4);
