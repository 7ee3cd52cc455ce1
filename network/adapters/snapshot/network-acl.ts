import type { NetworkAcl, NetworkAclEntry } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { protocolOf } from "./protocol.ts";
import type { Collected, Reading } from "./reading.ts";

export function networkAcls(reading: Reading): Collected<NetworkAcl> {
  return reading.collect("NetworkAcls", "NetworkAclId", (fields, id) => ({
    id,
    vpcId: fields.text("VpcId"),
    isDefault: fields.optionalFlag("IsDefault") ?? false,
    entries: fields.list("Entries").map(entryOf),
    subnetIds: fields.list("Associations").map((one) => one.text("SubnetId")),
  }));
}

/** The rule that denies what no other allows; AWS gives the one for IPv6 the number after the highest. */
const lastRule = 32_768;

function entryOf(fields: Fields): NetworkAclEntry {
  const range = fields.object("PortRange");
  const icmp = fields.object("IcmpTypeCode");
  return {
    ruleNumber: fields.number("RuleNumber", 1, lastRule),
    isEgress: fields.optionalFlag("Egress") ?? false,
    action: fields.oneOf("RuleAction", ["allow", "deny"]),
    protocol: protocolOf(fields, "Protocol"),
    cidr: fields.eitherCidr("CidrBlock", "Ipv6CidrBlock"),
    portRange: range && { from: range.number("From", -1, 65_535), to: range.number("To", -1, 65_535) },
    icmp: icmp && { type: icmp.number("Type", -1, 255), code: icmp.number("Code", -1, 255) },
  };
}
