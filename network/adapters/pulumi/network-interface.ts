import { parseAddress } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { NetworkInterface, Subnet } from "../../reachability/topology.ts";
import type { Declarations } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { defaultGroupOf, networkInterfaces as interfaces, securityGroups, types, subnets as wanted } from "./wanted.ts";

/** Interfaces that a program declares, and the primary ones of its instances: what a route may lead to. */
export function networkInterfaces(
  declarations: Declarations,
  subnets: ReadonlyMap<string, Subnet>,
): Map<string, NetworkInterface> {
  const all = new Map<string, NetworkInterface>();
  for (const inputs of declarations.of(...types.networkInterface, ...types.instance)) {
    const { urn, type } = inputs.resource;
    const isInstance = types.instance.includes(type as never);
    const subnetId = inputs.reference("subnetId", wanted);
    const subnet = typeof subnetId === "string" ? subnets.get(subnetId) : undefined;
    if (!subnet) continue;
    // An instance names groups of the default VPC alone by `securityGroups`.
    const groups =
      isInstance && inputs.has("securityGroups")
        ? inputs.unknown("securityGroups", "has names of groups, which are not followed: use vpcSecurityGroupIds")
        : inputs.references(isInstance ? "vpcSecurityGroupIds" : "securityGroups", securityGroups);
    all.set(urn, {
      id: urn,
      subnetId: subnet.id,
      vpcId: subnet.vpcId,
      type: "interface",
      instanceId: isInstance ? urn : undefined,
      deviceIndex: isInstance ? 0 : undefined,
      addresses: addressesOf(inputs, isInstance),
      securityGroupIds: isKnown(groups) && groups.length === 0 ? [defaultGroupOf(subnet.vpcId)] : groups,
      delegatedPrefixes: [],
      sourceDestCheck: inputs.flag("sourceDestCheck", true),
      isInUse: isInstance || isAttached(declarations, inputs),
    });
  }
  return all;
}

/** One that nothing of the program attaches may be attached by whatever else knows its id. */
function isAttached(declarations: Declarations, inputs: Inputs): Known<boolean> {
  const { urn } = inputs.resource;
  if (inputs.has("attachments")) return true;
  const attachments = declarations.of("aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment");
  if (attachments.some((one) => one.reference("networkInterfaceId", interfaces) === urn)) return true;
  const isNamed = (one: Inputs, key: string) => {
    const blocks = one.blocks(key);
    return isKnown(blocks) && blocks.some((block) => block.reference("networkInterfaceId", interfaces) === urn);
  };
  const keys = ["networkInterfaces", "primaryNetworkInterface"];
  if (declarations.of(...types.instance).some((one) => keys.some((key) => isNamed(one, key)))) return true;
  return new Unknown(`whether ${urn} is attached to something that runs`);
}

/** An address that AWS chooses is one of the subnet: whose, nothing else of the program says either. */
function addressesOf(inputs: Inputs, isInstance: boolean): NetworkInterface["addresses"] {
  const own = isInstance ? inputs.text("privateIp") : first(inputs);
  if (!isKnown(own)) return own;
  if (own === undefined) return [];
  try {
    const { family, value } = parseAddress(own);
    return [{ family, value, publicAddress: new Unknown(`the public address of ${inputs.resource.urn}`) }];
  } catch {
    return inputs.unknown("privateIp", `is ${JSON.stringify(own)}, which is no address`);
  }
}

function first(inputs: Inputs): Known<string | undefined> {
  const list = inputs.value("privateIps");
  if (!isKnown(list)) return list;
  return Array.isArray(list) && list.length > 0 ? String(list[0]) : undefined;
}
