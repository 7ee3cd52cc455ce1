import { addressText, type Interval, type Scalar } from "./address.ts";
import type { Change } from "./change.ts";
import { type Component, type Explanation, withChange } from "./explanation.ts";
import { askHostedZones, lengthOf, type ZoneAnswer } from "./hosted-zone.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { Hop } from "./path.ts";
import { prefixListOf } from "./prefix-list.ts";
import { anyLabel, hostsOf, isFor, isOfAws, isOfService, serviceNameOf } from "./service-name.ts";
import type { Vpc, VpcEndpoint } from "./topology.ts";
import type { TopologyIndex } from "./topology-index.ts";

/** What a name stands for in a VPC. */
export interface Answer {
  readonly hop: Hop;
  /** What is in the way of this answer. */
  readonly blockers: readonly Explanation[];
  /** The endpoint whose interfaces the name has, or the addresses of the service on the internet, or others. */
  readonly addresses:
    | { readonly endpoint: VpcEndpoint }
    | { readonly hosts: readonly Scalar[] }
    /** There is no such name. */
    | { readonly none: true }
    /** `listName`: AWS's own list that has them, where what is on it is not known. */
    | { readonly public: Known<readonly Interval[]>; readonly listName?: string };
}

/**
 * `ways`: several where it is not known which is taken; of a way all answers are used. `repaired`: what a change would make
 * of it; `isMissing`: whether no endpoint is for the service.
 */
export interface Resolution {
  readonly ways: readonly (readonly Answer[])[];
  readonly reason?: string;
  readonly repaired?: Answer;
  readonly isMissing?: boolean;
}

/** What is asked for, where. */
interface Question {
  readonly vpc: Vpc;
  readonly name: string;
  readonly serviceName: string;
  readonly noResolver: readonly Explanation[];
}

/**
 * The addresses that the name of an AWS service has in a VPC: those in a private hosted zone, else of the interfaces of an
 * endpoint with private DNS, else public ones (PrivateLink guide, Private DNS; VPC user guide, DNS attributes). Amazon's
 * resolver is filtered by no rule; what servers of one's own answer is not known.
 */
export function resolveService(index: TopologyIndex, vpcId: string, name: string): Known<Resolution> {
  const asked = askedIn(index, vpcId, name);
  if (!isKnown(asked)) return asked;
  const question = { ...asked, name, serviceName: serviceNameOf(name, asked.vpc) };
  return index.topology.hostedZones === undefined ? byEndpoints(index, question) : byZones(index, question);
}

/** Private hosted zones come first; an endpoint's private DNS is one too, with the name of its service's hosts. */
function byZones(index: TopologyIndex, question: Question): Known<Resolution> {
  const { vpc, name } = question;
  const hosts = hostsOf(name, vpc);
  const answers: Answer[] = [];
  let isAll = true;
  let isLongest = true;
  for (const host of hosts) {
    const found = askHostedZones(index.topology, vpc.id, host);
    if (!isKnown(found)) return found;
    if (!found) {
      isAll = false;
      continue;
    }
    const own = answersOf(index, question, found);
    if (!isKnown(own)) return own;
    answers.push(...own);
    const endpointsZone = host.startsWith(`${anyLabel}.`) ? host.slice(2) : host;
    if (lengthOf(found.zone.name) < lengthOf(endpointsZone)) isLongest = false;
  }
  const inZones = distinct(answers);
  if (answers.length > 0 && isAll && isLongest && vpc.enableDnsHostnames === true) return { ways: [inZones] };
  // A zone that nobody tells of may have a longer name.
  const untold = answers.length > 0 && !isLongest ? index.othersOf(vpc.id) : undefined;
  if (untold) return untold;
  const others = byEndpoints(index, question);
  if (!isKnown(others) || answers.length === 0) return others;
  const ways = others.ways.map((way) => {
    if (!isLongest && way.every(({ addresses }) => "endpoint" in addresses)) return way;
    return isAll ? inZones : [...inZones, ...way];
  });
  const { enableDnsHostnames } = vpc;
  if (enableDnsHostnames === true) return { ways, ...(others.reason === undefined ? {} : { reason: others.reason }) };
  // "You must set enableDnsHostnames and enableDnsSupport to true" (Route 53 guide, Private hosted zones).
  const reason = isKnown(enableDnsHostnames)
    ? `whether private hosted zones are asked while enableDnsHostnames of ${vpc.id} is off`
    : enableDnsHostnames.reason;
  return { ways: [...ways, ...others.ways], reason };
}

/** What the records of a zone make of a host's name. */
function answersOf(
  index: TopologyIndex,
  { vpc, name, serviceName, noResolver }: Question,
  { zone, host, targets }: ZoneAnswer,
): Known<readonly Answer[]> {
  const component = { type: "hosted-zone", id: zone.id };
  if (targets.length === 0) {
    const missing = {
      code: "no-record",
      component,
      message: `${host} has no address in ${vpc.id}: the private hosted zone ${zone.name} has no record for it, and nobody else is asked.`,
      fix: `Add to ${zone.id} a record for ${host} that leads to an endpoint for it, or no longer associate it with ${vpc.id}.`,
    };
    const decision = `no record for ${host}`;
    return [{ hop: { component, decision }, blockers: [...noResolver, missing], addresses: { none: true } }];
  }
  const isWanted = isFor(serviceName);
  const answers: Answer[] = [];
  for (const target of targets) {
    if ("addresses" in target) {
      const decision = `${name} has ${target.addresses.map(addressText).join(", ")}`;
      answers.push({ hop: { component, decision }, blockers: noResolver, addresses: { hosts: target.addresses } });
      continue;
    }
    const endpoint = index.endpoint(target.endpointId);
    if (!isKnown(endpoint)) return endpoint;
    const { id, type } = endpoint;
    if (!isKnown(type)) return type;
    if (type !== "Interface") return new Unknown(`what ${host} has, which leads to ${id}, no interface endpoint`);
    const isOther = isOfAws(endpoint.serviceName) && isOfService(serviceName) && !isWanted(endpoint);
    const wrong: Explanation[] = isOther
      ? [
          {
            code: "wrong-endpoint",
            component,
            message: `${zone.name} leads ${host} to ${id}, which is for ${endpoint.serviceName}.`,
            fix: `Let the record of ${zone.id} for ${host} lead to an endpoint for ${serviceName}.`,
          },
        ]
      : [];
    answers.push({
      hop: { component, decision: `${name} has the addresses of ${id}` },
      blockers: [...noResolver, ...wrong],
      addresses: { endpoint },
    });
  }
  return answers;
}

function distinct(answers: readonly Answer[]): readonly Answer[] {
  const keyOf = ({ hop, addresses }: Answer) => `${hop.component.id} ${"none" in addresses} ${hop.decision}`;
  return [...new Map(answers.map((answer) => [keyOf(answer), answer])).values()];
}

/** By private DNS of an endpoint of the VPC, else publicly. */
function byEndpoints(index: TopologyIndex, { vpc, name, serviceName, noResolver }: Question): Known<Resolution> {
  const endpoints = index.endpointsOf(vpc.id);
  if (!isKnown(endpoints)) return endpoints;
  const answerPublic: Answer = {
    hop: { component: { type: "dns", id: name }, decision: `${name} has public addresses` },
    blockers: noResolver,
    addresses: publicAddresses(index, name, serviceName),
  };
  const isWanted = isFor(serviceName);
  const wanted = endpoints.filter((one) => isWanted(one) && mayBeThere(one));
  const own = wanted
    .filter(({ type }) => type === "Interface")
    .map((endpoint) => ({ endpoint, obstacles: obstaclesOf(endpoint, vpc, name) }));
  const answerPrivate = (endpoint: VpcEndpoint): Answer => ({
    hop: { component: { type: "dns", id: name }, decision: `${name} has the addresses of ${endpoint.id}` },
    blockers: noResolver,
    addresses: { endpoint },
  });
  // AWS lets only one endpoint of a VPC have a service's private name.
  const sure = own.find(({ obstacles }) => isKnown(obstacles) && obstacles.length === 0);
  if (sure) return { ways: [[answerPrivate(sure.endpoint)]] };
  const unsure = wanted.map(({ type }) => type).find((type) => !isKnown(type)) ?? index.othersOf(vpc.id);
  if (unsure instanceof Unknown) return unsure;
  const perhaps = own.filter(({ obstacles }) => !isKnown(obstacles));
  const [first] = perhaps;
  if (first) {
    const { reason } = first.obstacles as Unknown;
    return { ways: [...perhaps.map(({ endpoint }) => [answerPrivate(endpoint)]), [answerPublic]], reason };
  }
  const [barred] = own;
  if (!barred) return { ways: [[answerPublic]], isMissing: !wanted.some(({ type }) => type === "Gateway") };
  const blockers = [...noResolver, ...(barred.obstacles as Explanation[])];
  return { ways: [[answerPublic]], repaired: { ...answerPrivate(barred.endpoint), blockers } };
}

/** The name of something in a VPC, which is asked for in another or the same one. */
export function resolveHost(
  index: TopologyIndex,
  vpcId: string,
  name: string,
): Known<Pick<Answer, "hop" | "blockers">> {
  const asked = askedIn(index, vpcId, name);
  if (!isKnown(asked)) return asked;
  return {
    hop: { component: { type: "dns", id: name }, decision: `${name} has its private address` },
    blockers: asked.noResolver,
  };
}

/** The VPC that a name is asked in, by Amazon's resolver, and whether there is one. */
function askedIn(index: TopologyIndex, vpcId: string, name: string): Known<Pick<Question, "vpc" | "noResolver">> {
  const vpc = index.vpc(vpcId);
  if (!isKnown(vpc)) return vpc;
  const server = resolverOf(index, vpc);
  if (!isKnown(server)) return server;
  const { enableDnsSupport } = vpc;
  if (!isKnown(enableDnsSupport)) return enableDnsSupport;
  return { vpc, noResolver: enableDnsSupport ? [] : [withoutResolver(vpcId, name)] };
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
export function obstaclesOf(endpoint: VpcEndpoint, vpc: Vpc, name: string): Explanation[] | Unknown {
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

const gone = new Set(["deleted", "deleting", "failed", "rejected", "expired"]);
export const mayBeThere = ({ state }: VpcEndpoint) => !isKnown(state) || !gone.has(state);

function publicAddresses({ topology }: TopologyIndex, name: string, serviceName: string): Answer["addresses"] {
  const list = prefixListOf(topology, serviceName);
  if (!isKnown(list)) return { public: list };
  if (!list) return { public: new Unknown(`which public address ${name} has`) };
  return isKnown(list.cidrs) ? { public: list.cidrs } : { public: list.cidrs, listName: list.name };
}
