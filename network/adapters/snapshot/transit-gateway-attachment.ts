import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { TransitGatewayAttachment } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";
import type { Entry } from "./responses.ts";
import { optionOf } from "./transit-gateway.ts";
import { type VpnRoutes, vpnRoutes } from "./vpn-connection.ts";

const idKey = "TransitGatewayAttachmentId";

/** By transit gateway and id: an attachment between two of them has one id, and is there for both. */
export function transitGatewayAttachments(reading: Reading): Collected<TransitGatewayAttachment> {
  const details = detailsOf(reading);
  const routes = vpnRoutes(reading);
  const owners = ownersOf(reading);
  return reading.collect(
    "TransitGatewayAttachments",
    idKey,
    (fields, id, entry) => {
      const detail = isKnown(details) ? details.get(id)?.resource : undefined;
      const resource = resourceOf(fields, id, routes);
      // Groups are told between VPCs of one gateway, never across a peering (Transit Gateway guide).
      const groups = resource.type === "vpc" ? notTold(id, "Options.SecurityGroupReferencingSupport") : false;
      return {
        id,
        transitGatewayId: fields.text("TransitGatewayId"),
        state: fields.text("State"),
        resource,
        subnetIds: detail?.subnetIds ?? notTold(id, "SubnetIds"),
        ipv6Support: detail?.ipv6Support ?? notTold(id, "Options.Ipv6Support"),
        securityGroupReferencingSupport: detail?.securityGroupReferencingSupport ?? groups,
        routeTableId: routeTableOf(fields, id, owners(fields, entry)),
      };
    },
    ({ transitGatewayId, id }) => `${transitGatewayId}/${id}`,
  );
}

/** DescribeTransitGatewayVpcAttachments tells subnets and options. */
function detailsOf(reading: Reading) {
  return reading.collect("TransitGatewayVpcAttachments", idKey, (fields, id) => ({
    subnetIds: fields.has("SubnetIds") ? fields.texts("SubnetIds") : notTold(id, "SubnetIds"),
    ipv6Support: optionOf(fields, id, "Ipv6Support"),
    securityGroupReferencingSupport: optionOf(fields, id, "SecurityGroupReferencingSupport"),
  }));
}

/** Whether a response is one to the owner of the transit gateway: whom it is shared with is not told associations. */
function ownersOf(reading: Reading): (fields: Fields, entry: Entry) => boolean {
  const tables = reading.entries("TransitGatewayRouteTables") ?? [];
  const owned = new Set(tables.map(({ scope, value }) => `${scope} ${value.TransitGatewayId}`));
  return (fields, { account, scope }) => {
    const owner = fields.optionalText("TransitGatewayOwnerId");
    if (owner === undefined || owner === account) return true;
    return account === undefined && owned.has(`${scope} ${fields.text("TransitGatewayId")}`);
  };
}

function routeTableOf(fields: Fields, id: string, isOwners: boolean): Known<string | undefined> {
  const association = fields.object("Association");
  if (!association) return isOwners ? undefined : notTold(id, "Association");
  const state = association.optionalText("State");
  if (state === "associated") return association.text("TransitGatewayRouteTableId");
  return state === "disassociated" ? undefined : new Unknown(`the association of ${id} is ${state ?? "in no state"}`);
}

function resourceOf(fields: Fields, id: string, routes: VpnRoutes): TransitGatewayAttachment["resource"] {
  const type = fields.text("ResourceType");
  if (type === "vpc") return { type, vpcId: fields.text("ResourceId") };
  if (type === "peering" || type === "tgw-peering")
    return { type: "peering", transitGatewayId: fields.text("ResourceId") };
  const cidrBlocks = type === "vpn" ? routes.of(id, fields.optionalText("ResourceId")) : undefined;
  return { type: "unsupported", name: type, cidrBlocks: cidrBlocks ?? new Unknown(`what ${id} propagates`) };
}
