import { throughBlockPublicAccess } from "./block-public-access.ts";
import { privateDestination, strangeSource } from "./internet-gateway.ts";
import { isKnown, Unknown } from "./known.ts";
import { drop, hop, lose, type Outcome, type Packets } from "./path.ts";
import type { Position, Walk } from "./walk.ts";

/**
 * IPv6, outbound and stateful: what it lets out may be answered, and nothing else comes in (VPC user guide, Egress-only
 * internet gateways).
 */
export function egressOnlyInternetGateway(walk: Walk, id: string, from: Position, before: Packets): Outcome[] {
  const component = { type: "egress-only-internet-gateway", id };
  const { vpcId, subnetId } = from;
  const { egressOnlyInternetGateways } = walk.index.topology;
  const packets = hop(before, component);
  if (!isKnown(egressOnlyInternetGateways)) return lose(packets, component, egressOnlyInternetGateways.reason);
  const gateway = egressOnlyInternetGateways.get(id);
  if (!gateway) return lose(packets, component, `${id}, which is not in the topology`);
  if (!isKnown(gateway.vpcIds)) return lose(packets, component, gateway.vpcIds.reason);
  if (!gateway.vpcIds.includes(vpcId)) {
    const message = `${id} is not attached to ${vpcId}.`;
    return drop(packets, { code: "BAD_STATE_ATTACHMENT", component, message });
  }
  if (walk.errand.family === 4)
    return drop(packets, { code: "PROTOCOL_RESTRICTION", component, message: `${id} carries IPv6 only.` });
  if (packets.isReply) {
    return drop(packets, {
      code: "asymmetric-return",
      component,
      message: `The reply is routed to ${id}, which has not let the request out: it came in another way.`,
    });
  }
  const refusal = privateDestination(walk, component, packets) ?? strangeSource(walk, component, vpcId, packets);
  if (refusal instanceof Unknown) return lose(packets, component, refusal.reason);
  if (refusal) return drop(packets, refusal);
  const passed = throughBlockPublicAccess(walk, vpcId, subnetId === undefined ? [] : [subnetId], "egress", packets);
  return walk.steps.internet(walk, { ...passed, groupsAreTold: false, egressOnly: id });
}
