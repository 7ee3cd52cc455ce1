import type { Interval, Scalar } from "./address.ts";
import { type Answer, type Resolution, resolveHost, resolveService } from "./dns.ts";
import type { Component } from "./explanation.ts";
import { ephemeralPorts, type Flow, natPorts, type Place } from "./flow.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import { missingEndpoint } from "./missing-endpoint.ts";
import type { PacketSet, Term } from "./packet-set.ts";
import { placeAt } from "./place-at.ts";
import { prefixListOf } from "./prefix-list.ts";
import type { VpcEndpoint } from "./topology.ts";
import type { TopologyIndex } from "./topology-index.ts";
import type { Errand, PublicService } from "./walk.ts";

/** What a flow comes down to: each errand of one of the ways, all of them. */
export interface Errands {
  /** Several where it is not known which is taken. */
  readonly ways: readonly (readonly Errand[])[];
  readonly reason?: string;
  /** What a change of name resolution would make of it. */
  readonly repaired?: Repaired;
}

export interface Repaired {
  readonly errands: readonly Errand[];
  /** With what the change adds. */
  readonly index: TopologyIndex;
  /** Whether it is better than any change of routing. */
  readonly isPreferred: boolean;
}

/** The errands of a flow: one for each interface or block of addresses that its destination stands for. */
export function errandsOf(index: TopologyIndex, flow: Flow): Known<Errands> {
  const { destination, source } = flow;
  if (destination.type === "endpoint") {
    const endpoint = index.endpoint(destination.id);
    if (!isKnown(endpoint)) return endpoint;
    if (endpoint.type !== "Interface") return oneWay(toGatewayEndpoint(index, flow, endpoint));
    return inPlaces(toEndpoint(index, flow, endpoint), endpoint.subnetsInDoubt);
  }
  if (destination.type === "host") return toHost(index, flow, destination);
  if (destination.type !== "service") return { ways: [[errand(flow, destination, addressesOf(flow, destination))]] };
  const vpcId = vpcOf(index, source);
  if (vpcId === undefined) return new Unknown(`what ${destination.name} is for a source outside of any VPC`);
  const resolution = resolveService(index, vpcId, destination.name);
  if (!isKnown(resolution)) return resolution;
  const { ways, reason } = resolution;
  const errands: (readonly Errand[])[] = [];
  let why = reason;
  for (const way of ways) {
    const own = toAnswers(index, flow, destination.name, way);
    if (!isKnown(own)) return own;
    const inDoubt = doubtOf(way);
    why ??= inDoubt;
    errands.push(...(inDoubt === undefined ? [own] : own.map((one) => [one])));
  }
  const repaired = repairedOf(index, flow, vpcId, destination.name, resolution);
  return { ways: errands, ...(why === undefined ? {} : { reason: why }), ...(repaired && { repaired }) };
}

function repairedOf(
  index: TopologyIndex,
  flow: Flow,
  vpcId: string,
  name: string,
  { ways, repaired, isMissing }: Resolution,
): Repaired | undefined {
  const [asked] = ways[0] ?? [];
  const made = isMissing && asked ? missingEndpoint(index, flow, vpcId, name, asked) : undefined;
  const after = made?.index ?? index;
  const answer = made?.answer ?? repaired;
  const errands = answer && toAnswer(after, flow, name, answer);
  return errands && isKnown(errands) ? { errands, index: after, isPreferred: made !== undefined } : undefined;
}

/** What holds for each interface that an endpoint may have holds for those that it has. */
function doubtOf(answers: readonly Answer[]): string | undefined {
  return answers
    .map(({ addresses }) => ("endpoint" in addresses ? addresses.endpoint.subnetsInDoubt : undefined))
    .find((inDoubt) => inDoubt !== undefined);
}

function toAnswers(index: TopologyIndex, flow: Flow, name: string, answers: readonly Answer[]): Known<Errand[]> {
  const all: Errand[] = [];
  for (const answer of answers) {
    const own = toAnswer(index, flow, name, answer);
    if (!isKnown(own)) return own;
    all.push(...own);
  }
  return all;
}

function toAnswer(index: TopologyIndex, flow: Flow, name: string, answer: Answer): Known<readonly Errand[]> {
  const { addresses, hop, blockers } = answer;
  const resolution = { hop, blockers };
  if ("endpoint" in addresses) {
    const errands = toEndpoint(index, flow, addresses.endpoint);
    return isKnown(errands) ? errands.map((one) => ({ ...one, resolution })) : errands;
  }
  const service: PublicService = { type: "public-service", name, through: undefined };
  if ("none" in addresses) {
    const nowhere = errand(flow, service, new Unknown(`which address ${name} has`));
    return [{ ...nowhere, resolution: { ...resolution, isVain: true } }];
  }
  if ("hosts" in addresses) {
    const errands = toHosts(index, flow, name, addresses.hosts);
    return isKnown(errands) ? errands.map((one) => ({ ...one, resolution })) : errands;
  }
  const { public: blocks, listName } = addresses;
  if (!isKnown(blocks)) return [{ ...errand(flow, service, blocks, listName), resolution }];
  const own = blocks.filter(({ from }) => (typeof from === "number") === (flow.family === 4));
  if (own.length === 0) return new Unknown(`the IPv${flow.family} addresses of ${name}`);
  return own.map((block) => ({ ...errand(flow, service, block), resolution }));
}

/** To each interface of an interface endpoint: where its name leads is chosen anew each time. */
function toEndpoint(index: TopologyIndex, flow: Flow, endpoint: VpcEndpoint): Known<readonly Errand[]> {
  const { networkInterfaceIds, subnetIds, securityGroupIds, id: endpointId, vpcId } = endpoint;
  const { networkInterfaces } = index.topology;
  if (isKnown(networkInterfaceIds) && isKnown(networkInterfaces) && networkInterfaceIds.length > 0) {
    const errands: Errand[] = [];
    for (const id of networkInterfaceIds) {
      const addresses = networkInterfaces.get(id)?.addresses ?? new Unknown(`${id} of ${endpointId}`);
      if (!isKnown(addresses)) return addresses;
      const own = addresses.find(({ family }) => family === flow.family);
      if (own) errands.push(errand(flow, { type: "interface", id, address: own.value }, only(own.value)));
    }
    return errands.length > 0 ? errands : new Unknown(`the IPv${flow.family} addresses of ${endpointId}`);
  }
  if (!isKnown(subnetIds)) return subnetIds;
  if (subnetIds.length === 0) return new Unknown(`the subnets of ${endpointId}`);
  const errands: Errand[] = [];
  for (const id of subnetIds) {
    const subnet = index.subnet(id);
    const cidrs = isKnown(subnet) ? subnet.cidrBlocks : subnet;
    if (!isKnown(cidrs)) return cidrs;
    const block = cidrs.find(({ family }) => family === flow.family);
    if (!block) return new Unknown(`the IPv${flow.family} block of ${id}`);
    const address = usable(block);
    const place = {
      type: "subnet",
      id,
      vpcId,
      address,
      securityGroupIds,
      hasPublicAddress: false,
      endpointId,
    } as const;
    errands.push(errand(flow, place, address));
  }
  return errands;
}

/** To each address that a name has: whoever in the topology has it. */
function toHosts(index: TopologyIndex, flow: Flow, name: string, addresses: readonly Scalar[]): Known<Errand[]> {
  const own = addresses.filter((address) => (typeof address === "number") === (flow.family === 4));
  if (own.length === 0) return new Unknown(`the IPv${flow.family} addresses of ${name}`);
  const errands: Errand[] = [];
  for (const address of own) {
    const place = placeAt(index, vpcOf(index, flow.source), address);
    if (!isKnown(place)) return place;
    errands.push(errand(flow, place, only(address)));
  }
  return errands;
}

/** To each of the places where it may be, by its name. */
function toHost(
  index: TopologyIndex,
  flow: Flow,
  host: Extract<Flow["destination"], { type: "host" }>,
): Known<Errands> {
  const vpcId = vpcOf(index, flow.source);
  if (vpcId === undefined) return new Unknown(`what ${host.id} is for a source outside of any VPC`);
  const resolution = resolveHost(index, vpcId, host.id);
  if (!isKnown(resolution)) return resolution;
  if (host.places.length === 0) return new Unknown(`in which subnet ${host.id} is`);
  // Of what has a public address too, the name has that outside of its own VPC (RDS user guide, Hiding a DB instance).
  if (host.places.some((place) => place.hasPublicAddress !== false && place.vpcId !== vpcId))
    return new Unknown(
      `which of its addresses ${host.id} has in ${vpcId}: it may be publicly accessible, and in other VPCs its name then has the public address, unless what connects them resolves it to the private one`,
    );
  return inPlaces(
    host.places.map((place) => ({ ...errand(flow, place, place.address), resolution })),
    host.inDoubt,
  );
}

/** To the addresses of the endpoint's service, and by no other way. */
function toGatewayEndpoint(index: TopologyIndex, flow: Flow, endpoint: VpcEndpoint): Known<readonly Errand[]> {
  const { type, id, serviceName } = endpoint;
  if (!isKnown(type)) return type;
  if (type !== "Gateway") return new Unknown(`${id}, an endpoint of a type that is not modelled`);
  const list = prefixListOf(index.topology, serviceName);
  if (!isKnown(list)) return list;
  if (list === undefined) return new Unknown(`the prefix list of ${serviceName}, which is not in the topology`);
  const service: PublicService = { type: "public-service", name: serviceName, through: id };
  const { cidrs, name } = list;
  if (!isKnown(cidrs)) return [errand(flow, service, cidrs, name)];
  const own = cidrs.filter(({ family }) => family === flow.family);
  if (own.length === 0) return new Unknown(`the IPv${flow.family} addresses of ${serviceName}`);
  return own.map((cidr) => errand(flow, service, cidr));
}

function errand(flow: Flow, destination: Place | PublicService, to: Known<Interval>, listName?: string): Errand {
  const { source, family, protocol, ports, sourcePorts = ephemeralPorts, requests = [] } = flow;
  const none = only(0);
  const hasPorts = protocol !== "icmp";
  const set: PacketSet = {
    source: source.type === "subnet" ? source.address : only(source.address),
    destination: isKnown(to) ? { from: to.from, to: to.to } : none,
    sourcePort: hasPorts ? sourcePorts : none,
    destinationPort: ports ?? none,
    natPort: hasPorts ? natPorts : none,
  };
  const destinationTerm: Term = isKnown(to)
    ? { dimension: "destination" }
    : { anyPublic: to.reason, ...(listName === undefined ? {} : { listName }) };
  return { source, destination, family, protocol, requests, set, destinationTerm };
}

function addressesOf({ address }: Flow, place: Place): Interval {
  if (address !== undefined) return only(address);
  return place.type === "subnet" ? place.address : only(place.address);
}

/** All but those that AWS keeps: the first four and the last (VPC user guide, Subnet sizing). */
export function usable({ from, to }: Interval): Interval {
  return typeof from === "bigint"
    ? { from: from + 4n, to: (to as bigint) - 1n }
    : { from: from + 4, to: Number(to) - 1 };
}

function vpcOf({ topology }: TopologyIndex, source: Place): string | undefined {
  if (source.type === "subnet") return source.vpcId;
  const { networkInterfaces } = topology;
  return source.type === "interface" && isKnown(networkInterfaces)
    ? networkInterfaces.get(source.id)?.vpcId
    : undefined;
}

function oneWay(errands: Known<readonly Errand[]>): Known<Errands> {
  return isKnown(errands) ? { ways: [errands] } : errands;
}

/** To all of them, or, where that is in doubt, perhaps to each alone. */
function inPlaces(errands: Known<readonly Errand[]>, inDoubt: string | undefined): Known<Errands> {
  if (!isKnown(errands) || inDoubt === undefined) return oneWay(errands);
  return { ways: errands.map((one) => [one]), reason: inDoubt };
}

const only = (value: Scalar): Interval => ({ from: value, to: value });

/** For a flow whose destination nobody knows. */
export function unresolved(flow: Flow, reason: string): Errand {
  return errand(flow, { type: "public-service", name: "", through: undefined }, new Unknown(reason));
}

/** What an unknown destination is called in an explanation. */
export function componentOf({ destination }: Flow): Component {
  if (destination.type === "service") return { type: "service", id: destination.name };
  return destination.type === "endpoint"
    ? { type: "vpc-endpoint", id: destination.id }
    : { type: destination.type, id: "id" in destination ? destination.id : "address" };
}
