import { addressText, isPrivate, type Scalar } from "./address.ts";
import { throughBlockPublicAccess } from "./block-public-access.ts";
import { newGateway } from "./change.ts";
import { elsewhere, withChange } from "./explanation.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { Term } from "./packet-set.ts";
import { block, drop, hop, lose, type Outcome, type Packets, reply, sameTerm, value } from "./path.ts";
import { answerOfService } from "./vpc-endpoint.ts";
import type { Position, Walk } from "./walk.ts";

/** Out to the internet, from the public address that belongs to the private one (VPC user guide, Internet gateways). */
export function internetGateway(walk: Walk, id: string, from: Position, before: Packets): Outcome[] {
  const component = { type: "internet-gateway", id };
  const { vpcId } = from;
  const { internetGateways } = walk.index.topology;
  if (!isKnown(internetGateways)) return lose(before, component, internetGateways.reason);
  const gateway = internetGateways.get(id);
  if (!gateway) return lose(before, component, `internet gateway ${id}, which is not in the topology`);
  if (!isKnown(gateway.vpcIds)) return lose(before, component, gateway.vpcIds.reason);
  let packets = hop(before, component);
  if (!gateway.vpcIds.includes(vpcId)) {
    const detached = { code: "BAD_STATE_ATTACHMENT", component, message: `${id} is not attached to ${vpcId}.` };
    // A gateway has one VPC and a VPC one gateway.
    if (gateway.vpcIds.length > 0 || walk.index.gatewayOf(vpcId) !== undefined) return drop(packets, detached);
    packets = block(packets, withChange(detached, { type: "attach-internet-gateway", id, vpcId }));
  }
  const destination = value(packets.set, packets.header.destination);
  if (destination !== undefined && isPrivate(destination)) {
    return drop(packets, {
      code: "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
      component,
      message: `${id} does not carry packets for the private address ${addressText(destination)}.`,
    });
  }
  if (!packets.isReply) {
    const session = packets.sessions.at(-1);
    const subnetIds = [from.subnetId, session?.fromSubnetId].filter((subnetId) => subnetId !== undefined);
    packets = throughBlockPublicAccess(walk, vpcId, subnetIds, session ? "egress" : "bidirectional", packets);
  }
  if (walk.errand.family === 6) return walk.steps.internet(walk, { ...packets, groupsAreTold: false });
  const translated = publicSource(walk, vpcId, packets);
  if (!isKnown(translated)) return lose(packets, component, translated.reason);
  if (translated !== undefined) return walk.steps.internet(walk, translate(packets, translated));
  const { source } = walk.errand;
  const missing = {
    code: "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    component,
    message: `${walk.text(packets, packets.header.source)} has no public IPv4 address: ${id} drops what it sends.`,
  };
  if (source.type === "interface" && walk.isFromSource(packets)) {
    const change = { type: "associate-public-address", id: source.id, privateAddress: source.address } as const;
    const blocked = block(packets, withChange(missing, change));
    return walk.steps.internet(walk, translate(blocked, { anyPublic: "the elastic IP address that it would get" }));
  }
  const fix = "Let what starts in the subnet get a public IPv4 address, or route the subnet through a NAT gateway.";
  return drop(packets, { ...missing, fix });
}

function translate(packets: Packets, source: Term): Packets {
  const translated = hopTranslation(packets, source);
  return { ...translated, groupsAreTold: false, header: { ...packets.header, source } };
}

function hopTranslation(packets: Packets, source: Term): Packets {
  const { trail } = packets;
  if (!trail) return packets;
  const decision = `source becomes ${"constant" in source ? addressText(source.constant) : "its public address"}`;
  return { ...packets, trail: { ...trail, hop: { ...trail.hop, decision } } };
}

/** The public address of what sends. */
function publicSource(walk: Walk, vpcId: string, packets: Packets): Known<Term | undefined> {
  const { source } = walk.errand;
  const { source: term } = packets.header;
  if (walk.isFromSource(packets) && source.type === "subnet") {
    if (source.hasPublicAddress === undefined) return new Unknown("whether it has a public address");
    return source.hasPublicAddress ? { anyPublic: "its public address is given when it starts" } : undefined;
  }
  const address = value(packets.set, term);
  if (address === undefined) return new Unknown("its public address");
  const found = walk.index.interfaceAt(vpcId, address);
  if (!isKnown(found)) return found;
  const own = found && isKnown(found.addresses) ? found.addresses.find((one) => one.value === address) : undefined;
  if (own && !isKnown(own.publicAddress)) return own.publicAddress;
  const publicAddress = own?.publicAddress ?? walk.index.natAddress(vpcId, address);
  return publicAddress === undefined ? undefined : { constant: publicAddress as Scalar };
}

/** Packets on the internet: to whom the address belongs, or to a host there, which answers. */
export function internet(walk: Walk, packets: Packets): Outcome[] {
  const { destination: term } = packets.header;
  const { source, destination, destinationTerm } = walk.errand;
  if (packets.isReply && walk.source && sourceIsMeant(walk, packets))
    return enterByGateway(walk, walk.source.vpcId, { dimension: "source" }, packets);
  if (!packets.isReply && destination.type === "public-service" && sameTerm(packets.set, term, destinationTerm)) {
    const answered = answerOfService(walk, destination, packets);
    if (!("set" in answered)) return drop(packets, answered);
    return walk.steps.internet(walk, reply(answered));
  }
  const address = value(packets.set, term);
  if (address === undefined) return lose(packets, internetAt("internet"), "whose public address that is");
  const there = hop(packets, internetAt(addressText(address)));
  if (packets.isReply && source.type === "internet" && source.address === address)
    return walk.steps.replyEnds(walk, there);
  if (!packets.isReply && destination.type === "internet" && destination.address === address)
    return walk.steps.internet(walk, reply(there));
  const owner = walk.index.publicOwner(address);
  if (!isKnown(owner)) return lose(there, internetAt(addressText(address)), owner.reason);
  if (owner) return enterByGateway(walk, owner.vpcId, { constant: owner.privateAddress }, packets);
  if (packets.isReply) return drop(there, elsewhere(internetAt(addressText(address))));
  return drop(there, {
    code: "NO_POSSIBLE_DESTINATION",
    component: internetAt(addressText(address)),
    message: `${addressText(address)} belongs to nothing that would answer.`,
  });
}

/** Whether packets are for the source's own IPv6 address, or for the public one that it sent from and nobody knows yet. */
function sourceIsMeant(walk: Walk, { header, set }: Packets): boolean {
  const { destination: term } = header;
  if ("anyPublic" in term) return true;
  return walk.errand.family === 6 && sameTerm(set, term, { dimension: "source" });
}

function enterByGateway(walk: Walk, vpcId: string, privateTerm: Term, packets: Packets): Outcome[] {
  if (packets.isReply && packets.egressOnly !== undefined) {
    const through = hop(packets, { type: "egress-only-internet-gateway", id: packets.egressOnly });
    return walk.steps.deliver(walk, vpcId, undefined, through);
  }
  const attached = walk.index.gatewayOf(vpcId);
  const vpc = { type: "vpc", id: vpcId };
  if (!isKnown(attached)) return lose(packets, vpc, attached.reason);
  let before = packets;
  if (attached === undefined && !packets.changes.some((change) => change.type === "attach-internet-gateway")) {
    const message = `${vpcId} has no internet gateway.`;
    const change = { type: "attach-internet-gateway", id: newGateway, vpcId } as const;
    before = block(packets, withChange({ code: "DISCONNECTED_VPCS", component: vpc, message }, change));
  }
  const gateway = { type: "internet-gateway", id: attached ?? newGateway };
  const header = { ...before.header, destination: privateTerm };
  let entered = hop(
    { ...before, groupsAreTold: false, header },
    gateway,
    `destination becomes ${walk.text(before, privateTerm)}`,
  );
  if (!packets.isReply) {
    const view = walk.viewAt(vpcId, entered);
    const subnetIds = isKnown(view) && view ? [view.subnetId] : [];
    entered = throughBlockPublicAccess(walk, vpcId, subnetIds, "bidirectional", entered);
  }
  const edge = attached === undefined ? undefined : walk.index.edgeTable(attached, vpcId);
  if (!isKnown(edge)) return lose(entered, gateway, edge.reason);
  if (edge) return walk.steps.route(walk, edge, { vpcId, subnetId: undefined }, entered);
  return walk.steps.deliver(walk, vpcId, undefined, entered);
}

const internetAt = (id: string) => ({ type: "internet", id });
