import { everywhere, type Interval } from "./address.ts";
import { type Answer, mayBeThere, obstaclesOf } from "./dns.ts";
import { type Explanation, withChange } from "./explanation.ts";
import type { Flow } from "./flow.ts";
import { isKnown } from "./known.ts";
import { type NewEndpoint, withNewEndpoint } from "./new-endpoint.ts";
import type { PacketSet } from "./packet-set.ts";
import { prefixListOf } from "./prefix-list.ts";
import { canHaveEndpoint, hasGatewayEndpoints, isFor, serviceNameOf, shortNameOf } from "./service-name.ts";
import type { SecurityGroup, Topology, Vpc, VpcEndpoint } from "./topology.ts";
import { TopologyIndex } from "./topology-index.ts";

/** An endpoint that would be made, and what it makes of the topology and of its service's name. */
export interface MadeEndpoint {
  readonly index: TopologyIndex;
  readonly answer: Answer;
}

/**
 * What an endpoint for a service would do for a flow whose VPC has none and no way to the internet: a gateway endpoint where
 * the service has those, else an interface endpoint. Undefined where none can be made, or the internet is meant.
 */
export function missingEndpoint(
  index: TopologyIndex,
  flow: Flow,
  vpcId: string,
  name: string,
  asked: Answer,
): MadeEndpoint | undefined {
  const vpc = index.vpc(vpcId);
  const from = subnetOf(index, flow);
  if (!isKnown(vpc) || from === undefined) return undefined;
  const serviceName = serviceNameOf(name, vpc);
  const isHttps = flow.protocol === "tcp" && flow.ports?.from === 443 && flow.ports.to === 443;
  if (!isHttps || !canHaveEndpoint(serviceName, vpc) || hasWayOut(index, flow, vpcId, from)) return undefined;
  const list = prefixListOf(index.topology, serviceName);
  const isByGateway = hasGatewayEndpoints(serviceName) && flow.family === 4 && isKnown(list) && list !== undefined;
  const change = isByGateway
    ? gatewayEndpoint(index, vpc, from, serviceName, list.id)
    : interfaceEndpoint(index, vpc, from, flow, serviceName);
  if (!change) return undefined;
  const obstacles = isByGateway ? [] : obstaclesOf(change.endpoint, vpc, name);
  if (!isKnown(obstacles)) return undefined;
  const missing = withChange(
    {
      code: "missing-endpoint",
      component: { type: "vpc", id: vpcId },
      message: messageOf(index, vpcId, name, serviceName),
    },
    change,
  );
  const blockers: readonly Explanation[] = [...asked.blockers, missing, ...obstacles];
  const answer: Answer = isByGateway
    ? { ...asked, blockers }
    : {
        hop: { component: { type: "dns", id: name }, decision: `${name} would have the addresses of an endpoint` },
        blockers,
        addresses: { endpoint: change.endpoint },
      };
  return { index: indexAfter(index, change), answer };
}

function subnetOf({ topology: { networkInterfaces } }: TopologyIndex, { source }: Flow): string | undefined {
  if (source.type === "subnet") return source.id;
  if (source.type !== "interface" || !isKnown(networkInterfaces)) return undefined;
  return networkInterfaces.get(source.id)?.subnetId;
}

/**
 * Whether the VPC has, or may have, a way to the internet: a gateway of its own, or a route of the subnet that leads public
 * addresses to something else. Who has one is told what is in its way.
 */
function hasWayOut(index: TopologyIndex, { family }: Flow, vpcId: string, subnetId: string): boolean {
  const { natGateways, egressOnlyInternetGateways } = index.topology;
  if (index.gatewayOf(vpcId) !== undefined || !isKnown(natGateways)) return true;
  for (const nat of natGateways.values()) {
    const isGone = nat.state === "deleted" || nat.state === "deleting" || nat.state === "failed";
    if (nat.vpcId === vpcId && !isGone && nat.connectivityType !== "private") return true;
  }
  if (family === 6) {
    if (!isKnown(egressOnlyInternetGateways)) return true;
    for (const { vpcIds } of egressOnlyInternetGateways.values())
      if (!isKnown(vpcIds) || vpcIds.includes(vpcId)) return true;
  }
  const table = index.tableOfSubnet(subnetId, vpcId);
  const lookup = isKnown(table) ? index.routesOf(table, family) : table;
  if (!isKnown(lookup)) return true;
  return lookup.select(nothing, { anyPublic: "" }).some(({ value: { candidates } }) =>
    candidates.some(({ target, state }) => {
      if (!isKnown(target)) return true;
      return target.type !== "local" && target.type !== "vpc-endpoint" && state !== "blackhole";
    }),
  );
}

const zero: Interval = { from: 0, to: 0 };
/** Of an address that is not known the set says nothing. */
const nothing: PacketSet = { source: zero, destination: zero, sourcePort: zero, destinationPort: zero, natPort: zero };

function gatewayEndpoint(
  index: TopologyIndex,
  { id: vpcId }: Vpc,
  subnetId: string,
  serviceName: string,
  prefixListId: string,
): NewEndpoint | undefined {
  const table = index.tableOfSubnet(subnetId, vpcId);
  if (!isKnown(table)) return undefined;
  const endpoint = { ...blank(vpcId, serviceName), type: "Gateway" as const, routeTableIds: [table.id] };
  return { type: "add-vpc-endpoint", id: endpoint.id, endpoint, prefixListId };
}

/** Where another one of the VPC is, with its groups; else beside the source, with a group of its own. */
function interfaceEndpoint(
  index: TopologyIndex,
  { id: vpcId, cidrBlocks }: Vpc,
  subnetId: string,
  { source, family }: Flow,
  serviceName: string,
): NewEndpoint | undefined {
  const endpoints = index.endpointsOf(vpcId);
  const model = isKnown(endpoints) ? endpoints.find(isModel) : undefined;
  const made = { ...blank(vpcId, serviceName), type: "Interface" as const, privateDnsEnabled: true };
  const { id } = made;
  if (model) {
    const endpoint = { ...made, subnetIds: model.subnetIds, securityGroupIds: model.securityGroupIds };
    return { type: "add-vpc-endpoint", id, endpoint };
  }
  const blocks = (isKnown(cidrBlocks) ? cidrBlocks : [everywhere[family]]).filter((cidr) => cidr.family === family);
  if (source.type !== "subnet" && source.type !== "interface") return undefined;
  const securityGroup: SecurityGroup = {
    id: `${id}-group`,
    vpcId,
    name: `${id}-group`,
    rules: blocks.map((cidr) => ({
      isEgress: false,
      protocol: 6,
      portRange: { from: 443, to: 443 },
      peer: { cidr },
    })),
  };
  const endpoint = { ...made, subnetIds: [subnetId], securityGroupIds: [securityGroup.id] };
  return { type: "add-vpc-endpoint", id, endpoint, securityGroup };
}

function isModel(endpoint: VpcEndpoint): boolean {
  const { type, subnetIds, securityGroupIds } = endpoint;
  const isThere = type === "Interface" && mayBeThere(endpoint);
  return isThere && isNotEmpty(subnetIds) && isNotEmpty(securityGroupIds);
}

const isNotEmpty = (ids: VpcEndpoint["subnetIds"]) => isKnown(ids) && ids.length > 0;

/** One id for each VPC and service: who adds it for two subnets adds it once. */
const blank = (vpcId: string, serviceName: string): Omit<VpcEndpoint, "type"> => ({
  id: `vpce-new-${shortNameOf(serviceName)}-${vpcId}`,
  vpcId,
  serviceName,
  state: "available",
  policyDocument: undefined,
  privateDnsEnabled: false,
  privateDnsOnlyForInboundResolverEndpoint: false,
  routeTableIds: [],
  subnetIds: [],
  networkInterfaceIds: [],
  securityGroupIds: [],
});

function messageOf(index: TopologyIndex, vpcId: string, name: string, serviceName: string): string {
  const whole = serviceName === name ? name : `${name} (${serviceName})`;
  const message = `${vpcId} has no endpoint for ${whole}, and its packets have no way to the internet`;
  const endpoints = index.endpointsOf(vpcId);
  const mistaken = (isKnown(endpoints) ? endpoints : []).map((one) => mistakenText(one, serviceName));
  const [first] = mistaken.filter((text) => text !== undefined);
  return first === undefined ? `${message}.` : `${message}; ${first}.`;
}

/** Why an endpoint that seems to be for the service is not used. */
function mistakenText(endpoint: VpcEndpoint, serviceName: string): string | undefined {
  const { id, type, state, serviceName: own } = endpoint;
  if (shortNameOf(own) !== shortNameOf(serviceName)) return undefined;
  if (!isFor(serviceName)(endpoint)) return `${id} is for ${own}, the service of another Region, and so is not used`;
  if (!mayBeThere(endpoint)) return `${id} is ${String(state)}, and so is not used`;
  return isKnown(type) ? `${id} is of the type ${type}, and so is not used` : undefined;
}

const made = new WeakMap<Topology, Map<string, TopologyIndex>>();

/** The topology with the endpoint, compiled once for all flows that lack it. */
function indexAfter({ topology }: TopologyIndex, change: NewEndpoint): TopologyIndex {
  const known = made.get(topology) ?? new Map<string, TopologyIndex>();
  made.set(topology, known);
  const { subnetIds, routeTableIds } = change.endpoint;
  const key = [change.id, subnetIds, routeTableIds].join(" ");
  let index = known.get(key);
  if (!index) {
    index = new TopologyIndex(withNewEndpoint(topology, change));
    known.set(key, index);
  }
  return index;
}
