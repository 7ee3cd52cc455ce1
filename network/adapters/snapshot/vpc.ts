import type { Cidr } from "../../reachability/address.ts";
import { type Known, Unknown } from "../../reachability/known.ts";
import type { Vpc } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import type { Collected, Reading } from "./reading.ts";

export function vpcs(reading: Reading): Collected<Vpc> {
  return reading.collect("Vpcs", "VpcId", (fields, id, { account, region }) => ({
    id,
    ownerId: fields.optionalText("OwnerId") ?? account ?? "",
    region: region ?? "",
    cidrBlocks: blocksOf(fields),
    enableDnsSupport: new Unknown("DescribeVpcs does not tell enableDnsSupport"),
    enableDnsHostnames: new Unknown("DescribeVpcs does not tell enableDnsHostnames"),
    dhcpOptionsId: fields.optionalText("DhcpOptionsId"),
  }));
}

function blocksOf(fields: Fields): Known<readonly Cidr[]> {
  const blocks = associatedBlocks(fields, "CidrBlockAssociationSet", "CidrBlock", 4);
  const own = blocks.length > 0 ? blocks : [fields.cidr("CidrBlock", 4)];
  return [...own, ...associatedBlocks(fields, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", 6)];
}

/** Of a VPC or a subnet. */
export function associatedBlocks(fields: Fields, setKey: string, key: string, family: 4 | 6): readonly Cidr[] {
  return fields
    .list(setKey)
    .filter((one) => one.state(`${key}State`) === "associated")
    .map((one) => one.cidr(key, family));
}
