import type { Cidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

/** What VPN connections with static routes alone bring to the transit gateways that they are attached to. */
export interface VpnRoutes {
  of(attachmentId: string, connectionId: string | undefined): Known<readonly Cidr[]> | undefined;
}

export function vpnRoutes(reading: Reading): VpnRoutes {
  const connections = reading.collect("VpnConnections", "VpnConnectionId", (fields, id) => ({
    attachmentId: fields.optionalText("TransitGatewayAttachmentId"),
    cidrBlocks: blocksOf(fields, id),
  }));
  const byConnection = new Map<string, Known<readonly Cidr[]>>();
  const byAttachment = new Map<string, Known<readonly Cidr[]>>();
  for (const [id, { resource }] of isKnown(connections) ? connections : []) {
    byConnection.set(id, resource.cidrBlocks);
    if (resource.attachmentId !== undefined) byAttachment.set(resource.attachmentId, resource.cidrBlocks);
  }
  return {
    of: (attachmentId, connectionId) => byAttachment.get(attachmentId) ?? byConnection.get(connectionId ?? ""),
  };
}

/** With BGP only the tunnels' other end knows them. */
function blocksOf(fields: Fields, id: string): Known<readonly Cidr[]> {
  const routes = fields.list("Routes").map((one) => ({
    state: one.optionalText("State"),
    cidr: one.cidr("DestinationCidrBlock", 4),
  }));
  if (fields.object("Options")?.optionalFlag("StaticRoutesOnly") !== true)
    return bringsNothing(fields) ? [] : new Unknown(`what the other end of ${id} tells by BGP`);
  const passing = routes.find(({ state }) => state === "pending" || state === "deleting");
  if (passing) return new Unknown(`a route of ${id} is ${passing.state}`);
  return routes.filter(({ state }) => state !== "deleted").map(({ cidr }) => cidr);
}

/** As the telemetry of its tunnels tells. */
function bringsNothing(fields: Fields): boolean {
  const tunnels = fields.list("VgwTelemetry");
  return tunnels.length > 0 && tunnels.every((one) => one.optionalNumber("AcceptedRouteCount", 0, 100_000) === 0);
}
