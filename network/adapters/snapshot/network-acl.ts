import type { NetworkAcl, NetworkAclEntry } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { isIcmp, isTransport, protocolOf } from "./protocol.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function networkAcls(reading: Reading): Collected<NetworkAcl> {
  return reading.collect("NetworkAcls", "NetworkAclId", (fields, id) => ({
    id,
    vpcId: fields.text("VpcId"),
    isDefault: fields.optionalFlag("IsDefault") ?? false,
    entries: entriesOf(fields, id),
    subnetIds: fields.has("Associations")
      ? fields.list("Associations").map((one) => one.text("SubnetId"))
      : notTold(id, "Associations"),
  }));
}

/** The numbers of one direction's rules differ, whatever their family. */
function entriesOf(fields: Fields, id: string): NetworkAcl["entries"] {
  if (!fields.has("Entries")) return notTold(id, "Entries");
  const entries = fields.list("Entries").map((one) => ({ one, entry: entryOf(one, id) }));
  const numbers = new Set<string>();
  for (const { one, entry } of entries) {
    const number = `${entry.isEgress} ${entry.ruleNumber}`;
    if (numbers.has(number)) one.fault("RuleNumber", `is ${entry.ruleNumber}, as another's in this direction is`);
    numbers.add(number);
  }
  return entries.map(({ entry }) => entry);
}

/** The rule that denies what no other allows; AWS gives the one for IPv6 the number after the highest. */
const lastRule = 32_768;

function entryOf(fields: Fields, id: string): NetworkAclEntry {
  const ruleNumber = fields.number("RuleNumber", 1, lastRule);
  const protocol = protocolOf(fields, "Protocol");
  const range = fields.object("PortRange");
  const icmp = fields.object("IcmpTypeCode");
  const told = (key: string) => notTold(`rule ${ruleNumber} of ${id}`, key);
  return {
    ruleNumber,
    isEgress: fields.flag("Egress"),
    action: fields.oneOf("RuleAction", ["allow", "deny"]),
    protocol,
    cidr: fields.eitherCidr("CidrBlock", "Ipv6CidrBlock"),
    // All ports are a range too: AWS leaves it out only with other protocols.
    portRange:
      range?.has("From") && range.has("To")
        ? range.range("From", "To", -1, 65_535)
        : isTransport(protocol)
          ? told("PortRange")
          : undefined,
    icmp:
      icmp?.has("Type") && icmp.has("Code")
        ? { type: icmp.number("Type", -1, 255), code: icmp.number("Code", -1, 255) }
        : isIcmp(protocol)
          ? told("IcmpTypeCode")
          : undefined,
  };
}
