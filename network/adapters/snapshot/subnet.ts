import type { Cidr } from "../../reachability/address.ts";
import { isKnown, type Known } from "../../reachability/known.ts";
import type { Subnet } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";
import { associatedBlocks } from "./vpc.ts";

export function subnets(reading: Reading): Collected<Subnet> {
  // us-east-1a of one account is not us-east-1a of another; use1-az1 is the same zone for all.
  const accounts = new Set(reading.entries("Subnets")?.map(({ account }) => account));
  const zoneKey = accounts.size > 1 ? "AvailabilityZoneId" : "AvailabilityZone";
  return reading.collect("Subnets", "SubnetId", (fields, id) => ({
    id,
    vpcId: fields.text("VpcId"),
    availabilityZone: fields.optionalText(zoneKey) ?? notTold(id, zoneKey),
    cidrBlocks: blocksOf(fields, id),
    mapPublicIpOnLaunch: fields.optionalFlag("MapPublicIpOnLaunch") ?? notTold(id, "MapPublicIpOnLaunch"),
  }));
}

function blocksOf(fields: Fields, id: string): Known<readonly Cidr[]> {
  const blocks6 = associatedBlocks(fields, id, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", 6);
  if (!isKnown(blocks6)) return blocks6;
  // A subnet may be of IPv6 alone.
  return [...(fields.has("CidrBlock") || blocks6.length === 0 ? [fields.cidr("CidrBlock", 4)] : []), ...blocks6];
}
