import type { Cidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { Subnet } from "../../reachability/topology.ts";
import type { Declarations } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { types } from "./wanted.ts";

export function subnets(declarations: Declarations): Map<string, Subnet> {
  const all = new Map<string, Subnet>();
  for (const inputs of declarations.of(...types.subnet)) {
    const { urn, type } = inputs.resource;
    const isDefault = /:DefaultSubnet$/.test(type);
    all.set(urn, {
      id: urn,
      vpcId: declarations.vpcOf(inputs),
      availabilityZone: zoneOf(inputs),
      cidrBlocks: blocksOf(declarations, inputs, declarations.vpcOf(inputs)),
      mapPublicIpOnLaunch: inputs.flag("mapPublicIpOnLaunch", isDefault),
    });
  }
  return all;
}

/** Of subnets that the program only names nothing is known. */
export function foreignSubnets({ foreignSubnets: all }: Declarations): Map<string, Subnet> {
  return new Map(
    [...all].map(([id, { vpcId, reason }]) => [
      id,
      { id, vpcId, availabilityZone: reason, cidrBlocks: reason, mapPublicIpOnLaunch: reason },
    ]),
  );
}

function zoneOf(inputs: Inputs): Known<string> {
  for (const key of ["availabilityZone", "availabilityZoneId"]) {
    const zone = inputs.text(key);
    if (zone !== undefined) return zone;
  }
  return inputs.unknown("availabilityZone", "is AWS's choice");
}

function blocksOf(declarations: Declarations, inputs: Inputs, vpcId: string): Known<readonly Cidr[]> {
  const blocks: Known<Cidr | undefined>[] = [];
  const isIpv6Alone = inputs.flag("ipv6Native", false);
  if (!isKnown(isIpv6Alone)) return isIpv6Alone;
  if (!isIpv6Alone) {
    const value = inputs.has("cidrBlock") ? inputs.value("cidrBlock") : inputs.output("cidrBlock");
    blocks.push(inputs.cidr(value, "cidrBlock"));
  }
  const hasIpv6 =
    isIpv6Alone || ["ipv6CidrBlock", "ipv6IpamPoolId", "ipv6NetmaskLength"].some((key) => inputs.has(key));
  if (hasIpv6) blocks.push(block6(declarations, inputs, vpcId));
  const unknown = blocks.find((block) => !isKnown(block));
  if (unknown instanceof Unknown) return unknown;
  return blocks.filter((block): block is Cidr => block !== undefined);
}

function block6(declarations: Declarations, inputs: Inputs, vpcId: string): Known<Cidr | undefined> {
  for (const value of [inputs.value("ipv6CidrBlock"), inputs.output("ipv6CidrBlock")]) {
    if (isKnown(value) && typeof value === "string") return inputs.cidr(value, "ipv6CidrBlock");
  }
  return declarations.chosenBlock6(vpcId, 64);
}
