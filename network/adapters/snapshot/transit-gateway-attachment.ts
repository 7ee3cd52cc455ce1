import { Unknown } from "../../reachability/known.ts";
import type { TransitGatewayAttachment } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, type Found, missing, type Reading } from "./reading.ts";

const idKey = "TransitGatewayAttachmentId";

/** By transit gateway and id: an attachment between two of them has one id, and is there for both. */
export function transitGatewayAttachments(reading: Reading): Collected<TransitGatewayAttachment> {
  const entries = reading.entries("TransitGatewayAttachments");
  if (!entries) return missing("TransitGatewayAttachments");
  const details = detailsOf(reading);
  const found = new Map<string, Found<TransitGatewayAttachment>>();
  for (const entry of entries) {
    const id = reading.idOf(entry, "TransitGatewayAttachments", idKey);
    if (id === undefined) continue;
    const made = attachmentOf(reading.fields(entry, id), id, details.get(id));
    const key = `${made.transitGatewayId}/${made.id}`;
    if (!found.has(key)) found.set(key, { resource: made, entry });
  }
  return found;
}

/** DescribeTransitGatewayVpcAttachments tells subnets and options. */
function detailsOf(reading: Reading): ReadonlyMap<string, Fields> {
  const details = new Map<string, Fields>();
  for (const entry of reading.entries("TransitGatewayVpcAttachments") ?? []) {
    const id = reading.idOf(entry, "TransitGatewayVpcAttachments", idKey);
    if (id !== undefined) details.set(id, reading.fields(entry, id));
  }
  return details;
}

function attachmentOf(fields: Fields, id: string, detail: Fields | undefined): TransitGatewayAttachment {
  const options = detail?.object("Options");
  const association = fields.object("Association");
  return {
    id,
    transitGatewayId: fields.text("TransitGatewayId"),
    state: fields.text("State"),
    resource: resourceOf(fields, id),
    subnetIds: detail?.texts("SubnetIds") ?? new Unknown(`the subnets of ${id} are not in the snapshot`),
    ipv6Support: options?.optionalText("Ipv6Support") === "enable",
    securityGroupReferencingSupport: options?.optionalText("SecurityGroupReferencingSupport") === "enable",
    routeTableId:
      association?.state("State") === "associated" ? association.text("TransitGatewayRouteTableId") : undefined,
  };
}

function resourceOf(fields: Fields, id: string): TransitGatewayAttachment["resource"] {
  const type = fields.text("ResourceType");
  if (type === "vpc") return { type, vpcId: fields.text("ResourceId") };
  if (type === "peering") return { type, transitGatewayId: fields.text("ResourceId") };
  return { type: "unsupported", name: type, cidrBlocks: new Unknown(`what ${id} propagates`) };
}
