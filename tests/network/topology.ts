import { type Cidr, parseAddress, parseCidr, type Scalar } from "../../network/reachability/address.ts";
import type { Flow } from "../../network/reachability/flow.ts";
import { type Analysis, analyze, TopologyIndex } from "../../network/reachability/index.ts";
import { isKnown } from "../../network/reachability/known.ts";
import type * as T from "../../network/reachability/topology.ts";

/** What a small network is made of; what is left out is there and empty. */
export interface Parts {
  /** Id to blocks. */
  vpcs: Record<string, readonly string[]>;
  /** Id to VPC, zone, blocks. */
  subnets: Record<string, readonly [vpcId: string, zone: string, ...cidrs: string[]]>;
  /** Id to subnet, groups, addresses (`private` or `private=public`). */
  interfaces: Record<string, readonly [subnetId: string, groups: readonly string[], ...addresses: string[]]>;
  /** Id to VPC, the subnets (`main` too), and routes `destination target`. */
  tables?: Record<string, readonly [vpcId: string, subnets: readonly string[], ...routes: string[]]>;
  more?: Partial<T.Topology>;
}

export const at = (text: string): Scalar => parseAddress(text).value;

/** Made anew for every topology: the core remembers what it has compiled of rules. */
const openEntries = (): T.NetworkAclEntry[] =>
  ["0.0.0.0/0", "::/0"].flatMap((cidr) =>
    [true, false].map((isEgress) => ({
      ruleNumber: 100,
      isEgress,
      action: "allow" as const,
      protocol: "all" as const,
      cidr: parseCidr(cidr),
      portRange: undefined,
      icmp: undefined,
    })),
  );

/** Rules that let everything pass; the group is called `open`. */
const openGroup = (): T.SecurityGroup => ({
  id: "open",
  vpcId: "",
  name: "open",
  rules: openEntries().map(({ isEgress, cidr }) => ({
    isEgress,
    protocol: "all" as const,
    portRange: undefined,
    peer: { cidr: cidr as Cidr },
  })),
});

const map = <R>(record: Record<string, R>) => new Map(Object.entries(record));

/** A topology where network ACLs and the group `open` let everything pass. */
export function topologyOf({ vpcs, subnets, interfaces, tables = {}, more = {} }: Parts): T.Topology {
  const each = <From, To>(record: Record<string, From>, make: (id: string, from: From) => To) =>
    map(Object.fromEntries(Object.entries(record).map(([id, from]) => [id, make(id, from)])));
  const vpcOf = (subnetId: string) => subnets[subnetId]?.[0] ?? "";
  return {
    vpcs: each(vpcs, (id, cidrs) => ({
      id,
      ownerId: "1",
      region: "r",
      cidrBlocks: cidrs.map(parseCidr),
      enableDnsSupport: true,
      enableDnsHostnames: true,
      dhcpOptionsId: undefined,
    })),
    subnets: each(subnets, (id, [vpcId, availabilityZone, ...cidrs]) => ({
      id,
      vpcId,
      availabilityZone,
      cidrBlocks: cidrs.map(parseCidr),
      mapPublicIpOnLaunch: false,
    })),
    networkInterfaces: each(interfaces, (id, [subnetId, securityGroupIds, ...addresses]) => ({
      id,
      subnetId,
      vpcId: vpcOf(subnetId),
      type: "interface" as const,
      instanceId: undefined,
      deviceIndex: undefined,
      delegatedPrefixes: [],
      addresses: addresses.map((text) => {
        const [own = "", given] = text.split("=");
        return { ...parseAddress(own), publicAddress: given === undefined ? undefined : at(given) };
      }),
      securityGroupIds,
      sourceDestCheck: true,
      isInUse: true,
    })),
    routeTables: each(tables, (id, [vpcId, own, ...routes]) => ({
      id,
      vpcId,
      associations: own.map((subnetId) => (subnetId === "main" ? { isMain: true } : { isMain: false, subnetId })),
      routes: [...(vpcs[vpcId] ?? []).map((cidr) => `${cidr} local`), ...routes].map(routeOf),
    })),
    networkAcls: map({
      acl: { id: "acl", vpcId: "", isDefault: true, entries: openEntries(), subnetIds: Object.keys(subnets) },
    }),
    securityGroups: map({ open: openGroup() }),
    internetGateways: new Map(),
    egressOnlyInternetGateways: new Map(),
    natGateways: new Map(),
    vpcEndpoints: new Map(),
    prefixLists: new Map(),
    vpcPeeringConnections: new Map(),
    transitGateways: new Map(),
    transitGatewayAttachments: new Map(),
    transitGatewayRouteTables: new Map(),
    dhcpOptions: new Map(),
    idleAddresses: new Set(),
    blockPublicAccess: [],
    ...more,
  };
}

const targets = {
  igw: "internet-gateway",
  eigw: "egress-only-internet-gateway",
  nat: "nat-gateway",
  vpce: "vpc-endpoint",
  pcx: "vpc-peering-connection",
  tgw: "transit-gateway",
  eni: "network-interface",
} as const;

/** `0.0.0.0/0 igw-1`, `10.0.0.0/16 local`, `10.9.0.0/16 pcx-1 blackhole`. */
function routeOf(text: string): T.Route {
  const [destination = "", target = "", state] = text.split(" ");
  const kind = target.split("-")[0] as keyof typeof targets;
  return {
    destination: destination.startsWith("pl-") ? { prefixListId: destination } : { cidr: parseCidr(destination) },
    target: target === "local" ? { type: "local" } : { type: targets[kind], id: target },
    state: state === "blackhole" ? "blackhole" : "active",
    isPropagated: false,
  };
}

/** TCP 443, unless told, from an interface to an address: of an interface, or of a host on the internet. */
export function ask(topology: T.Topology, from: string, to: string, more: Partial<Flow> = {}): Analysis {
  const interfaces: ReadonlyMap<string, T.NetworkInterface> = isKnown(topology.networkInterfaces)
    ? topology.networkInterfaces
    : new Map();
  const { value: address, family } = parseAddress(to);
  const placeOf = (match: (one: T.NetworkInterface, own: T.InterfaceAddress) => boolean) => {
    for (const one of interfaces.values()) {
      for (const own of isKnown(one.addresses) ? one.addresses : []) {
        if (match(one, own)) return { type: "interface" as const, id: one.id, address: own.value };
      }
    }
    return undefined;
  };
  const source = placeOf((one, own) => one.id === from && own.family === family);
  const owner = placeOf((_, own) => own.value === address || own.publicAddress === address);
  return analyze(new TopologyIndex(topology), {
    source: source ?? { type: "internet", address: at(from) },
    destination: owner ?? { type: "internet", address },
    address,
    family,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
    ...more,
  });
}
