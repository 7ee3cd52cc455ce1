import { addressText, isPrivate, type Scalar } from "./address.ts";
import { throughBlockPublicAccess } from "./block-public-access.ts";
import { type Change, newGateway } from "./change.ts";
import { type Component, type Explanation, elsewhere, withChange } from "./explanation.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { type Term, value, valuesOf } from "./packet-set.ts";
import { block, decide, drop, hop, lose, type Outcome, type Packets, reply, sameTerm } from "./path.ts";
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
    const own = walk.index.gatewayOf(vpcId);
    const [other] = gateway.vpcIds;
    const message =
      other === undefined ? `${id} is not attached to ${vpcId}.` : `${id} is attached to ${other}, not to ${vpcId}.`;
    const detached = { code: "BAD_STATE_ATTACHMENT", component, message };
    // A gateway has one VPC and a VPC one gateway.
    if (other !== undefined || own !== undefined)
      return drop(packets, { ...detached, fix: attachOther(id, vpcId, own) });
    packets = attach(packets, detached, { type: "attach-internet-gateway", id, vpcId });
  }
  const refusal = privateDestination(walk, component, packets);
  if (refusal) return drop(packets, refusal);
  const session = packets.isReply ? undefined : packets.sessions.at(-1);
  const subnetIds = [from.subnetId, session?.fromSubnetId].filter((subnetId) => subnetId !== undefined);
  packets = throughBlockPublicAccess(walk, vpcId, subnetIds, session ? "egress" : "bidirectional", packets);
  if (walk.errand.family === 6) {
    const strange = strangeSource(walk, component, vpcId, packets);
    if (strange instanceof Unknown) return lose(packets, component, strange.reason);
    if (strange) return drop(packets, strange);
    return walk.steps.internet(walk, { ...packets, groupsAreTold: false });
  }
  const translated = publicSource(walk, vpcId, packets);
  if (!isKnown(translated)) return lose(packets, component, translated.reason);
  if (translated !== undefined) return walk.steps.internet(walk, translate(packets, translated));
  const { source } = walk.errand;
  const missing = {
    code: "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    component,
    message: `${walk.text(packets, packets.header.source)} has no public IPv4 address: ${id} drops what it sends.`,
  };
  if (source.type === "interface" && walk.isFromSource(packets) && walk.source?.vpcId === vpcId) {
    const change = { type: "associate-public-address", id: source.id, privateAddress: source.address } as const;
    const blocked = block(packets, withChange(missing, change));
    return walk.steps.internet(walk, translate(blocked, { anyPublic: "the elastic IP address that it would get" }));
  }
  const fix = "Let what starts in the subnet get a public IPv4 address, or route the subnet through a NAT gateway.";
  return drop(packets, { ...missing, fix });
}

/**
 * IPv6 is not translated: what leaves must come from a global address of the VPC's own interfaces (Reachability Analyzer,
 * GATEWAY_REJECTS_SPOOFED_TRAFFIC).
 */
export function strangeSource(
  walk: Walk,
  component: Component,
  vpcId: string,
  packets: Packets,
): Explanation | Unknown | undefined {
  const { source } = packets.header;
  const values = valuesOf(packets.set, source);
  const name = walk.text(packets, source);
  if (!values || isPrivate(values.from)) {
    const message = `${name} is no global address: ${component.id} drops what it sends.`;
    return { code: "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", component, message };
  }
  if (walk.isFromSource(packets) && walk.source?.vpcId === vpcId) return undefined;
  const owner = walk.index.interfaceAt(vpcId, values.from);
  if (owner !== undefined) return isKnown(owner) ? undefined : owner;
  const message = `${name} is not an address of ${vpcId}: ${component.id} drops what it sends.`;
  return { code: "GATEWAY_REJECTS_SPOOFED_TRAFFIC", component, message };
}

/** What an internet gateway does not carry, of either family. */
export function privateDestination(walk: Walk, component: Component, packets: Packets): Explanation | undefined {
  const { destination } = packets.header;
  const values = valuesOf(packets.set, destination);
  if (!values || !isPrivate(values.from)) return undefined;
  const message = `${component.id} does not carry packets for the private address ${walk.text(packets, destination)}.`;
  return { code: "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", component, message };
}

function translate(packets: Packets, source: Term): Packets {
  const name = "constant" in source ? addressText(source.constant) : "its public address";
  const translated = decide(packets, `source becomes ${name}`);
  return { ...translated, groupsAreTold: false, header: { ...packets.header, source } };
}

/** The public address of what sends. */
function publicSource(walk: Walk, vpcId: string, packets: Packets): Known<Term | undefined> {
  const { source } = walk.errand;
  const { source: term } = packets.header;
  if (walk.isFromSource(packets) && source.type === "subnet") {
    if (source.vpcId !== vpcId) return undefined;
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
  if (attached === undefined) {
    const message = `${vpcId} has no internet gateway.`;
    const missing = { code: "DISCONNECTED_VPCS", component: vpc, message };
    before = attach(packets, missing, { type: "attach-internet-gateway", id: spareGateway(walk, vpcId), vpcId });
  }
  const gateway = { type: "internet-gateway", id: attached ?? spareGateway(walk, vpcId) };
  const header = { ...before.header, destination: privateTerm };
  let entered = hop(
    { ...before, groupsAreTold: false, header },
    gateway,
    `destination becomes ${walk.text(before, privateTerm)}`,
  );
  entered = throughBlockPublicAccess(walk, vpcId, subnetsBehind(walk, vpcId, entered), needOf(packets), entered);
  const edge = walk.index.edgeTable(gateway.id, vpcId);
  if (!isKnown(edge)) return lose(entered, gateway, edge.reason);
  if (edge) return walk.steps.route(walk, edge, { vpcId, subnetId: undefined }, entered);
  return walk.steps.deliver(walk, vpcId, undefined, entered);
}

/** What to do about a route to an internet gateway that is not the VPC's. */
function attachOther(id: string, vpcId: string, own: Known<string | undefined>): string {
  if (own !== undefined && isKnown(own)) return `Route to ${own}, the internet gateway of ${vpcId}, instead of ${id}.`;
  return `Attach ${id} to ${vpcId}, or give ${vpcId} an internet gateway of its own and route to that.`;
}

/** One that routes of the VPC lead to and that has no VPC, else one that is still to be made. */
function spareGateway({ index }: Walk, vpcId: string): string {
  const { routeTables, internetGateways } = index.topology;
  for (const table of isKnown(routeTables) ? routeTables.values() : []) {
    if (table.vpcId !== vpcId || !isKnown(table.routes)) continue;
    for (const { target } of table.routes) {
      if (!isKnown(target) || target.type !== "internet-gateway") continue;
      const vpcIds = isKnown(internetGateways) ? internetGateways.get(target.id)?.vpcIds : undefined;
      if (vpcIds !== undefined && isKnown(vpcIds) && vpcIds.length === 0) return target.id;
    }
  }
  return newGateway;
}

type Attachment = Extract<Change, { type: "attach-internet-gateway" }>;

/** One internet gateway more is attached, unless a fix has done that before. */
function attach(packets: Packets, missing: Omit<Explanation, "fix">, change: Attachment): Packets {
  const isDone = packets.changes.some((one) => one.type === change.type && one.vpcId === change.vpcId);
  if (isDone) return packets;
  return block({ ...packets, changes: [...packets.changes, change] }, withChange(missing, change));
}

/** What comes back to a NAT gateway belongs to a connection that went out through it. */
function needOf({ isReply, sessions }: Packets): "egress" | "bidirectional" {
  return isReply && sessions.length > 0 ? "egress" : "bidirectional";
}

function subnetsBehind(walk: Walk, vpcId: string, packets: Packets): string[] {
  const view = walk.viewAt(vpcId, packets);
  const session = packets.isReply ? packets.sessions.at(-1) : undefined;
  const subnetIds = [isKnown(view) ? view?.subnetId : undefined, session?.fromSubnetId];
  return subnetIds.filter((subnetId) => subnetId !== undefined);
}

const internetAt = (id: string) => ({ type: "internet", id });
