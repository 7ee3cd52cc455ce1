import type { Cidr } from "../../reachability/address.ts";
import { type Known, Unknown } from "../../reachability/known.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

/** What VPN connections with static routes alone bring to the transit gateways that they are attached to. */
export interface VpnRoutes {
  of(attachmentId: string, connectionId: string | undefined): Known<readonly Cidr[]> | undefined;
}

export function vpnRoutes(reading: Reading): VpnRoutes {
  const byConnection = new Map<string, Known<readonly Cidr[]>>();
  const byAttachment = new Map<string, Known<readonly Cidr[]>>();
  for (const entry of reading.entries("VpnConnections") ?? []) {
    const id = reading.idOf(entry, "VpnConnections", "VpnConnectionId");
    if (id === undefined) continue;
    const fields = reading.fields(entry, id);
    const blocks = blocksOf(fields, id);
    byConnection.set(id, blocks);
    const attachmentId = fields.optionalText("TransitGatewayAttachmentId");
    if (attachmentId !== undefined) byAttachment.set(attachmentId, blocks);
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
    return new Unknown(`what the other end of ${id} tells by BGP`);
  const passing = routes.find(({ state }) => state === "pending" || state === "deleting");
  if (passing) return new Unknown(`a route of ${id} is ${passing.state}`);
  return routes.filter(({ state }) => state !== "deleted").map(({ cidr }) => cidr);
}
