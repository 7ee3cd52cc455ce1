import { addressText, overlaps, parseCidr } from "./address.ts";
import { type Component, type Explanation, silent } from "./explanation.ts";
import { isKnown, type Known } from "./known.ts";
import type { View } from "./network-interface.ts";
import { type Term, valuesOf } from "./packet-set.ts";
import { decide, drop, hop, lose, type NatSession, type Outcome, type Packets, sameTerm } from "./path.ts";
import { throughAcl } from "./subnet.ts";
import type { NatGateway, Route, RouteTable } from "./topology.ts";
import type { Position, Walk } from "./walk.ts";

/**
 * Out through a NAT gateway: from its address and a port that it chooses, on from its own subnet. It keeps the destination,
 * and remembers the connection for the replies (VPC user guide, NAT gateways).
 */
export function natGateway(walk: Walk, id: string, from: Position, before: Packets): Outcome[] {
  const component = { type: "nat-gateway", id };
  const packets = hop(before, component);
  const { natGateways } = walk.index.topology;
  if (!isKnown(natGateways)) return lose(packets, component, natGateways.reason);
  const gateway = natGateways.get(id);
  if (!gateway) return lose(packets, component, `NAT gateway ${id}, which is not in the topology`);
  if (packets.isReply) {
    return drop(packets, {
      code: "asymmetric-return",
      component,
      message: `The reply is routed to ${id}, which has no session for it: the request came in another way.`,
    });
  }
  const { state, addresses, subnetId, vpcId } = gateway;
  if (!isKnown(state)) return lose(packets, component, state.reason);
  if (state !== "available") return drop(packets, { code: "BAD_STATE", component, message: `${id} is ${state}.` });
  if (vpcId !== from.vpcId) {
    const message = `${id} serves only its own VPC, ${vpcId}.`;
    return drop(packets, { code: "NGW_REQUIRES_SOURCE_IN_VPC", component, message });
  }
  if (walk.errand.family === 6) return nat64(walk, packets, component);
  if (packets.sessions.some(({ gatewayId }) => gatewayId === id)) return drop(packets, loop(walk, gateway));
  if (!isKnown(addresses)) return lose(packets, component, addresses.reason);
  const [address] = addresses;
  if (!address) return lose(packets, component, `${id} has no address`);
  if (!isKnown(subnetId)) return lose(packets, component, subnetId.reason);
  const crossing = from.subnetId === subnetId ? [before] : throughAcl(walk, subnetId, false, before);
  return crossing.flatMap((passed) => {
    const { header } = passed;
    const session: NatSession = {
      gatewayId: id,
      fromSubnetId: from.subnetId,
      address: address.privateAddress,
      source: header.source,
      sourcePort: header.sourcePort,
      destination: header.destination,
    };
    const sourcePort: Term = walk.errand.protocol === "icmp" ? header.sourcePort : { dimension: "natPort" };
    const ports = sourcePort === header.sourcePort ? "" : ", its port one of 1024-65535";
    const decided = hop(passed, component, `source becomes ${addressText(address.privateAddress)}${ports}`);
    const translated: Packets = {
      ...decided,
      groupsAreTold: false,
      sessions: [...passed.sessions, session],
      header: { ...header, source: { constant: address.privateAddress }, sourcePort },
    };
    return walk.steps.fromSubnet(walk, { vpcId, subnetId }, translated);
  });
}

/** IPv6 only to addresses that stand for IPv4 ones (VPC user guide, DNS64 and NAT64), which is not modelled. */
function nat64(walk: Walk, packets: Packets, component: Component): Outcome[] {
  const destination = valuesOf(packets.set, packets.header.destination);
  if (!destination || overlaps(destination, nat64Block)) return lose(packets, component, "NAT64 is not modelled");
  const message = `${component.id} carries IPv6 to 64:ff9b::/96 alone, not ${walk.what(packets)}.`;
  return drop(packets, { code: "PROTOCOL_RESTRICTION", component, message });
}

const nat64Block = parseCidr("64:ff9b::/96");

/** Back through it: what answers a request of a session goes on to whom that came from, and nothing else does. */
export function backThroughNat(walk: Walk, view: View, packets: Packets): Outcome[] {
  const { header, set } = packets;
  const session = packets.isReply
    ? packets.sessions.find(
        ({ address, destination }) =>
          sameTerm(set, header.destination, { constant: address }) && sameTerm(set, header.source, destination),
      )
    : undefined;
  if (!session) {
    const what = "is a NAT gateway's, which drops what no session of its own asked for";
    return drop(packets, silent(view.component, what));
  }
  return walk.steps.fromSubnet(walk, view, {
    ...decide(packets, `destination becomes ${walk.text(packets, session.source)} again`),
    sessions: packets.sessions.filter((one) => one !== session),
    header: { ...header, destination: session.source, destinationPort: session.sourcePort },
  });
}

function loop(walk: Walk, { id, subnetId, vpcId }: NatGateway): Explanation {
  return {
    code: "routing-loop",
    component: { type: "nat-gateway", id },
    message: `${id} sends the packets to itself: the route table of its own subnet ${String(subnetId)} leads back to it.`,
    fix: `${placeOf(walk, id, String(subnetId), vpcId)} leads to an internet gateway.`,
  };
}

/** A subnet that the gateway could be in, or a table that its subnet could have. */
function placeOf({ index }: Walk, id: string, subnetId: string, vpcId: string): string {
  const { subnets, routeTables } = index.topology;
  const gateway = index.gatewayOf(vpcId);
  const isPublic = (table: Known<RouteTable>) =>
    isKnown(table) && table.vpcId === vpcId && isKnown(table.routes) && table.routes.some(isToInternet);
  const isToInternet = ({ target }: Route) =>
    isKnown(target) && target.type === "internet-gateway" && target.id === gateway;
  for (const subnet of isKnown(subnets) ? subnets.values() : [])
    if (subnet.vpcId === vpcId && isPublic(index.tableOfSubnet(subnet.id, vpcId)))
      return `Put ${id} in ${subnet.id}, whose route table`;
  for (const table of isKnown(routeTables) ? routeTables.values() : [])
    if (isPublic(table)) return `Associate ${subnetId} with the route table ${table.id}, which`;
  return `Put ${id} in a subnet whose route table`;
}
