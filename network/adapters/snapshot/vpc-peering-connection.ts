import { Unknown } from "../../reachability/known.ts";
import type { PeeringSide, VpcPeeringConnection } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import type { Collected, Reading } from "./reading.ts";

export function vpcPeeringConnections(reading: Reading): Collected<VpcPeeringConnection> {
  return reading.collect("VpcPeeringConnections", "VpcPeeringConnectionId", (fields, id) => ({
    id,
    state: fields.object("Status")?.text("Code") ?? new Unknown(`the status of ${id} is not in the snapshot`),
    sides: [sideOf(fields, "AccepterVpcInfo"), sideOf(fields, "RequesterVpcInfo")],
  }));
}

/** Only an active connection tells the blocks of its VPCs. */
function sideOf(fields: Fields, key: string): PeeringSide {
  const side = fields.object(key);
  const vpcId = side?.text("VpcId") ?? "";
  if (!side) fields.fault(key, "is missing; it must be an object");
  const blocks = side?.list("CidrBlockSet").map((one) => one.cidr("CidrBlock", 4)) ?? [];
  const blocks6 = side?.list("Ipv6CidrBlockSet").map((one) => one.cidr("Ipv6CidrBlock", 6)) ?? [];
  return {
    vpcId,
    region: side?.optionalText("Region") ?? "",
    cidrBlocks: blocks.length === 0 ? new Unknown(`the blocks of ${vpcId}`) : [...blocks, ...blocks6],
  };
}
