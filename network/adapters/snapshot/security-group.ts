import type { RulePeer, SecurityGroup, SecurityGroupRule } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { protocolOf } from "./protocol.ts";
import type { Collected, Reading } from "./reading.ts";

export function securityGroups(reading: Reading): Collected<SecurityGroup> {
  return reading.collect("SecurityGroups", "GroupId", (fields, id) => ({
    id,
    vpcId: fields.optionalText("VpcId") ?? "",
    name: fields.optionalText("GroupName") ?? "",
    rules: [...rulesOf(fields, "IpPermissions", false), ...rulesOf(fields, "IpPermissionsEgress", true)],
  }));
}

function rulesOf(fields: Fields, key: string, isEgress: boolean): readonly SecurityGroupRule[] {
  return fields.list(key).flatMap((permission) => {
    const protocol = protocolOf(permission, "IpProtocol");
    const from = permission.optionalNumber("FromPort", -1, 65_535);
    const to = permission.optionalNumber("ToPort", -1, 65_535);
    const portRange = from !== undefined && to !== undefined && protocol !== "all" ? { from, to } : undefined;
    return peersOf(permission).map((peer) => ({ isEgress, protocol, portRange, peer }));
  });
}

function peersOf(permission: Fields): readonly RulePeer[] {
  return [
    ...permission.list("IpRanges").map((one) => ({ cidr: one.cidr("CidrIp", 4) })),
    ...permission.list("Ipv6Ranges").map((one) => ({ cidr: one.cidr("CidrIpv6", 6) })),
    ...permission.list("PrefixListIds").map((one) => ({ prefixListId: one.text("PrefixListId") })),
    ...permission.list("UserIdGroupPairs").map((one) => ({ securityGroupId: one.text("GroupId") })),
  ];
}
