import { type Interval, overlaps } from "./address.ts";
import { type Explanation, withChange } from "./explanation.ts";
import { isKnown } from "./known.ts";
import { implicitDeny, judgeNetworkAcl, relevantEntries } from "./network-acl.ts";
import { echoType, isEcho, splitBy } from "./packet-set.ts";
import { drop, hop, lose, type Outcome, type Packets, unknown } from "./path.ts";
import { peerText, portsText, protocolText } from "./rule-text.ts";
import type { NetworkAcl, NetworkAclEntry } from "./topology.ts";
import type { Walk } from "./walk.ts";

/** No way without a loop is longer. */
const longestPath = 60;

/**
 * From something in a subnet: to its neighbours directly, else out through the network ACL and by the route table. For what
 * a transit gateway sends into the subnet of its attachment the network ACL counts no more than among neighbours
 * (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html).
 */
export function fromSubnet(walk: Walk, from: { vpcId: string; subnetId: string }, packets: Packets): Outcome[] {
  const { vpcId, subnetId } = from;
  if ((packets.trail?.length ?? 0) > longestPath) return drop(packets, loop(subnetId));
  const subnet = walk.index.subnet(subnetId);
  const cidrs = isKnown(subnet) ? subnet.cidrBlocks : subnet;
  if (!isKnown(cidrs)) return lose(packets, { type: "subnet", id: subnetId }, cidrs.reason);
  const { destination } = packets.header;
  // IPv6 addresses of the internet are global ones, as the subnet's own are: but not the subnet's.
  const isElsewhere = "anyPublic" in destination && walk.errand.family === 6;
  return splitBy(packets.set, destination, isElsewhere ? [] : cidrs).flatMap(({ set, value }) => {
    const next = set === packets.set ? packets : { ...packets, set };
    if (value === "maybe") return lose(next, { type: "subnet", id: subnetId }, "whether it has the public address");
    if (value === "yes") return walk.steps.deliver(walk, vpcId, subnetId, next);
    return throughAcl(walk, subnetId, true, next).flatMap((passed) =>
      walk.steps.route(walk, walk.index.tableOfSubnet(subnetId, vpcId), from, passed),
    );
  });
}

/** What the network ACL of a subnet makes of packets that cross the subnet's border. */
export function throughAcl(walk: Walk, subnetId: string, isEgress: boolean, packets: Packets): Packets[] {
  const acl = walk.index.aclOfSubnet(subnetId);
  if (!isKnown(acl)) return [unknown(packets, { type: "subnet", id: subnetId }, acl.reason)];
  const component = { type: "network-acl", id: acl.id };
  const parts = judgeNetworkAcl(acl, isEgress, packets.set, packets.header, walk.kind(packets));
  return parts.map(({ set, value: { answer, rule, reason } }) => {
    const next = hop(packets, component, rule && entryText(rule), set);
    return walk.judged(next, answer, reason, () => restriction(walk, acl, subnetId, isEgress, next, rule));
  });
}

function restriction(
  walk: Walk,
  acl: NetworkAcl,
  subnetId: string,
  isEgress: boolean,
  packets: Packets,
  rule: NetworkAclEntry | undefined,
): Explanation {
  const by = rule && rule.ruleNumber < implicitDeny ? `rule ${rule.ruleNumber}` : "no rule allows it";
  const message = `${acl.id} of ${subnetId} denies ${isEgress ? "outbound" : "inbound"} ${walk.what(packets)} (${by}).`;
  const explanation = { code: "SUBNET_ACL_RESTRICTION", component: { type: "network-acl", id: acl.id }, message };
  const entry = allowingEntry(walk, acl, isEgress, packets);
  return entry ? withChange(explanation, { type: "add-network-acl-entry", id: acl.id, entry }) : explanation;
}

/** A rule that allows all the flow's packets, with the number of the first that would deny some: `merge` finds a free one. */
function allowingEntry(walk: Walk, acl: NetworkAcl, isEgress: boolean, packets: Packets): NetworkAclEntry | undefined {
  if (!isKnown(acl.entries)) return undefined;
  const kind = walk.kind(packets);
  const { protocol, portRange } = walk.ruleOf(packets);
  const cidr = walk.block(isEgress ? packets.header.destination : packets.header.source);
  const denying = relevantEntries(acl.entries, isEgress, kind).find(
    (entry) => entry.action !== "allow" && mayMatch(entry.cidr, cidr) && mayMatch(entry.portRange, portRange),
  );
  const icmp = isEcho(kind) ? { type: echoType(kind), code: -1 } : undefined;
  const ruleNumber = denying?.ruleNumber ?? implicitDeny;
  return { ruleNumber, isEgress, action: "allow", protocol, cidr, portRange, icmp };
}

function mayMatch(range: unknown, other: Interval | undefined): boolean {
  if (other === undefined || range === undefined) return true;
  const known = range as Interval;
  return known.from === undefined || typeof known.from !== typeof other.from || overlaps(known, other);
}

function entryText(entry: NetworkAclEntry): string {
  const known = entryTexts.get(entry);
  if (known !== undefined) return known;
  const { ruleNumber, isEgress, action, protocol, portRange, cidr } = entry;
  const number = ruleNumber === implicitDeny ? "*" : ruleNumber;
  const what = `${protocolText(protocol)}${portsText(protocol, portRange)}`;
  const peer = isKnown(cidr) ? peerText({ cidr }) : "?";
  const text = `${isEgress ? "outbound" : "inbound"} rule ${number}: ${isKnown(action) ? action : "?"} ${what} ${isEgress ? "to" : "from"} ${peer}`;
  entryTexts.set(entry, text);
  return text;
}

const entryTexts = new WeakMap<NetworkAclEntry, string>();

const loop = (id: string): Explanation => ({
  code: "routing-loop",
  component: { type: "subnet", id },
  message: `The packets come back to ${id} for ever.`,
});
