import type { InterfaceAddress, NetworkInterface } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import type { Collected, Reading } from "./reading.ts";

export function networkInterfaces(reading: Reading): Collected<NetworkInterface> {
  return reading.collect("NetworkInterfaces", "NetworkInterfaceId", (fields, id) => {
    const attachment = fields.object("Attachment");
    return {
      id,
      subnetId: fields.text("SubnetId"),
      vpcId: fields.text("VpcId"),
      type: typeOf(fields),
      instanceId: attachment?.optionalText("InstanceId"),
      deviceIndex: attachment?.optionalNumber("DeviceIndex", 0, 255),
      delegatedPrefixes: [],
      addresses: addressesOf(fields),
      securityGroupIds: fields.list("Groups").map((one) => one.text("GroupId")),
      sourceDestCheck: fields.optionalFlag("SourceDestCheck") ?? true,
      isInUse: fields.optionalText("Status") !== "available",
    };
  });
}

/** Of instances and containers too, and like any other to whoever sends to them. */
const plainTypes: readonly string[] = ["interface", "efa", "efa-only", "trunk", "branch"];

const ownTypes = ["nat_gateway", "vpc_endpoint", "transit_gateway", "gateway_load_balancer_endpoint"] as const;

function typeOf(fields: Fields): NetworkInterface["type"] {
  const type = fields.optionalText("InterfaceType") ?? "interface";
  if (plainTypes.includes(type)) return "interface";
  return ownTypes.find((own) => own === type) ?? "other";
}

function addressesOf(fields: Fields): readonly InterfaceAddress[] {
  return [
    ...fields.list("PrivateIpAddresses").map((one) => ({
      family: 4 as const,
      value: one.address("PrivateIpAddress", 4),
      publicAddress: one.object("Association")?.optionalAddress("PublicIp", 4),
    })),
    ...fields.list("Ipv6Addresses").map((one) => ({
      family: 6 as const,
      value: one.address("Ipv6Address", 6),
      publicAddress: undefined,
    })),
  ];
}
