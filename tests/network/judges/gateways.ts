import { parseCidr, type Scalar } from "../../../network/reachability/address.ts";
import type { NatGateway, Route, Subnet } from "../../../network/reachability/topology.ts";
import {
  anyHolds,
  holds,
  known,
  ownerOfPublic,
  publicAddressOf,
  receiverIn,
  subnetOf,
  subnetOfReceiver,
  vpcOf,
} from "./facts.ts";
import { passNetworkAcl } from "./filters.ts";
import { type Connection, drop, type Packet, type Place, type Receiver, Unmodelled } from "./packet.ts";
import { routeOf } from "./routes.ts";

/** A packet and where it is now. */
export type Step = readonly [Packet, Place];

const notOfTheInternet = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"];
const ofTheInternet6 = parseCidr("2000::/3");

function isOfTheInternet(address: Scalar): boolean {
  if (typeof address === "bigint") return holds(ofTheInternet6, address);
  return !notOfTheInternet.some((cidr) => holds(parseCidr(cidr), address));
}

/** What comes to a subnet from elsewhere in the VPC, or from outside of it. */
export function deliver(connection: Connection, packet: Packet, vpcId: string, from: Subnet | "outside"): Step {
  const { facts } = connection;
  const receiver = receiverIn(facts, vpcId, packet.dst) ?? drop(`nothing in ${vpcId} has the address`);
  cross(connection, packet, from, subnetOfReceiver(facts, receiver));
  return [packet, { at: "receiver", receiver }];
}

/** Network ACLs judge only what leaves one subnet and enters another. */
export function cross(connection: Connection, packet: Packet, from: Subnet | "outside", to: Subnet): void {
  if (from !== "outside" && from.id === to.id) return;
  if (from !== "outside") passNetworkAcl(connection, from, "outbound", packet);
  passNetworkAcl(connection, to, "inbound", packet);
}

export function outByInternetGateway(connection: Connection, packet: Packet, vpcId: string, id: string): Step {
  const { facts, met, trail, family } = connection;
  const gateway = facts.internetGateways.find((one) => one.id === id);
  if (!gateway || !known(gateway.vpcIds).includes(vpcId)) drop(`${id} is not attached to ${vpcId}`);
  if (!isOfTheInternet(packet.dst)) drop(`${id} does not carry what is for a private address`);
  const sender = receiverIn(facts, vpcId, packet.src) ?? drop(`${id} does not know the source`);
  const src = family === 6 ? packet.src : publicAddressOf(facts, vpcId, packet.src);
  if (src === undefined || !isOfTheInternet(src)) drop(`the source has no public address for ${id}`);
  passBlockPublicAccess(connection, sender, "internet-gateway");
  met.add("internet gateway");
  trail.isTranslated = true;
  return [{ ...packet, src }, { at: "internet" }];
}

export function outByEgressOnlyGateway(connection: Connection, packet: Packet, vpcId: string, id: string): Step {
  const { facts, met, trail, family, egressOnlySessions } = connection;
  const gateway = facts.egressOnlyInternetGateways.find((one) => one.id === id);
  if (!gateway || !known(gateway.vpcIds).includes(vpcId)) drop(`${id} is not attached to ${vpcId}`);
  if (family === 4) drop(`${id} is for IPv6`);
  if (packet.isReply) drop(`${id} lets out no replies`);
  if (!isOfTheInternet(packet.dst) || !isOfTheInternet(packet.src)) drop(`${id} does not carry private addresses`);
  const sender = receiverIn(facts, vpcId, packet.src) ?? drop(`${id} does not know the source`);
  passBlockPublicAccess(connection, sender, "egress-only");
  met.add("egress-only internet gateway");
  trail.isTranslated = true;
  egressOnlySessions.push({ vpcId, packet });
  return [packet, { at: "internet" }];
}

/** What is on the internet: into the VPC that has the address, or undefined: for a host that is in no VPC. */
export function fromTheInternet(connection: Connection, packet: Packet): Step | undefined {
  const { facts, met, trail, egressOnlySessions } = connection;
  if (!isOfTheInternet(packet.dst)) drop("the internet has no such address");
  const owner = ownerOfPublic(facts, packet.dst);
  if (!owner) return undefined;
  const { vpcId, address: dst } = owner;
  const inside = { ...packet, dst };
  const receiver = receiverIn(facts, vpcId, dst) ?? drop(`nothing in ${vpcId} has the address`);
  if (egressOnlySessions.some((session) => session.vpcId === vpcId && answers(packet, session.packet))) {
    passBlockPublicAccess(connection, receiver, "egress-only");
    return deliver(connection, inside, vpcId, "outside");
  }
  const gateway =
    facts.internetGateways.find(({ vpcIds }) => known(vpcIds).includes(vpcId)) ??
    drop(`${vpcId} has no internet gateway to come in by`);
  passBlockPublicAccess(connection, receiver, "internet-gateway");
  met.add("internet gateway inwards");
  trail.isTranslated = true;
  const edge = facts.routeTables.find(({ associations }) =>
    known(associations).some(({ gatewayId }) => gatewayId === gateway.id),
  );
  if (!edge) return deliver(connection, inside, vpcId, "outside");
  met.add("edge route table");
  const { target } = routeOf(connection, known(edge.routes), dst, edge.id);
  const leadsTo = known(target);
  if (leadsTo.type === "local") return deliver(connection, inside, vpcId, "outside");
  if (leadsTo.type === "network-interface") return toInterface(connection, inside, vpcId, leadsTo.id, "outside");
  return drop(`${edge.id} leads to what takes nothing from an internet gateway`);
}

/** Whether one packet is the other's reply. */
export function answers(reply: Packet, request: Packet): boolean {
  return (
    reply.isReply &&
    reply.src === request.dst &&
    reply.dst === request.src &&
    reply.sport === request.dport &&
    reply.dport === request.sport
  );
}

/** A route to an interface: what it is for, or an appliance. */
export function toInterface(
  connection: Connection,
  packet: Packet,
  vpcId: string,
  id: string,
  from: Subnet | "outside",
): Step {
  const { facts } = connection;
  const networkInterface =
    facts.networkInterfaces.find((one) => one.id === id && one.vpcId === vpcId) ?? drop(`${id} is not in ${vpcId}`);
  cross(connection, packet, from, subnetOf(facts, networkInterface.subnetId));
  if (known(networkInterface.addresses).some(({ value }) => value === packet.dst)) {
    connection.met.add("route to an interface");
    return deliver(connection, packet, vpcId, subnetOf(facts, networkInterface.subnetId));
  }
  if (known(networkInterface.sourceDestCheck)) drop(`${id} takes only what is for itself`);
  connection.met.add("appliance");
  throw new Unmodelled(`${id} is an appliance`);
}

/** A request that a route leads to a NAT gateway. */
export function throughNatGateway(connection: Connection, packet: Packet, nat: NatGateway): Step {
  const { facts, family, protocol, natSessions, natPort, trail, met } = connection;
  if (known(nat.addresses).some(({ privateAddress }) => privateAddress === packet.dst)) {
    return backThroughNatGateway(connection, packet, nat);
  }
  if (known(nat.state) !== "available") drop(`${nat.id} is ${known(nat.state)}`);
  if (family === 6) drop(`${nat.id} is for IPv4`);
  if (packet.isReply) drop(`${nat.id} has no session for a reply`);
  if (natSessions.some((session) => session.nat.id === nat.id)) drop(`${nat.id} is in a loop`);
  const src = known(nat.addresses)[0]?.privateAddress ?? drop(`${nat.id} has no address`);
  const after = { ...packet, src, sport: protocol === "icmp" ? 0 : natPort() };
  natSessions.push({ nat, before: packet, after });
  trail.isTranslated = true;
  met.add(`${known(nat.connectivityType)} NAT gateway`);
  return [after, { at: "subnet", subnet: subnetOf(facts, known(nat.subnetId)) }];
}

/** What is addressed to a NAT gateway: a reply to what it let out, or nothing that it takes. */
export function backThroughNatGateway(connection: Connection, packet: Packet, nat: NatGateway): Step {
  const session =
    connection.natSessions.find((one) => one.nat.id === nat.id && answers(packet, one.after)) ??
    drop(`${nat.id} has no session for it`);
  const inside = { ...packet, dst: session.before.src, dport: session.before.sport };
  return [inside, { at: "subnet", subnet: subnetOf(connection.facts, known(nat.subnetId)) }];
}

export function toGatewayEndpoint(
  connection: Connection,
  packet: Packet,
  vpcId: string,
  id: string,
  route: Route,
): Step {
  const { facts, protocol, met } = connection;
  const endpoint =
    facts.vpcEndpoints.find((one) => one.id === id && one.vpcId === vpcId) ?? drop(`${id} is not in ${vpcId}`);
  if (known(endpoint.type) !== "Gateway") throw new Unmodelled(`${id} is no gateway endpoint`);
  if (known(endpoint.state) !== "available") drop(`${id} is ${known(endpoint.state)}`);
  if (packet.isReply) drop(`${id} takes no replies`);
  if (protocol === "udp") drop(`${id} takes TCP and echo`);
  const destination = known(route.destination);
  const list = facts.prefixLists.find((one) => "prefixListId" in destination && one.id === destination.prefixListId);
  if (!list || !anyHolds(list.cidrs, packet.dst)) drop(`${id} is not for the address`);
  met.add("gateway endpoint");
  return [packet, { at: "gateway-endpoint", endpoint }];
}

export function throughPeering(connection: Connection, packet: Packet, vpcId: string, id: string): Step {
  const { facts, met, trail } = connection;
  const peering = facts.vpcPeeringConnections.find((one) => one.id === id) ?? drop(`there is no ${id}`);
  if (known(peering.state) !== "active") drop(`${id} is ${known(peering.state)}`);
  const [one, other] = peering.sides;
  const [near, far] = one.vpcId === vpcId ? [one, other] : [other, one];
  if (near.vpcId !== vpcId) drop(`${vpcId} is no side of ${id}`);
  if (!anyHolds(near.cidrBlocks, packet.src)) drop(`${id} carries only what is of ${vpcId}`);
  if (!anyHolds(far.cidrBlocks, packet.dst)) drop(`${id} carries only what is for ${far.vpcId}`);
  if (near.region !== far.region) trail.changesRegion = true;
  met.add("peering");
  return deliver(connection, packet, far.vpcId, "outside");
}

/**
 * Drops what VPC Block Public Access blocks at a gateway to the internet. `end`: who in the VPC the packet is from or for;
 * for a NAT gateway the subnet that it serves counts too, and where one is excluded and the other is not, nobody knows.
 */
function passBlockPublicAccess(connection: Connection, end: Receiver, by: "internet-gateway" | "egress-only"): void {
  const { facts, met, sourceInterface, natSessions, choose } = connection;
  const ends = [subnetOfReceiver(facts, end)];
  if ("nat" in end) {
    if (sourceInterface) ends.push(subnetOf(facts, sourceInterface.subnetId));
    ends.push(...natSessions.map(({ nat }) => subnetOf(facts, known(nat.subnetId))));
  }
  const isOutgoing = "nat" in end || by === "egress-only";
  const modes = ends.flatMap((subnet) => blockModesOf(connection, subnet));
  if (modes.some((mode) => mode !== "off")) met.add("Block Public Access");
  const passing = modes.map((mode) => mode === "off" || (mode === "block-ingress" && isOutgoing));
  const passes = choose("Block Public Access of the subnets", [...new Set(passing)]);
  if (!passes) drop("VPC Block Public Access blocks it");
}

/** What a subnet is under; several where exclusions of it and of its VPC differ, of which nobody knows which counts. */
function blockModesOf({ facts }: Connection, subnet: Subnet): ("off" | "block-bidirectional" | "block-ingress")[] {
  const vpc = vpcOf(facts, subnet.vpcId);
  const access = known(facts.blockPublicAccess).find(
    ({ ownerId, region }) => ownerId === vpc.ownerId && region === vpc.region,
  );
  const mode = access ? known(access.mode) : "off";
  if (!access || mode === "off") return ["off"];
  const exclusions = known(access.exclusions).filter(({ resourceId }) => [vpc.id, subnet.id].includes(resourceId));
  if (exclusions.length === 0) return [mode];
  return exclusions.map((one) => (one.mode === "allow-bidirectional" ? "off" : "block-ingress"));
}
