import type { Cidr, Family } from "../../reachability/address.ts";
import { type Known, Unknown } from "../../reachability/known.ts";
import type { Vpc } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function vpcs(reading: Reading): Collected<Vpc> {
  const attributes = attributesOf(reading);
  return reading.collect("Vpcs", "VpcId", (fields, id, { account, region }) => {
    const setting = (key: Setting): Known<boolean> => {
      const told = [fields, ...(attributes.get(id) ?? [])].map((one) => one.optionalSetting(key));
      if (told.includes(true) && told.includes(false)) fields.fault(key, "is true in one place and false in another");
      return (
        told.find((one) => one !== undefined) ??
        new Unknown(`the snapshot does not tell ${key} of ${id}, which DescribeVpcAttribute does`)
      );
    };
    return {
      id,
      ownerId: fields.optionalText("OwnerId") ?? account ?? "",
      region: region ?? "",
      cidrBlocks: blocksOf(fields, id),
      enableDnsSupport: setting("EnableDnsSupport"),
      enableDnsHostnames: setting("EnableDnsHostnames"),
      dhcpOptionsId: fields.optionalText("DhcpOptionsId") ?? notTold(id, "DhcpOptionsId"),
    };
  });
}

type Setting = "EnableDnsSupport" | "EnableDnsHostnames";

/**
 * DescribeVpcAttribute answers for one VPC and one attribute at a time: `VpcAttributes` is a list of such answers, and our
 * own name for it. DescribeVpcs tells none of them.
 */
function attributesOf(reading: Reading): ReadonlyMap<string, readonly Fields[]> {
  const attributes = new Map<string, Fields[]>();
  for (const entry of reading.entries("VpcAttributes") ?? []) {
    const id = reading.idOf(entry, "VpcAttributes", "VpcId");
    if (id !== undefined) attributes.set(id, [...(attributes.get(id) ?? []), reading.fields(entry, id)]);
  }
  return attributes;
}

function blocksOf(fields: Fields, id: string): Known<readonly Cidr[]> {
  const blocks = associatedBlocks(fields, id, "CidrBlockAssociationSet", "CidrBlock", 4);
  const blocks6 = associatedBlocks(fields, id, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", 6);
  if (blocks instanceof Unknown) return blocks;
  if (blocks6 instanceof Unknown) return blocks6;
  return [...(blocks.length > 0 ? blocks : [fields.cidr("CidrBlock", 4)]), ...blocks6];
}

/** Of a VPC or a subnet: those that are its own by now; unknown while one comes or goes. */
export function associatedBlocks(
  fields: Fields,
  id: string,
  setKey: string,
  key: string,
  family: Family,
): Known<readonly Cidr[]> {
  const blocks: Cidr[] = [];
  for (const one of fields.list(setKey)) {
    const state = one.state(`${key}State`);
    if (state === "associated") blocks.push(one.cidr(key, family));
    else if (state !== "disassociated" && state !== "failed")
      return new Unknown(`a block of ${id} is ${state ?? "in no state that is told"}`);
  }
  return blocks;
}
