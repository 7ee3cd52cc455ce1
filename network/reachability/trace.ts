import { addressText, type Interval, isPrivate, type Scalar } from "./address.ts";
import { judgeEndpointPolicy } from "./endpoint-policy.ts";
import type { Component, Explanation } from "./explanation.ts";
import { ephemeralPorts, type Flow, natPorts, type Place } from "./flow.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { judgeNetworkAcl } from "./network-acl.ts";
import {
  type Answer,
  divide,
  type Header,
  type PacketKind,
  type PacketSet,
  type Part,
  type Term,
} from "./packet-set.ts";
import { type RouteChoice, routeText, selectRoute } from "./route-table.ts";
import { judgeSecurityGroups } from "./security-group.ts";
import type { NatGateway, NetworkInterface, RouteTable, TransitGatewayAttachment, VpcEndpoint } from "./topology.ts";
import type { TopologyIndex } from "./topology-index.ts";
import { transitGatewayRoute } from "./transit-gateway.ts";

/** A component on a path and what it decided. */
export interface Hop {
  readonly component: Component;
  readonly decision?: string;
}

/** What happens to a part of a flow's packets. */
export interface Outcome {
  readonly set: PacketSet;
  readonly result: "reachable" | "not-reachable" | "unknown";
  readonly blockers: readonly Explanation[];
  readonly unknowns: readonly Explanation[];
  readonly forwardPath: readonly Hop[];
  readonly returnPath: readonly Hop[];
}

interface NatSession {
  readonly gateway: NatGateway;
  readonly address: number;
  readonly source: Term;
  readonly sourcePort: Term;
  readonly destination: Term;
}

interface State {
  readonly isReply: boolean;
  readonly set: PacketSet;
  readonly header: Header;
  readonly hops: readonly Hop[];
  readonly forwardPath: readonly Hop[];
  readonly blockers: readonly Explanation[];
  readonly unknowns: readonly Explanation[];
  readonly sessions: readonly NatSession[];
  /** The egress-only internet gateway that the request went out by, and its replies come back by. */
  readonly egressOnly: string | undefined;
  /** Whether groups of the source are told to rules at the destination. */
  readonly groupsAreTold: Known<boolean>;
}

const longestPath = 60;

/** Every part of the flow's packets, and what happens to it and to its replies. */
export function trace(index: TopologyIndex, flow: Flow): Outcome[] {
  return new Tracer(index, flow).start();
}

/** An interface, of the topology or of the flow, as packets find it. */
interface View {
  readonly component: Component;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly type: NetworkInterface["type"];
  readonly securityGroupIds: Known<readonly string[]>;
  readonly isInUse: Known<boolean>;
}

class Tracer {
  readonly #index: TopologyIndex;
  readonly #flow: Flow;
  readonly #source: View | undefined;
  readonly #destination: View | undefined;

  constructor(index: TopologyIndex, flow: Flow) {
    this.#index = index;
    this.#flow = flow;
    this.#source = this.#viewOf(flow.source);
    this.#destination = this.#viewOf(flow.destination);
  }

  start(): Outcome[] {
    const { source, address, ports, sourcePorts = ephemeralPorts } = this.#flow;
    const one = (value: Scalar): Interval => ({ from: value, to: value });
    const none = one(0);
    const hasPorts = this.#flow.protocol !== "icmp";
    const state: State = {
      isReply: false,
      set: {
        source: source.type === "subnet" ? source.address : one(source.address),
        destination: one(address),
        sourcePort: hasPorts ? sourcePorts : none,
        destinationPort: ports ?? none,
        natPort: hasPorts ? natPorts : none,
      },
      header: {
        source: { dimension: "source" },
        destination: { dimension: "destination" },
        sourcePort: { dimension: "sourcePort" },
        destinationPort: { dimension: "destinationPort" },
      },
      hops: [],
      forwardPath: [],
      blockers: [],
      unknowns: [],
      sessions: [],
      egressOnly: undefined,
      groupsAreTold: true,
    };
    if (source.type === "internet")
      return this.#internet(hop(state, { type: "internet", id: addressText(source.address) }));
    const view = this.#source;
    if (!view) return this.#drop(state, noSource(addressText(address)));
    const parts = judgeSecurityGroups(this.#index.topology, view.securityGroupIds, true, {
      set: state.set,
      header: state.header,
      kind: this.#kind(state),
      peerGroups: this.#groupsAtDestination(view),
    });
    return parts.flatMap(({ set, value }) => {
      const next = hop({ ...state, set }, view.component, value.rule && "outbound rule");
      const judged = this.#judged(next, value.answer, value.reason, {
        code: "ENI_SG_RULES_MISMATCH",
        component: { type: "security-group", id: groupText(view.securityGroupIds) },
        message: `No outbound rule of ${groupText(view.securityGroupIds)} allows ${this.#what(next)}.`,
      });
      return this.#fromSubnet(view.vpcId, view.subnetId, judged);
    });
  }

  /** From something in a subnet: to its neighbours directly, else out through the network ACL and by the route table. */
  #fromSubnet(vpcId: string, subnetId: string, state: State, fromTransitGateway = false): Outcome[] {
    if (state.hops.length > longestPath) return this.#drop(state, loop(subnetId));
    const subnet = this.#index.subnet(subnetId);
    const cidrs = isKnown(subnet) ? subnet.cidrBlocks : subnet;
    if (!isKnown(cidrs)) return this.#lose(state, { type: "subnet", id: subnetId }, cidrs.reason);
    return this.#split(state, state.header.destination, cidrs).flatMap(({ set, value }) => {
      const next = { ...state, set };
      if (value === "yes") return this.#deliver(vpcId, next, fromTransitGateway ? undefined : subnetId);
      return this.#throughAcl(subnetId, true, next).flatMap((passed) =>
        this.#route(this.#index.tableOfSubnet(subnetId, vpcId), { vpcId, subnetId }, passed),
      );
    });
  }

  #route(table: Known<RouteTable>, from: { vpcId: string; subnetId: string | undefined }, state: State): Outcome[] {
    if (!isKnown(table)) return this.#lose(state, { type: "vpc", id: from.vpcId }, table.reason);
    const component = { type: "route-table", id: table.id };
    const { topology } = this.#index;
    return selectRoute(topology, table, state.set, state.header.destination, this.#kind(state)).flatMap(
      ({ set, value: { candidates, mayBeNone, reason } }) => {
        const next = { ...state, set };
        const ways = candidates.map(
          (choice) => () => this.#follow(choice, from, hop(next, component, routeText(choice.route))),
        );
        if (mayBeNone) {
          const none: Explanation = {
            code: "NO_ROUTE_TO_DESTINATION",
            component,
            message: `Route table ${table.id} has no route for ${this.#what(next)}.`,
          };
          ways.push(() => this.#drop(hop(next, component), none));
        }
        if (candidates.length === 0 && reason !== undefined) return this.#lose(next, component, reason);
        return this.#oneOf(next, ways, component, reason ?? "");
      },
    );
  }

  #follow({ route }: RouteChoice, from: { vpcId: string; subnetId: string | undefined }, before: State): Outcome[] {
    let state = before;
    const { target } = route;
    const table = state.hops.at(-1)?.component as Component;
    if (!isKnown(target)) return this.#lose(state, table, target.reason);
    if (!isKnown(route.state)) state = unknown(state, table, route.state.reason);
    else if (route.state === "blackhole") {
      return this.#drop(state, {
        code: "BAD_STATE_ROUTE",
        component: table,
        message: `The route ${routeText(route)} of ${table.id} is a blackhole: its target is gone.`,
      });
    }
    switch (target.type) {
      case "local":
        return this.#deliver(from.vpcId, state, from.subnetId);
      case "internet-gateway":
        return this.#internetGateway(target.id, from.vpcId, state);
      case "nat-gateway":
        return this.#natGateway(target.id, from, state);
      case "vpc-endpoint":
        return this.#gatewayEndpoint(target.id, from.vpcId, state);
      case "vpc-peering-connection":
        return this.#peering(target.id, from.vpcId, state);
      case "transit-gateway":
        return this.#transitGateway(target.id, from, state);
      case "egress-only-internet-gateway":
        return this.#egressOnlyGateway(target.id, from.vpcId, state);
      case "network-interface":
        return this.#lose(
          state,
          { type: target.type, id: target.id },
          "what an appliance does with packets is not modelled",
        );
      case "unsupported":
        return this.#lose(state, { type: target.name, id: target.id }, `${target.name} is not modelled`);
    }
  }

  /** To the interface of the VPC that has the destination's address; through the network ACL of its subnet, unless from there. */
  #deliver(vpcId: string, state: State, fromSubnetId: string | undefined): Outcome[] {
    const found = this.#viewAt(vpcId, state);
    if (!isKnown(found)) return this.#lose(state, { type: "vpc", id: vpcId }, found.reason);
    if (!found) {
      return this.#drop(state, {
        code: "NO_POSSIBLE_DESTINATION",
        component: { type: "vpc", id: vpcId },
        message: `No network interface of ${vpcId} has the address ${this.#text(state, state.header.destination)}.`,
      });
    }
    const states = found.subnetId === fromSubnetId ? [state] : this.#throughAcl(found.subnetId, false, state);
    return states.flatMap((passed) => this.#arrive(found, passed));
  }

  #arrive(view: View, before: State): Outcome[] {
    const there = hop(before, view.component);
    const state = isKnown(view.isInUse) ? there : unknown(there, view.component, view.isInUse.reason);
    if (view.type === "nat_gateway") return this.#backThroughNat(view, state);
    if (state.isReply) return this.#replyArrives(view, state);
    if (view.type === "transit_gateway" || view.type === "gateway_load_balancer_endpoint") {
      return this.#drop(state, silent(view.component, "answers no packets that are sent to it"));
    }
    if (view.type === "other") return this.#lose(state, view.component, "what such an interface does is not modelled");
    if (view.isInUse === false) return this.#drop(state, silent(view.component, "is attached to nothing"));
    const parts = judgeSecurityGroups(this.#index.topology, view.securityGroupIds, false, {
      set: state.set,
      header: state.header,
      kind: this.#kind(state),
      peerGroups: this.#groupsOfSource(state),
    });
    return parts.flatMap(({ set, value }) => {
      const judged = this.#judged({ ...state, set }, value.answer, value.reason, {
        code: "ENI_SG_RULES_MISMATCH",
        component: { type: "security-group", id: groupText(view.securityGroupIds) },
        message: `No inbound rule of ${groupText(view.securityGroupIds)} allows ${this.#what({ ...state, set })}.`,
      });
      return this.#answer(view, judged);
    });
  }

  /** What has arrived is answered by whatever listens there. */
  #answer(view: View, state: State): Outcome[] {
    let arrived = state;
    if (view.type === "vpc_endpoint") {
      const silence = this.#interfaceEndpoint(state);
      if (silence) return this.#drop(state, silence);
      const endpoint = this.#index.endpointOf(view.component.id);
      arrived =
        endpoint instanceof Unknown
          ? unknown(state, view.component, endpoint.reason)
          : this.#underPolicy(endpoint, state);
    }
    return this.#fromSubnet(view.vpcId, view.subnetId, hop(reply(arrived), view.component));
  }

  /** What the flow's requests meet in the policy of an endpoint. */
  #underPolicy(endpoint: VpcEndpoint | undefined, before: State): State {
    let state = before;
    const component = { type: "vpc-endpoint", id: endpoint?.id ?? "" };
    for (const request of this.#flow.requests ?? []) {
      if (!endpoint) return unknown(state, component, "which endpoint the interface belongs to");
      const { policyDocument } = endpoint;
      if (policyDocument instanceof Unknown) return unknown(state, component, policyDocument.reason);
      const { answer, reason } = judgeEndpointPolicy(policyDocument, request);
      state = this.#judged(state, answer, reason, {
        code: "endpoint-policy",
        component,
        message: `${endpoint.id} does not let the request through: ${reason}.`,
      });
    }
    return state;
  }

  /** An interface endpoint of an AWS service answers HTTPS and nothing else. */
  #interfaceEndpoint(state: State): Explanation | undefined {
    const { protocol, ports } = this.#flow;
    const component = state.hops.at(-1)?.component as Component;
    const isHttps = protocol === "tcp" && ports?.from === 443 && ports.to === 443;
    return isHttps ? undefined : silent(component, "is an interface endpoint, which answers TCP port 443 alone");
  }

  #replyArrives(view: View, state: State): Outcome[] {
    const isSource = this.#source !== undefined && view.component.id === this.#source.component.id;
    if (!isSource) return this.#drop(state, elsewhere(view.component));
    return this.#replyEnds(state);
  }

  /** The source takes only a reply that comes from where it sent its request, to where it sent it from. */
  #replyEnds(state: State): Outcome[] {
    const { header, set } = state;
    const same =
      sameTerm(set, header.source, { dimension: "destination" }) &&
      sameTerm(set, header.sourcePort, { dimension: "destinationPort" }) &&
      sameTerm(set, header.destination, { dimension: "source" }) &&
      sameTerm(set, header.destinationPort, { dimension: "sourcePort" });
    if (!same) return this.#drop(state, elsewhere(state.hops.at(-1)?.component as Component));
    const result = state.blockers.length > 0 ? "not-reachable" : state.unknowns.length > 0 ? "unknown" : "reachable";
    return [this.#outcome(state, result)];
  }

  #internetGateway(id: string, vpcId: string, before: State): Outcome[] {
    const component = { type: "internet-gateway", id };
    const state = hop(before, component);
    const attached = this.#attachedGateway(vpcId);
    if (!isKnown(attached)) return this.#lose(state, component, attached.reason);
    if (attached !== id) {
      return this.#drop(state, {
        code: "BAD_STATE_ATTACHMENT",
        component,
        message: `${id} is not attached to ${vpcId}.`,
      });
    }
    const destination = value(state.set, state.header.destination);
    if (destination !== undefined && isPrivate(destination)) {
      return this.#drop(state, {
        code: "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        component,
        message: `${id} does not carry packets for the private address ${addressText(destination)}.`,
      });
    }
    if (this.#flow.family === 6) return this.#internet({ ...state, groupsAreTold: false });
    const translated = this.#publicSource(vpcId, state);
    if (!isKnown(translated)) return this.#lose(state, component, translated.reason);
    if (translated === undefined) {
      return this.#drop(state, {
        code: "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        component,
        message: `${this.#text(state, state.header.source)} has no public IPv4 address: ${id} drops what it sends.`,
        fix: "Give it a public or elastic address, or route it through a NAT gateway.",
      });
    }
    return this.#internet({ ...state, groupsAreTold: false, header: { ...state.header, source: translated } });
  }

  /** The public address of what sends. */
  #publicSource(vpcId: string, state: State): Known<Term | undefined> {
    const { source } = this.#flow;
    const { source: term } = state.header;
    const isFlowSource = !state.isReply && "dimension" in term && term.dimension === "source";
    if (isFlowSource && source.type === "subnet") {
      if (source.hasPublicAddress === undefined) return new Unknown("whether it has a public address");
      return source.hasPublicAddress ? { anyPublic: "its public address is given when it starts" } : undefined;
    }
    const address = value(state.set, term);
    if (address === undefined) return new Unknown("its address");
    const found = this.#index.interfaceAt(vpcId, address);
    if (!isKnown(found)) return found;
    const own = found && isKnown(found.addresses) ? found.addresses.find((one) => one.value === address) : undefined;
    if (own && !isKnown(own.publicAddress)) return own.publicAddress;
    const publicAddress = own?.publicAddress ?? this.#natAddress(vpcId, address);
    return publicAddress === undefined ? undefined : { constant: publicAddress as Scalar };
  }

  #natAddress(vpcId: string, address: Scalar): number | undefined {
    const { natGateways } = this.#index.topology;
    for (const gateway of isKnown(natGateways) ? natGateways.values() : []) {
      if (gateway.vpcId !== vpcId || !isKnown(gateway.addresses)) continue;
      const found = gateway.addresses.find(({ privateAddress }) => privateAddress === address);
      if (found) return found.publicAddress;
    }
    return undefined;
  }

  /** Packets on the internet: to whom the address belongs. */
  #internet(state: State): Outcome[] {
    const { blockPublicAccess } = this.#index.topology;
    if (!isKnown(blockPublicAccess) || blockPublicAccess.some(({ mode }) => mode !== "off")) {
      const reason = isKnown(blockPublicAccess)
        ? "VPC Block Public Access is on, which is not modelled"
        : blockPublicAccess.reason;
      return this.#lose(state, { type: "vpc-block-public-access", id: "account" }, reason);
    }
    const { destination: term } = state.header;
    if ("anyPublic" in term) return this.#enterByGateway(this.#source?.vpcId ?? "", { dimension: "source" }, state);
    const address = value(state.set, term) as Scalar;
    const owner = this.#index.publicOwner(address);
    if (owner) return this.#enterByGateway(owner.vpcId, { constant: owner.privateAddress }, state);
    const at = hop(state, { type: "internet", id: addressText(address) });
    const { source, destination } = this.#flow;
    if (state.isReply) {
      if (source.type !== "internet" || source.address !== address)
        return this.#drop(at, elsewhere({ type: "internet", id: addressText(address) }));
      return this.#replyEnds(at);
    }
    if (destination.type !== "internet") {
      return this.#drop(at, {
        code: "NO_POSSIBLE_DESTINATION",
        component: { type: "internet", id: addressText(address) },
        message: `${addressText(address)} belongs to nothing that would answer.`,
      });
    }
    return this.#internet(reply(at));
  }

  #enterByGateway(vpcId: string, privateTerm: Term, state: State): Outcome[] {
    const attached = this.#attachedGateway(vpcId);
    const component = { type: "vpc", id: vpcId };
    if (state.isReply && state.egressOnly !== undefined) {
      return this.#deliver(
        vpcId,
        hop(state, { type: "egress-only-internet-gateway", id: state.egressOnly }),
        undefined,
      );
    }
    if (!isKnown(attached)) return this.#lose(state, component, attached.reason);
    if (attached === undefined) {
      return this.#drop(state, { code: "DISCONNECTED_VPCS", component, message: `${vpcId} has no internet gateway.` });
    }
    const gateway = { type: "internet-gateway", id: attached };
    const entered = hop(
      { ...state, groupsAreTold: false, header: { ...state.header, destination: privateTerm } },
      gateway,
    );
    const edge = this.#edgeTable(attached, vpcId);
    if (!isKnown(edge)) return this.#lose(entered, gateway, edge.reason);
    if (edge) return this.#route(edge, { vpcId, subnetId: undefined }, entered);
    return this.#deliver(vpcId, entered, undefined);
  }

  #edgeTable(gatewayId: string, vpcId: string): Known<RouteTable | undefined> {
    const { routeTables } = this.#index.topology;
    if (!isKnown(routeTables)) return routeTables;
    for (const table of routeTables.values()) {
      if (table.vpcId !== vpcId) continue;
      if (!isKnown(table.associations)) return table.associations;
      if (table.associations.some((association) => association.gatewayId === gatewayId)) return table;
    }
    return undefined;
  }

  #attachedGateway(vpcId: string): Known<string | undefined> {
    const { internetGateways } = this.#index.topology;
    if (!isKnown(internetGateways)) return internetGateways;
    for (const gateway of internetGateways.values()) {
      if (!isKnown(gateway.vpcIds)) return gateway.vpcIds;
      if (gateway.vpcIds.includes(vpcId)) return gateway.id;
    }
    return undefined;
  }

  /** IPv6, outbound and stateful: what it lets out may be answered, and nothing else comes in (VPC user guide). */
  #egressOnlyGateway(id: string, vpcId: string, before: State): Outcome[] {
    const component = { type: "egress-only-internet-gateway", id };
    const state = hop(before, component);
    const { egressOnlyInternetGateways } = this.#index.topology;
    const gateway = isKnown(egressOnlyInternetGateways) ? egressOnlyInternetGateways.get(id) : undefined;
    if (!gateway) {
      const missing = isKnown(egressOnlyInternetGateways)
        ? `${id} is not in the topology`
        : egressOnlyInternetGateways.reason;
      return this.#lose(state, component, missing);
    }
    if (!isKnown(gateway.vpcIds)) return this.#lose(state, component, gateway.vpcIds.reason);
    if (!gateway.vpcIds.includes(vpcId)) {
      return this.#drop(state, {
        code: "BAD_STATE_ATTACHMENT",
        component,
        message: `${id} is not attached to ${vpcId}.`,
      });
    }
    if (this.#flow.family === 4) {
      return this.#drop(state, { code: "PROTOCOL_RESTRICTION", component, message: `${id} carries IPv6 only.` });
    }
    if (state.isReply) {
      return this.#drop(state, {
        code: "asymmetric-return",
        component,
        message: `The reply is routed to ${id}, which has not let the request out: it came in another way.`,
      });
    }
    return this.#internet({ ...state, groupsAreTold: false, egressOnly: id });
  }

  #natGateway(id: string, from: { vpcId: string; subnetId: string | undefined }, before: State): Outcome[] {
    const component = { type: "nat-gateway", id };
    const state = hop(before, component);
    const { natGateways } = this.#index.topology;
    const gateway = isKnown(natGateways) ? natGateways.get(id) : undefined;
    if (!gateway) {
      const reason = isKnown(natGateways) ? `NAT gateway ${id} is not in the topology` : natGateways.reason;
      return this.#lose(state, component, reason);
    }
    if (state.isReply) {
      return this.#drop(state, {
        code: "asymmetric-return",
        component,
        message: `The reply is routed to ${id}, which has no session for it: the request came in another way.`,
      });
    }
    if (!isKnown(gateway.state)) return this.#lose(state, component, gateway.state.reason);
    if (gateway.state !== "available") {
      return this.#drop(state, { code: "BAD_STATE", component, message: `${id} is ${gateway.state}.` });
    }
    if (gateway.vpcId !== from.vpcId) {
      return this.#drop(state, {
        code: "NGW_REQUIRES_SOURCE_IN_VPC",
        component,
        message: `${id} serves only its own VPC.`,
      });
    }
    if (this.#flow.family === 6) return this.#lose(state, component, "NAT64 is not modelled");
    if (state.sessions.some((session) => session.gateway.id === id)) return this.#drop(state, loop(id));
    if (!isKnown(gateway.addresses)) return this.#lose(state, component, gateway.addresses.reason);
    const address = gateway.addresses[0];
    if (!address) return this.#lose(state, component, `${id} has no address`);
    const { subnetId } = gateway;
    if (!isKnown(subnetId)) return this.#lose(state, component, subnetId.reason);
    const states = from.subnetId === subnetId ? [state] : this.#throughAcl(subnetId, false, state);
    return states.flatMap((passed) => {
      const { header } = passed;
      const session: NatSession = {
        gateway,
        address: address.privateAddress,
        source: header.source,
        sourcePort: header.sourcePort,
        destination: header.destination,
      };
      const sourcePort: Term = this.#flow.protocol === "icmp" ? header.sourcePort : { dimension: "natPort" };
      const translated: State = {
        ...passed,
        groupsAreTold: false,
        sessions: [...passed.sessions, session],
        header: { ...header, source: { constant: address.privateAddress }, sourcePort },
      };
      return this.#fromSubnet(gateway.vpcId, subnetId, translated);
    });
  }

  #backThroughNat(view: View, state: State): Outcome[] {
    const { header, set } = state;
    const session = state.isReply
      ? state.sessions.find(
          (one) =>
            sameTerm(set, header.destination, { constant: one.address }) &&
            sameTerm(set, header.source, one.destination),
        )
      : undefined;
    if (!session) {
      return this.#drop(
        state,
        silent(view.component, "is a NAT gateway's, which drops what no session of its own asked for"),
      );
    }
    const back: State = {
      ...state,
      sessions: state.sessions.filter((one) => one !== session),
      header: { ...header, destination: session.source, destinationPort: session.sourcePort },
    };
    return this.#fromSubnet(view.vpcId, view.subnetId, back);
  }

  /** A gateway endpoint takes TCP and echo for its service, and answers into the same VPC. */
  #gatewayEndpoint(id: string, vpcId: string, before: State): Outcome[] {
    const component = { type: "vpc-endpoint", id };
    const state = hop(before, component);
    const { vpcEndpoints } = this.#index.topology;
    const endpoint = isKnown(vpcEndpoints) ? vpcEndpoints.get(id) : undefined;
    if (!endpoint) {
      const reason = isKnown(vpcEndpoints) ? `VPC endpoint ${id} is not in the topology` : vpcEndpoints.reason;
      return this.#lose(state, component, reason);
    }
    if (!isKnown(endpoint.type)) return this.#lose(state, component, endpoint.type.reason);
    if (endpoint.type !== "Gateway")
      return this.#lose(state, component, "Gateway Load Balancer endpoints are not modelled");
    if (state.isReply) return this.#drop(state, silent(component, "takes no replies"));
    if (this.#flow.protocol === "udp") {
      return this.#drop(state, {
        code: "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
        component,
        message: `${id} is a gateway endpoint, which takes TCP and echo only.`,
      });
    }
    if (this.#flow.destination.type !== "internet")
      return this.#drop(state, silent(component, "is for its service only"));
    return this.#deliver(vpcId, hop(reply(this.#underPolicy(endpoint, state)), component), undefined);
  }

  #peering(id: string, vpcId: string, before: State): Outcome[] {
    const component = { type: "vpc-peering-connection", id };
    const state = hop(before, component);
    const { vpcPeeringConnections, vpcs } = this.#index.topology;
    const peering = isKnown(vpcPeeringConnections) ? vpcPeeringConnections.get(id) : undefined;
    if (!peering) {
      const reason = isKnown(vpcPeeringConnections) ? `${id} is not in the topology` : vpcPeeringConnections.reason;
      return this.#lose(state, component, reason);
    }
    if (!isKnown(peering.state)) return this.#lose(state, component, peering.state.reason);
    if (peering.state !== "active") {
      return this.#drop(state, { code: "BAD_STATE", component, message: `${id} is ${peering.state}.` });
    }
    const here = peering.sides.find((side) => side.vpcId === vpcId);
    const there = peering.sides.find((side) => side.vpcId !== vpcId);
    if (!here || !there)
      return this.#drop(state, { code: "DISCONNECTED_VPCS", component, message: `${id} is not ${vpcId}'s.` });
    if (isKnown(vpcs) && !vpcs.has(there.vpcId)) {
      return this.#lose(state, component, `the peer ${there.vpcId} is not in the topology`);
    }
    const blocks = {
      source: this.#blocksOf(vpcId, here.cidrBlocks),
      destination: this.#blocksOf(there.vpcId, there.cidrBlocks),
    };
    let states: State[] = [state];
    for (const field of ["source", "destination"] as const) {
      const cidrs = blocks[field];
      states = states.flatMap((one) => {
        if (!isKnown(cidrs)) return [unknown(one, component, cidrs.reason)];
        return this.#split(one, one.header[field], cidrs).map(({ set, value: inside }) =>
          inside === "yes"
            ? { ...one, set }
            : block(
                { ...one, set },
                {
                  code: "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
                  component,
                  message: `${id} carries packets between the addresses of its two VPCs only, not ${field === "source" ? "from" : "to"} ${this.#text(one, one.header[field])}.`,
                },
              ),
        );
      });
    }
    const told = here.region === there.region ? state.groupsAreTold : false;
    return states.flatMap((one) =>
      one.blockers.length > state.blockers.length
        ? [this.#outcome(one, "not-reachable")]
        : this.#deliver(there.vpcId, { ...one, groupsAreTold: told }, undefined),
    );
  }

  #blocksOf(vpcId: string, fallback: Known<readonly Interval[]>): Known<readonly Interval[]> {
    const { vpcs } = this.#index.topology;
    const vpc = isKnown(vpcs) ? vpcs.get(vpcId) : undefined;
    return vpc ? vpc.cidrBlocks : fallback;
  }

  #transitGateway(id: string, from: { vpcId: string; subnetId: string | undefined }, before: State): Outcome[] {
    const component = { type: "transit-gateway", id };
    const attachments = this.#index.attachmentsOf(id);
    if (!isKnown(attachments)) return this.#lose(before, component, attachments.reason);
    const attachment = attachments.find(({ resource }) => resource.type === "vpc" && resource.vpcId === from.vpcId);
    if (!attachment) {
      return this.#drop(before, {
        code: "BAD_STATE_ATTACHMENT",
        component,
        message: `${from.vpcId} is not attached to ${id}.`,
      });
    }
    const zone = from.subnetId === undefined ? undefined : this.#zoneOf(from.subnetId);
    const subnetIds = attachment.subnetIds;
    if (!isKnown(subnetIds)) return this.#lose(before, component, subnetIds.reason);
    if (zone === undefined || !isKnown(zone))
      return this.#lose(before, component, "the zone that it comes from is not known");
    const entry = subnetIds.find((subnetId) => this.#zoneOf(subnetId) === zone);
    if (entry === undefined) {
      const unsure = subnetIds.map((subnetId) => this.#zoneOf(subnetId)).find((other) => !isKnown(other));
      if (unsure instanceof Unknown) return this.#lose(before, component, unsure.reason);
      return this.#drop(before, {
        code: "TGW_ROUTE_AZ_RESTRICTION",
        component,
        message: `The attachment ${attachment.id} has no subnet in ${zone}, where the packets come from.`,
        fix: `Add a subnet of ${zone} to ${attachment.id}.`,
      });
    }
    const states = entry === from.subnetId ? [before] : this.#throughAcl(entry, false, before);
    return states.flatMap((state) => this.#throughTransitGateway(attachment, zone, state));
  }

  #throughTransitGateway(by: TransitGatewayAttachment, zone: string, before: State): Outcome[] {
    const component = { type: "transit-gateway-attachment", id: by.id };
    const state = hop(before, component);
    if (state.hops.length > longestPath) return this.#drop(state, loop(by.id));
    if (!isKnown(by.state)) return this.#lose(state, component, by.state.reason);
    if (by.state !== "available")
      return this.#drop(state, { code: "BAD_STATE_ATTACHMENT", component, message: `${by.id} is ${by.state}.` });
    if (!isKnown(by.routeTableId)) return this.#lose(state, component, by.routeTableId.reason);
    if (by.routeTableId === undefined) {
      return this.#drop(state, {
        code: "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
        component,
        message: `${by.id} is associated with no route table of its transit gateway.`,
      });
    }
    const table = { type: "transit-gateway-route-table", id: by.routeTableId };
    const parts = transitGatewayRoute(
      this.#index.topology,
      by.routeTableId,
      state.set,
      state.header.destination,
      this.#kind(state),
    );
    return parts.flatMap(({ set, value: selected }) => {
      const next = hop({ ...state, set }, table);
      if (!isKnown(selected)) return this.#lose(next, table, selected.reason);
      if (selected.state === "none") {
        return this.#drop(next, {
          code: "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
          component: table,
          message: `${table.id} has no route for ${this.#what(next)}.`,
        });
      }
      if (selected.state === "blackhole") {
        return this.#drop(next, {
          code: "TGW_RTB_BAD_STATE_ROUTE",
          component: table,
          message: `The route of ${table.id} for ${this.#what(next)} is a blackhole.`,
        });
      }
      const ways = selected.attachmentIds.map((id) => () => this.#leaveTransitGateway(by, id, zone, next));
      return this.#oneOf(next, ways, table, "several attachments share the route");
    });
  }

  #leaveTransitGateway(by: TransitGatewayAttachment, id: string, zone: string, state: State): Outcome[] {
    const component = { type: "transit-gateway-attachment", id };
    const attachments = this.#index.attachmentsOf(by.transitGatewayId);
    const to = isKnown(attachments) ? attachments.find((one) => one.id === id) : undefined;
    if (!to) return this.#lose(state, component, `${id} is not in the topology`);
    const { resource } = to;
    if (resource.type === "unsupported")
      return this.#lose(state, component, `${resource.name} attachments are not modelled`);
    if (!isKnown(to.state)) return this.#lose(state, component, to.state.reason);
    if (to.state !== "available")
      return this.#drop(state, { code: "BAD_STATE_ATTACHMENT", component, message: `${id} is ${to.state}.` });
    if (resource.type === "peering") {
      const others = this.#index.attachmentsOf(resource.transitGatewayId);
      const other = isKnown(others) ? others.find((one) => one.id === id) : undefined;
      if (!other) return this.#lose(state, component, `the peer ${resource.transitGatewayId} is not in the topology`);
      return this.#throughTransitGateway(other, zone, { ...state, groupsAreTold: false });
    }
    if (!isKnown(to.subnetIds)) return this.#lose(state, component, to.subnetIds.reason);
    const told =
      isKnown(by.securityGroupReferencingSupport) && isKnown(to.securityGroupReferencingSupport)
        ? by.securityGroupReferencingSupport && to.securityGroupReferencingSupport && state.groupsAreTold
        : new Unknown(`whether ${id} tells security groups`);
    const sameZone = to.subnetIds.filter((subnetId) => this.#zoneOf(subnetId) === zone);
    const entries = sameZone.length > 0 ? sameZone : to.subnetIds;
    const ways = entries.map(
      (subnetId) => () =>
        this.#fromSubnet(resource.vpcId, subnetId, hop({ ...state, groupsAreTold: told }, component), true),
    );
    if (ways.length === 0)
      return this.#drop(state, { code: "BAD_STATE_ATTACHMENT", component, message: `${id} has no subnets.` });
    return this.#oneOf(state, ways, component, "it enters by one of several subnets");
  }

  #zoneOf(subnetId: string): Known<string> {
    const subnet = this.#index.subnet(subnetId);
    return isKnown(subnet) ? subnet.availabilityZone : subnet;
  }

  #throughAcl(subnetId: string, isEgress: boolean, state: State): State[] {
    const acl = this.#index.aclOfSubnet(subnetId);
    if (!isKnown(acl)) return [unknown(state, { type: "subnet", id: subnetId }, acl.reason)];
    const component = { type: "network-acl", id: acl.id };
    return judgeNetworkAcl(acl, isEgress, state.set, state.header, this.#kind(state)).map(({ set, value: judged }) => {
      const next = hop({ ...state, set }, component, judged.rule && `rule ${judged.rule.ruleNumber}`);
      return this.#judged(next, judged.answer, judged.reason, {
        code: "SUBNET_ACL_RESTRICTION",
        component,
        message: `${acl.id} of ${subnetId} denies ${isEgress ? "outbound" : "inbound"} ${this.#what(next)} (${judged.rule ? `rule ${judged.rule.ruleNumber}` : "no rule allows it"}).`,
      });
    });
  }

  #judged(state: State, answer: Answer, reason: string | undefined, blocker: Explanation): State {
    if (answer === "yes") return state;
    return answer === "no" ? block(state, blocker) : unknown(state, blocker.component, reason ?? "");
  }

  /** One of several ways is taken, and it is not known which: what holds for all of them holds. */
  #oneOf(state: State, ways: readonly (() => Outcome[])[], component: Component, reason: string): Outcome[] {
    const all = ways.map((way) => way());
    const [first = []] = all;
    if (all.length === 1) return first;
    const flat = all.flat();
    if (flat.every(({ result }) => result === "reachable") || flat.every(({ result }) => result === "not-reachable"))
      return first;
    return this.#lose(state, component, reason);
  }

  #split(state: State, term: Term, cidrs: readonly Interval[]): Part<"yes" | "no">[] {
    const inside: Part<"yes" | "no">[] = [];
    let outside: PacketSet[] = [state.set];
    for (const cidr of cidrs) {
      if ((typeof cidr.from === "number") !== (this.#flow.family === 4)) continue;
      outside = outside.flatMap((set) =>
        divide(set, term, cidr).flatMap((part) => {
          if (part.value !== "yes") return [part.set];
          inside.push({ set: part.set, value: "yes" });
          return [];
        }),
      );
    }
    return [...inside, ...outside.map((set): Part<"yes" | "no"> => ({ set, value: "no" }))];
  }

  #viewAt(vpcId: string, state: State): Known<View | undefined> {
    const { destination: term } = state.header;
    if ("dimension" in term && term.dimension === "source" && this.#source?.vpcId === vpcId) return this.#source;
    const address = value(state.set, term);
    if (address === undefined) return new Unknown("its address");
    if (!state.isReply && address === this.#flow.address && this.#destination?.vpcId === vpcId)
      return this.#destination;
    if (
      !state.isReply &&
      this.#flow.destination.type === "interface" &&
      this.#flow.destination.address === address &&
      this.#destination?.vpcId === vpcId
    )
      return this.#destination;
    const found = this.#index.interfaceAt(vpcId, address);
    if (!isKnown(found)) return found;
    if (found) return viewOf(found);
    return undefined;
  }

  #viewOf(place: Place): View | undefined {
    if (place.type === "subnet") {
      const component = { type: "subnet", id: place.id };
      return {
        component,
        vpcId: place.vpcId,
        subnetId: place.id,
        type: "interface",
        securityGroupIds: place.securityGroupIds,
        isInUse: true,
      };
    }
    if (place.type !== "interface") return undefined;
    const { networkInterfaces } = this.#index.topology;
    const found = isKnown(networkInterfaces) ? networkInterfaces.get(place.id) : undefined;
    return found && viewOf(found);
  }

  #groupsOfSource(state: State): Known<readonly string[]> {
    const { source: term } = state.header;
    if (!("dimension" in term) || !this.#source) return [];
    if (!isKnown(state.groupsAreTold)) return state.groupsAreTold;
    return state.groupsAreTold ? this.#source.securityGroupIds : [];
  }

  /** For outbound rules that refer to groups: those of the destination, where it is addressed by its private address. */
  #groupsAtDestination(source: View): Known<readonly string[]> {
    const { destination, address } = this.#flow;
    if (!this.#destination || destination.type === "internet") return [];
    if (destination.type === "interface" && destination.address !== address) return [];
    if (this.#destination.vpcId === source.vpcId) return this.#destination.securityGroupIds;
    return new Unknown("whether the groups of another VPC are told on this path");
  }

  #kind({ isReply }: State): PacketKind {
    const { family, protocol } = this.#flow;
    const numbers = { tcp: 6, udp: 17, icmp: family === 4 ? 1 : 58 };
    return { family, protocol: numbers[protocol], isReply };
  }

  #drop(state: State, explanation: Explanation): Outcome[] {
    return [this.#outcome(block(state, explanation), "not-reachable")];
  }

  /** The path goes on where nobody knows; what blocked it before holds all the same. */
  #lose(state: State, component: Component, reason: string): Outcome[] {
    const lost = unknown(state, component, reason);
    return [this.#outcome(lost, lost.blockers.length > 0 ? "not-reachable" : "unknown")];
  }

  #outcome(state: State, result: Outcome["result"]): Outcome {
    const { set, blockers, unknowns, isReply, hops, forwardPath } = state;
    return {
      set,
      result,
      blockers,
      unknowns,
      forwardPath: isReply ? forwardPath : hops,
      returnPath: isReply ? hops : [],
    };
  }

  #text({ set }: State, term: Term): string {
    if ("anyPublic" in term) return "a public address";
    const found = value(set, term);
    if (found !== undefined) return addressText(found);
    const { from, to } = set[(term as { dimension: "source" }).dimension];
    return `${addressText(from)}-${addressText(to)}`;
  }

  #what(state: State): string {
    const { header } = state;
    const ports = this.#flow.protocol === "icmp" ? "" : ` port ${this.#portText(state, header.destinationPort)}`;
    const name = state.isReply ? `the reply (${this.#flow.protocol}${ports})` : `${this.#flow.protocol}${ports}`;
    return `${name} from ${this.#text(state, header.source)} to ${this.#text(state, header.destination)}`;
  }

  #portText({ set }: State, term: Term): string {
    if ("anyPublic" in term) return "";
    if ("constant" in term) return String(term.constant);
    const { from, to } = set[term.dimension];
    return from === to ? String(from) : `${from}-${to}`;
  }
}

function viewOf(one: NetworkInterface): View {
  return {
    component: { type: "network-interface", id: one.id },
    vpcId: one.vpcId,
    subnetId: one.subnetId,
    type: one.type,
    securityGroupIds: one.securityGroupIds,
    isInUse: one.isInUse,
  };
}

function hop(state: State, component: Component, decision?: string): State {
  return { ...state, hops: [...state.hops, decision === undefined ? { component } : { component, decision }] };
}

function block(state: State, explanation: Explanation): State {
  return { ...state, blockers: [...state.blockers, explanation] };
}

function unknown(state: State, component: Component, reason: string): State {
  const explanation = { code: "unknown-value", component, message: `Not known: ${reason}.` };
  return { ...state, unknowns: [...state.unknowns, explanation] };
}

/** The answer to what has arrived: from where it went, to where it came from. */
function reply(state: State): State {
  const { source, destination, sourcePort, destinationPort } = state.header;
  return {
    ...state,
    isReply: true,
    header: { source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort },
    forwardPath: state.hops,
    hops: [],
  };
}

/** The one value of a field; undefined where the set has several. */
function value(set: PacketSet, term: Term): Scalar | undefined {
  if ("constant" in term) return term.constant;
  if ("anyPublic" in term) return undefined;
  const { from, to } = set[term.dimension];
  return from === to ? from : undefined;
}

function sameTerm(set: PacketSet, one: Term, other: Term): boolean {
  if ("dimension" in one && "dimension" in other && one.dimension === other.dimension) return true;
  const [left, right] = [value(set, one), value(set, other)];
  return left !== undefined && left === right;
}

function groupText(ids: Known<readonly string[]>): string {
  return isKnown(ids) ? ids.join(", ") || "no security group" : "the security groups";
}

const loop = (id: string): Explanation => ({
  code: "routing-loop",
  component: { type: "route", id },
  message: `The packets come back to ${id} for ever.`,
});

const silent = (component: Component, what: string): Explanation => ({
  code: "NO_POSSIBLE_DESTINATION",
  component,
  message: `${component.id} ${what}.`,
});

const elsewhere = (component: Component): Explanation => ({
  code: "asymmetric-return",
  component,
  message: `The reply does not come back as an answer to the request: it ends at ${component.id}.`,
});

const noSource = (address: string): Explanation => ({
  code: "NO_SOURCE_OR_DESTINATION",
  component: { type: "address", id: address },
  message: "The source is nothing that sends.",
});
