import type { Subnet } from "../../reachability/topology.ts";
import type { Collected, Reading } from "./reading.ts";
import { associatedBlocks } from "./vpc.ts";

export function subnets(reading: Reading): Collected<Subnet> {
  return reading.collect("Subnets", "SubnetId", (fields, id) => ({
    id,
    vpcId: fields.text("VpcId"),
    availabilityZone: fields.text("AvailabilityZone"),
    cidrBlocks: [
      ...(fields.has("CidrBlock") ? [fields.cidr("CidrBlock", 4)] : []),
      ...associatedBlocks(fields, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", 6),
    ],
    mapPublicIpOnLaunch: fields.optionalFlag("MapPublicIpOnLaunch") ?? false,
  }));
}
