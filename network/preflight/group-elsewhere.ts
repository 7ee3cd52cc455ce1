import type { Explanation } from "../reachability/explanation.ts";
import type { SubnetPlace } from "../reachability/flow.ts";
import { isKnown } from "../reachability/known.ts";
import type { Topology } from "../reachability/topology.ts";

/**
 * A group of another VPC than the subnet's, which an interface there can't have: AWS Batch makes the compute environment all
 * the same, and no instance or task of it starts. Undefined where there is none, or a VPC is not known.
 */
export function groupElsewhere(topology: Topology, place: SubnetPlace): Explanation | undefined {
  const { securityGroups, vpcs } = topology;
  const { id: subnetId, vpcId, securityGroupIds } = place;
  if (!isKnown(securityGroups) || !isKnown(vpcs) || !isKnown(securityGroupIds)) return undefined;
  const isTold = (id: string) => vpcs.get(id)?.others === undefined && vpcs.has(id);
  for (const id of securityGroupIds) {
    const group = securityGroups.get(id);
    if (!group || group.vpcId === vpcId || !isTold(group.vpcId) || !isTold(vpcId)) continue;
    const { otherVpcIds = [] } = group;
    if (!isKnown(otherVpcIds) || otherVpcIds.includes(vpcId)) continue;
    return {
      code: "group-of-another-vpc",
      component: { type: "security-group", id },
      message: `${id} is a security group of ${group.vpcId}, and ${subnetId} is in ${vpcId}: no instance or task starts there with it.`,
      fix: "Let the compute environment's subnets and security groups be of one VPC.",
    };
  }
  return undefined;
}
