import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type {
  Route,
  TransitGateway,
  TransitGatewayAttachment,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
} from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import { type Inputs, referencesOf } from "./inputs.ts";
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
  defaultAssociation: "aws:ec2transitgateway/defaultRouteTableAssociation:DefaultRouteTableAssociation",
  defaultPropagation: "aws:ec2transitgateway/defaultRouteTablePropagation:DefaultRouteTablePropagation",
  policyTable: "aws:ec2transitgateway/policyTableAssociation:PolicyTableAssociation",
  listReference: "aws:ec2transitgateway/prefixListReference:PrefixListReference",
} as const;

/** Attachments of which nothing is modelled but that they are there. */
const otherAttachments: Readonly<Record<string, { readonly name: string; readonly key: string }>> = {
  "aws:ec2transitgateway/connect:Connect": { name: "connect", key: "transitGatewayId" },
  "aws:ec2/vpnConnection:VpnConnection": { name: "vpn", key: "transitGatewayId" },
  "aws:directconnect/gatewayAssociation:GatewayAssociation": {
    name: "direct-connect-gateway",
    key: "associatedGatewayId",
  },
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
  const policies = groupBy(declarations.of(token.policyTable), attachmentOf);
  const policed = (urn: string) =>
    policies.stray ?? (policies.byKey.has(urn) ? new Unknown(`what the policy table of ${urn} says`) : undefined);
  const accepted = groupBy(declarations.of(token.vpcAccepter, token.peeringAccepter), attachmentOf);
  for (const inputs of declarations.of(...types.transitGatewayVpcAttachment)) {
    const { urn } = inputs.resource;
    const accepter = accepted.byKey.get(urn)?.[0];
    add({
      id: urn,
      transitGatewayId: gatewayOf(inputs),
      state: accepter ? "available" : (accepted.stray ?? stateOf(declarations, inputs)),
      resource: { type: "vpc", vpcId: declarations.vpcOf(inputs) },
      subnetIds: inputs.references("subnetIds", subnets),
      ipv6Support: isEnabled(inputs, "ipv6Support", false),
      securityGroupReferencingSupport: isEnabled(inputs, "securityGroupReferencingSupport", true),
      routeTableId: policed(urn) ?? associationOf(declarations, inputs, accepter ?? inputs, associations),
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
    } as const;
    const other = typeof peer === "string" ? peer : `${urn}#peer`;
    const all = associations.byKey.get(urn) ?? [];
    // Each side has a table of its own.
    const tableIdOf = (gatewayId: string) =>
      policed(urn) ?? associations.stray ?? explicit(all.filter((one) => mayBeOf(declarations, one, gatewayId)));
    const side = (transitGatewayId: string, farId: string) => ({
      ...base,
      transitGatewayId,
      routeTableId: tableIdOf(transitGatewayId),
      resource: { type: "peering", transitGatewayId: farId } as const,
    });
    add(side(own, other));
    add(side(other, own));
  }
  for (const [type, { name, key }] of Object.entries(otherAttachments)) {
    for (const inputs of declarations.of(type)) {
      if (!inputs.has(key)) continue;
      const { urn } = inputs.resource;
      const reason = new Unknown(`${urn}, a ${name} attachment, which is not modelled`);
      add({
        id: urn,
        transitGatewayId: gatewayOf(inputs, key),
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
function gatewayOf(inputs: Inputs, key = "transitGatewayId"): string {
  const id = inputs.reference(key, gateways);
  return typeof id === "string" ? id : `${inputs.resource.urn}#transit-gateway`;
}

/** `chooser`: what says whether the gateway's default table is wanted; in another account the accepter. */
function associationOf(
  declarations: Declarations,
  inputs: Inputs,
  chooser: Inputs,
  associations: ReturnType<typeof groupBy<Inputs>>,
): Known<string | undefined> {
  if (associations.stray) return associations.stray;
  const own = associations.byKey.get(inputs.resource.urn) ?? [];
  if (own.length > 0) return explicit(own);
  return byDefault(declarations, inputs, chooser, "Association");
}

/** What another account attaches waits for the gateway's owner, unless that accepts all. */
function stateOf(declarations: Declarations, inputs: Inputs): TransitGatewayAttachment["state"] {
  const { urn, isRead, provider } = inputs.resource;
  const gatewayId = inputs.reference("transitGatewayId", gateways);
  const [gateway] = declarations.of(...types.transitGateway).filter(({ resource }) => resource.urn === gatewayId);
  const reason = new Unknown(`whether ${urn} is accepted`);
  if (isRead || !isKnown(gatewayId)) return reason;
  if (!gateway || gateway.resource.provider === provider) return gateway?.resource.isRead ? reason : "available";
  return isEnabled(gateway, "autoAcceptSharedAttachments", false) === true ? "available" : reason;
}

/** Whether an association is with a table of a gateway, for all that is known. */
function mayBeOf(declarations: Declarations, association: Inputs, gatewayId: string): boolean {
  const tableId = tableOf(association);
  const [table] = declarations.of(...types.transitGatewayRouteTable).filter(({ resource }) => resource.urn === tableId);
  return table === undefined || gatewayOf(table) === gatewayId;
}

/** The gateway's default table, where both the gateway and the attachment want that. */
function byDefault(
  declarations: Declarations,
  inputs: Inputs,
  chooser: Inputs,
  what: "Association" | "Propagation",
): Known<string | undefined> {
  const gatewayId = inputs.reference(keyOf(inputs), gateways);
  const gateway = typeof gatewayId === "string" ? declarations.program.get(gatewayId) : undefined;
  const wanted = chooser.flag(`transitGatewayDefaultRouteTable${what}`, true);
  if (wanted === false) return undefined;
  if (!isKnown(wanted)) return wanted;
  if (!gateway) return new Unknown(`with which route table ${inputs.resource.urn} is associated`);
  const [own] = declarations.of(gateway.type).filter(({ resource }) => resource.urn === gateway.urn);
  for (const other of declarations.of(what === "Association" ? token.defaultAssociation : token.defaultPropagation)) {
    const of = other.reference("transitGatewayId", gateways);
    if (!isKnown(of) || of === gateway.urn)
      return new Unknown(
        `whether ${inputs.resource.urn} is made before ${other.resource.urn} changes the default table`,
      );
  }
  const isOn = own ? isEnabled(own, `defaultRouteTable${what}`, true) : true;
  if (!isKnown(isOn)) return isOn;
  return isOn ? defaultTableOf(gateway.urn) : undefined;
}

const keyOf = ({ resource: { type } }: Inputs) => otherAttachments[type]?.key ?? "transitGatewayId";

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
    const isRead = declarations.program.get(id.replace(/#.*/, ""))?.isRead === true;
    const foreign = isRead ? new Unknown(`the routes of ${id}, which this program does not make`) : undefined;
    made.set(id, {
      id,
      transitGatewayId,
      staticRoutes: stray ?? foreign ?? own,
      propagatingAttachmentIds: foreign ?? propagating,
    });
  };
  const explicitly = (id: string): Known<readonly string[]> =>
    propagations.stray ?? referencesOf(propagations.byKey.get(id) ?? [], "transitGatewayAttachmentId", attachments);
  for (const inputs of declarations.of(...types.transitGatewayRouteTable))
    add(inputs.resource.urn, gatewayOf(inputs), explicitly(inputs.resource.urn));
  const propagators = new Map(
    declarations
      .of(...types.transitGatewayVpcAttachment, ...Object.keys(otherAttachments))
      .map((one) => [one.resource.urn, one]),
  );
  const accepters = new Map(
    declarations.of(token.vpcAccepter).flatMap((one) => {
      const id = attachmentOf(one);
      return typeof id === "string" ? [[id, one]] : [];
    }),
  );
  for (const inputs of declarations.of(...types.transitGateway)) {
    const { urn } = inputs.resource;
    const id = defaultTableOf(urn);
    let all = explicitly(id);
    for (const { id: attachmentId, transitGatewayId } of attached.values()) {
      if (transitGatewayId !== urn) continue;
      const own = propagators.get(attachmentId);
      const tableId = own ? byDefault(declarations, own, accepters.get(attachmentId) ?? own, "Propagation") : undefined;
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
