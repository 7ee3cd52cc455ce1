import type { RuleProtocol, SecurityGroup, SecurityGroupRule } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { isIcmp, isTransport, protocolOf } from "./protocol.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function securityGroups(reading: Reading): Collected<SecurityGroup> {
  return reading.collect("SecurityGroups", "GroupId", (fields, id) => {
    const rules = [...rulesOf(fields, id, "IpPermissions", false), ...rulesOf(fields, id, "IpPermissionsEgress", true)];
    const untold = ["IpPermissions", "IpPermissionsEgress"].find((key) => !fields.has(key));
    return {
      id,
      vpcId: fields.optionalText("VpcId") ?? "",
      name: fields.optionalText("GroupName") ?? "",
      rules: untold === undefined ? rules : notTold(id, untold),
    };
  });
}

function rulesOf(fields: Fields, id: string, key: string, isEgress: boolean): readonly SecurityGroupRule[] {
  return fields.list(key).flatMap((permission) => {
    const protocol = protocolOf(permission, "IpProtocol");
    const portRange = portRangeOf(permission, protocol, id);
    const peers = peersOf(permission);
    // A permission is for somebody.
    const told = peers.length > 0 ? peers : [notTold(`a rule of ${id}`, "IpRanges or any other peer")];
    return told.map((peer) => ({ isEgress, protocol, portRange, peer }));
  });
}

function portRangeOf(permission: Fields, protocol: RuleProtocol, id: string): SecurityGroupRule["portRange"] {
  if (isTransport(protocol)) {
    if (!permission.has("FromPort") || !permission.has("ToPort"))
      return notTold(`a rule of ${id}`, "FromPort and ToPort");
    const range = permission.range("FromPort", "ToPort", -1, 65_535);
    // -1 is ICMP's word for all; with TCP and UDP nobody says what it means.
    return range.from === -1 ? notTold(`a rule of ${id}`, "ports") : range;
  }
  if (!isIcmp(protocol)) return undefined;
  // With ICMP the type and the code are where others have the first and the last port.
  if (!permission.has("FromPort") || !permission.has("ToPort"))
    return notTold(`a rule of ${id}`, "FromPort and ToPort");
  return { from: permission.number("FromPort", -1, 255), to: permission.number("ToPort", -1, 255) };
}

function peersOf(permission: Fields): readonly SecurityGroupRule["peer"][] {
  return [
    ...permission.list("IpRanges").map((one) => ({ cidr: one.cidr("CidrIp", 4) })),
    ...permission.list("Ipv6Ranges").map((one) => ({ cidr: one.cidr("CidrIpv6", 6) })),
    ...permission.list("PrefixListIds").map((one) => ({ prefixListId: one.text("PrefixListId") })),
    ...permission.list("UserIdGroupPairs").map((one) => {
      // A group of EC2-Classic may be told by its name alone.
      const securityGroupId = one.optionalText("GroupId");
      return securityGroupId === undefined ? notTold("a rule", "GroupId") : { securityGroupId };
    }),
  ];
}
