import type { Interval } from "./address.ts";
import type { Change } from "./change.ts";
import { type Component, type Explanation, withChange } from "./explanation.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { Hop } from "./path.ts";
import { prefixListOf } from "./prefix-list.ts";
import type { Vpc, VpcEndpoint } from "./topology.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** What a name stands for in a VPC. */
export interface Answer {
  readonly hop: Hop;
  /** What is in the way of this answer. */
  readonly blockers: readonly Explanation[];
  /** The endpoint whose interfaces the name has, or the addresses of the service on the internet. */
  readonly addresses:
    | { readonly endpoint: VpcEndpoint }
    /** `listName`: AWS's own list that has them, where what is on it is not known. */
    | { readonly public: Known<readonly Interval[]>; readonly listName?: string };
}

/** `answers`: several where it is not known which is given; `repaired`: what a change would make of it. */
export interface Resolution {
  readonly answers: readonly Answer[];
  readonly reason?: string;
  readonly repaired?: Answer;
}

/**
 * The addresses that the name of an AWS service has in a VPC: of the interfaces of an endpoint with private DNS, else
 * public ones (PrivateLink guide, Private DNS; VPC user guide, DNS attributes). Amazon's resolver is filtered by no rule;
 * what servers of one's own answer is not known.
 */
export function resolveService(index: TopologyIndex, vpcId: string, name: string): Known<Resolution> {
  const vpc = index.vpc(vpcId);
  if (!isKnown(vpc)) return vpc;
  const server = resolverOf(index, vpc);
  if (!isKnown(server)) return server;
  const endpoints = index.endpointsOf(vpcId);
  if (!isKnown(endpoints)) return endpoints;
  const { enableDnsSupport } = vpc;
  if (!isKnown(enableDnsSupport)) return enableDnsSupport;
  const noResolver = enableDnsSupport ? [] : [withoutResolver(vpcId, name)];
  const serviceName = serviceNameOf(name, vpc);
  const answerPublic: Answer = {
    hop: { component: { type: "dns", id: name }, decision: `${name} has public addresses` },
    blockers: noResolver,
    addresses: publicAddresses(index, name, serviceName),
  };
  const isWanted = isFor(serviceName);
  const endpoint = endpoints.find((one) => one.type === "Interface" && isWanted(one) && mayBeThere(one));
  if (!endpoint) {
    const unsure = endpoints.find((one) => !isKnown(one.type) && isWanted(one));
    const others = unsure ? (unsure.type as Unknown) : index.othersOf(vpcId);
    return others ?? { answers: [answerPublic] };
  }
  const answerPrivate: Answer = {
    hop: { component: { type: "dns", id: name }, decision: `${name} has the addresses of ${endpoint.id}` },
    blockers: noResolver,
    addresses: { endpoint },
  };
  const obstacles = obstaclesOf(endpoint, vpc, name);
  if (obstacles instanceof Unknown) return { answers: [answerPrivate, answerPublic], reason: obstacles.reason };
  if (obstacles.length === 0) return { answers: [answerPrivate] };
  return { answers: [answerPublic], repaired: { ...answerPrivate, blockers: [...noResolver, ...obstacles] } };
}

/** The name of something in a VPC, which is asked for in another or the same one. */
export function resolveHost(
  index: TopologyIndex,
  vpcId: string,
  name: string,
): Known<Pick<Answer, "hop" | "blockers">> {
  const vpc = index.vpc(vpcId);
  if (!isKnown(vpc)) return vpc;
  const server = resolverOf(index, vpc);
  if (!isKnown(server)) return server;
  const { enableDnsSupport } = vpc;
  if (!isKnown(enableDnsSupport)) return enableDnsSupport;
  return {
    hop: { component: { type: "dns", id: name }, decision: `${name} has its private address` },
    blockers: enableDnsSupport ? [] : [withoutResolver(vpcId, name)],
  };
}

function withoutResolver(vpcId: string, name: string): Explanation {
  const message = `${vpcId} has no resolver for ${name}: its enableDnsSupport is off.`;
  return withChange(
    { code: "dns-support-disabled", component: { type: "vpc", id: vpcId }, message },
    { type: "enable-vpc-attribute", id: vpcId, attribute: "enableDnsSupport" },
  );
}

/** Amazon's resolver, or why the name has what answer nobody knows. */
function resolverOf({ topology }: TopologyIndex, { id, dhcpOptionsId }: Vpc): Known<"AmazonProvidedDNS"> {
  const { dhcpOptions } = topology;
  if (!isKnown(dhcpOptionsId)) return dhcpOptionsId;
  if (!isKnown(dhcpOptions)) return dhcpOptions;
  const options = dhcpOptionsId === undefined ? undefined : dhcpOptions.get(dhcpOptionsId);
  if (!options) return new Unknown(`the DHCP options of ${id}, which are not in the topology`);
  const { domainNameServers } = options;
  if (!isKnown(domainNameServers)) return domainNameServers;
  const others = domainNameServers.filter((server) => !amazonServers.has(server));
  if (domainNameServers.length > 0 && others.length === 0) return "AmazonProvidedDNS";
  const named = others.join(", ") || "none";
  return new Unknown(`what the DNS servers of ${options.id} answer (${named}, not AmazonProvidedDNS)`);
}

const amazonServers = new Set(["AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253"]);

/** Why the name does not have the addresses of the endpoint. */
function obstaclesOf(endpoint: VpcEndpoint, vpc: Vpc, name: string): Explanation[] | Unknown {
  const { id, privateDnsEnabled, privateDnsOnlyForInboundResolverEndpoint, state } = endpoint;
  const unsure = [privateDnsEnabled, privateDnsOnlyForInboundResolverEndpoint, state, vpc.enableDnsHostnames].find(
    (value) => !isKnown(value),
  );
  if (privateDnsEnabled !== false && vpc.enableDnsHostnames !== false && unsure instanceof Unknown) return unsure;
  const obstacles: Explanation[] = [];
  const because = (code: string, component: Component, why: string, change: Change) =>
    obstacles.push(withChange({ code, component, message: `${name} has public addresses: ${why}.` }, change));
  if (privateDnsEnabled === false) {
    because("private-dns-disabled", { type: "vpc-endpoint", id }, `private DNS of ${id} is off`, {
      type: "enable-private-dns",
      id,
    });
  }
  if (vpc.enableDnsHostnames === false) {
    because("dns-hostnames-disabled", { type: "vpc", id: vpc.id }, `enableDnsHostnames of ${vpc.id} is off`, {
      type: "enable-vpc-attribute",
      id: vpc.id,
      attribute: "enableDnsHostnames",
    });
  }
  if (obstacles.length > 0) return unsure instanceof Unknown && privateDnsEnabled !== false ? unsure : obstacles;
  if (privateDnsOnlyForInboundResolverEndpoint === true)
    return [
      {
        code: "private-dns-disabled",
        component: { type: "vpc-endpoint", id },
        message: `${name} has public addresses: private DNS of ${id} is for inbound resolver endpoints only.`,
      },
    ];
  return state === "available" ? [] : new Unknown(`what ${name} has while ${id} is ${String(state)}`);
}

/** `com.amazonaws.us-east-1.ecr.api` of `ecr.api`; a whole name stays as it is. */
function serviceNameOf(name: string, { region }: Vpc): string {
  return /^(com|cn|aws)\./.test(name) ? name : `com.amazonaws.${region}.${name}`;
}

/** Whether an endpoint is for the service. */
function isFor(serviceName: string): (endpoint: VpcEndpoint) => boolean {
  // China's Regions have `cn.com.amazonaws.` before the Region; a snapshot may not say its Region.
  const names = [serviceName, `cn.${serviceName}`];
  if (!serviceName.startsWith("com.amazonaws..")) return (endpoint) => names.includes(endpoint.serviceName);
  const own = withoutRegion(serviceName);
  return (endpoint) => withoutRegion(endpoint.serviceName) === own;
}

const withoutRegion = (serviceName: string) => serviceName.split(".").slice(3).join(".");

const gone = new Set(["deleted", "deleting", "failed", "rejected", "expired"]);
const mayBeThere = ({ state }: VpcEndpoint) => !isKnown(state) || !gone.has(state);

function publicAddresses({ topology }: TopologyIndex, name: string, serviceName: string): Answer["addresses"] {
  const list = prefixListOf(topology, serviceName);
  if (!isKnown(list)) return { public: list };
  if (!list) return { public: new Unknown(`which public address ${name} has`) };
  return isKnown(list.cidrs) ? { public: list.cidrs } : { public: list.cidrs, listName: list.name };
}
