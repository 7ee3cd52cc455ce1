import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type {
  Route,
  TransitGateway,
  TransitGatewayAttachment,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
} from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import type { Inputs } from "./program.ts";
import {
  transitGatewayAttachments as attachments,
  defaultTableOf,
  transitGateways as gateways,
  prefixLists,
  subnets,
  transitGatewayRouteTables as tables,
  types,
} from "./wanted.ts";

const token = {
  vpcAccepter: "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
  peeringAccepter: "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter",
  association: "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
  propagation: "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation",
  route: "aws:ec2transitgateway/route:Route",
  listReference: "aws:ec2transitgateway/prefixListReference:PrefixListReference",
} as const;

/** Attachments of which nothing is modelled but that they are there. */
const otherAttachments: Readonly<Record<string, string>> = {
  "aws:ec2transitgateway/connect:Connect": "connect",
  "aws:ec2/vpnConnection:VpnConnection": "vpn",
};

export interface TransitGateways {
  readonly transitGateways: Map<string, TransitGateway>;
  readonly transitGatewayAttachments: Map<string, TransitGatewayAttachment>;
  readonly transitGatewayRouteTables: Map<string, TransitGatewayRouteTable>;
}

/** Transit gateways as they will be: what associates and propagates by default does so, unless an attachment opts out. */
export function transitGateways(declarations: Declarations): TransitGateways {
  const all = new Map<string, TransitGateway>();
  for (const inputs of declarations.of(...types.transitGateway)) {
    const { urn } = inputs.resource;
    all.set(urn, {
      id: urn,
      state: "available",
      securityGroupReferencingSupport: isEnabled(inputs, "securityGroupReferencingSupport", false),
    });
  }
  const associations = groupBy(declarations.of(token.association), attachmentOf);
  const propagations = groupBy(declarations.of(token.propagation), tableOf);
  const attached = attachmentsOf(declarations, associations);
  return {
    transitGateways: all,
    transitGatewayAttachments: attached,
    transitGatewayRouteTables: routeTables(declarations, propagations, attached),
  };
}

const attachmentOf = (inputs: Inputs) => inputs.reference("transitGatewayAttachmentId", attachments);
const tableOf = (inputs: Inputs) => inputs.reference("transitGatewayRouteTableId", tables);

/** `enable` or `disable`. */
function isEnabled(inputs: Inputs, key: string, otherwise: boolean): Known<boolean> {
  const text = inputs.text(key);
  return isKnown(text) ? (text === undefined ? otherwise : text === "enable") : text;
}

function attachmentsOf(
  declarations: Declarations,
  associations: ReturnType<typeof groupBy<Inputs>>,
): Map<string, TransitGatewayAttachment> {
  const made = new Map<string, TransitGatewayAttachment>();
  const add = (attachment: TransitGatewayAttachment) =>
    made.set(`${attachment.transitGatewayId}/${attachment.id}`, attachment);
  const accepted = groupBy(declarations.of(token.vpcAccepter, token.peeringAccepter), attachmentOf);
  for (const inputs of declarations.of(...types.transitGatewayVpcAttachment)) {
    const { urn } = inputs.resource;
    const accepter = accepted.byKey.get(urn)?.[0];
    add({
      id: urn,
      transitGatewayId: gatewayOf(inputs),
      state: "available",
      resource: { type: "vpc", vpcId: declarations.vpcOf(inputs) },
      subnetIds: inputs.references("subnetIds", subnets),
      ipv6Support: isEnabled(inputs, "ipv6Support", false),
      securityGroupReferencingSupport: isEnabled(inputs, "securityGroupReferencingSupport", true),
      routeTableId: associationOf(declarations, accepter ?? inputs, urn, associations),
    });
  }
  for (const inputs of declarations.of(...types.transitGatewayPeeringAttachment)) {
    const { urn } = inputs.resource;
    const own = gatewayOf(inputs);
    const peer = inputs.reference("peerTransitGatewayId", gateways);
    const isAccepted = accepted.byKey.has(urn) || inputs.has("options");
    const base = {
      id: urn,
      state: isAccepted ? "available" : new Unknown(`whether ${urn} is accepted`),
      subnetIds: [],
      ipv6Support: true,
      securityGroupReferencingSupport: false,
      routeTableId: associations.stray ?? explicit(associations.byKey.get(urn) ?? []),
    } as const;
    const other = typeof peer === "string" ? peer : `${urn}#peer`;
    add({ ...base, transitGatewayId: own, resource: { type: "peering", transitGatewayId: other } });
    add({ ...base, transitGatewayId: other, resource: { type: "peering", transitGatewayId: own } });
  }
  for (const [type, name] of Object.entries(otherAttachments)) {
    for (const inputs of declarations.of(type)) {
      if (!inputs.has("transitGatewayId")) continue;
      const { urn } = inputs.resource;
      const reason = new Unknown(`${urn}, a ${name} attachment, which is not modelled`);
      add({
        id: urn,
        transitGatewayId: gatewayOf(inputs),
        state: "available",
        resource: { type: "unsupported", name, cidrBlocks: reason },
        subnetIds: [],
        ipv6Support: reason,
        securityGroupReferencingSupport: false,
        routeTableId: reason,
      });
    }
  }
  return made;
}

/** One of which not even the id is known is called after what names it. */
function gatewayOf(inputs: Inputs): string {
  const id = inputs.reference("transitGatewayId", gateways);
  return typeof id === "string" ? id : `${inputs.resource.urn}#transit-gateway`;
}

function associationOf(
  declarations: Declarations,
  inputs: Inputs,
  urn: string,
  associations: ReturnType<typeof groupBy<Inputs>>,
): Known<string | undefined> {
  if (associations.stray) return associations.stray;
  const own = associations.byKey.get(urn) ?? [];
  if (own.length > 0) return explicit(own);
  return byDefault(declarations, inputs, "Association");
}

/** The gateway's default table, where both the gateway and the attachment want that. */
function byDefault(
  declarations: Declarations,
  inputs: Inputs,
  what: "Association" | "Propagation",
): Known<string | undefined> {
  const gatewayId = inputs.reference("transitGatewayId", gateways);
  const gateway = typeof gatewayId === "string" ? declarations.program.get(gatewayId) : undefined;
  const wanted = inputs.flag(`transitGatewayDefaultRouteTable${what}`, true);
  if (wanted === false) return undefined;
  if (!isKnown(wanted)) return wanted;
  if (!gateway) return new Unknown(`with which route table ${inputs.resource.urn} is associated`);
  const [own] = declarations.of(gateway.type).filter(({ resource }) => resource.urn === gateway.urn);
  const isOn = own ? isEnabled(own, `defaultRouteTable${what}`, true) : true;
  if (!isKnown(isOn)) return isOn;
  return isOn ? defaultTableOf(gateway.urn) : undefined;
}

function explicit(own: readonly Inputs[]): Known<string | undefined> {
  const [first] = own;
  return first ? tableOf(first) : undefined;
}

function routeTables(
  declarations: Declarations,
  propagations: ReturnType<typeof groupBy<Inputs>>,
  attached: ReadonlyMap<string, TransitGatewayAttachment>,
): Map<string, TransitGatewayRouteTable> {
  const routes = groupBy(declarations.of(token.route), tableOf);
  const references = groupBy(declarations.of(token.listReference), tableOf);
  const stray = routes.stray ?? references.stray;
  const made = new Map<string, TransitGatewayRouteTable>();
  const add = (id: string, transitGatewayId: string, propagating: Known<readonly string[]>) => {
    const own = [
      ...(routes.byKey.get(id) ?? []).map((inputs) => staticRoute(inputs, cidrOf(inputs))),
      ...(references.byKey.get(id) ?? []).map((inputs) => staticRoute(inputs, listOf(inputs))),
    ];
    made.set(id, { id, transitGatewayId, staticRoutes: stray ?? own, propagatingAttachmentIds: propagating });
  };
  const explicitly = (id: string): Known<readonly string[]> => {
    if (propagations.stray) return propagations.stray;
    const ids: string[] = [];
    for (const inputs of propagations.byKey.get(id) ?? []) {
      const attachmentId = attachmentOf(inputs);
      if (!isKnown(attachmentId)) return attachmentId;
      if (attachmentId !== undefined) ids.push(attachmentId);
    }
    return ids;
  };
  for (const inputs of declarations.of(...types.transitGatewayRouteTable))
    add(inputs.resource.urn, gatewayOf(inputs), explicitly(inputs.resource.urn));
  for (const inputs of declarations.of(...types.transitGateway)) {
    const { urn } = inputs.resource;
    const id = defaultTableOf(urn);
    let all = explicitly(id);
    for (const { id: attachmentId, transitGatewayId } of attached.values()) {
      if (transitGatewayId !== urn) continue;
      const [own] = declarations
        .of(...types.transitGatewayVpcAttachment)
        .filter(({ resource }) => resource.urn === attachmentId);
      const tableId = own ? byDefault(declarations, own, "Propagation") : undefined;
      if (!isKnown(tableId)) all = tableId;
      else if (isKnown(all) && tableId === id) all = [...all, attachmentId];
    }
    add(id, urn, all);
  }
  return made;
}

function staticRoute(inputs: Inputs, destination: Route["destination"]): TransitGatewayRoute {
  const isBlackhole = inputs.flag("blackhole", false);
  const attachmentId = attachmentOf(inputs);
  return {
    destination: isKnown(attachmentId) ? destination : attachmentId,
    state: isKnown(isBlackhole) ? (isBlackhole ? "blackhole" : "active") : isBlackhole,
    attachmentIds: typeof attachmentId === "string" ? [attachmentId] : [],
    isPropagated: false,
  };
}

function cidrOf(inputs: Inputs): Route["destination"] {
  const cidr = inputs.cidr(inputs.value("destinationCidrBlock"), "destinationCidrBlock");
  if (cidr === undefined) return inputs.unknown("destinationCidrBlock", "is missing");
  return isKnown(cidr) ? { cidr } : cidr;
}

function listOf(inputs: Inputs): Route["destination"] {
  const prefixListId = inputs.reference("prefixListId", prefixLists);
  if (typeof prefixListId === "string") return { prefixListId };
  return prefixListId ?? inputs.unknown("prefixListId", "is missing");
}
