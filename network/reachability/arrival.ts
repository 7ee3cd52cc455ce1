import type { Change } from "./change.ts";
import { routesOf } from "./detour.ts";
import { type Explanation, elsewhere, silent, withChange } from "./explanation.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { toLocalService } from "./local-service.ts";
import { backThroughNat } from "./nat-gateway.ts";
import type { View } from "./network-interface.ts";
import { echoType, isEcho, value } from "./packet-set.ts";
import { drop, end, hasPassed, hop, lose, type Outcome, type Packets, reply, sameTerm, unknown } from "./path.ts";
import { haveNoRules, judgeSecurityGroups } from "./security-group.ts";
import { throughAcl } from "./subnet.ts";
import type { RulePeer, SecurityGroupRule } from "./topology.ts";
import { answerOfEndpoint } from "./vpc-endpoint.ts";
import type { Walk } from "./walk.ts";

/** What leaves the source: by the outbound rules of its groups, then from its subnet. */
export function depart(walk: Walk, view: View, before: Packets): Outcome[] {
  const { component, type, isInUse } = view;
  const refusal = cannotSend(view);
  if (refusal) return drop(hop(before, component), refusal);
  if (type === "other") return lose(hop(before, component), component, "what such an interface does is not modelled");
  const packets = isKnown(isInUse) ? before : unknown(before, component, isInUse.reason);
  return (
    toLocalService(walk, view, packets) ??
    throughGroups(walk, view, true, packets).flatMap((passed) => walk.steps.fromSubnet(walk, view, passed))
  );
}

/** Why an interface starts no connections: gateways and endpoints only answer, or pass on. */
function cannotSend({ component, type, isInUse }: View): Explanation | undefined {
  if (type === "vpc_endpoint") {
    const message = `${component.id} is an endpoint's, which answers and sends nothing of its own.`;
    return { code: "VPCE_INTRA_VPC_TRAFFIC", component, message };
  }
  const isGateway = type !== "interface" && type !== "other";
  if (!isGateway && isInUse !== false) return undefined;
  const why = isGateway ? "is a gateway's, which sends nothing of its own" : "is attached to nothing that runs";
  return { code: "NO_SOURCE_OR_DESTINATION", component, message: `${component.id} ${why}.` };
}

/** To the interface of the VPC that has the destination's address, through its subnet's network ACL unless from there. */
export function deliver(walk: Walk, vpcId: string, fromSubnetId: string | undefined, packets: Packets): Outcome[] {
  const view = walk.viewAt(vpcId, packets);
  const component = { type: "vpc", id: vpcId };
  if (!isKnown(view)) return lose(packets, component, view.reason);
  if (!view) {
    const address = walk.text(packets, packets.header.destination);
    return drop(packets, {
      code: "NO_POSSIBLE_DESTINATION",
      component,
      message: `No network interface of ${vpcId} has the address ${address}.`,
    });
  }
  const crossing = view.subnetId === fromSubnetId ? [packets] : throughAcl(walk, view.subnetId, false, packets);
  return crossing.flatMap((passed) => arrive(walk, view, passed));
}

function arrive(walk: Walk, view: View, before: Packets): Outcome[] {
  const { component } = view;
  const there = hop(before, component);
  const packets = isKnown(view.isInUse) ? there : unknown(there, component, view.isInUse.reason);
  if (view.type === "nat_gateway") return backThroughNat(walk, view, packets);
  if (packets.isReply) {
    if (walk.source?.component.id === component.id) return replyEnds(walk, packets);
    return drop(packets, elsewhere(component));
  }
  if (view.type === "transit_gateway" || view.type === "gateway_load_balancer_endpoint")
    return drop(packets, silent(component, "answers no packets that are sent to it"));
  if (view.type === "other" && hasNoGroups(view)) return answer(walk, view, packets);
  if (view.isInUse === false) return drop(packets, silent(component, "is attached to nothing that runs"));
  return throughGroups(walk, view, false, packets).flatMap((passed) => answer(walk, view, passed));
}

/** What has arrived is answered by whatever listens there. */
function answer(walk: Walk, view: View, packets: Packets): Outcome[] {
  const answered =
    view.type === "vpc_endpoint" ? answerOfEndpoint(walk, view, packets) : ofService(walk, view, packets);
  if (!("set" in answered)) return drop(packets, answered);
  return walk.steps.fromSubnet(walk, view, hop(reply(answered), view.component));
}

/** Without security groups a Network Load Balancer lets everything in. */
const hasNoGroups = ({ securityGroupIds }: View) => !isKnown(securityGroupIds) || securityGroupIds.length === 0;

/** What a service of AWS answers is known of its own ports alone, and what a load balancer does not, of its listeners. */
function ofService({ errand }: Walk, { component, service, type }: View, packets: Packets): Packets | Explanation {
  const { protocol, set } = errand;
  if (!service)
    return type === "other" ? unknown(packets, component, "what such an interface does is not modelled") : packets;
  const { name, ports, listeners, answersEcho } = service;
  if (protocol === "icmp") return answersEcho ? packets : unknown(packets, component, `what ${name} answers there`);
  const { from, to } = set.destinationPort;
  if (listeners && !listeners.some((port) => from <= port && port <= to))
    return silent(component, `is of ${name}, which has no listener on that port`);
  const isAnswered = protocol === "tcp" && from === to && ports.includes(Number(from));
  return isAnswered ? packets : unknown(packets, component, `what ${name} answers there`);
}

/** The source takes only a reply that comes from where it sent its request, to where it sent it from. */
export function replyEnds(walk: Walk, packets: Packets): Outcome[] {
  const { header, set } = packets;
  const isExpected =
    sameTerm(set, header.source, walk.errand.destinationTerm) &&
    sameTerm(set, header.sourcePort, { dimension: "destinationPort" }) &&
    sameTerm(set, header.destination, { dimension: "source" }) &&
    sameTerm(set, header.destinationPort, { dimension: "sourcePort" });
  if (isExpected) return end(packets);
  const last = packets.trail?.hop.component ?? { type: "internet", id: "internet" };
  return drop(packets, elsewhere(last));
}

function throughGroups(walk: Walk, view: View, isEgress: boolean, packets: Packets): Packets[] {
  const { securityGroupIds } = view;
  const { topology } = walk.index;
  const parts = judgeSecurityGroups(topology, securityGroupIds, isEgress, {
    set: packets.set,
    header: packets.header,
    kind: walk.kind(packets),
    peerGroups: isEgress ? groupsAtDestination(walk, view) : groupsOfSource(walk, view, packets),
  });
  return parts.map(({ set, value: { answer, reason, decision } }) => {
    const next = isEgress
      ? hop(packets, view.component, decision, set)
      : hop(packets, { type: "security-group", id: groupText(securityGroupIds) }, decision, set);
    return walk.judged(next, answer, reason, () => mismatch(walk, securityGroupIds, isEgress, next));
  });
}

function mismatch(walk: Walk, ids: Known<readonly string[]>, isEgress: boolean, packets: Packets): Explanation {
  const name = groupText(ids);
  const direction = isEgress ? "outbound" : "inbound";
  const { topology } = walk.index;
  const areEmpty = isKnown(ids) && haveNoRules(topology, ids, isEgress);
  const explanation = {
    code: areEmpty ? "SG_HAS_NO_RULES" : "ENI_SG_RULES_MISMATCH",
    component: { type: "security-group", id: name },
    message: areEmpty
      ? `${name} has no ${direction} rules, and ${walk.what(packets)} needs one.`
      : `No ${direction} rule of ${name} allows ${walk.what(packets)}.`,
  };
  const first = isKnown(ids) ? ids[0] : undefined;
  if (first === undefined)
    return { ...explanation, fix: "Give the network interface a security group that allows it." };
  const kind = walk.kind(packets);
  const cidr = walk.block(isEgress ? packets.header.destination : packets.header.source);
  const type = echoType(kind);
  const { protocol, portRange } = walk.ruleOf(packets);
  const rule: SecurityGroupRule = {
    isEgress,
    protocol,
    portRange: isEcho(kind) ? { from: type, to: -1 } : portRange,
    peer: (isEgress && listByGateway(walk, packets)) || { cidr },
  };
  return withChange(explanation, { type: "add-security-group-rule", id: first, rule });
}

/** AWS's own list of what the packets are for, where they take a gateway endpoint: nothing else needs to be let out. */
function listByGateway({ index, source, errand }: Walk, { header, set }: Packets): RulePeer | undefined {
  const { prefixLists } = index.topology;
  const term = header.destination;
  const name = "anyPublic" in term && errand.family === 4 ? term.listName : undefined;
  if (name === undefined || source === undefined || !isKnown(prefixLists)) return undefined;
  const list = [...prefixLists.values()].find((one) => one.name === name);
  const table = index.tableOfSubnet(source.subnetId, source.vpcId);
  const lookup = isKnown(table) ? index.routesOf(table, errand.family) : table;
  const endpoints = index.endpointsOf(source.vpcId);
  if (list === undefined || !isKnown(lookup) || !isKnown(endpoints)) return undefined;
  const targets = lookup.select(set, term).flatMap(({ value }) => value.candidates.map(({ target }) => target));
  const isByGateway = targets.every((target) => isKnown(target) && target.type === "vpc-endpoint");
  const isThere = endpoints.some(
    ({ type, serviceName }) => type === "Gateway" && [serviceName, `cn.${serviceName}`].includes(name),
  );
  return isByGateway && isThere ? { prefixListId: list.id } : undefined;
}

/**
 * For inbound rules that refer to groups: those of the source, where its address was not translated. The interfaces of VPC
 * endpoints are not told of groups beyond a transit gateway (as above).
 */
function groupsOfSource(walk: Walk, view: View, packets: Packets): Known<readonly string[]> {
  if (!walk.isFromSource(packets) || !walk.source) return [];
  if (view.type === "vpc_endpoint" && hasPassed(packets, "transit-gateway-attachment")) return [];
  if (!isKnown(packets.groupsAreTold)) return packets.groupsAreTold;
  return packets.groupsAreTold ? walk.source.securityGroupIds : [];
}

/**
 * For outbound rules that refer to groups: those of the destination, where it is addressed by its private address, in this
 * VPC or, by a peering connection, in another one of the Region. Through a transit gateway rules may refer to groups inbound
 * only (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html, Security group referencing).
 */
function groupsAtDestination(walk: Walk, source: View): Known<readonly string[]> {
  const { destination } = walk;
  const { destination: place, set, destinationTerm } = walk.errand;
  if (!destination || (place.type !== "interface" && place.type !== "subnet")) return [];
  if (place.type === "interface" && value(set, destinationTerm) !== place.address) return [];
  if (destination.vpcId === source.vpcId) return destination.securityGroupIds;
  const ways = waysOut(walk, source);
  if (ways === undefined) return new Unknown("which way it leaves its VPC, which decides whether groups are told");
  if (ways.every((way) => way === "other")) return [];
  const isPeered = ways.every((way) => way === destination.vpcId);
  return isPeered
    ? destination.securityGroupIds
    : new Unknown("whether the groups of another VPC are told on this path");
}

/** Whether a change is of a route that decides whether groups of another VPC are told to the source's. */
export function changesWayOut({ index, source, destination }: Walk, change: Change): boolean {
  if (change.type !== "add-route" || !source || !destination || destination.vpcId === source.vpcId) return false;
  const table = index.tableOfSubnet(source.subnetId, source.vpcId);
  return isKnown(table) && table.id === change.id;
}

/**
 * Where the routes of the source's subnet lead, with those that fixes add: the VPC that they are peered with in the Region,
 * or other.
 */
function waysOut(walk: Walk, source: View): string[] | undefined {
  const { index, errand, given } = walk;
  const { set, destinationTerm: term } = errand;
  const { vpcPeeringConnections } = index.topology;
  const table = index.tableOfSubnet(source.subnetId, source.vpcId);
  const lookup = isKnown(table) ? routesOf(walk, table, [...given.values()]) : table;
  if (!isKnown(lookup) || !isKnown(vpcPeeringConnections)) return undefined;
  const ways: string[] = [];
  for (const { value: selection } of lookup.select(set, term)) {
    for (const { target } of selection.candidates) {
      if (!isKnown(target)) return undefined;
      const peering = target.type === "vpc-peering-connection" ? vpcPeeringConnections.get(target.id) : undefined;
      if (target.type === "vpc-peering-connection" && !peering) return undefined;
      const [one, other] = peering?.sides ?? [];
      const isLocal = one !== undefined && one.region === other?.region;
      const peer = one?.vpcId === source.vpcId ? other : one;
      ways.push(isLocal && peer ? peer.vpcId : "other");
    }
  }
  return ways;
}

function groupText(ids: Known<readonly string[]>): string {
  return isKnown(ids) ? ids.join(", ") || "no security group" : "the security groups";
}
