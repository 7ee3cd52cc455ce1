import { type Cidr, coverInternet, covers, type Family, type Interval, isAllPrivate, overlaps } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import {
  type Answer,
  divide,
  divideByProtocol,
  type Header,
  isForKind,
  keyOfKind,
  type PacketKind,
  type PacketSet,
  type Part,
  type Term,
  valuesOf,
} from "./packet-set.ts";
import { managedListName, prefixListCidrs } from "./prefix-list.ts";
import { peerText, portsText, protocolText } from "./rule-text.ts";
import type { SecurityGroup, SecurityGroupRule, Topology } from "./topology.ts";

export interface GroupJudgement {
  readonly answer: Answer;
  /** The rule that allows, as a person would write it. */
  readonly decision?: string;
  readonly reason?: string;
}

/**
 * The groups of the interface at the other end, as a rule that refers to a group may see them: none where the address was
 * translated on the way or the group is not told (VPC user guide, Security group rules).
 */
export type PeerGroups = Known<readonly string[]>;

interface Rule {
  readonly group: SecurityGroup;
  readonly rule: SecurityGroupRule;
  /** The blocks that it is for, those of the packets' family; absent with a rule that refers to a group. */
  readonly cidrs: Known<readonly Cidr[]> | undefined;
  /** Of one of AWS's own lists. */
  readonly listName?: string | undefined;
  text?: string;
}

interface Rules {
  readonly rules: readonly Rule[];
  /** Why some rules are not known. */
  readonly reason: string | undefined;
  /** Where a rule allows all packets of the kind. */
  readonly forAll: GroupJudgement | undefined;
}

/** The union of the rules of all groups; what none allows is denied. Replies need no rule. */
export function judgeSecurityGroups(
  topology: Topology,
  groupIds: Known<readonly string[]>,
  isEgress: boolean,
  { set, header, kind, peerGroups }: { set: PacketSet; header: Header; kind: PacketKind; peerGroups: PeerGroups },
): Part<GroupJudgement>[] {
  if (!isKnown(groupIds)) return [{ set, value: { answer: "maybe", reason: groupIds.reason } }];
  const { rules, reason: unknownRules, forAll } = relevantRules(topology, groupIds, isEgress, kind);
  if (forAll) return [{ set, value: forAll }];
  const term = isEgress ? header.destination : header.source;
  const allowed: Part<GroupJudgement>[] = [];
  let open: Part<string | undefined>[] = [{ set, value: unknownRules }];
  for (const rule of rules) {
    const next: typeof open = [];
    for (const { set: part, value: reason } of open) {
      for (const { set: piece, value } of matches(rule, part, header, kind, term, peerGroups)) {
        if (value.answer === "yes") allowed.push({ set: piece, value: { answer: "yes", decision: decisionOf(rule) } });
        else next.push({ set: piece, value: reason ?? (value.answer === "maybe" ? (value.reason ?? "") : undefined) });
      }
    }
    open = next;
    if (open.length === 0) break;
  }
  for (const { set: part, value: reason } of open)
    allowed.push({ set: part, value: reason === undefined ? { answer: "no" } : { answer: "maybe", reason } });
  return allowed;
}

/** Whether the groups have no rule at all in a direction. */
export function haveNoRules({ securityGroups }: Topology, groupIds: readonly string[], isEgress: boolean): boolean {
  if (!isKnown(securityGroups)) return false;
  return groupIds.every((id) => {
    const rules = securityGroups.get(id)?.rules;
    return rules !== undefined && isKnown(rules) && !rules.some((rule) => rule.isEgress === isEgress);
  });
}

/** The rules that may be for packets of a kind, found once per set of groups. */
function relevantRules(topology: Topology, groupIds: readonly string[], isEgress: boolean, kind: PacketKind): Rules {
  let known = compiled.get(topology);
  if (!known) {
    known = { keys: new WeakMap(), rules: new Map() };
    compiled.set(topology, known);
  }
  let key = known.keys.get(groupIds);
  if (key === undefined) {
    key = groupIds.join(" ");
    known.keys.set(groupIds, key);
  }
  let own = known.rules.get(key);
  if (!own) {
    own = new Map();
    known.rules.set(key, own);
  }
  const kindKey = keyOfKind(kind, isEgress);
  let rules = own.get(kindKey);
  if (!rules) {
    rules = compile(topology, groupIds, isEgress, kind);
    own.set(kindKey, rules);
  }
  return rules;
}

/** Interfaces with the same groups share their rules; `keys` spares naming a list of groups again each time. */
interface Compiled {
  readonly keys: WeakMap<readonly string[], string>;
  readonly rules: Map<string, Map<number, Rules>>;
}

const compiled = new WeakMap<Topology, Compiled>();

function compile(topology: Topology, groupIds: readonly string[], isEgress: boolean, kind: PacketKind): Rules {
  const { securityGroups } = topology;
  if (!isKnown(securityGroups)) return { rules: [], reason: securityGroups.reason, forAll: undefined };
  const rules: Rule[] = [];
  let reason: string | undefined;
  for (const id of groupIds) {
    const group = securityGroups.get(id);
    const own = group ? group.rules : new Unknown(`security group ${id} is not in the topology`);
    if (!group || !isKnown(own)) {
      reason ??= (own as Unknown).reason;
      continue;
    }
    for (const rule of own) {
      const { protocol, portRange, peer } = rule;
      if (rule.isEgress !== isEgress) continue;
      if (isKnown(protocol) && isKnown(portRange) && !isForKind(kind, protocol, icmpOf(portRange))) continue;
      if (isKnown(protocol) && protocol !== "all" && protocol !== kind.protocol) continue;
      if (!isKnown(peer) || "securityGroupId" in peer) {
        rules.push({ group, rule, cidrs: isKnown(peer) ? undefined : peer });
        continue;
      }
      const all = "cidr" in peer ? [peer.cidr] : prefixListCidrs(topology, peer.prefixListId);
      const cidrs = isKnown(all) ? all.filter(({ family }) => family === kind.family) : all;
      const listName = "prefixListId" in peer ? managedListName(topology, peer.prefixListId) : undefined;
      if (!isKnown(cidrs) || cidrs.length > 0) rules.push({ group, rule, cidrs, listName });
    }
  }
  rules.push(...joined(rules, kind.family));
  const open = rules.find(isForAll);
  return { rules, reason, forAll: open && { answer: "yes", decision: decisionOf(open) } };
}

/** Rules of the same ports that are for some addresses of the internet each, and together for all: one more. */
function joined(rules: readonly Rule[], family: Family): Rule[] {
  const byPorts = new Map<string, Rule[]>();
  for (const one of rules) {
    const { protocol, portRange } = one.rule;
    if (!isKnown(protocol) || !isKnown(portRange) || one.cidrs === undefined || !isKnown(one.cidrs)) continue;
    const key = JSON.stringify([protocol, portRange]);
    byPorts.set(key, [...(byPorts.get(key) ?? []), one]);
  }
  return [...byPorts.values()].flatMap((alike): Rule[] => {
    const [first] = alike;
    const cidrs = alike.flatMap((one) => one.cidrs as readonly Cidr[]);
    if (!first || alike.length === 1 || !coverInternet(cidrs, family)) return [];
    return [{ group: first.group, rule: first.rule, cidrs, text: [...new Set(alike.map(decisionOf))].join(", ") }];
  });
}

/** As the outbound rule that every new group has. */
function isForAll({ rule: { protocol, portRange, peer } }: Rule): boolean {
  if (!isKnown(protocol) || !isKnown(portRange) || !isKnown(peer)) return false;
  return (protocol === "all" || portRange === undefined) && "cidr" in peer && peer.cidr.prefix === 0;
}

interface Matched {
  readonly answer: Answer;
  readonly reason?: string;
}

function matches(
  { rule, cidrs, listName }: Rule,
  set: PacketSet,
  header: Header,
  kind: PacketKind,
  term: Term,
  peerGroups: PeerGroups,
): Part<Matched>[] {
  const { protocol, portRange, peer } = rule;
  const unsure = [protocol, portRange].find((one) => one instanceof Unknown) as Unknown | undefined;
  const byPort: Part<Answer>[] =
    isKnown(protocol) && isKnown(portRange)
      ? divideByProtocol(set, header, kind, protocol, portRange, icmpOf(portRange))
      : [{ set, value: "maybe" }];
  return byPort.flatMap(({ set: part, value }): Part<Matched>[] => {
    if (value === "no") return [{ set: part, value: { answer: "no" } }];
    const byPeer: Part<Matched>[] =
      cidrs === undefined
        ? [{ set: part, value: matchGroup(peer, peerGroups) }]
        : listName === undefined
          ? matchCidrs(cidrs, part, term)
          : matchManagedList(listName, cidrs, part, term, kind);
    if (value === "yes") return byPeer;
    return byPeer.map((one) =>
      one.value.answer === "yes" ? { ...one, value: { answer: "maybe", reason: unsure?.reason ?? "" } } : one,
    );
  });
}

function matchGroup(peer: SecurityGroupRule["peer"], peerGroups: PeerGroups): Matched {
  if (!isKnown(peerGroups)) return { answer: "maybe", reason: peerGroups.reason };
  const isMember = isKnown(peer) && "securityGroupId" in peer && peerGroups.includes(peer.securityGroupId);
  return { answer: isMember ? "yes" : "no" };
}

/**
 * AWS's own lists have public addresses alone; which ones a snapshot tells, a program does not: nor whether IPv6 addresses
 * are among them.
 */
function matchManagedList(
  name: string,
  cidrs: Known<readonly Cidr[]>,
  set: PacketSet,
  term: Term,
  { family }: PacketKind,
): Part<Matched>[] {
  if ("anyPublic" in term) {
    if (term.listName !== name) return [{ set, value: { answer: "no" } }];
    if (family === 4) return [{ set, value: { answer: "yes" } }];
  }
  const values = valuesOf(set, term);
  if (!isKnown(cidrs) && values && isAllPrivate(values)) return [{ set, value: { answer: "no" } }];
  return matchCidrs(cidrs, set, term);
}

function matchCidrs(cidrs: Known<readonly Cidr[]>, set: PacketSet, term: Term): Part<Matched>[] {
  if (!isKnown(cidrs)) return [{ set, value: { answer: "maybe", reason: cidrs.reason } }];
  if ("anyPublic" in term) {
    const answers = cidrs.map((cidr) => divide(set, term, cidr)[0]?.value);
    const [first] = cidrs;
    if (answers.includes("yes") || (first && coverInternet(cidrs, first.family)))
      return [{ set, value: { answer: "yes" } }];
    const answer = answers.includes("maybe") ? "maybe" : "no";
    return [{ set, value: answer === "maybe" ? { answer, reason: term.anyPublic } : { answer } }];
  }
  const whole: Interval = "constant" in term ? { from: term.constant, to: term.constant } : set[term.dimension];
  const near = cidrs.filter((cidr) => overlaps(cidr, whole));
  if (near.some((cidr) => covers(cidr, whole))) return [{ set, value: { answer: "yes" } }];
  const inside: Part<Matched>[] = [];
  let outside: PacketSet[] = [set];
  for (const cidr of near) {
    outside = outside.flatMap((part) =>
      divide(part, term, cidr).flatMap(({ set: piece, value }) => {
        if (value === "no") return [piece];
        inside.push({ set: piece, value: { answer: "yes" } });
        return [];
      }),
    );
  }
  return [...inside, ...outside.map((part): Part<Matched> => ({ set: part, value: { answer: "no" } }))];
}

function decisionOf(rule: Rule): string {
  const { protocol, portRange, peer, isEgress } = rule.rule;
  rule.text ??= `${isEgress ? "outbound" : "inbound"} ${protocolText(protocol)}${portsText(protocol, portRange)} ${isEgress ? "to" : "from"} ${peerText(peer)} (${rule.group.id})`;
  return rule.text;
}

/** ICMP rules have their type where others have the first port, and their code where others have the last one. */
function icmpOf(range: { from: number; to: number } | undefined) {
  return range && { type: range.from, code: range.to };
}
