import { isKnown, type Known, Unknown } from "./known.ts";
import {
  type Answer,
  divide,
  divideByProtocol,
  type Header,
  type PacketKind,
  type PacketSet,
  type Part,
} from "./packet-set.ts";
import { prefixListCidrs } from "./prefix-list.ts";
import type { RulePeer, SecurityGroup, SecurityGroupRule, Topology } from "./topology.ts";

export interface GroupJudgement {
  readonly answer: Answer;
  readonly group?: SecurityGroup;
  readonly rule?: SecurityGroupRule;
  readonly reason?: string;
}

/**
 * The groups of the interface at the other end, as a rule that refers to a group may see them: none where the address was
 * translated on the way or the group is not told (VPC user guide, Security group rules).
 */
export type PeerGroups = Known<readonly string[]>;

/** The union of the rules of all groups; what none allows is denied. Replies need no rule. */
export function judgeSecurityGroups(
  topology: Topology,
  groupIds: Known<readonly string[]>,
  isEgress: boolean,
  { set, header, kind, peerGroups }: { set: PacketSet; header: Header; kind: PacketKind; peerGroups: PeerGroups },
): Part<GroupJudgement>[] {
  const maybe = (reason: string): Part<GroupJudgement>[] => [{ set, value: { answer: "maybe", reason } }];
  if (!isKnown(groupIds)) return maybe(groupIds.reason);
  const { securityGroups } = topology;
  if (!isKnown(securityGroups)) return maybe(securityGroups.reason);
  const term = isEgress ? header.destination : header.source;
  const allowed: Part<GroupJudgement>[] = [];
  let open: Part<string | undefined>[] = [{ set, value: undefined }];
  for (const id of groupIds) {
    const group = securityGroups.get(id);
    const rules = group ? group.rules : new Unknown(`security group ${id} is not in the topology`);
    if (!isKnown(rules)) {
      open = open.map((part) => ({ ...part, value: part.value ?? rules.reason }));
      continue;
    }
    for (const rule of rules) {
      if (rule.isEgress !== isEgress) continue;
      const next: typeof open = [];
      for (const { set: part, value: reasonBefore } of open) {
        for (const { set: piece, value } of matches(topology, rule, part, header, kind, term, peerGroups)) {
          if (value.answer === "yes" && group) allowed.push({ set: piece, value: { answer: "yes", group, rule } });
          else
            next.push({
              set: piece,
              value: reasonBefore ?? (value.answer === "maybe" ? (value.reason ?? "") : undefined),
            });
        }
      }
      open = next;
    }
  }
  const rest = open.map(
    ({ set: part, value }): Part<GroupJudgement> => ({
      set: part,
      value: value === undefined ? { answer: "no" } : { answer: "maybe", reason: value },
    }),
  );
  return [...allowed, ...rest];
}

type Matched = { answer: Answer; reason?: string };

function matches(
  topology: Topology,
  { protocol, portRange, peer }: SecurityGroupRule,
  set: PacketSet,
  header: Header,
  kind: PacketKind,
  term: Header["source"],
  peerGroups: PeerGroups,
): Part<Matched>[] {
  const unknown = [protocol, portRange, peer].find((value) => value instanceof Unknown) as Unknown | undefined;
  const byProtocol =
    isKnown(protocol) && isKnown(portRange)
      ? divideByProtocol(set, header, kind, protocol, portRange, icmpOf(portRange))
      : [
          {
            set,
            value: isKnown(protocol) && protocol !== "all" && protocol !== kind.protocol ? "no" : ("maybe" as Answer),
          },
        ];
  return byProtocol.flatMap(({ set: part, value }): Part<Matched>[] => {
    if (value === "no") return [{ set: part, value: { answer: "no" } }];
    if (!isKnown(peer)) return [{ set: part, value: { answer: "maybe", reason: peer.reason } }];
    return matchPeer(topology, peer, part, kind, term, peerGroups).map(({ set: piece, value: matched }) => {
      if (matched.answer === "no") return { set: piece, value: matched };
      const answer = matched.answer === "yes" && value === "yes" ? "yes" : "maybe";
      const reason = matched.reason ?? unknown?.reason;
      return { set: piece, value: { answer, ...(answer === "maybe" && reason !== undefined ? { reason } : {}) } };
    });
  });
}

function matchPeer(
  topology: Topology,
  peer: RulePeer,
  set: PacketSet,
  kind: PacketKind,
  term: Header["source"],
  peerGroups: PeerGroups,
): Part<Matched>[] {
  if ("securityGroupId" in peer) {
    if (!isKnown(peerGroups)) return [{ set, value: { answer: "maybe", reason: peerGroups.reason } }];
    return [{ set, value: { answer: peerGroups.includes(peer.securityGroupId) ? "yes" : "no" } }];
  }
  const cidrs = "cidr" in peer ? [peer.cidr] : prefixListCidrs(topology, peer.prefixListId);
  if (!isKnown(cidrs)) return [{ set, value: { answer: "maybe", reason: cidrs.reason } }];
  const inside: Part<Matched>[] = [];
  let outside: Part<Matched>[] = [{ set, value: { answer: "no" } }];
  for (const cidr of cidrs) {
    if (cidr.family !== kind.family) continue;
    outside = outside.flatMap(({ set: part, value: before }) =>
      divide(part, term, cidr).flatMap(({ set: piece, value }): Part<Matched>[] => {
        if (value === "yes") {
          inside.push({ set: piece, value: { answer: "yes" } });
          return [];
        }
        const reason = "anyPublic" in term ? term.anyPublic : "";
        return [{ set: piece, value: value === "maybe" ? { answer: "maybe", reason } : before }];
      }),
    );
  }
  return [...inside, ...outside];
}

/** ICMP rules have their type where others have the first port, and their code where others have the last one. */
function icmpOf(range: { from: number; to: number } | undefined) {
  return range && { type: range.from, code: range.to };
}
