import { parseAddress } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { NatGateway, NetworkInterface, Subnet } from "../../reachability/topology.ts";
import type { Declarations } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { types, subnets as wanted } from "./wanted.ts";

/**
 * NAT gateways, with an interface each. Addresses that AWS chooses are stood for: the private one by the subnet's last, which
 * no rule can tell from the others before it is known; the public one by one that nobody has (RFC 5737).
 */
export function natGateways(
  declarations: Declarations,
  subnets: ReadonlyMap<string, Subnet>,
): { gateways: Map<string, NatGateway>; interfaces: NetworkInterface[] } {
  const gateways = new Map<string, NatGateway>();
  const interfaces: NetworkInterface[] = [];
  const inSubnet = new Map<string, number>();
  for (const [index, inputs] of declarations.of(...types.natGateway).entries()) {
    const { urn } = inputs.resource;
    const subnetId = subnetOf(inputs);
    const subnet = isKnown(subnetId) ? subnets.get(subnetId) : undefined;
    const connectivityType = kindOf(inputs);
    const hasPublicAddress = connectivityType === "public" && inputs.has("allocationId");
    const before = inSubnet.get(subnet?.id ?? "") ?? 0;
    inSubnet.set(subnet?.id ?? "", before + 1);
    const privateAddress = privateAddressOf(inputs, subnet, before);
    const publicAddress = hasPublicAddress ? publicPlaceholder + index : undefined;
    gateways.set(urn, {
      id: urn,
      vpcId: subnet?.vpcId ?? `${urn}#vpc`,
      subnetId: subnetId ?? inputs.unknown("subnetId"),
      connectivityType,
      state: "available",
      addresses: isKnown(privateAddress) ? [{ privateAddress, publicAddress }] : privateAddress,
    });
    if (!subnet) continue;
    interfaces.push({
      id: `${urn}#network-interface`,
      subnetId: subnet.id,
      vpcId: subnet.vpcId,
      type: "nat_gateway",
      instanceId: undefined,
      deviceIndex: undefined,
      addresses: isKnown(privateAddress) ? [{ family: 4, value: privateAddress, publicAddress }] : privateAddress,
      securityGroupIds: [],
      delegatedPrefixes: [],
      sourceDestCheck: false,
      isInUse: true,
    });
  }
  return { gateways, interfaces };
}

/** A regional NAT gateway names a VPC instead. */
function subnetOf(inputs: Inputs): Known<string> {
  if (inputs.text("availabilityMode") === "regional")
    return inputs.unknown("subnetId", "has no meaning: regional NAT gateways are not modelled");
  return inputs.reference("subnetId", wanted) ?? inputs.unknown("subnetId", "is missing");
}

function kindOf(inputs: Inputs): Known<"public" | "private"> {
  const type = inputs.text("connectivityType");
  if (!isKnown(type)) return type;
  return type === "private" ? "private" : "public";
}

function privateAddressOf(inputs: Inputs, subnet: Subnet | undefined, index: number): Known<number> {
  const own = inputs.text("privateIp");
  if (typeof own === "string") {
    try {
      return Number(parseAddress(own).value);
    } catch {
      return inputs.unknown("privateIp", `is ${JSON.stringify(own)}, which is no address`);
    }
  }
  const cidrs = subnet?.cidrBlocks ?? new Unknown(`the subnet of ${inputs.resource.urn}`);
  if (!isKnown(cidrs)) return cidrs;
  const block = cidrs.find(({ family }) => family === 4);
  return block ? Number(block.to) - 1 - index : new Unknown(`${inputs.resource.urn} is in a subnet without IPv4`);
}

const publicPlaceholder = Number(parseAddress("203.0.113.0").value);
