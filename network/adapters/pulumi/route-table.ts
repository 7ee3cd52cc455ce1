import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { Route, RouteTable, RouteTarget, Vpc } from "../../reachability/topology.ts";
import { Block } from "./block.ts";
import { type Declarations, groupBy, isOfVpc, whichOne } from "./declarations.ts";
import type { Inputs, Wanted } from "./inputs.ts";
import {
  defaultTableOf,
  egressOnlyInternetGateways,
  internetGateways,
  listOfService,
  natGateways,
  networkInterfaces,
  prefixLists,
  subnets,
  routeTables as tables,
  transitGateways,
  types,
  vpcEndpoints,
  vpcPeeringConnections,
  vpcs as wantedVpcs,
} from "./wanted.ts";

export const tokens = {
  route: "aws:ec2/route:Route",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  main: "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
  propagation: "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
  routeServer: "aws:vpc/routeServerPropagation:RouteServerPropagation",
  endpointAssociation: "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
} as const;

type Association = { readonly isMain: boolean; readonly subnetId?: string; readonly gatewayId?: string };

/** The tables of each VPC: the default one, which is the main one unless told otherwise, and those that are declared. */
export function routeTables(declarations: Declarations, vpcs: ReadonlyMap<string, Vpc>): Map<string, RouteTable> {
  const ofTable = (inputs: Inputs) => inputs.reference("routeTableId", tables);
  const routes = groupBy(declarations.of(tokens.route), ofTable);
  const propagations = groupBy(declarations.of(tokens.propagation, tokens.routeServer), ofTable);
  const associations = groupBy(declarations.of(tokens.association), ofTable);
  const mains = groupBy(declarations.of(tokens.main), (inputs) => inputs.reference("vpcId", wantedVpcs));
  const toEndpoints = endpointRoutes(declarations);
  const stray = routes.stray ?? propagations.stray ?? toEndpoints.stray;

  const made = new Map<string, RouteTable>();
  const add = (id: string, vpcId: string, inputs: Inputs | undefined, isDefault: boolean) => {
    const vpc = vpcs.get(vpcId);
    const isOpen = vpc?.others !== undefined && isDefault && inputs === undefined;
    const own = inputs ? inlineRoutes(inputs) : [];
    const standalone = (routes.byKey.get(id) ?? []).map((one) => standaloneRoute(one));
    const others = inputs?.has("routes") ? standalone.map((one) => inDoubt(one, id)) : standalone;
    const propagated = (propagations.byKey.get(id) ?? []).map((one) => propagatedRoute(one));
    const locals = localRoutes(vpc, id);
    const all = [locals, own, others, propagated, toEndpoints.byTable.get(id) ?? [], toEndpoints.anywhere];
    const unknown = all.find((list) => !isKnown(list));
    made.set(id, {
      id,
      vpcId,
      routes:
        stray ??
        (isDefault && inputs === undefined ? (unsure ?? lookedUp.get(vpcId)) : undefined) ??
        (isOpen ? new Unknown(`the routes of the default route table of ${vpcId}`) : undefined) ??
        (unknown as Unknown | undefined) ??
        all.flatMap((list) => list as readonly Route[]),
      associations: associationsOf(associations.byKey.get(id) ?? [], isMain(id, vpcId, isDefault)),
    });
  };
  const isMain = (id: string, vpcId: string, isDefault: boolean): Known<boolean> => {
    if (mains.stray) return mains.stray;
    const [main] = mains.byKey.get(vpcId) ?? [];
    if (!main) return isDefault && vpcs.get(vpcId)?.others === undefined;
    const tableId = ofTable(main);
    return isKnown(tableId) ? tableId === id : tableId;
  };
  /** Tables that are looked up in a VPC which the program makes: its default one, for all that is known. */
  const lookedUp = new Map<string, Unknown>();
  for (const inputs of declarations.of(...types.routeTable)) {
    const vpcId = declarations.vpcOf(inputs);
    if (inputs.resource.isRead) lookedUp.set(vpcId, inputs.unknown("routes", "is not this program's"));
    add(inputs.resource.urn, vpcId, inputs, false);
  }
  const adopted = new Map<string, Inputs>();
  let unsure: Unknown | undefined;
  for (const inputs of declarations.of(...types.defaultRouteTable)) {
    const id = inputs.reference("defaultRouteTableId", tables);
    if (typeof id === "string") adopted.set(id, inputs);
    if (!isOfVpc(id, defaultTableOf, vpcs)) unsure ??= whichOne(inputs, "route table");
  }
  for (const vpcId of vpcs.keys()) {
    const id = defaultTableOf(vpcId);
    add(id, vpcId, adopted.get(id), true);
  }
  // What the program only associates.
  let { stray: unsureOf } = associations;
  for (const [id, own] of associations.byKey) {
    if (made.has(id)) continue;
    const of = associationsOf(own, false);
    if (!isKnown(of)) unsureOf ??= of;
    const foreign = new Unknown(`the routes of ${id}, a route table that this program does not make`);
    made.set(id, { id, vpcId: "", routes: foreign, associations: isKnown(of) ? of : [] });
  }
  return unsureOf ? withUnknownAssociations(made, unsureOf) : made;
}

/** An association of nobody knows which table may be of each: what has no other one may have it. */
function withUnknownAssociations(made: Map<string, RouteTable>, stray: Unknown): Map<string, RouteTable> {
  const unsure = ([id, table]: [string, RouteTable]): [string, RouteTable] =>
    isKnown(table.associations) && table.associations.some((one) => one.isMain)
      ? [id, { ...table, associations: stray }]
      : [id, table];
  return new Map([...made].map(unsure));
}

function associationsOf(own: readonly Inputs[], isMain: Known<boolean>): Known<readonly Association[]> {
  if (!isKnown(isMain)) return isMain;
  const all: Association[] = isMain ? [{ isMain: true }] : [];
  for (const inputs of own) {
    for (const [key, wanted] of [
      ["subnetId", subnets],
      ["gatewayId", internetGateways],
    ] as const) {
      if (!inputs.has(key)) continue;
      const id = inputs.reference(key, wanted);
      if (!isKnown(id)) return id;
      if (id !== undefined) all.push({ isMain: false, [key]: id });
    }
  }
  return all;
}

/** A route to each block of the VPC, which nobody can remove. */
function localRoutes(vpc: Vpc | undefined, id: string): Known<readonly Route[]> {
  if (!vpc) return new Unknown(`the VPC of ${id}`);
  const { cidrBlocks } = vpc;
  if (!isKnown(cidrBlocks)) return cidrBlocks;
  return cidrBlocks.map((cidr) => route({ cidr }, { type: "local" }));
}

function route(destination: Route["destination"], target: Known<RouteTarget>): Route {
  return { destination, target, state: "active", isPropagated: false };
}

/**
 * A standalone route of a table that has routes of its own: the provider removes it at each update, and makes it again at
 * the next (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table).
 */
function inDoubt({ destination, ...other }: Route, id: string): Route {
  const target = new Unknown(`a standalone route of ${id}, which has inline routes too and removes it: use either`);
  return { ...other, destination: isKnown(destination) ? target : destination, target };
}

/** What a virtual private gateway or a route server learns shows only in the account. */
export function propagatedRoute({ resource: { urn, type } }: Inputs): Route {
  const name = type === tokens.routeServer ? "route server" : "virtual private gateway";
  return {
    destination: new Unknown(`what the ${name} of ${urn} propagates`),
    target: { type: "unsupported", name, id: urn },
    state: "active",
    isPropagated: true,
  };
}

function inlineRoutes(inputs: Inputs): Known<readonly Route[]> {
  const blocks = inputs.blocks("routes");
  if (!isKnown(blocks)) return blocks;
  const gateways = inputs.value("propagatingVgws");
  const hasNone = gateways === undefined || (Array.isArray(gateways) && gateways.length === 0);
  const propagated = hasNone ? [] : [propagatedRoute(inputs)];
  return [...blocks.map((block) => blockRoute(block)), ...propagated];
}

function blockRoute(block: Block): Route {
  const keys = {
    cidr: ["cidrBlock", "ipv6CidrBlock"],
    list: "destinationPrefixListId",
    gateway6: "egressOnlyGatewayId",
  };
  return route(destinationOf(block, keys.cidr, keys.list), targetOf(block, keys.gateway6));
}

export function standaloneRoute(inputs: Inputs): Route {
  const block = new Block(inputs, "", inputs.resource.inputs);
  const cidrs = ["destinationCidrBlock", "destinationIpv6CidrBlock"];
  return route(destinationOf(block, cidrs, "destinationPrefixListId"), targetOf(block, "egressOnlyGatewayId"));
}

function destinationOf(block: Block, cidrs: readonly string[], list: string): Route["destination"] {
  const { inputs } = block;
  for (const key of cidrs) if (block.has(key)) return cidrOf(block.value(key), inputs, key);
  if (block.has(list)) {
    const prefixListId = block.reference(list, prefixLists);
    if (typeof prefixListId === "string") return { prefixListId };
    if (prefixListId) return prefixListId;
  }
  return inputs.unknown(cidrs[0] as string, "is missing, as is every other destination of the route");
}

function cidrOf(value: Known<unknown>, inputs: Inputs, key: string): Route["destination"] {
  const cidr = inputs.cidr(value, key) ?? inputs.unknown(key);
  return isKnown(cidr) ? { cidr } : cidr;
}

/** By input: what it leads to. `gatewayId` takes whatever is called a gateway. */
const targets: readonly (readonly [key: string, wanted: Wanted, type: RouteTarget["type"]])[] = [
  ["gatewayId", internetGateways, "internet-gateway"],
  ["gatewayId", natGateways, "nat-gateway"],
  ["gatewayId", egressOnlyInternetGateways, "egress-only-internet-gateway"],
  ["gatewayId", vpcEndpoints, "vpc-endpoint"],
  ["natGatewayId", natGateways, "nat-gateway"],
  ["", egressOnlyInternetGateways, "egress-only-internet-gateway"],
  ["transitGatewayId", transitGateways, "transit-gateway"],
  ["vpcPeeringConnectionId", vpcPeeringConnections, "vpc-peering-connection"],
  ["vpcEndpointId", vpcEndpoints, "vpc-endpoint"],
  ["networkInterfaceId", networkInterfaces, "network-interface"],
];

const unsupported: Readonly<Record<string, string>> = {
  carrierGatewayId: "carrier gateway",
  localGatewayId: "local gateway",
  coreNetworkArn: "core network",
  odbNetworkArn: "ODB network",
  instanceId: "instance",
};

function targetOf(block: Block, egressOnlyKey: string): Known<RouteTarget> {
  const { inputs } = block;
  let why: Unknown | undefined;
  for (const [key0, wanted, type] of targets) {
    const key = key0 === "" ? egressOnlyKey : key0;
    if (!block.has(key)) continue;
    if (block.fields[key] === "local") return { type: "local" };
    const id = block.reference(key, wanted);
    if (id === undefined) continue;
    if (!isKnown(id)) why ??= id;
    else if (isWanted(inputs, id, wanted)) return { type, id } as RouteTarget;
    else why ??= new Unknown(`where ${id} leads, which this program does not make`);
  }
  for (const [key, name] of Object.entries(unsupported))
    if (block.has(key)) return { type: "unsupported", name, id: String(block.fields[key]) };
  const gateway = block.fields.gatewayId;
  if (typeof gateway === "string" && gateway.startsWith("vgw-"))
    return { type: "unsupported", name: "virtual private gateway", id: gateway };
  return why ?? inputs.unknown("gatewayId", "is missing, as is every other target of the route");
}

/** A literal id says by its beginning what it is; what a program declares, by its type. */
function isWanted(inputs: Inputs, id: string, wanted: Wanted): boolean {
  const type = inputs.typeOf(id);
  if (type !== undefined) return wanted.types.includes(type) || wanted === networkInterfaces;
  const beginnings: Readonly<Record<string, string>> = {
    "internet gateway": "igw-",
    "NAT gateway": "nat-",
    "egress-only internet gateway": "eigw-",
    "VPC endpoint": "vpce-",
    "transit gateway": "tgw-",
    "VPC peering connection": "pcx-",
    "network interface": "eni-",
  };
  return id.startsWith(beginnings[wanted.name] ?? "?");
}

interface EndpointRoutes {
  readonly byTable: ReadonlyMap<string, readonly Route[]>;
  /** Those that each table may have. */
  readonly anywhere: readonly Route[];
  readonly stray: Unknown | undefined;
}

/** A gateway endpoint puts a route to its service's prefix list into each table that it is associated with. */
export function endpointRoutes(declarations: Declarations): EndpointRoutes {
  const byTable = new Map<string, Route[]>();
  const anywhere: Route[] = [];
  let stray: Unknown | undefined;
  const add = (endpoint: Inputs, tableIds: Known<readonly string[]>) => {
    // Whichever tables get it, it is for the addresses of its service alone.
    if (!isKnown(tableIds)) anywhere.push({ ...toEndpoint(endpoint), target: tableIds });
    else
      for (const id of tableIds) {
        const own = byTable.get(id) ?? [];
        byTable.set(id, own);
        own.push(toEndpoint(endpoint));
      }
  };
  for (const endpoint of declarations.of(...types.vpcEndpoint)) {
    const type = endpoint.text("vpcEndpointType");
    const tableIds = endpoint.resource.isRead ? [] : endpoint.references("routeTableIds", tables);
    if (!isKnown(type)) {
      if (endpoint.has("routeTableIds")) stray ??= type;
    } else if (type === undefined || type === "Gateway") add(endpoint, tableIds);
  }
  for (const association of declarations.of(tokens.endpointAssociation)) {
    const endpointId = association.reference("vpcEndpointId", vpcEndpoints);
    const [endpoint] = declarations.of(...types.vpcEndpoint).filter(({ resource }) => resource.urn === endpointId);
    const tableId = association.reference("routeTableId", tables);
    if (!isKnown(endpointId)) stray ??= endpointId;
    else if (!isKnown(tableId)) add(endpoint ?? association, tableId);
    else if (tableId !== undefined) add(endpoint ?? association, [tableId]);
  }
  return { byTable, anywhere, stray };
}

/** Of an endpoint, or of an association with one that the program does not make. */
function toEndpoint(endpoint: Inputs): Route {
  if (endpoint.resource.type === tokens.endpointAssociation) {
    const id = String(endpoint.resource.inputs.vpcEndpointId);
    const destination = new Unknown(`the service of ${id}, an endpoint that this program does not make`);
    return route(destination, { type: "vpc-endpoint", id });
  }
  const serviceName = endpoint.text("serviceName");
  const destination =
    typeof serviceName === "string"
      ? { prefixListId: listOfService(serviceName) }
      : (serviceName ?? endpoint.unknown("serviceName", "is missing"));
  return route(destination, { type: "vpc-endpoint", id: endpoint.resource.urn });
}
