import { addressText, blockAround, type Cidr, everywhere, type Family, type Interval, type Scalar } from "./address.ts";
import type { Change } from "./change.ts";
import type { PolicyRequest } from "./endpoint-policy.ts";
import type { Component, Explanation } from "./explanation.ts";
import type { Place } from "./flow.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { type View, viewOf } from "./network-interface.ts";
import { type Answer, type PacketKind, type PacketSet, type Term, value, valuesOf } from "./packet-set.ts";
import { block, type Hop, lose, type Outcome, type Packets, sameTerm, unknown, unknownValue } from "./path.ts";
import type { PortRange, RouteTable, RuleProtocol } from "./topology.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** Where packets are when a route table is asked; no subnet: at the edge of the VPC. */
export interface Position {
  readonly vpcId: string;
  readonly subnetId: string | undefined;
}

/** One source and one destination, and what is asked of the packets between them. */
export interface Errand {
  readonly source: Place;
  readonly destination: Place | PublicService;
  readonly family: Family;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly requests: readonly PolicyRequest[];
  /** The packets as the source sends them. */
  readonly set: PacketSet;
  readonly destinationTerm: Term;
  /** How the destination's name was resolved, and what is in the way of that. */
  readonly resolution?: {
    readonly hop: Hop;
    readonly blockers: readonly Explanation[];
    /** The name stands for nothing: no packet is sent. */
    readonly isVain?: boolean;
  };
}

/** An AWS service at its addresses on the internet. */
export interface PublicService {
  readonly type: "public-service";
  readonly name: string;
  /** The gateway endpoint that packets must take. */
  readonly through: string | undefined;
}

/** How a walk goes on; each step is a component's, and `trace.ts` puts them together. */
export interface Steps {
  /** From something in a subnet: to its neighbours directly, else out through the network ACL and by the route table. */
  fromSubnet(walk: Walk, from: { vpcId: string; subnetId: string }, packets: Packets): Outcome[];
  /** By a route table to its target. */
  route(walk: Walk, table: Known<RouteTable>, from: Position, packets: Packets): Outcome[];
  /** To the interface of the VPC that has the destination's address, through its subnet's network ACL unless from there. */
  deliver(walk: Walk, vpcId: string, fromSubnetId: string | undefined, packets: Packets): Outcome[];
  /** Packets on the internet: to whom the address belongs. */
  internet(walk: Walk, packets: Packets): Outcome[];
  /** A reply has come back to the source. */
  replyEnds(walk: Walk, packets: Packets): Outcome[];
}

/** What all steps of one errand know. */
export class Walk {
  readonly index: TopologyIndex;
  readonly errand: Errand;
  readonly steps: Steps;
  /** Changes of routing that were tried so far. */
  attempts = 0;
  readonly source: View | undefined;
  readonly destination: View | undefined;

  /** Changes of routing that all parts must share, by the decision that they are about. */
  readonly given: ReadonlyMap<string, Change>;

  constructor(index: TopologyIndex, errand: Errand, steps: Steps, given: ReadonlyMap<string, Change> = new Map()) {
    this.given = given;
    this.index = index;
    this.errand = errand;
    this.steps = steps;
    this.source = viewOfPlace(index, errand.source);
    this.destination =
      errand.destination.type === "public-service" ? undefined : viewOfPlace(index, errand.destination);
  }

  kind({ isReply }: Packets): PacketKind {
    const { family, protocol } = this.errand;
    const numbers = { tcp: 6, udp: 17, icmp: family === 4 ? 1 : 58 };
    return { family, protocol: numbers[protocol], isReply };
  }

  /** Whether the packets go straight from the source: no gateway has translated where they come from. */
  isFromSource(packets: Packets): boolean {
    const { source } = packets.header;
    return !packets.isReply && "dimension" in source && source.dimension === "source";
  }

  /** `tcp port 443 from 10.0.0.4 to 10.0.1.5`. */
  what(packets: Packets): string {
    const { header } = packets;
    const { protocol } = this.errand;
    const ports =
      protocol === "icmp" ? "" : ` port ${rangeText(valuesOf(packets.set, header.destinationPort), String)}`;
    const name = packets.isReply ? `the reply (${protocol}${ports})` : `${protocol}${ports}`;
    return `${name} from ${this.text(packets, header.source)} to ${this.text(packets, header.destination)}`;
  }

  text({ set }: Packets, term: Term): string {
    return "anyPublic" in term ? "a public address" : rangeText(valuesOf(set, term), addressText);
  }

  /** All values that a field has in the flow's packets, not only in those of a part: fixes are for the whole flow. */
  whole(term: Term): Interval | undefined {
    return valuesOf(this.errand.set, term);
  }

  /** The smallest block around all addresses that a field has. */
  block(term: Term): Cidr {
    const { family } = this.errand;
    const whole = this.whole(term);
    return whole ? blockAround(family, whole) : everywhere[family];
  }

  /** Protocol and destination ports of a rule that is for all the flow's packets. */
  ruleOf(packets: Packets): { protocol: RuleProtocol; portRange: PortRange | undefined } {
    const { protocol } = this.kind(packets);
    const ports = this.whole(packets.header.destinationPort);
    const hasPorts = this.errand.protocol !== "icmp" && ports !== undefined;
    return { protocol, portRange: hasPorts ? { from: Number(ports.from), to: Number(ports.to) } : undefined };
  }

  /** What holds whichever of several ways is taken. */
  oneOf(packets: Packets, ways: readonly (() => Outcome[])[], component: Component, reason: string): Outcome[] {
    const [only] = ways;
    if (only && ways.length === 1) return only();
    const all = ways.map((way) => way());
    const [first = []] = all;
    const flat = all.flat();
    if (flat.every(({ result }) => result === "reachable")) return first;
    if (flat.every(({ result }) => result === "not-reachable")) {
      const unsure = unknownValue(component, reason);
      return first.map((one) => one.with({ unknowns: [...one.unknowns, unsure] }));
    }
    return lose(packets, component, reason);
  }

  judged(packets: Packets, answer: Answer, reason: string | undefined, blocker: () => Explanation): Packets {
    if (answer === "yes") return packets;
    if (answer === "no") return block(packets, blocker());
    return unknown(packets, blocker().component, reason ?? "");
  }

  /** The interface of a VPC that packets are for. */
  viewAt(vpcId: string, packets: Packets): Known<View | undefined> {
    const { destination: term } = packets.header;
    const { source, destination } = this;
    if ("dimension" in term && term.dimension === "source" && source?.vpcId === vpcId) return source;
    if (!packets.isReply && destination?.vpcId === vpcId && this.isForDestination(packets)) return destination;
    const address = value(packets.set, term);
    if (address === undefined) return new Unknown("which interface has its address");
    const found = this.index.interfaceAt(vpcId, address);
    return isKnown(found) ? found && viewOf(found) : found;
  }

  /** Whether packets are for the destination's own address. */
  isForDestination({ header, set }: Packets): boolean {
    const { destination, destinationTerm } = this.errand;
    if (destination.type === "subnet") return sameTerm(set, header.destination, destinationTerm);
    return destination.type === "interface" && value(set, header.destination) === destination.address;
  }
}

function viewOfPlace(index: TopologyIndex, place: Place): View | undefined {
  if (place.type === "subnet") {
    const component = { type: "subnet", id: place.id };
    const { vpcId, id: subnetId, securityGroupIds, endpointId } = place;
    const view = { component, vpcId, subnetId, securityGroupIds, isInUse: true };
    return endpointId === undefined ? { ...view, type: "interface" } : { ...view, type: "vpc_endpoint", endpointId };
  }
  if (place.type !== "interface") return undefined;
  const { networkInterfaces } = index.topology;
  const found = isKnown(networkInterfaces) ? networkInterfaces.get(place.id) : undefined;
  return found && viewOf(found);
}

function rangeText(range: Interval | undefined, text: (value: Scalar) => string): string {
  if (!range) return "any";
  return range.from === range.to ? text(range.from) : `${text(range.from)}-${text(range.to)}`;
}
