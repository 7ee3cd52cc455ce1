import { parseCidr } from "../../../network/reachability/address.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";

/** A value of a topology that may be unknown, and values that it may turn out to have, its own first. */
export interface Site {
  readonly name: string;
  readonly fillings: readonly unknown[];
  with(topology: T.Topology, value: unknown): T.Topology;
}

type Fields = Readonly<Record<string, readonly unknown[]>>;

/**
 * The fields that may be unknown, with values that a field may always have; the values that others of its kind have in the
 * topology come on top of these where `borrows` says so. Left out is what would contradict the rest: a VPC has one internet
 * gateway, a subnet one network ACL, an address one interface.
 */
const fields: Readonly<Record<string, Fields>> = {
  vpcs: { cidrBlocks: [] },
  subnets: { availabilityZone: ["za", "zb"], mapPublicIpOnLaunch: [true, false], cidrBlocks: [] },
  routeTables: { routes: [[]] },
  "routeTables.routes": { destination: [], target: [], state: ["active", "blackhole"] },
  networkAcls: { entries: [[]] },
  "networkAcls.entries": {
    action: ["allow", "deny"],
    cidr: [],
    protocol: ["all", 6],
    portRange: [undefined, { from: 443, to: 443 }, { from: 40_000, to: 50_000 }],
    icmp: [undefined],
  },
  securityGroups: { rules: [[]] },
  "securityGroups.rules": { protocol: ["all", 6], portRange: [undefined, { from: 443, to: 443 }], peer: [] },
  networkInterfaces: { securityGroupIds: [[]], sourceDestCheck: [true, false], isInUse: [true, false] },
  "networkInterfaces.addresses": { publicAddress: [undefined] },
  internetGateways: { vpcIds: [[]] },
  egressOnlyInternetGateways: { vpcIds: [[]] },
  natGateways: { state: ["available", "failed"], connectivityType: ["public", "private"], subnetId: [] },
  vpcEndpoints: { state: ["available", "failed"], type: [], policyDocument: [], networkInterfaceIds: [] },
  vpcPeeringConnections: { state: ["active", "pending-acceptance"] },
  "vpcPeeringConnections.sides": { cidrBlocks: [] },
  transitGateways: { state: ["available", "deleted"], securityGroupReferencingSupport: [true, false] },
  transitGatewayAttachments: {
    state: ["available", "failed"],
    subnetIds: [],
    ipv6Support: [true, false],
    securityGroupReferencingSupport: [true, false],
    routeTableId: [undefined],
  },
  transitGatewayRouteTables: { staticRoutes: [[]], propagatingAttachmentIds: [[]] },
  "transitGatewayRouteTables.staticRoutes": { destination: [], state: ["active", "blackhole"] },
};

/** What a field of this kind may take from others of its kind. */
const borrows = new Set([
  "routeTables.routes destination",
  "networkAcls.entries cidr",
  "networkAcls.entries portRange",
  "networkAcls.entries protocol",
  "securityGroups.rules peer",
  "securityGroups.rules portRange",
  "securityGroups.rules protocol",
  "transitGatewayRouteTables.staticRoutes destination",
]);

type Resource = Readonly<Record<string, unknown>>;

/** Every site of a topology. */
export function sitesOf(topology: T.Topology): Site[] {
  return [...sitesOfFields(topology), ...sitesOfLists(topology), ...sitesOfVpcs(topology)];
}

function sitesOfFields(topology: T.Topology): Site[] {
  return Object.entries(fields).flatMap(([kind, own]) => {
    const [key = "", list] = kind.split(".");
    const resources = [...(Reflect.get(topology, key) as ReadonlyMap<string, Resource>)];
    return resources.flatMap(([id, resource]) => {
      if (list === undefined) return sitesOfResource(topology, kind, own, resource, id, (value) => [key, id, value]);
      const members = resource[list] as readonly Resource[];
      return members.flatMap((member, index) =>
        sitesOfResource(topology, kind, own, member, `${id} ${list} ${index}`, (value, now) => {
          const current = now.get(id)?.[list];
          if (current === undefined || current instanceof Unknown) return [key, id, now.get(id) as Resource];
          const changed = (current as readonly Resource[]).map((one, other) =>
            other === index ? { ...one, ...value } : one,
          );
          return [key, id, { ...(now.get(id) as Resource), [list]: changed }];
        }),
      );
    });
  });
}

const listsOf = ({ prefixLists }: T.Topology) => prefixLists as ReadonlyMap<string, T.PrefixList>;

/** A list of AWS's own has public addresses and is never empty; a customer's may have anything. */
function sitesOfLists(topology: T.Topology): Site[] {
  const ofAws = [["8.8.0.0/16"], ["52.216.0.0/16", "203.0.113.0/24"], ["52.216.0.0/15", "2a01:7::/32"]];
  return [...listsOf(topology)].map(([id, list]) => ({
    name: `${id} cidrs`,
    fillings: [list.cidrs, ...(list.name.startsWith("com.") ? ofAws.map((all) => all.map(parseCidr)) : [[]])],
    with: (now, cidrs) => ({
      ...now,
      prefixLists: new Map([...listsOf(now), [id, { ...list, cidrs: cidrs as T.PrefixList["cidrs"] }]]),
    }),
  }));
}

/**
 * VPCs of which not all is told: which table is the main one and which is the gateway's, its internet gateway, its endpoints
 * and attachments. All that is there, or all but the endpoints.
 */
function sitesOfVpcs({ vpcs }: T.Topology): Site[] {
  return [...(vpcs as ReadonlyMap<string, T.Vpc>).keys()].map((id) => ({
    name: `${id} others`,
    fillings: ["all", "no endpoints"],
    with(now, value) {
      if (value === "all") return now;
      const withoutEndpoints = {
        ...now,
        vpcEndpoints: without<T.VpcEndpoint>(
          now.vpcEndpoints,
          ({ vpcId, type }) => vpcId === id && type === "Interface",
        ),
      };
      return value instanceof Unknown ? untold(withoutEndpoints, id, value) : withoutEndpoints;
    },
  }));
}

function untold(topology: T.Topology, id: string, others: Unknown): T.Topology {
  const { vpcs, routeTables, internetGateways, networkInterfaces, transitGatewayAttachments } = topology;
  const tables = [...(routeTables as ReadonlyMap<string, T.RouteTable>)].map(([key, table]) => {
    const { associations, vpcId } = table;
    if (vpcId !== id || associations instanceof Unknown) return [key, table] as const;
    return [key, { ...table, associations: associations.filter(({ subnetId }) => subnetId !== undefined) }] as const;
  });
  const known = vpcs as ReadonlyMap<string, T.Vpc>;
  return {
    ...topology,
    vpcs: new Map([...known, [id, { ...(known.get(id) as T.Vpc), others }]]),
    routeTables: new Map(tables),
    internetGateways: without<T.InternetGateway>(
      internetGateways,
      ({ vpcIds }) => !(vpcIds instanceof Unknown) && vpcIds.includes(id),
    ),
    networkInterfaces: without<T.NetworkInterface>(
      networkInterfaces,
      ({ vpcId, type }) => vpcId === id && type !== "interface",
    ),
    transitGatewayAttachments: without<T.TransitGatewayAttachment>(
      transitGatewayAttachments,
      ({ resource }) => resource.type === "vpc" && resource.vpcId === id,
    ),
  };
}

const without = <R>(all: T.Collection<R>, isGone: (one: R) => boolean) =>
  new Map([...(all as ReadonlyMap<string, R>)].filter(([, one]) => !isGone(one)));

type Place = (value: Resource, now: ReadonlyMap<string, Resource>) => [key: string, id: string, resource: Resource];

function sitesOfResource(
  topology: T.Topology,
  kind: string,
  own: Fields,
  resource: Resource,
  name: string,
  place: Place,
): Site[] {
  return Object.entries(own)
    .filter(([field]) => field in resource)
    .map(([field, always]) => ({
      name: `${name} ${field}`,
      fillings: distinct([
        resource[field],
        ...always,
        ...(borrows.has(`${kind} ${field}`) ? valuesOf(topology, kind, field) : []),
      ]),
      with(now: T.Topology, value: unknown) {
        const [key, id] = place({}, Reflect.get(now, kind.split(".")[0] ?? "") as ReadonlyMap<string, Resource>);
        const members = Reflect.get(now, key) as ReadonlyMap<string, Resource>;
        if (!members.has(id)) return now;
        const [, , made] = place({ [field]: value }, members);
        const changed = kind.includes(".") ? made : { ...(members.get(id) as Resource), [field]: value };
        return { ...now, [key]: new Map([...members, [id, changed]]) };
      },
    }));
}

function valuesOf(topology: T.Topology, kind: string, field: string): unknown[] {
  const [key = "", list = ""] = kind.split(".");
  const resources = [...(Reflect.get(topology, key) as ReadonlyMap<string, Resource>).values()];
  return resources.flatMap((resource) => (resource[list] as readonly Resource[]).map((member) => member[field]));
}

function distinct(values: readonly unknown[]): unknown[] {
  const seen = new Map(values.toReversed().map((value) => [textOf(value), value]));
  const first = textOf(values[0]);
  return [values[0], ...[...seen].filter(([text]) => text !== first).map(([, value]) => value)];
}

const textOf = (value: unknown) =>
  JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one)) ?? "undefined";
