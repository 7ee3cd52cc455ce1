import { Unknown } from "../../reachability/known.ts";
import type { PeeringSide, VpcPeeringConnection } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function vpcPeeringConnections(reading: Reading): Collected<VpcPeeringConnection> {
  return reading.collect("VpcPeeringConnections", "VpcPeeringConnectionId", (fields, id) => ({
    id,
    state: fields.object("Status")?.text("Code") ?? notTold(id, "Status"),
    sides: [sideOf(fields, "AccepterVpcInfo"), sideOf(fields, "RequesterVpcInfo")],
  }));
}

/** Only an active connection tells the blocks of its VPCs. */
function sideOf(fields: Fields, key: string): PeeringSide {
  const side = fields.object(key);
  if (!side) {
    if (!fields.has(key)) fields.fault(key, "is missing; it must be an object");
    return { vpcId: "", region: "", cidrBlocks: [] };
  }
  const vpcId = side.text("VpcId");
  const blocks = side.has("CidrBlockSet") || !side.has("CidrBlock") ? side.list("CidrBlockSet") : [side];
  const cidrBlocks = [
    ...blocks.map((one) => one.cidr("CidrBlock", 4)),
    ...side.list("Ipv6CidrBlockSet").map((one) => one.cidr("Ipv6CidrBlock", 6)),
  ];
  return {
    vpcId,
    region: side.optionalText("Region") ?? "",
    cidrBlocks: blocks.length === 0 ? new Unknown(`the blocks of ${vpcId}`) : cidrBlocks,
  };
}
