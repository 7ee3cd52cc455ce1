import { type Cidr, coverInternet, covers, overlaps } from "./address.ts";
import { isKnown, Unknown } from "./known.ts";
import {
  type Answer,
  divide,
  divideByProtocol,
  type Header,
  isEcho,
  isForKind,
  keyOfKind,
  type PacketKind,
  type PacketSet,
  type Part,
  type Term,
  valuesOf,
} from "./packet-set.ts";
import type { NetworkAcl, NetworkAclEntry } from "./topology.ts";

/** The number of the rule `*`, which denies what no other decides. */
export const implicitDeny = 32_767;

/** What a list of rules does with packets; `rule`: the one that decided, none for the implicit deny. */
export interface AclJudgement {
  readonly answer: Answer;
  readonly rule?: NetworkAclEntry;
  /** Why it is not known. */
  readonly reason?: string;
}

/**
 * Rules in the order of their numbers, the first that matches decides, none matching denies (VPC user guide, Network ACLs).
 * The source port of what is judged is the destination port of its reply: network ACLs remember nothing.
 */
export function judgeNetworkAcl(
  acl: NetworkAcl,
  isEgress: boolean,
  set: PacketSet,
  header: Header,
  kind: PacketKind,
): Part<AclJudgement>[] {
  if (!isKnown(acl.entries)) return [{ set, value: { answer: "maybe", reason: acl.entries.reason } }];
  const entries = relevantEntries(acl.entries, isEgress, kind);
  const term = isEgress ? header.destination : header.source;
  const decided: Part<AclJudgement>[] = [];
  /** Packets that no rule has decided for sure. */
  let open: Part<Maybe>[] = [{ set, value: {} }];
  for (const entry of entries) {
    const where = relation(entry, set, header, kind, term);
    if (where === "outside") continue;
    const [all] = open;
    if (where === "inside" && all?.set === set)
      return [{ set, value: conclude(entry.action as "allow" | "deny", entry, all.value) }];
    const next: typeof open = [];
    for (const { set: part, value: maybe } of open) {
      for (const { set: piece, value } of matches(entry, part, header, kind, term)) {
        const { block } = value;
        const blocks = isKnown(entry.action) && block ? [...(maybe.blocks?.[entry.action] ?? []), block] : [];
        if (value.answer === "no") next.push({ set: piece, value: maybe });
        // Rules that are for some addresses of the internet each, and together for all.
        else if (isKnown(entry.action) && coverInternet(blocks, kind.family))
          decided.push({ set: piece, value: conclude(entry.action, entry, maybe) });
        else if (value.answer === "maybe" || !isKnown(entry.action)) {
          const reason = value.reason ?? (entry.action instanceof Unknown ? entry.action.reason : "");
          const action = isKnown(entry.action) ? { [entry.action]: reason } : { allow: reason, deny: reason };
          if (value.answer === "yes") decided.push({ set: piece, value: { answer: "maybe", rule: entry, reason } });
          else {
            const own = isKnown(entry.action) && block ? { [entry.action]: blocks } : {};
            next.push({ set: piece, value: { ...action, ...maybe, blocks: { ...maybe.blocks, ...own } } });
          }
        } else decided.push({ set: piece, value: conclude(entry.action, entry, maybe) });
      }
    }
    open = next;
  }
  for (const { set: part, value } of open) decided.push({ set: part, value: conclude("deny", undefined, value) });
  return decided;
}

/** Why a rule that may match would allow or deny, and for which addresses those do that may for no other reason. */
interface Maybe {
  readonly allow?: string;
  readonly deny?: string;
  readonly blocks?: { readonly allow?: readonly Cidr[]; readonly deny?: readonly Cidr[] };
}

interface Match {
  readonly answer: Answer;
  readonly reason?: string;
  /** The rule's addresses, where it may match for no other reason than that those of the packets are not known. */
  readonly block?: Cidr;
}

/** The entries that may decide for packets of a kind, in their order; found once. */
export function relevantEntries(
  entries: readonly NetworkAclEntry[],
  isEgress: boolean,
  kind: PacketKind,
): readonly NetworkAclEntry[] {
  let known = compiled.get(entries);
  if (!known) {
    known = new Map();
    compiled.set(entries, known);
  }
  const key = keyOfKind(kind, isEgress);
  const found = known.get(key);
  if (found) return found;
  const made = entries
    .filter((entry) => entry.isEgress === isEgress && mayFit(entry, kind))
    .sort((one, other) => one.ruleNumber - other.ruleNumber);
  known.set(key, made);
  return made;
}

const compiled = new WeakMap<readonly NetworkAclEntry[], Map<number, readonly NetworkAclEntry[]>>();

/** Whether a rule is for all packets of a set, or for none: mostly one is so, and nothing needs dividing. */
function relation(
  { action, protocol, cidr, portRange, icmp }: NetworkAclEntry,
  set: PacketSet,
  header: Header,
  kind: PacketKind,
  term: Term,
): "inside" | "outside" | "other" {
  if (!isKnown(cidr) || !isKnown(portRange) || !isKnown(protocol) || !isKnown(icmp) || !isKnown(action)) return "other";
  const addresses = valuesOf(set, term);
  if (!addresses) return "other";
  if (!overlaps(cidr, addresses)) return "outside";
  const isForAllPorts = protocol === "all" || portRange === undefined || isEcho(kind);
  const ports = isForAllPorts ? undefined : valuesOf(set, header.destinationPort);
  if (!isForAllPorts && (!ports || !overlaps(portRange, ports))) return ports ? "outside" : "other";
  return covers(cidr, addresses) && (isForAllPorts || (ports && covers(portRange, ports))) ? "inside" : "other";
}

/** A number that no rule of the direction has, before `limit`; that one where all are taken. */
export function freeNumber(entries: readonly NetworkAclEntry[], isEgress: boolean, limit: number): number {
  const used = new Set(entries.filter((entry) => entry.isEgress === isEgress).map(({ ruleNumber }) => ruleNumber));
  const next = Math.max(0, ...[...used].filter((number) => number < limit)) + 10;
  if (next < limit) return next;
  for (let number = limit - 1; number > 0; number--) if (!used.has(number)) return number;
  return limit;
}

function mayFit({ protocol, cidr, icmp }: NetworkAclEntry, kind: PacketKind): boolean {
  if (isKnown(cidr) && cidr.family !== kind.family) return false;
  return !isKnown(protocol) || !isKnown(icmp) || isForKind(kind, protocol, icmp);
}

function conclude(action: "allow" | "deny", rule: NetworkAclEntry | undefined, maybe: Maybe): AclJudgement {
  const other = action === "allow" ? maybe.deny : maybe.allow;
  const decided = rule ? { rule } : {};
  if (other !== undefined) return { answer: "maybe", reason: other, ...decided };
  return { answer: action === "allow" ? "yes" : "no", ...decided };
}

function matches(
  { protocol, cidr, portRange, icmp }: NetworkAclEntry,
  set: PacketSet,
  header: Header,
  kind: PacketKind,
  term: Header["source"],
): Part<Match>[] {
  const unknown = [protocol, cidr, portRange, icmp].find((value) => value instanceof Unknown) as Unknown | undefined;
  // What is known may rule the entry out all the same.
  const byProtocol =
    isKnown(protocol) && isKnown(portRange) && isKnown(icmp)
      ? divideByProtocol(set, header, kind, protocol, portRange, icmp)
      : [
          {
            set,
            value: isKnown(protocol) && protocol !== "all" && protocol !== kind.protocol ? "no" : ("maybe" as Answer),
          },
        ];
  return byProtocol.flatMap(({ set: part, value }): Part<Match>[] => {
    if (value === "no") return [{ set: part, value: { answer: "no" } }];
    if (!isKnown(cidr)) return [{ set: part, value: { answer: "maybe", reason: cidr.reason } }];
    if (cidr.family !== kind.family) return [{ set: part, value: { answer: "no" } }];
    return divide(part, term, cidr).map(({ set: piece, value: inside }) => {
      const answer = inside === "no" ? "no" : inside === "yes" && value === "yes" ? "yes" : "maybe";
      const reason = unknown?.reason ?? ("anyPublic" in term ? term.anyPublic : undefined);
      const block = value === "yes" && inside === "maybe" && !unknown ? { block: cidr } : {};
      return {
        set: piece,
        value: { answer, ...(answer === "maybe" && reason !== undefined ? { reason } : {}), ...block },
      };
    });
  });
}
