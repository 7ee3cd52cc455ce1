import type { Cidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { DhcpOptions, Vpc } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { dhcpOptions as sets, types, vpcs as wanted } from "./wanted.ts";

/** What a VPC has whose program says nothing about DHCP options (VPC user guide, DHCP option sets). */
export const amazonDhcpOptions = "#amazon-dhcp-options";

const otherBlocks = {
  4: ["aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"],
  6: ["aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation"],
} as const;

export function vpcs(declarations: Declarations): Map<string, Vpc> {
  const ofVpc = (inputs: Inputs) => inputs.reference("vpcId", wanted);
  const blocks4 = groupBy(declarations.of(...otherBlocks[4]), ofVpc);
  const blocks6 = groupBy(declarations.of(...otherBlocks[6]), ofVpc);
  const associations = groupBy(declarations.of("aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation"), ofVpc);
  const all = new Map<string, Vpc>();
  for (const inputs of declarations.of(...types.vpc)) {
    const { urn } = inputs.resource;
    const cidrBlocks = blocksOf(declarations, inputs, blocks4.byKey.get(urn) ?? [], blocks6.byKey.get(urn) ?? []);
    const [association] = associations.byKey.get(urn) ?? [];
    const isManaged = declarations.isManaged(urn);
    all.set(urn, {
      id: urn,
      ownerId: inputs.resource.provider ?? "",
      region: declarations.regionOf(inputs),
      cidrBlocks: blocks4.stray ?? blocks6.stray ?? cidrBlocks,
      enableDnsSupport: inputs.flag("enableDnsSupport", true),
      enableDnsHostnames: inputs.flag("enableDnsHostnames", /:DefaultVpc$/.test(inputs.resource.type)),
      dhcpOptionsId:
        association?.reference("dhcpOptionsId", sets) ??
        associations.stray ??
        (isManaged
          ? amazonDhcpOptions
          : new Unknown(
              `the DHCP options of ${urn}, which this program does not make; a snapshot of the account tells them`,
            )),
      ...(isManaged ? {} : { others: new Unknown(`what else is in ${urn}, which this program does not make`) }),
    });
  }
  return all;
}

/** Of VPCs that the program only names nothing is known. */
export function foreignVpcs({ foreignVpcs: all }: Declarations): Map<string, Vpc> {
  return new Map(
    [...all].map(([id, reason]) => [
      id,
      {
        id,
        ownerId: "",
        region: "",
        cidrBlocks: reason,
        enableDnsSupport: reason,
        enableDnsHostnames: reason,
        dhcpOptionsId: reason,
        others: reason,
      },
    ]),
  );
}

function blocksOf(
  declarations: Declarations,
  inputs: Inputs,
  others4: readonly Inputs[],
  others6: readonly Inputs[],
): Known<readonly Cidr[]> {
  const { urn } = inputs.resource;
  const first = inputs.has("cidrBlock") ? inputs.value("cidrBlock") : inputs.output("cidrBlock");
  const blocks: Known<Cidr | undefined>[] = [inputs.cidr(first, "cidrBlock")];
  for (const other of others4) {
    const value = other.has("cidrBlock") ? other.value("cidrBlock") : other.output("cidrBlock");
    blocks.push(other.cidr(value, "cidrBlock"));
  }
  const isChosen = inputs.flag("assignGeneratedIpv6CidrBlock", false);
  if (!isKnown(isChosen)) return isChosen;
  if (isChosen || inputs.has("ipv6CidrBlock") || inputs.has("ipv6IpamPoolId"))
    blocks.push(block6(declarations, inputs, urn));
  for (const other of others6) blocks.push(block6(declarations, other, urn));
  const unknown = blocks.find((block) => !isKnown(block));
  if (unknown instanceof Unknown) return unknown;
  return blocks.filter((block): block is Cidr => block !== undefined);
}

function block6(declarations: Declarations, inputs: Inputs, urn: string): Known<Cidr | undefined> {
  for (const value of [inputs.value("ipv6CidrBlock"), inputs.output("ipv6CidrBlock")]) {
    if (isKnown(value) && typeof value === "string") return inputs.cidr(value, "ipv6CidrBlock");
  }
  return declarations.chosenBlock6(urn, 56);
}

export function dhcpOptions(declarations: Declarations): Map<string, DhcpOptions> {
  const all = new Map<string, DhcpOptions>();
  all.set(amazonDhcpOptions, { id: amazonDhcpOptions, domainNameServers: ["AmazonProvidedDNS"] });
  for (const inputs of declarations.of(...types.dhcpOptions)) {
    const { urn } = inputs.resource;
    const servers = inputs.value("domainNameServers");
    const list = isKnown(servers) ? (Array.isArray(servers) ? servers : []) : servers;
    all.set(urn, { id: urn, domainNameServers: isKnown(list) ? list.map(String) : list });
  }
  return all;
}
