import { judgeEndpointPolicy, type PolicyContext } from "./endpoint-policy.ts";
import { type Component, type Explanation, silent, withChange } from "./explanation.ts";
import { isKnown, Unknown } from "./known.ts";
import type { View } from "./network-interface.ts";
import { drop, hop, lose, type Outcome, type Packets, reply, unknown } from "./path.ts";
import { isOfAws } from "./service-name.ts";
import type { VpcEndpoint } from "./topology.ts";
import type { Position, PublicService, Walk } from "./walk.ts";

/**
 * A gateway endpoint takes TCP and echo for the addresses of its service, and answers into the same VPC (PrivateLink guide,
 * Gateway endpoints; Reachability Analyzer, VPCE_GATEWAY_PROTOCOL_RESTRICTION).
 */
export function gatewayEndpoint(walk: Walk, id: string, from: Position, before: Packets): Outcome[] {
  const component = { type: "vpc-endpoint", id };
  const packets = hop(before, component);
  const { vpcEndpoints } = walk.index.topology;
  if (!isKnown(vpcEndpoints)) return lose(packets, component, vpcEndpoints.reason);
  const endpoint = vpcEndpoints.get(id);
  if (!endpoint) return lose(packets, component, `VPC endpoint ${id}, which is not in the topology`);
  const { type, state, vpcId } = endpoint;
  if (!isKnown(type)) return lose(packets, component, type.reason);
  if (type !== "Gateway") return lose(packets, component, "Gateway Load Balancer endpoints are not modelled");
  if (packets.isReply) return drop(packets, silent(component, "takes no replies"));
  if (!isKnown(state)) return lose(packets, component, state.reason);
  if (state !== "available") return drop(packets, { code: "BAD_STATE", component, message: `${id} is ${state}.` });
  if (vpcId !== from.vpcId) return lose(packets, component, `${id} is of another VPC, ${vpcId}`);
  const { source, errand } = walk;
  if (walk.isFromSource(packets) && source && source.vpcId !== vpcId) {
    const message = `${id} serves only what is in its own VPC, ${vpcId}, not what comes through it.`;
    return drop(packets, { code: "endpoint-of-another-vpc", component, message });
  }
  if (errand.protocol === "udp") {
    const message = `${id} takes TCP and ICMP echo only.`;
    return drop(packets, { code: "VPCE_GATEWAY_PROTOCOL_RESTRICTION", component, message });
  }
  const passed = underPolicy(walk, endpoint, packets);
  const { destination } = errand;
  const answered = destination.type === "public-service" ? answeredPort(walk, passed, component) : passed;
  return walk.steps.deliver(walk, vpcId, undefined, hop(reply({ ...answered, groupsAreTold: false }), component));
}

/** An interface of an endpoint for an AWS service answers HTTPS and nothing else; what others' services answer nobody knows. */
export function answerOfEndpoint(walk: Walk, view: View, packets: Packets): Packets | Explanation {
  const { component, endpointId } = view;
  const { protocol, set } = walk.errand;
  const { from, to } = set.destinationPort;
  const isHttps = protocol === "tcp" && from === 443 && to === 443;
  if (protocol === "icmp") return silent(component, "is an interface endpoint's, which answers no echo");
  const endpoint = endpointId === undefined ? walk.index.endpointOf(component.id) : walk.index.endpoint(endpointId);
  if (!isKnown(endpoint)) return unknown(packets, component, endpoint.reason);
  const { state, id, serviceName } = endpoint;
  if (!isOfAws(serviceName)) return unknown(packets, component, `what ${serviceName || "its resource"} answers`);
  if (!isHttps) return silent(component, "is an interface endpoint's, which answers TCP port 443 alone");
  if (!isKnown(state)) return unknown(packets, component, state.reason);
  if (state !== "available")
    return { code: "BAD_STATE", component: { type: "vpc-endpoint", id }, message: `${id} is ${state}.` };
  return underPolicy(walk, endpoint, packets);
}

/** An AWS service where its public addresses are. */
export function answerOfService(walk: Walk, service: PublicService, before: Packets): Packets | Explanation {
  const component = { type: "service", id: service.name };
  const packets = hop(before, component);
  const { through } = service;
  if (through === undefined) return answeredPort(walk, packets, component);
  return {
    code: "endpoint-not-used",
    component: { type: "vpc-endpoint", id: through },
    message: `The packets go to ${service.name} on the internet, not through ${through}: no route leads to it.`,
  };
}

/** All services answer HTTPS; on what other ports one answers is not known. */
function answeredPort(walk: Walk, packets: Packets, component: Component): Packets {
  const { protocol, set } = walk.errand;
  if (protocol === "tcp" && set.destinationPort.from === 443 && set.destinationPort.to === 443) return packets;
  return unknown(packets, component, "what it answers other than TCP port 443");
}

/** What the flow's requests meet in the policy of an endpoint. */
function underPolicy(walk: Walk, endpoint: VpcEndpoint, before: Packets): Packets {
  let packets = before;
  const { policyDocument, id } = endpoint;
  const component = { type: "vpc-endpoint", id };
  for (const request of walk.errand.requests) {
    if (policyDocument instanceof Unknown) return unknown(packets, component, policyDocument.reason);
    const { answer, reason } = judgeEndpointPolicy(policyDocument, request, contextOf(walk, endpoint));
    packets = walk.judged(packets, answer, reason, () =>
      withChange(
        { code: "endpoint-policy", component, message: `${id} does not let the request through: ${reason}.` },
        { type: "allow-in-endpoint-policy", id, request },
      ),
    );
  }
  return packets;
}

/** What is true of every request through an endpoint, whoever makes it (IAM guide, Global condition keys). */
function contextOf({ index, errand }: Walk, { id, vpcId }: VpcEndpoint): PolicyContext {
  const vpc = index.vpc(vpcId);
  const isHttps = errand.set.destinationPort.from === 443;
  return {
    "aws:SourceVpce": id,
    "aws:SourceVpc": vpcId,
    "aws:RequestedRegion": isKnown(vpc) && vpc.region !== "" ? vpc.region : undefined,
    "aws:SecureTransport": isHttps ? "true" : undefined,
  };
}
