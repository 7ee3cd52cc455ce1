import { isKnown } from "./known.ts";
import { splitBy } from "./packet-set.ts";
import { drop, hop, lose, type Outcome, type Packets, unknown } from "./path.ts";
import type { PeeringSide, VpcPeeringConnection } from "./topology.ts";
import type { Position, Walk } from "./walk.ts";

/**
 * From one VPC into the other, for addresses of the two alone: what comes in from elsewhere or goes on is not carried (VPC
 * peering guide, Basics; Reachability Analyzer, PCX_REQUIRES_ADDRESS_IN_VPC_CIDR).
 */
export function vpcPeeringConnection(walk: Walk, id: string, from: Position, before: Packets): Outcome[] {
  const component = { type: "vpc-peering-connection", id };
  const packets = hop(before, component);
  const { vpcPeeringConnections, vpcs } = walk.index.topology;
  if (!isKnown(vpcPeeringConnections)) return lose(packets, component, vpcPeeringConnections.reason);
  const peering = vpcPeeringConnections.get(id);
  if (!peering) return lose(packets, component, `${id}, which is not in the topology`);
  const { state, sides } = peering;
  if (!isKnown(state)) return lose(packets, component, state.reason);
  if (state !== "active") {
    const bad = { code: "BAD_STATE", component, message: `${id} is ${state}.` };
    return drop(packets, state === "pending-acceptance" ? { ...bad, fix: acceptance(id, peering) } : bad);
  }
  const here = sides.find(({ vpcId }) => vpcId === from.vpcId);
  const there = sides.find(({ vpcId }) => vpcId !== from.vpcId);
  if (!here || !there)
    return drop(packets, { code: "DISCONNECTED_VPCS", component, message: `${id} is not of ${from.vpcId}.` });
  if (isKnown(vpcs) && !vpcs.has(there.vpcId))
    return lose(packets, component, `the peer ${there.vpcId}, which is not in the topology`);
  const groupsAreTold = here.region === there.region ? packets.groupsAreTold : false;
  return within(walk, here, "source", { ...packets, groupsAreTold })
    .flatMap((part) => ("header" in part ? within(walk, there, "destination", part) : [part]))
    .flatMap((part) => ("header" in part ? walk.steps.deliver(walk, there.vpcId, undefined, part) : [part]));
}

/** Who may accept it: the account that asks, where both VPCs are its own and of one Region (VPC peering guide, Create). */
function acceptance(id: string, { sides: [one, other] }: VpcPeeringConnection): string {
  const accepter = "VpcPeeringConnectionAccepter with autoAccept";
  return one.region === other.region
    ? `Accept ${id}: set its autoAccept to true, or, where the other VPC is another account's, make a ${accepter} there.`
    : `Accept ${id}: make a ${accepter} in the Region of ${other.vpcId}.`;
}

/** The packets whose address is one of the VPC's, and what becomes of the others. */
function within(
  walk: Walk,
  { vpcId, cidrBlocks }: PeeringSide,
  field: "source" | "destination",
  packets: Packets,
): (Packets | Outcome)[] {
  const component = packets.trail?.hop.component ?? { type: "vpc", id: vpcId };
  const vpc = walk.index.vpc(vpcId);
  const cidrs = isKnown(cidrBlocks) || !isKnown(vpc) ? cidrBlocks : vpc.cidrBlocks;
  if (!isKnown(cidrs)) return [unknown(packets, component, cidrs.reason)];
  const term = packets.header[field];
  return splitBy(packets.set, term, cidrs).flatMap(({ set, value }): (Packets | Outcome)[] => {
    const part = { ...packets, set };
    if (value === "yes") return [part];
    if (value === "maybe") return lose(part, component, `whether an address is one of ${vpcId}`);
    const direction = field === "source" ? "from" : "to";
    return drop(part, {
      code: "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
      component,
      message: `${component.id} carries packets between the addresses of its two VPCs only, not ${direction} ${walk.text(part, term)}.`,
    });
  });
}
