import type {
  NetworkAclEntry,
  NetworkInterface,
  RuleProtocol,
  SecurityGroupRule,
  Subnet,
} from "../../../network/reachability/topology.ts";
import { anyHolds, holds, known } from "./facts.ts";
import { type Connection, drop, type Packet } from "./packet.ts";

type Direction = "inbound" | "outbound";

function protocolNumber({ family, protocol }: Connection): number {
  if (protocol === "icmp") return family === 4 ? 1 : 58;
  return protocol === "tcp" ? 6 : 17;
}

/** Echo has type 8 and its reply 0; with IPv6 128 and 129. Both have code 0. */
function icmpType({ family }: Connection, { isReply }: Packet): number {
  if (family === 4) return isReply ? 0 : 8;
  return isReply ? 129 : 128;
}

const isAnyOr = (wanted: number, value: number) => wanted === -1 || wanted === value;

const namesProtocol = (wanted: RuleProtocol, connection: Connection) =>
  wanted === "all" || wanted === protocolNumber(connection);

/** Drops what the subnet's network ACL does not let in or out. */
export function passNetworkAcl(connection: Connection, subnet: Subnet, direction: Direction, packet: Packet): void {
  const { networkAcls } = connection.facts;
  const acl =
    networkAcls.find(({ subnetIds }) => known(subnetIds).includes(subnet.id)) ??
    networkAcls.find(({ isDefault, vpcId }) => isDefault && vpcId === subnet.vpcId) ??
    drop(`${subnet.id} has no network ACL`);
  connection.met.add("network ACL");
  const entries = known(acl.entries)
    .filter(({ isEgress }) => isEgress === (direction === "outbound"))
    .sort((one, other) => one.ruleNumber - other.ruleNumber);
  for (const entry of entries) {
    if (!entryMatches(connection, entry, direction, packet)) continue;
    if (known(entry.action) === "allow") return;
    drop(`${acl.id} denies ${direction} by rule ${entry.ruleNumber} at ${subnet.id}`);
  }
  drop(`${acl.id} has no ${direction} rule for it at ${subnet.id}`);
}

function entryMatches(connection: Connection, entry: NetworkAclEntry, direction: Direction, packet: Packet): boolean {
  const protocol = known(entry.protocol);
  if (!namesProtocol(protocol, connection)) return false;
  if (!holds(known(entry.cidr), direction === "outbound" ? packet.dst : packet.src)) return false;
  if (protocol === "all") return true;
  if (connection.protocol === "icmp") {
    const icmp = known(entry.icmp);
    return !icmp || (isAnyOr(icmp.type, icmpType(connection, packet)) && isAnyOr(icmp.code, 0));
  }
  const range = known(entry.portRange);
  return !range || (range.from <= packet.dport && packet.dport <= range.to);
}

/** Drops a request that no rule of the interface's groups allows. `peer`: who is at the other end. */
export function passSecurityGroups(
  connection: Connection,
  { id, securityGroupIds }: NetworkInterface,
  direction: Direction,
  packet: Packet,
  peer: NetworkInterface | undefined,
  isVisible: boolean,
): void {
  const allows = connection.facts.securityGroups
    .filter((group) => known(securityGroupIds).includes(group.id))
    .flatMap(({ rules }) => known(rules))
    .some((rule) => ruleMatches(connection, rule, direction, packet, isVisible ? peer : undefined));
  if (!allows) drop(`no ${direction} rule of the groups of ${id} allows it`);
}

function ruleMatches(
  connection: Connection,
  rule: SecurityGroupRule,
  direction: Direction,
  packet: Packet,
  peer: NetworkInterface | undefined,
): boolean {
  if (rule.isEgress !== (direction === "outbound")) return false;
  const protocol = known(rule.protocol);
  if (!namesProtocol(protocol, connection)) return false;
  const range = known(rule.portRange);
  if (protocol !== "all" && range) {
    if (connection.protocol === "icmp") {
      if (!isAnyOr(range.from, icmpType(connection, packet)) || !isAnyOr(range.to, 0)) return false;
    } else if (packet.dport < range.from || range.to < packet.dport) return false;
  }
  const wanted = known(rule.peer);
  const address = direction === "outbound" ? packet.dst : packet.src;
  if ("cidr" in wanted) return holds(wanted.cidr, address);
  if ("prefixListId" in wanted) {
    connection.met.add("prefix list in a group");
    const list = connection.facts.prefixLists.find(({ id }) => id === wanted.prefixListId);
    return list !== undefined && anyHolds(list.cidrs, address);
  }
  const isMember = peer !== undefined && known(peer.securityGroupIds).includes(wanted.securityGroupId);
  if (isMember) connection.met.add("group reference");
  return isMember;
}

/**
 * Whether the groups of one end see the other end's membership. Over a transit gateway outbound rules never do, and inbound
 * ones only with support on everywhere, without peering, and not for endpoints (Amazon VPC attachments in AWS Transit
 * Gateway, Security group referencing).
 */
export function seesGroups({ trail }: Connection, direction: Direction, receiver: NetworkInterface): boolean {
  if (trail.isTranslated || trail.changesRegion) return false;
  if (!trail.crossesTransitGateway) return true;
  return direction === "inbound" && !trail.lacksReferencingSupport && receiver.type !== "vpc_endpoint";
}
