import type { Interval, Scalar } from "./address.ts";
import type { Change } from "./change.ts";
import type { Component, Explanation } from "./explanation.ts";
import type { Known } from "./known.ts";
import { type Header, type PacketSet, type Term, value, valuesOf } from "./packet-set.ts";

/** A component on a path and what it decided: the rule, the route, the translation. */
export interface Hop {
  readonly component: Component;
  readonly decision?: string;
  /** Whether it keeps packets back, or may. */
  readonly mark?: "blocks" | "unknown";
}

/** What happens to a part of a flow's packets. */
export class Outcome {
  readonly set: PacketSet;
  readonly result: "reachable" | "not-reachable" | "unknown";
  /** Everything that is in the way on the best path, in its order. */
  readonly blockers: readonly Explanation[];
  readonly unknowns: readonly Explanation[];
  /** Where the path ends before its end: the number of the routing decision that led there. */
  readonly deadEnd: number | undefined;
  readonly #forward: Trail | undefined;
  readonly #back: Trail | undefined;

  constructor(parts: Ending) {
    this.set = parts.set;
    this.result = parts.result;
    this.blockers = parts.blockers;
    this.unknowns = parts.unknowns;
    this.deadEnd = parts.deadEnd;
    this.#forward = parts.forward;
    this.#back = parts.back;
  }

  with(change: Partial<Pick<Outcome, "unknowns" | "deadEnd">>): Outcome {
    return new Outcome({ ...this, forward: this.#forward, back: this.#back, ...change });
  }

  get forwardPath(): readonly Hop[] {
    return pathOf(this.#forward);
  }

  get returnPath(): readonly Hop[] {
    return pathOf(this.#back);
  }
}

interface Ending extends Pick<Outcome, "set" | "result" | "blockers" | "unknowns" | "deadEnd"> {
  readonly forward: Trail | undefined;
  readonly back: Trail | undefined;
}

/** What a NAT gateway remembers of a connection. */
export interface NatSession {
  readonly gatewayId: string;
  /** The subnet that the request came to the gateway from, where it is of the same VPC. */
  readonly fromSubnetId: string | undefined;
  readonly address: Scalar;
  readonly source: Term;
  readonly sourcePort: Term;
  readonly destination: Term;
}

/** A path so far, shared between the parts that came the same way. */
export interface Trail {
  readonly hop: Hop;
  readonly before: Trail | undefined;
  readonly length: number;
}

/** A part of the flow's packets on its way, with what was met so far. */
export interface Packets {
  readonly isReply: boolean;
  readonly set: PacketSet;
  readonly header: Header;
  readonly trail: Trail | undefined;
  readonly forward: Trail | undefined;
  readonly blockers: readonly Explanation[];
  readonly unknowns: readonly Explanation[];
  readonly sessions: readonly NatSession[];
  /** The egress-only internet gateway that the request went out by, and its replies come back by. */
  readonly egressOnly: string | undefined;
  /** Whether groups of the source are told to rules at the destination. */
  readonly groupsAreTold: Known<boolean>;
  /** Routing decisions so far. */
  readonly decisions: number;
  /** What fixes of routing so far have changed: what follows is judged as if it were so. */
  readonly changes: readonly Change[];
  /** The tables that were asked so far, and for what: no later fix may give them another answer. */
  readonly lookups: Lookups | undefined;
}

export interface Lookups {
  readonly tableId: string;
  /** None for a public address that is not known. */
  readonly destination: Interval | undefined;
  readonly before: Lookups | undefined;
}

/** A routing decision begins: the table is asked for the packets' destination. */
export function lookUp(packets: Packets, tableId: string): Packets {
  const destination = valuesOf(packets.set, packets.header.destination);
  return {
    ...packets,
    decisions: packets.decisions + 1,
    lookups: { tableId, destination, before: packets.lookups },
  };
}

export function start(set: PacketSet, header: Header): Packets {
  return {
    isReply: false,
    set,
    header,
    trail: undefined,
    forward: undefined,
    blockers: [],
    unknowns: [],
    sessions: [],
    egressOnly: undefined,
    groupsAreTold: true,
    decisions: 0,
    changes: [],
    lookups: undefined,
  };
}

/** The packets at a component; `set`: where that is for a part of them. */
export function hop(packets: Packets, component: Component, decision?: string, set: PacketSet = packets.set): Packets {
  const before = packets.trail;
  const made = decision === undefined ? { component } : { component, decision };
  // Field by field: a path has a dozen hops, and a spread of so many fields costs several times as much.
  return {
    isReply: packets.isReply,
    set,
    header: packets.header,
    trail: { hop: made, before, length: (before?.length ?? 0) + 1 },
    forward: packets.forward,
    blockers: packets.blockers,
    unknowns: packets.unknowns,
    sessions: packets.sessions,
    egressOnly: packets.egressOnly,
    groupsAreTold: packets.groupsAreTold,
    decisions: packets.decisions,
    changes: packets.changes,
    lookups: packets.lookups,
  };
}

export function block(packets: Packets, explanation: Explanation): Packets {
  return mark({ ...packets, blockers: [...packets.blockers, explanation] }, "blocks");
}

export function unknown(packets: Packets, component: Component, reason: string): Packets {
  return mark({ ...packets, unknowns: [...packets.unknowns, unknownValue(component, reason)] }, "unknown");
}

/** Says of the last hop that it keeps packets back, or may. */
export function mark(packets: Packets, how: NonNullable<Hop["mark"]>): Packets {
  const { trail } = packets;
  if (!trail || trail.hop.mark === "blocks") return packets;
  return { ...packets, trail: { ...trail, hop: { ...trail.hop, mark: how } } };
}

/** What the last hop decided. */
export function decide(packets: Packets, decision: string): Packets {
  const { trail } = packets;
  return trail ? { ...packets, trail: { ...trail, hop: { ...trail.hop, decision } } } : packets;
}

export function unknownValue(component: Component, reason: string): Explanation {
  return { code: "unknown-value", component, message: `Not known: ${reason}.` };
}

/** The answer to what has arrived: from where it went, to where it came from. */
export function reply(packets: Packets): Packets {
  const { source, destination, sourcePort, destinationPort } = packets.header;
  return {
    ...packets,
    isReply: true,
    header: { source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort },
    forward: packets.trail,
    trail: undefined,
  };
}

function outcome(packets: Packets, result: Outcome["result"], deadEnd?: number): Outcome {
  const { set, blockers, unknowns, isReply, trail, forward } = packets;
  const back = isReply ? trail : undefined;
  return new Outcome({ set, result, blockers, unknowns, deadEnd, forward: isReply ? forward : trail, back });
}

/** The path ends here, and its packets with it. */
export function drop(packets: Packets, explanation: Explanation): Outcome[] {
  return [outcome(block(packets, explanation), "not-reachable", packets.decisions)];
}

/** The path goes on where nobody knows; what blocked it before holds all the same. */
export function lose(packets: Packets, component: Component, reason: string): Outcome[] {
  const lost = unknown(packets, component, reason);
  return [outcome(lost, lost.blockers.length > 0 ? "not-reachable" : "unknown")];
}

/** The path is complete. */
export function end(packets: Packets): Outcome[] {
  const { blockers, unknowns } = packets;
  return [outcome(packets, blockers.length > 0 ? "not-reachable" : unknowns.length > 0 ? "unknown" : "reachable")];
}

/** Whether two fields have the same value in every packet. */
export function sameTerm(set: PacketSet, one: Term, other: Term): boolean {
  if (one === other) return true;
  if ("dimension" in one && "dimension" in other && one.dimension === other.dimension) return true;
  const [left, right] = [value(set, one), value(set, other)];
  return left !== undefined && left === right;
}

/** Whether the packets have come by a component of a type. */
export function hasPassed({ trail }: Packets, type: string): boolean {
  for (let step = trail; step; step = step.before) if (step.hop.component.type === type) return true;
  return false;
}

function pathOf(trail: Trail | undefined): Hop[] {
  const path: Hop[] = [];
  for (let step = trail; step; step = step.before) path[step.length - 1] = step.hop;
  return path;
}
