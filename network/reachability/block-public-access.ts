import { withChange } from "./explanation.ts";
import { isKnown, Unknown } from "./known.ts";
import { type Packets, unknown } from "./path.ts";
import type { BlockPublicAccess, Topology } from "./topology.ts";
import type { Walk } from "./walk.ts";

/** What a connection needs: to go out through a NAT or egress-only gateway, or any by an internet gateway itself. */
type Need = "egress" | "bidirectional";

/**
 * VPC Block Public Access of an account and Region (VPC user guide, Block public access to VPCs and subnets): what is
 * blocked for ingress keeps what NAT gateways and egress-only gateways let out; exclusions are for a VPC or for a subnet.
 * With a NAT gateway both subnets count, the sender's and the gateway's.
 */
export function throughBlockPublicAccess(
  walk: Walk,
  vpcId: string,
  subnetIds: readonly string[],
  need: Need,
  packets: Packets,
): Packets {
  const component = { type: "vpc-block-public-access", id: vpcId };
  const judged = judge(walk.index.topology, vpcId, subnetIds, need);
  if (judged === "yes") return packets;
  if (judged instanceof Unknown) return unknown(packets, component, judged.reason);
  return walk.judged(packets, "no", undefined, () =>
    withChange(
      {
        code: "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
        component,
        message: `VPC Block Public Access of ${vpcId}'s account and Region is on, and blocks ${walk.what(packets)}.`,
      },
      { type: "exclude-from-block-public-access", id: vpcId },
    ),
  );
}

function judge(topology: Topology, vpcId: string, subnetIds: readonly string[], need: Need): "yes" | "no" | Unknown {
  const { blockPublicAccess, vpcs } = topology;
  if (!isKnown(blockPublicAccess)) return blockPublicAccess;
  if (blockPublicAccess.length === 0) return "yes";
  if (!isKnown(vpcs)) return vpcs;
  const vpc = vpcs.get(vpcId);
  if (!vpc) return new Unknown(`the account of ${vpcId}, whose VPC Block Public Access decides`);
  const own = blockPublicAccess.filter(
    ({ ownerId, region }) => mayBeSame(ownerId, vpc.ownerId) && mayBeSame(region, vpc.region),
  );
  for (const one of own) {
    const judged = judgeOne(one, [vpcId], subnetIds, need);
    if (judged !== "yes") return judged;
  }
  return "yes";
}

function judgeOne(
  { mode, exclusions }: BlockPublicAccess,
  vpcIds: readonly string[],
  subnetIds: readonly string[],
  need: Need,
): "yes" | "no" | Unknown {
  if (mode === "off") return "yes";
  if (isKnown(mode) && mode === "block-ingress" && need === "egress") return "yes";
  if (!isKnown(exclusions)) return exclusions;
  const isExcluded = (ids: readonly string[]) =>
    exclusions.some(
      ({ resourceId, mode: allowed }) =>
        ids.includes(resourceId) && (allowed === "allow-bidirectional" || need === "egress"),
    );
  const modes = exclusions
    .filter(({ resourceId }) => vpcIds.includes(resourceId) || subnetIds.includes(resourceId))
    .map((exclusion) => exclusion.mode);
  if (need === "bidirectional" && new Set(modes).size > 1)
    return new Unknown("which of two exclusions counts, the VPC's or the subnet's");
  const excluded = isExcluded(vpcIds) || (subnetIds.length > 0 && subnetIds.every((id) => isExcluded([id])));
  if (excluded) return "yes";
  if (!isKnown(mode)) return mode;
  if (subnetIds.some((id) => isExcluded([id])))
    return new Unknown("whether an exclusion of one of the two subnets of a NAT gateway's path suffices");
  return "no";
}

/** A snapshot without accounts or Regions in its folders does not say whose it is. */
const mayBeSame = (one: string, other: string) => one === "" || other === "" || one === other;
