import { parseCidr } from "../../network/reachability/address.ts";
import type { Analysis } from "../../network/reachability/index.ts";
import { Unknown } from "../../network/reachability/known.ts";
import type * as T from "../../network/reachability/topology.ts";
import { at } from "./topology.ts";

/** For a value that nobody knows, written `?` in the texts below. */
export const why = new Unknown("somebody sets it later");

export const byId = <R extends { readonly id: string }>(...all: R[]) => new Map(all.map((one) => [one.id, one]));

const protocols: Record<string, T.RuleProtocol> = { all: "all", tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

function protocolOf(text: string): Pick<T.SecurityGroupRule, "protocol" | "portRange"> {
  const [name = "", ports] = text.split(":");
  const [from, to = from] = (ports ?? "").split("-").map((port) => (port === "*" ? -1 : Number(port)));
  const range = ports === undefined ? undefined : { from: from ?? 0, to: to ?? 0 };
  return { protocol: protocols[name] ?? why, portRange: ports === "?" ? why : range };
}

/** Of rules as `in tcp:443 10.0.0.0/16`, `out all pl-1`, `in icmp:8-* sg-1`, `out tcp ?`. */
export function group(id: string, ...rules: string[]): T.SecurityGroup {
  return {
    id,
    vpcId: "",
    name: id,
    rules: rules.map((text) => {
      const [direction, protocol = "", peer = ""] = text.split(" ");
      const named = peer.startsWith("pl-") ? { prefixListId: peer } : { securityGroupId: peer };
      const known = peer.includes("/") ? { cidr: parseCidr(peer) } : named;
      return { isEgress: direction === "out", ...protocolOf(protocol), peer: peer === "?" ? why : known };
    }),
  };
}

/** Of rules as `100 in allow tcp:443 10.0.0.0/16`; ICMP's type and code take the place of ports. */
export function acl(id: string, subnetIds: readonly string[], ...entries: string[]): T.NetworkAcl {
  return {
    id,
    vpcId: "",
    isDefault: false,
    subnetIds,
    entries: entries.map((text) => {
      const [number, direction, action, protocol = "", cidr = ""] = text.split(" ");
      const { portRange, ...rest } = protocolOf(protocol);
      const isIcmp = protocol.startsWith("icmp");
      const range = portRange as T.PortRange | undefined;
      return {
        ruleNumber: Number(number),
        isEgress: direction === "out",
        action: action === "?" ? why : (action as "allow" | "deny"),
        ...rest,
        cidr: cidr === "?" ? why : parseCidr(cidr),
        portRange: isIcmp ? undefined : portRange,
        icmp: isIcmp && range ? { type: range.from, code: range.to } : undefined,
      };
    }),
  };
}

export const gateway = (id: string, ...vpcIds: string[]): T.InternetGateway => ({ id, vpcIds });

/** Of addresses as `10.0.0.5=54.0.0.5`. */
export function nat(
  id: string,
  vpcId: string,
  subnetId: string,
  text: string,
  more: Partial<T.NatGateway> = {},
): T.NatGateway {
  const [own = "", given] = text.split("=");
  const addresses = [
    { privateAddress: Number(at(own)), publicAddress: given === undefined ? undefined : Number(at(given)) },
  ];
  return { id, vpcId, subnetId, connectivityType: "public", state: "available", addresses, ...more };
}

export const peering = (
  id: string,
  one: readonly [vpcId: string, ...cidrs: string[]],
  other: readonly [vpcId: string, ...cidrs: string[]],
  more: Partial<T.VpcPeeringConnection> = {},
): T.VpcPeeringConnection => {
  const side = ([vpcId, ...cidrs]: readonly [string, ...string[]]) => ({
    vpcId,
    region: "r",
    cidrBlocks: cidrs.map(parseCidr),
  });
  return { id, state: "active", sides: [side(one), side(other)], ...more };
};

export const endpoint = (id: string, vpcId: string, more: Partial<T.VpcEndpoint> = {}): T.VpcEndpoint => ({
  id,
  vpcId,
  type: "Gateway",
  serviceName: "com.amazonaws.r.s3",
  state: "available",
  policyDocument: undefined,
  privateDnsEnabled: false,
  privateDnsOnlyForInboundResolverEndpoint: false,
  routeTableIds: [],
  subnetIds: [],
  networkInterfaceIds: [],
  securityGroupIds: [],
  ...more,
});

export const prefixList = (id: string, name: string, ...cidrs: string[]): T.PrefixList => ({
  id,
  name,
  cidrs: cidrs.map(parseCidr),
});

export const transitGateway = (id: string, more: Partial<T.TransitGateway> = {}): T.TransitGateway => ({
  id,
  state: "available",
  securityGroupReferencingSupport: false,
  ...more,
});

/** Of a VPC, to `tgw-1` and associated with `tgw-rtb-1`, unless told. */
export const attachment = (
  id: string,
  vpcId: string,
  subnetIds: T.TransitGatewayAttachment["subnetIds"],
  more: Partial<T.TransitGatewayAttachment> = {},
): T.TransitGatewayAttachment => ({
  id,
  transitGatewayId: "tgw-1",
  state: "available",
  resource: { type: "vpc", vpcId },
  subnetIds,
  ipv6Support: false,
  securityGroupReferencingSupport: false,
  routeTableId: "tgw-rtb-1",
  ...more,
});

export const attachments = (...all: T.TransitGatewayAttachment[]) =>
  new Map(all.map((one) => [`${one.transitGatewayId}/${one.id}`, one]));

/** Of routes as `10.2.0.0/16 att-1`, and of attachments that propagate theirs. */
export const transitTable = (
  id: string,
  routes: readonly string[],
  propagatingAttachmentIds: string[] = [],
  transitGatewayId = "tgw-1",
): T.TransitGatewayRouteTable => ({
  id,
  transitGatewayId,
  staticRoutes: routes.map((text) => {
    const [destination = "", ids = "", state] = text.split(" ");
    return {
      destination: destination.startsWith("pl-") ? { prefixListId: destination } : { cidr: parseCidr(destination) },
      state: state === "blackhole" ? "blackhole" : state === "?" ? why : "active",
      attachmentIds: ids === "nothing" ? [] : ids.split(","),
      isPropagated: false,
    };
  }),
  propagatingAttachmentIds,
});

/** The topology with a member of a collection changed. */
export function change<Key extends Exclude<keyof T.Topology, "blockPublicAccess">>(
  topology: T.Topology,
  key: Key,
  id: string,
  changes: Partial<T.Topology[Key] extends T.Collection<infer R> ? R : never>,
): T.Topology {
  const before = topology[key] as ReadonlyMap<string, object>;
  const one = before.get(id);
  if (!one) throw new RangeError(`${key} has no ${id}`);
  return { ...topology, [key]: new Map(before).set(id, { ...one, ...changes }) };
}

/** All that an analysis says, a line for each thing. */
export function said({ verdict, explanations, forwardPath, returnPath }: Analysis): string {
  const way = (name: string, hops: Analysis["forwardPath"]) =>
    hops.map(
      ({ component, decision }, index) =>
        `${index === 0 ? name : "   "} ${component.id}${decision === undefined ? "" : `: ${decision}`}`,
    );
  return [
    verdict,
    ...explanations.flatMap(({ code, component, message, fix }) => [
      `${code} ${component.type} ${component.id}`,
      `  ${message}`,
      ...(fix === undefined ? [] : [`  ${fix}`]),
    ]),
    ...way("->", forwardPath),
    ...way("<-", returnPath),
  ].join("\n");
}

/** What is against it, a sentence for each thing with its fix. */
export const brief = ({ verdict, explanations }: Analysis): string =>
  [
    verdict,
    ...explanations.map(
      ({ code, component, message, fix }) =>
        `${code} ${component.type} ${component.id}: ${message}${fix ? ` ${fix}` : ""}`,
    ),
  ].join("; ");
