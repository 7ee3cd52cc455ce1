import { cidrText } from "./address.ts";
import { isKnown, type Known } from "./known.ts";
import type { PortRange, RulePeer, RuleProtocol } from "./topology.ts";

const names: Readonly<Record<number, string>> = { 1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6" };

export function protocolText(protocol: Known<RuleProtocol>): string {
  if (!isKnown(protocol)) return "a protocol not known";
  return protocol === "all" ? "all traffic" : (names[protocol] ?? `protocol ${protocol}`);
}

/** ` 443`, ` 1024-65535`, nothing for all. */
export function portsText(protocol: Known<RuleProtocol>, range: Known<PortRange | undefined>): string {
  if (!isKnown(range)) return " ports not known";
  if (range === undefined || (isKnown(protocol) && protocol === "all")) return "";
  if (protocol === 1 || protocol === 58) return range.from === -1 ? "" : ` type ${range.from}`;
  if (range.from === 0 && range.to === 65_535) return "";
  return range.from === range.to ? ` ${range.from}` : ` ${range.from}-${range.to}`;
}

export function peerText(peer: Known<RulePeer>): string {
  if (!isKnown(peer)) return "what is not known";
  if ("cidr" in peer) return cidrText(peer.cidr);
  return "prefixListId" in peer ? peer.prefixListId : peer.securityGroupId;
}
