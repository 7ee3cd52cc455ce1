import type { Scalar } from "../../reachability/address.ts";
import { type Known, Unknown } from "../../reachability/known.ts";
import type { InterfaceAddress, NetworkInterface } from "../../reachability/topology.ts";
import { ElasticAddresses } from "./elastic-address.ts";
import type { Fields } from "./fields.ts";
import { instanceStates } from "./instance.ts";
import { loadBalancers } from "./load-balancer.ts";
import { managedService } from "./managed-interface.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function networkInterfaces(reading: Reading): Collected<NetworkInterface> {
  const elastic = new ElasticAddresses(reading);
  const states = instanceStates(reading);
  const balancers = loadBalancers(reading);
  return reading.collect("NetworkInterfaces", "NetworkInterfaceId", (fields, id) => {
    const attachment = fields.object("Attachment");
    const instanceId = attachment?.optionalText("InstanceId");
    const service = balancers(fields) ?? managedService(fields);
    return {
      id,
      subnetId: fields.text("SubnetId"),
      vpcId: fields.text("VpcId"),
      type: typeOf(fields),
      ...(service ? { service } : {}),
      instanceId,
      deviceIndex: attachment?.optionalNumber("DeviceIndex", 0, 255),
      delegatedPrefixes: [
        ...fields.list("Ipv4Prefixes").map((one) => one.cidr("Ipv4Prefix", 4)),
        ...fields.list("Ipv6Prefixes").map((one) => one.cidr("Ipv6Prefix", 6)),
      ],
      addresses: addressesOf(fields, id, elastic),
      securityGroupIds: fields.has("Groups")
        ? fields.list("Groups").map((one) => one.text("GroupId"))
        : notTold(id, "Groups"),
      sourceDestCheck: fields.optionalFlag("SourceDestCheck") ?? notTold(id, "SourceDestCheck"),
      isInUse: isInUse(fields, id, instanceId === undefined ? undefined : states.get(instanceId)),
    };
  });
}

/** Of instances and containers too, and like any other to whoever sends to them. */
const plainTypes: readonly string[] = ["interface", "efa", "efa-only", "trunk", "branch"];

function typeOf(fields: Fields): NetworkInterface["type"] {
  const type = fields.optionalText("InterfaceType");
  if (isLoadBalancers(fields)) return "other";
  if (type === undefined) return untoldTypeOf(fields);
  if (plainTypes.includes(type)) return "interface";
  switch (type) {
    case "nat_gateway":
    // DescribeNetworkInterfaces says the former, its reference the latter.
    case "natGateway":
      return "nat_gateway";
    case "vpc_endpoint":
    case "transit_gateway":
    case "gateway_load_balancer_endpoint":
      return type;
    default:
      return "other";
  }
}

const descriptions = [
  ["Interface for NAT Gateway ", "nat_gateway"],
  ["VPC Endpoint Interface ", "vpc_endpoint"],
  ["Network Interface for Transit Gateway Attachment ", "transit_gateway"],
] as const;

/** Old responses don't tell the type: an instance's interface is plain, some of AWS's have a name, others may be anything. */
function untoldTypeOf(fields: Fields): NetworkInterface["type"] {
  if (fields.object("Attachment")?.has("InstanceId")) return "interface";
  const text = fields.optionalText("Description") ?? "";
  return descriptions.find(([start]) => text.startsWith(start))?.[1] ?? "other";
}

/** What a load balancer answers is not modelled. One of a Classic or Application Load Balancer is of type "interface". */
function isLoadBalancers(fields: Fields): boolean {
  return (
    (fields.optionalText("Description") ?? "").startsWith("ELB ") ||
    ["amazon-elb", "amazon-elasticloadbalancing"].includes(fields.optionalText("RequesterId") ?? "")
  );
}

/** The primary one first. */
function addressesOf(fields: Fields, id: string, elastic: ElasticAddresses): Known<readonly InterfaceAddress[]> {
  const keys = ["PrivateIpAddresses", "Ipv6Addresses", "PrivateIpAddress"];
  if (!keys.some((key) => fields.has(key))) return notTold(id, "PrivateIpAddresses");
  const addresses = fields.has("PrivateIpAddresses")
    ? primaryFirst(fields.list("PrivateIpAddresses"), "Primary")
    : fields.has("PrivateIpAddress")
      ? [fields]
      : [];
  return [
    ...addresses.map((one, index) => {
      const value = one.address("PrivateIpAddress", 4);
      const shown = associatedOf(one, index === 0 ? fields : one, id);
      return { family: 4 as const, value, publicAddress: elastic.publicAddressOf(id, value, shown, one) };
    }),
    ...primaryFirst(fields.list("Ipv6Addresses"), "IsPrimaryIpv6").map((one) => ({
      family: 6 as const,
      value: one.address("Ipv6Address", 6),
      publicAddress: undefined,
    })),
  ];
}

/** The interface itself shows the association of its primary address again. */
function associatedOf(one: Fields, whole: Fields, id: string): Known<Scalar | undefined> {
  const told = [one, whole].flatMap((fields) => fields.object("Association") ?? []);
  const addresses = told.flatMap((association) => association.optionalAddress("PublicIp", 4) ?? []);
  if (new Set(addresses).size > 1) one.fault("Association.PublicIp", "is not that of the whole interface");
  if (addresses.length > 0) return addresses[0];
  // In a Wavelength Zone it is a carrier's address instead.
  const isUntold = told.some((association) => !association.has("CarrierIp"));
  return isUntold ? notTold(id, "Association.PublicIp") : undefined;
}

export function primaryFirst(list: readonly Fields[], key: string): readonly Fields[] {
  const isPrimary = new Map(list.map((one) => [one, one.optionalFlag(key) === true]));
  return [...list].sort((one, other) => Number(isPrimary.get(other)) - Number(isPrimary.get(one)));
}

/** Where DescribeInstances is not told, an instance runs because its interface is in use. */
function isInUse(fields: Fields, id: string, instanceState: string | undefined): Known<boolean> {
  const status = fields.optionalText("Status");
  if (status === undefined) return notTold(id, "Status");
  if (status === "available") return false;
  if (instanceState === "pending") return new Unknown(`the instance of ${id} is pending`);
  return instanceState === undefined || instanceState === "running";
}
