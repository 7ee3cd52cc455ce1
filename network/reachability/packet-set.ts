import {
  contains,
  covers,
  type Family,
  globalBlock6,
  type Interval,
  isPrivate,
  overlaps,
  type Scalar,
} from "./address.ts";
import type { PortRange, RuleProtocol } from "./topology.ts";

/**
 * What tells the packets of one flow apart: the addresses and ports of the request as its source sends it, and the port
 * that a NAT gateway may choose.
 */
export type Dimension = "source" | "destination" | "sourcePort" | "destinationPort" | "natPort";

/** A box of packets: every combination of the values of its intervals. */
export type PacketSet = Readonly<Record<Dimension, Interval>>;

/**
 * A field of a packet's header: as the source sent it, rewritten to one value, or to a public address not known yet, with
 * the reason. `listName`: AWS's own list of addresses that it is on; without that it is on none of them.
 */
export type Term =
  | { readonly dimension: Dimension }
  | { readonly constant: Scalar }
  | { readonly anyPublic: string; readonly listName?: string };

export interface Header {
  readonly source: Term;
  readonly destination: Term;
  readonly sourcePort: Term;
  readonly destinationPort: Term;
}

/** What the flow's packets have in common; `isReply` tells ICMP's echo request and reply apart. */
export interface PacketKind {
  readonly family: Family;
  readonly protocol: number;
  readonly isReply: boolean;
}

/** The one value of a field; undefined where the set has several. */
export function value(set: PacketSet, term: Term): Scalar | undefined {
  if ("constant" in term) return term.constant;
  if ("anyPublic" in term) return undefined;
  const { from, to } = set[term.dimension];
  return from === to ? from : undefined;
}

/** The values of a field; undefined for a public address that is not known. */
export function valuesOf(set: PacketSet, term: Term): Interval | undefined {
  if ("constant" in term) return { from: term.constant, to: term.constant };
  return "anyPublic" in term ? undefined : set[term.dimension];
}

/** A part of a set, and what is decided for all of it. */
export interface Part<T> {
  readonly set: PacketSet;
  readonly value: T;
}

export type Answer = "yes" | "no" | "maybe";

/** The parts of `set` where `term` lies in `interval`, does not, or may. */
export function divide(set: PacketSet, term: Term, interval: Interval): Part<Answer>[] {
  if ("constant" in term) return [{ set, value: contains(interval, term.constant) ? "yes" : "no" }];
  if ("anyPublic" in term) return [{ set, value: inPublic(interval) }];
  const { dimension } = term;
  const whole = set[dimension];
  if (covers(interval, whole)) return [{ set, value: "yes" }];
  if (!overlaps(interval, whole)) return [{ set, value: "no" }];
  const parts: Part<Answer>[] = [];
  if (whole.from < interval.from)
    parts.push({ set: { ...set, [dimension]: { from: whole.from, to: before(interval.from) } }, value: "no" });
  const inside = { from: greater(whole.from, interval.from), to: less(whole.to, interval.to) };
  parts.push({ set: { ...set, [dimension]: inside }, value: "yes" });
  if (interval.to < whole.to)
    parts.push({ set: { ...set, [dimension]: { from: after(interval.to), to: whole.to } }, value: "no" });
  return parts;
}

/** The parts of a set where a field lies in one of the blocks, in none, or perhaps. */
export function splitBy(set: PacketSet, term: Term, blocks: readonly Interval[]): Part<Answer>[] {
  if (!("anyPublic" in term)) {
    // Mostly all addresses are on one side, and nothing needs dividing.
    const whole = "constant" in term ? { from: term.constant, to: term.constant } : set[term.dimension];
    const near = blocks.filter((block) => typeof block.from === typeof whole.from && overlaps(block, whole));
    if (near.length === 0) return [{ set, value: "no" }];
    if (near.some((block) => covers(block, whole))) return [{ set, value: "yes" }];
  }
  const decided: Part<Answer>[] = [];
  let outside: PacketSet[] = [set];
  for (const block of blocks) {
    if (typeof block.from !== typeof set.source.from) continue;
    outside = outside.flatMap((part) =>
      divide(part, term, block).flatMap((piece) => {
        if (piece.value === "no") return [piece.set];
        decided.push(piece);
        return [];
      }),
    );
  }
  return [...decided, ...outside.map((part) => ({ set: part, value: "no" as const }))];
}

/** Whether all addresses of the internet lie in `interval`, none, or some. */
function inPublic(interval: Interval): Answer {
  const { from, to } = interval;
  if (typeof from === "bigint")
    return covers(interval, globalBlock6) ? "yes" : overlaps(interval, globalBlock6) ? "maybe" : "no";
  if (from === 0 && to === 2 ** 32 - 1) return "yes";
  return isPrivate(from) && isPrivate(to) && Number(to) - Number(from) < 2 ** 24 ? "no" : "maybe";
}

export const and = (one: Answer, other: Answer): Answer =>
  one === "no" || other === "no" ? "no" : one === "yes" && other === "yes" ? "yes" : "maybe";

/** Whether a rule of a security group or network ACL is for such packets, by protocol and ports or ICMP type and code. */
export function divideByProtocol(
  set: PacketSet,
  header: Header,
  kind: PacketKind,
  protocol: RuleProtocol,
  ports: PortRange | undefined,
  icmp: { readonly type: number; readonly code: number } | undefined,
): Part<Answer>[] {
  if (!isForKind(kind, protocol, icmp)) return [{ set, value: "no" }];
  if (isEcho(kind)) return [{ set, value: "yes" }];
  if (protocol === "all" || ports === undefined) return [{ set, value: "yes" }];
  return divide(set, header.destinationPort, ports);
}

/** Whether a rule may be for packets of a kind: by protocol, and by ICMP type and code where there are those. */
export function isForKind(
  kind: PacketKind,
  protocol: RuleProtocol,
  icmp: { readonly type: number; readonly code: number } | undefined,
): boolean {
  if (protocol === "all") return true;
  if (protocol !== kind.protocol) return false;
  if (!isEcho(kind) || icmp === undefined || icmp.type === -1) return true;
  return icmp.type === echoType(kind) && (icmp.code === -1 || icmp.code === 0);
}

/** A number for each kind of packets and direction of a rule. */
export function keyOfKind({ family, protocol, isReply }: PacketKind, isEgress: boolean): number {
  return protocol * 8 + (family === 6 ? 4 : 0) + (isReply ? 2 : 0) + (isEgress ? 1 : 0);
}

/** The ICMP type of an echo request or reply. */
export function echoType({ protocol, isReply }: PacketKind): number {
  return protocol === 1 ? (isReply ? 0 : 8) : isReply ? 129 : 128;
}

export const isEcho = ({ protocol }: PacketKind) => protocol === 1 || protocol === 58;

const before = (value: Scalar): Scalar => (typeof value === "number" ? value - 1 : value - 1n);
const after = (value: Scalar): Scalar => (typeof value === "number" ? value + 1 : value + 1n);
const greater = (one: Scalar, other: Scalar): Scalar => (one > other ? one : other);
const less = (one: Scalar, other: Scalar): Scalar => (one < other ? one : other);
