import fc from "fast-check";
import type { Interval, Scalar } from "../../../network/reachability/address.ts";
import { ephemeralPorts, type Flow, natPorts, type Place } from "../../../network/reachability/flow.ts";
import type { InterfaceAddress, NetworkInterface, Topology } from "../../../network/reachability/topology.ts";
import { type Facts, factsOf, known } from "./facts.ts";
import { address, internetHosts } from "./layout.ts";
import type { ConcretePacket, Protocol } from "./packet.ts";
import { destinationPorts, pick } from "./rules.ts";

/** What is asked of a topology, as choices. */
export const flowPlan = fc.record({
  isFromInternet: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  source: fc.noBias(fc.nat(59)),
  kind: fc.oneof(
    { weight: 7, arbitrary: fc.constant("private" as const) },
    { weight: 4, arbitrary: fc.constant("public" as const) },
    { weight: 6, arbitrary: fc.constant("host" as const) },
    { weight: 1, arbitrary: fc.constant("endpoint" as const) },
    { weight: 1, arbitrary: fc.constant("nowhere" as const) },
  ),
  destination: fc.noBias(fc.nat(59)),
  family: fc.constantFrom(4 as const, 4 as const, 6 as const),
  protocol: fc.constantFrom<Protocol[]>("tcp", "tcp", "udp", "icmp"),
  port: fc.noBias(fc.nat(59)),
});
export type FlowPlan = typeof flowPlan extends fc.Arbitrary<infer Value> ? Value : never;

interface End {
  readonly place: Place;
  /** As the source uses it. */
  readonly address: Scalar;
}

function endsOf(facts: Facts, family: 4 | 6, matches: (one: NetworkInterface) => boolean, isPublic: boolean): End[] {
  return facts.networkInterfaces.filter(matches).flatMap(({ id, addresses }) =>
    known(addresses)
      .filter((own) => own.family === family)
      .flatMap((own: InterfaceAddress): End[] => {
        const used = isPublic && family === 4 ? known(own.publicAddress) : own.value;
        return used === undefined ? [] : [{ place: { type: "interface", id, address: own.value }, address: used }];
      }),
  );
}

const isSame = ({ place }: End, other: Place & { readonly type: "interface" }) =>
  place.type === "interface" && place.address === other.address;

const nowhere = ["10.0.0.77", "10.1.1.77", "192.168.7.7", "fd00:0:0:1::77"].map(address);

const familyOf = (value: Scalar) => (typeof value === "bigint" ? 6 : 4);

/** A flow from one place to another, by an address that is always told. */
export type AskedFlow = Flow & { readonly destination: Place; readonly address: Scalar };

/** The flow that a plan asks of a topology; undefined where there is nothing to ask from or for. */
export function flowOf(topology: Topology, plan: FlowPlan): AskedFlow | undefined {
  const facts = factsOf(topology);
  const { family, protocol, kind, isFromInternet } = plan;
  const chosen = (list: readonly End[], index: number) => (list.length === 0 ? undefined : pick(list, index));
  const hosts = internetHosts
    .filter((value) => familyOf(value) === family)
    .map((value): End => ({ place: { type: "internet", address: value }, address: value }));
  const senders = endsOf(facts, family, ({ type, isInUse }) => type === "interface" && known(isInUse), false);
  // Two of three that ask for a host have no public address, where there are such: NAT gateways are for them.
  const isHidden = ({ place }: End) =>
    place.type === "interface" &&
    !endsOf(facts, 4, ({ id }) => id === place.id, true).some((end) => isSame(end, place));
  const hidden = kind === "host" && family === 4 && plan.port % 3 > 0 ? senders.filter(isHidden) : [];
  const source = chosen(isFromInternet ? hosts : hidden.length > 0 ? hidden : senders, plan.source);
  if (!source) return undefined;
  const sender = facts.networkInterfaces.find(({ id }) => source.place.type === "interface" && id === source.place.id);
  // What an instance sends to itself does not come to the network.
  const isOther = ({ id, instanceId }: NetworkInterface) =>
    !sender || (id !== sender.id && (instanceId === undefined || instanceId !== sender.instanceId));
  const used = isFromInternet && kind !== "endpoint" ? "public" : kind;
  const ends = {
    private: () => [
      ...endsOf(facts, family, (one) => isOther(one) && one.type === "interface", false),
      ...endsOf(facts, family, (one) => isOther(one) && pick([true, false], plan.port), false),
    ],
    public: () => endsOf(facts, family, (one) => isOther(one) && (one.type !== "nat_gateway" || plan.port > 40), true),
    endpoint: () => endsOf(facts, family, ({ type }) => type === "vpc_endpoint", false),
    host: () => hosts,
    nowhere: () =>
      nowhere
        .filter((value) => familyOf(value) === family)
        .map((value): End => ({ place: { type: "nowhere", address: value }, address: value })),
  };
  const destination = chosen(ends[used](), plan.destination);
  if (!destination) return undefined;
  // An internet host can use only what is on the internet.
  if (isFromInternet && used === "endpoint" && family === 4) return undefined;
  const port = pick(destinationPorts, used === "endpoint" ? 0 : plan.port);
  return {
    source: source.place,
    destination: destination.place,
    address: destination.address,
    family,
    protocol,
    ports: protocol === "icmp" ? undefined : { from: port, to: port },
  };
}

/** Values of each dimension, one for every cell that the rules of a topology cut it into. */
export interface Cuts {
  readonly source: readonly Scalar[];
  readonly destination: readonly Scalar[];
  readonly sourcePort: readonly number[];
  readonly natPort: readonly number[];
}

/** Where a flow asks for ranges of addresses, they are told; one address else. */
export interface AddressRanges {
  readonly source?: Interval;
  readonly destination?: Interval;
}

/**
 * Rules of a topology are constant between their own ends, so that the first value of a range, the first of every rule's
 * range and the first beyond it stand for all of the range's values.
 */
export function cuts(topology: Topology, flow: AskedFlow, ranges: AddressRanges = {}): Cuts {
  const facts = factsOf(topology);
  const ports = portCuts(facts);
  const hasPorts = flow.protocol !== "icmp";
  const { source } = flow;
  if (source.type === "subnet") throw new TypeError("the judge needs the interface that sends");
  const cells = addressCuts(facts);
  return {
    source: firstsOf(ranges.source ?? { from: source.address, to: source.address }, cells),
    destination: firstsOf(ranges.destination ?? { from: flow.address, to: flow.address }, cells),
    sourcePort: hasPorts ? firstsOf(flow.sourcePorts ?? ephemeralPorts, ports).map(Number) : [0],
    natPort: hasPorts ? firstsOf(natPorts, ports).map(Number) : [0],
  };
}

function firstsOf({ from, to }: Interval, cells: readonly Scalar[]): Scalar[] {
  const inside = cells.filter((value) => typeof value === typeof from && from < value && value <= to);
  return [from, ...new Set(inside)];
}

function portCuts({ networkAcls, securityGroups }: Facts): number[] {
  const ranges = [
    ...networkAcls.flatMap(({ entries }) => known(entries).map(({ portRange }) => known(portRange))),
    ...securityGroups.flatMap(({ rules }) => known(rules).map(({ portRange }) => known(portRange))),
  ];
  return ranges.flatMap((range) => (range ? [range.from, range.to + 1] : []));
}

function addressCuts(facts: Facts): Scalar[] {
  const destinations = [
    ...facts.routeTables.flatMap(({ routes }) => known(routes)),
    ...facts.transitGatewayRouteTables.flatMap(({ staticRoutes }) => known(staticRoutes)),
  ].map(({ destination }) => known(destination));
  const peers = facts.securityGroups.flatMap(({ rules }) => known(rules).map(({ peer }) => known(peer)));
  const cidrs = [
    ...[...destinations, ...peers].flatMap((one) => ("cidr" in one ? [one.cidr] : [])),
    ...facts.networkAcls.flatMap(({ entries }) => known(entries).map(({ cidr }) => known(cidr))),
    ...[...facts.vpcs, ...facts.subnets].flatMap(({ cidrBlocks }) => known(cidrBlocks)),
    ...facts.prefixLists.flatMap((list) => known(list.cidrs)),
    ...facts.vpcPeeringConnections.flatMap(({ sides }) => sides.flatMap(({ cidrBlocks }) => known(cidrBlocks))),
  ];
  return cidrs.flatMap(({ from, to }) => [from, typeof to === "bigint" ? to + 1n : to + 1]);
}

/** One packet of a flow. */
export function packetOf(flow: AskedFlow, sourcePort: number, natPort: number): ConcretePacket {
  const { source, destination, address: used, protocol, ports } = flow;
  if (source.type !== "interface" && source.type !== "internet") throw new TypeError("the judge needs who sends");
  return {
    source:
      source.type === "interface" ? { interfaceId: source.id, address: source.address } : { internet: source.address },
    destination: used,
    ...(destination.type === "interface" && { destinationInterfaceId: destination.id }),
    protocol,
    sourcePort,
    destinationPort: Number(ports?.from ?? 0),
    natPort,
  };
}
