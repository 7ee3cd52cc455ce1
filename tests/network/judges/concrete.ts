import type { NetworkInterface, Subnet, Topology } from "../../../network/reachability/topology.ts";
import { anyHolds, factsOf, known, receiverIn, subnetOf } from "./facts.ts";
import { passNetworkAcl, passSecurityGroups, seesGroups } from "./filters.ts";
import {
  answers,
  backThroughNatGateway,
  cross,
  deliver,
  fromTheInternet,
  outByEgressOnlyGateway,
  outByInternetGateway,
  type Step,
  throughNatGateway,
  throughPeering,
  toGatewayEndpoint,
  toInterface,
} from "./gateways.ts";
import {
  type Arrival,
  type ConcretePacket,
  type Connection,
  Dropped,
  drop,
  type Packet,
  type Place,
  Unmodelled,
} from "./packet.ts";
import { routeOf, routesOfSubnet } from "./routes.ts";
import { intoTransitGateway, throughTransitGateway } from "./transit-gateways.ts";

/*
 * A second opinion on reachability: one packet is moved hop by hop through a topology in which everything is known, by the
 * letter of the AWS documentation, and so is its reply. It shares no code with the core, and is as slow as it is plain.
 */

export interface Judgement {
  /** `ambiguous`: AWS picks one of several ways, and they end differently; `unmodelled`: an appliance decides. */
  readonly answer: "reachable" | "not-reachable" | "ambiguous" | "unmodelled";
  readonly why: string;
  /** Whether AWS picks, even where it makes no difference. */
  readonly hasChoices: boolean;
  /** Whether a NAT gateway chose a port: where none does, all ports have this judgement. */
  readonly readsNatPort: boolean;
  readonly met: ReadonlySet<string>;
}

const mostHops = 60;
const mostWays = 64;

/** Whether a request arrives and its reply comes back to the sender as a reply of that connection. */
export function judge(topology: Topology, packet: ConcretePacket): Judgement {
  const judgements: Judgement[] = [];
  for (let script: number[] | undefined = []; script; ) {
    const made: { taken: number; of: number }[] = [];
    judgements.push(judgeOnce(topology, packet, script, made));
    script = judgements.length < mostWays ? nextScript(made) : undefined;
  }
  const [first, ...others] = judgements as [Judgement, ...Judgement[]];
  const answers = new Set(judgements.map(({ answer }) => answer));
  const ways = judgements.map(({ answer, why }) => `${answer}: ${why}`).join("; or ");
  return {
    answer: answers.has("unmodelled") ? "unmodelled" : answers.size > 1 ? "ambiguous" : first.answer,
    why: others.length > 0 ? ways : first.why,
    hasChoices: others.length > 0,
    readsNatPort: judgements.some(({ readsNatPort }) => readsNatPort),
    met: new Set(judgements.flatMap(({ met }) => [...met])),
  };
}

/** The choices of the next way to try: as before, but for the last one that has more to choose from. */
function nextScript(made: { taken: number; of: number }[]): number[] | undefined {
  const last = made.findLastIndex(({ taken, of }) => taken + 1 < of);
  if (last < 0) return undefined;
  return made.slice(0, last + 1).map(({ taken }, index) => (index === last ? taken + 1 : taken));
}

function judgeOnce(
  topology: Topology,
  asked: ConcretePacket,
  script: readonly number[],
  made: { taken: number; of: number }[],
): Judgement {
  const facts = factsOf(topology);
  const { source } = asked;
  let readsNatPort = false;
  const connection: Connection = {
    facts,
    family: typeof asked.destination === "bigint" ? 6 : 4,
    protocol: asked.protocol,
    sourceInterface:
      "interfaceId" in source ? facts.networkInterfaces.find(({ id }) => id === source.interfaceId) : undefined,
    natPort: () => {
      readsNatPort = true;
      return asked.natPort;
    },
    choose: (_, options) => {
      const taken = options.length > 1 ? (script[made.length] ?? 0) : 0;
      if (options.length > 1) made.push({ taken, of: options.length });
      return options[taken] as (typeof options)[number];
    },
    natSessions: [],
    egressOnlySessions: [],
    trail: {
      isTranslated: false,
      changesRegion: false,
      crossesTransitGateway: false,
      lacksReferencingSupport: false,
    },
    met: new Set(),
  };
  const judgement = (answer: Judgement["answer"], why: string): Judgement => ({
    answer,
    why,
    hasChoices: false,
    readsNatPort,
    met: connection.met,
  });
  try {
    thereAndBack(connection, asked);
    return judgement("reachable", "the reply came back");
  } catch (error) {
    if (error instanceof Dropped) return judgement("not-reachable", error.message);
    if (error instanceof Unmodelled) return judgement("unmodelled", error.message);
    throw error;
  }
}

function thereAndBack(connection: Connection, asked: ConcretePacket): void {
  const { facts, sourceInterface } = connection;
  const request: Packet = {
    src: "interfaceId" in asked.source ? asked.source.address : asked.source.internet,
    dst: asked.destination,
    sport: asked.sourcePort,
    dport: asked.destinationPort,
    isReply: false,
  };
  const start: Place = sourceInterface
    ? { at: "subnet", subnet: subnetOf(facts, sourceInterface.subnetId) }
    : { at: "internet" };
  const there = walk(connection, [request, start]);
  const receiver = there.at === "interface" ? there.networkInterface : undefined;
  if (receiver?.id !== asked.destinationInterfaceId) drop(`the request came to ${receiver?.id ?? there.at}`);
  if (receiver) checkAnswers(connection, receiver, there.packet);
  // The sender's own groups are judged here, now that it is known who is at the other end and what is in between.
  if (sourceInterface) {
    const isVisible = receiver !== undefined && seesGroups(connection, "outbound", receiver);
    passSecurityGroups(connection, sourceInterface, "outbound", request, receiver, isVisible);
  }
  if (receiver) {
    const isVisible = seesGroups(connection, "inbound", receiver);
    passSecurityGroups(connection, receiver, "inbound", there.packet, sourceInterface, isVisible);
  }
  const { src, dst, sport, dport } = there.packet;
  const reply: Packet = { src: dst, dst: src, sport: dport, dport: sport, isReply: true };
  const back = walk(connection, replyFrom(connection, there, reply));
  const last = back.at === "interface" ? back.networkInterface : undefined;
  if (last?.id !== sourceInterface?.id || back.at === "gateway-endpoint") {
    drop(`the reply came to ${last?.id ?? back.at}`);
  }
  if (!answers(back.packet, request)) drop("the reply came back with other addresses or ports");
}

/** Interfaces answer from their subnet, hosts from the internet, and gateway endpoints straight into the VPC. */
function replyFrom(connection: Connection, there: Arrival, reply: Packet): Step {
  if (there.at === "gateway-endpoint") return deliver(connection, reply, there.endpoint.vpcId, "outside");
  if (there.at === "host") return [reply, { at: "internet" }];
  return [reply, { at: "subnet", subnet: subnetOf(connection.facts, there.networkInterface.subnetId) }];
}

/** Drops what reaches an interface that answers nothing, or not this. */
function checkAnswers({ protocol, met }: Connection, { id, type, isInUse }: NetworkInterface, { dport }: Packet): void {
  if (type === "other") throw new Unmodelled(`${id} is of no known type`);
  if (type === "vpc_endpoint") {
    if (protocol !== "tcp" || dport !== 443) drop(`${id} answers HTTPS only`);
    met.add("interface endpoint");
  } else if (type !== "interface") drop(`${id} answers nothing`);
  if (!known(isInUse)) drop(`${id} is attached to nothing`);
}

/** Moves a packet until somebody has it. */
function walk(connection: Connection, start: Step): Arrival {
  let [packet, place] = start;
  for (let hop = 0; hop < mostHops; hop += 1) {
    if (place.at === "gateway-endpoint") return { at: "gateway-endpoint", endpoint: place.endpoint, packet };
    if (place.at === "receiver" && "networkInterface" in place.receiver) {
      return { at: "interface", networkInterface: place.receiver.networkInterface, packet };
    }
    const next = hopFrom(connection, packet, place);
    if (!next) return { at: "host", packet };
    [packet, place] = next;
  }
  return drop("it goes round in a loop");
}

function hopFrom(connection: Connection, packet: Packet, place: Place): Step | undefined {
  if (place.at === "subnet") return leave(connection, packet, place.subnet);
  if (place.at === "internet") return fromTheInternet(connection, packet);
  if (place.at === "nat-gateway") return throughNatGateway(connection, packet, place.nat);
  if (place.at === "transit-gateway") return throughTransitGateway(connection, packet, place);
  if (place.at === "receiver" && "nat" in place.receiver)
    return backThroughNatGateway(connection, packet, place.receiver.nat);
  throw new TypeError(`nothing leaves ${place.at}`);
}

/** Out of a subnet: to a neighbour in it, or as the route table says. */
function leave(connection: Connection, packet: Packet, subnet: Subnet): Step {
  const { facts } = connection;
  const { vpcId } = subnet;
  if (anyHolds(subnet.cidrBlocks, packet.dst)) {
    const receiver = receiverIn(facts, vpcId, packet.dst) ?? drop(`nothing in ${subnet.id} has the address`);
    return [packet, { at: "receiver", receiver }];
  }
  const route = routeOf(connection, routesOfSubnet(facts, subnet), packet.dst, `the route table of ${subnet.id}`);
  const target = known(route.target);
  if (target.type === "local") return deliver(connection, packet, vpcId, subnet);
  if (target.type === "unsupported") throw new Unmodelled(`${target.id} is a ${target.name}`);
  const { type, id } = target;
  if (type === "nat-gateway") {
    const nat =
      facts.natGateways.find((one) => one.id === id && one.vpcId === vpcId) ?? drop(`${id} is not in ${vpcId}`);
    cross(connection, packet, subnet, subnetOf(facts, known(nat.subnetId)));
    return [packet, { at: "nat-gateway", nat }];
  }
  if (type === "network-interface") return toInterface(connection, packet, vpcId, id, subnet);
  passNetworkAcl(connection, subnet, "outbound", packet);
  if (type === "internet-gateway") return outByInternetGateway(connection, packet, vpcId, id);
  if (type === "egress-only-internet-gateway") return outByEgressOnlyGateway(connection, packet, vpcId, id);
  if (type === "vpc-peering-connection") return throughPeering(connection, packet, vpcId, id);
  if (type === "vpc-endpoint") return toGatewayEndpoint(connection, packet, vpcId, id, route);
  return intoTransitGateway(connection, packet, subnet, id);
}
