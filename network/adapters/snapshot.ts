import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAddress, parseCidr, type Scalar } from "../reachability/address.ts";
import { type Known, Unknown } from "../reachability/known.ts";
import type * as T from "../reachability/topology.ts";

type Json = Record<string, unknown>;

/** A resource as a file has it, and where that is. */
interface Entry {
  readonly value: Json;
  readonly file: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** What a snapshot can't be read for; all of it at once. */
export class SnapshotError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/**
 * EC2's `Describe*` responses as the topology. What no file holds is unknown, not absent: a folder without NetworkAcls
 * says nothing about network ACLs.
 * @throws SnapshotError with every fault of every file
 */
export function readSnapshot(folder: string): T.Topology {
  const { entries, faults } = readEntries(folder);
  const reader = new Reader(entries, faults);
  const topology = reader.topology();
  if (faults.length > 0) throw new SnapshotError(faults);
  return topology;
}

function readEntries(folder: string): { entries: Map<string, Entry[]>; faults: string[] } {
  const faults: string[] = [];
  const entries = new Map<string, Entry[]>();
  let files: string[];
  try {
    files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    return { entries, faults: [`${folder} can't be read: ${(error as Error).message}`] };
  }
  if (files.length === 0) faults.push(`${folder} has no JSON files`);
  for (const name of files) {
    const file = path.join(folder, name);
    let parsed: unknown;
    try {
      parsed = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
      continue;
    }
    if (!isObject(parsed)) {
      faults.push(`${name}: an object with the keys of Describe responses is expected`);
      continue;
    }
    const parts = path
      .dirname(name)
      .split(path.sep)
      .filter((part) => part !== ".");
    const region = parts.at(-1);
    const account = parts.at(-3) === "accounts" ? parts.at(-2) : undefined;
    for (const [key, list] of Object.entries(parsed)) {
      if (!isRead(key)) continue;
      if (key === blockPublicAccess && isObject(list)) {
        entries.set(key, [...(entries.get(key) ?? []), { value: list, file: name, account, region }]);
        continue;
      }
      if (!Array.isArray(list)) {
        faults.push(`${name}: ${key} is ${typeName(list)}; it must be an array`);
        continue;
      }
      const known = entries.get(key) ?? [];
      entries.set(key, known);
      for (const [index, value] of list.entries()) {
        if (isObject(value)) known.push({ value, file: name, account, region });
        else faults.push(`${name}: ${key}[${index}] is ${typeName(value)}; it must be an object`);
      }
    }
  }
  return { entries, faults };
}

/** The one response that is an object, of an account in a Region. */
const blockPublicAccess = "VpcBlockPublicAccessOptions";

const readKeys = new Set([
  blockPublicAccess,
  "Vpcs",
  "Subnets",
  "RouteTables",
  "NetworkAcls",
  "SecurityGroups",
  "NetworkInterfaces",
  "InternetGateways",
  "EgressOnlyInternetGateways",
  "NatGateways",
  "VpcEndpoints",
  "PrefixLists",
  "ManagedPrefixLists",
  "VpcPeeringConnections",
  "TransitGateways",
  "TransitGatewayVpcAttachments",
  "TransitGatewayAttachments",
  "TransitGatewayRouteTables",
  "TransitGatewayStaticRoutes",
  "TransitGatewayPropagations",
  "DhcpOptions",
]);
const isRead = (key: string) => readKeys.has(key);

class Reader {
  readonly #entries: Map<string, Entry[]>;
  readonly #faults: string[];

  constructor(entries: Map<string, Entry[]>, faults: string[]) {
    this.#entries = entries;
    this.#faults = faults;
  }

  topology(): T.Topology {
    return {
      vpcs: this.#collect("Vpcs", "VpcId", (entry) => this.#vpc(entry)),
      subnets: this.#collect("Subnets", "SubnetId", (entry) => this.#subnet(entry)),
      routeTables: this.#collect("RouteTables", "RouteTableId", (entry) => this.#routeTable(entry)),
      networkAcls: this.#collect("NetworkAcls", "NetworkAclId", (entry) => this.#networkAcl(entry)),
      securityGroups: this.#collect("SecurityGroups", "GroupId", (entry) => this.#securityGroup(entry)),
      networkInterfaces: this.#collect("NetworkInterfaces", "NetworkInterfaceId", (entry) => this.#interface(entry)),
      internetGateways: this.#collect("InternetGateways", "InternetGatewayId", (entry) =>
        this.#gateway(entry, "InternetGatewayId"),
      ),
      egressOnlyInternetGateways: this.#collect("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId", (entry) =>
        this.#gateway(entry, "EgressOnlyInternetGatewayId"),
      ),
      natGateways: this.#collect("NatGateways", "NatGatewayId", (entry) => this.#natGateway(entry)),
      vpcEndpoints: this.#collect("VpcEndpoints", "VpcEndpointId", (entry) => this.#endpoint(entry)),
      prefixLists: this.#collect("PrefixLists", "PrefixListId", (entry) => this.#prefixList(entry)),
      vpcPeeringConnections: this.#collect("VpcPeeringConnections", "VpcPeeringConnectionId", (entry) =>
        this.#peering(entry),
      ),
      transitGateways: this.#collect("TransitGateways", "TransitGatewayId", (entry) => this.#transitGateway(entry)),
      transitGatewayAttachments: this.#attachments(),
      transitGatewayRouteTables: this.#transitGatewayRouteTables(),
      dhcpOptions: this.#collect("DhcpOptions", "DhcpOptionsId", (entry) => this.#dhcp(entry)),
      blockPublicAccess: this.#blockPublicAccess(),
    };
  }

  #collect<R>(key: string, idKey: string, make: (entry: Entry) => R): T.Collection<R> {
    const entries = this.#entries.get(key);
    if (!entries) return new Unknown(`the snapshot has no ${key}`);
    const found = new Map<string, R>();
    for (const entry of entries) {
      const id = entry.value[idKey];
      if (typeof id !== "string" || id === "") {
        this.#faults.push(`${entry.file}: a member of ${key} has no ${idKey}`);
        continue;
      }
      const made = this.#at(entry, id, () => make(entry));
      if (made !== undefined && !found.has(id)) found.set(id, made);
    }
    return found;
  }

  /** What a resource can't be read for is a fault that names it. */
  #at<R>(entry: Entry, id: string, make: () => R): R | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#faults.push(`${entry.file}: ${id}: ${error.message}`);
      return undefined;
    }
  }

  /** Off where no file tells, as it is until somebody turns it on; one account's or Region's mode counts for all. */
  #blockPublicAccess(): T.Topology["blockPublicAccess"] {
    return (this.#entries.get(blockPublicAccess) ?? []).flatMap((entry) => {
      const mode = this.#at(entry, blockPublicAccess, () => oneOf(entry.value, "InternetGatewayBlockMode", blockModes));
      const { account, region } = entry;
      return mode === undefined ? [] : [{ ownerId: account ?? "", region: region ?? "", mode, exclusions: [] }];
    });
  }

  #vpc({ value, account, region }: Entry): T.Vpc {
    const sets = list(value, "CidrBlockAssociationSet").filter((one) => stateOf(one.CidrBlockState) === "associated");
    const cidrs = sets.length > 0 ? sets.map((one) => text(one, "CidrBlock")) : [text(value, "CidrBlock")];
    const cidrs6 = list(value, "Ipv6CidrBlockAssociationSet")
      .filter((one) => stateOf(one.Ipv6CidrBlockState) === "associated")
      .map((one) => text(one, "Ipv6CidrBlock"));
    return {
      id: text(value, "VpcId"),
      ownerId: optionalText(value, "OwnerId") ?? account ?? "",
      region: region ?? "",
      cidrBlocks: [...cidrs, ...cidrs6].map(parseCidr),
      enableDnsSupport: new Unknown("DescribeVpcs does not tell enableDnsSupport"),
      enableDnsHostnames: new Unknown("DescribeVpcs does not tell enableDnsHostnames"),
      dhcpOptionsId: optionalText(value, "DhcpOptionsId"),
    };
  }

  #subnet({ value }: Entry): T.Subnet {
    const cidrs6 = list(value, "Ipv6CidrBlockAssociationSet")
      .filter((one) => stateOf(one.Ipv6CidrBlockState) === "associated")
      .map((one) => text(one, "Ipv6CidrBlock"));
    const cidr = optionalText(value, "CidrBlock");
    return {
      id: text(value, "SubnetId"),
      vpcId: text(value, "VpcId"),
      availabilityZone: text(value, "AvailabilityZone"),
      cidrBlocks: [...(cidr ? [cidr] : []), ...cidrs6].map(parseCidr),
      mapPublicIpOnLaunch: value.MapPublicIpOnLaunch === true,
    };
  }

  #routeTable({ value }: Entry): T.RouteTable {
    return {
      id: text(value, "RouteTableId"),
      vpcId: text(value, "VpcId"),
      routes: list(value, "Routes").map(
        (route): T.Route => ({
          destination: destinationOf(route),
          target: targetOf(route),
          state: optionalText(route, "State") === "blackhole" ? "blackhole" : "active",
          isPropagated: optionalText(route, "Origin") === "EnableVgwRoutePropagation",
        }),
      ),
      associations: list(value, "Associations")
        .filter((one) => ["associated", undefined].includes(stateOf(one.AssociationState)))
        .map((one) => ({
          isMain: one.Main === true,
          ...(typeof one.SubnetId === "string" ? { subnetId: one.SubnetId } : {}),
          ...(typeof one.GatewayId === "string" ? { gatewayId: one.GatewayId } : {}),
        })),
    };
  }

  #networkAcl({ value }: Entry): T.NetworkAcl {
    return {
      id: text(value, "NetworkAclId"),
      vpcId: text(value, "VpcId"),
      isDefault: value.IsDefault === true,
      entries: list(value, "Entries").map((one): T.NetworkAclEntry => {
        const range = isObject(one.PortRange)
          ? { from: number(one.PortRange, "From"), to: number(one.PortRange, "To") }
          : undefined;
        const icmp = isObject(one.IcmpTypeCode)
          ? { type: number(one.IcmpTypeCode, "Type"), code: number(one.IcmpTypeCode, "Code") }
          : undefined;
        return {
          ruleNumber: number(one, "RuleNumber"),
          isEgress: one.Egress === true,
          action: oneOf(one, "RuleAction", ["allow", "deny"] as const),
          protocol: protocolOf(text(one, "Protocol")),
          cidr: parseCidr(optionalText(one, "CidrBlock") ?? text(one, "Ipv6CidrBlock")),
          portRange: range,
          icmp,
        };
      }),
      subnetIds: list(value, "Associations").map((one) => text(one, "SubnetId")),
    };
  }

  #securityGroup({ value }: Entry): T.SecurityGroup {
    const rules = (key: string, isEgress: boolean) =>
      list(value, key).flatMap((permission): T.SecurityGroupRule[] => {
        const protocol = protocolOf(text(permission, "IpProtocol"));
        const [from, to] = [permission.FromPort, permission.ToPort];
        const portRange =
          typeof from === "number" && typeof to === "number" && protocol !== "all" ? { from, to } : undefined;
        const peers: T.RulePeer[] = [
          ...list(permission, "IpRanges").map((one) => ({ cidr: parseCidr(text(one, "CidrIp")) })),
          ...list(permission, "Ipv6Ranges").map((one) => ({ cidr: parseCidr(text(one, "CidrIpv6")) })),
          ...list(permission, "PrefixListIds").map((one) => ({ prefixListId: text(one, "PrefixListId") })),
          ...list(permission, "UserIdGroupPairs").map((one) => ({ securityGroupId: text(one, "GroupId") })),
        ];
        return peers.map((peer) => ({ isEgress, protocol, portRange, peer }));
      });
    return {
      id: text(value, "GroupId"),
      vpcId: optionalText(value, "VpcId") ?? "",
      name: optionalText(value, "GroupName") ?? "",
      rules: [...rules("IpPermissions", false), ...rules("IpPermissionsEgress", true)],
    };
  }

  #interface({ value }: Entry): T.NetworkInterface {
    const addresses = list(value, "PrivateIpAddresses").map((one): T.InterfaceAddress => {
      const association = isObject(one.Association) ? optionalText(one.Association, "PublicIp") : undefined;
      return {
        family: 4,
        value: address(text(one, "PrivateIpAddress")),
        publicAddress: association === undefined ? undefined : address(association),
      };
    });
    const addresses6 = list(value, "Ipv6Addresses").map(
      (one): T.InterfaceAddress => ({
        family: 6,
        value: address(text(one, "Ipv6Address")),
        publicAddress: undefined,
      }),
    );
    const type = optionalText(value, "InterfaceType") ?? "interface";
    const attachment = isObject(value.Attachment) ? value.Attachment : {};
    return {
      id: text(value, "NetworkInterfaceId"),
      subnetId: text(value, "SubnetId"),
      vpcId: text(value, "VpcId"),
      type: interfaceTypes.has(type)
        ? (type as T.NetworkInterface["type"])
        : plainTypes.has(type)
          ? "interface"
          : "other",
      instanceId: optionalText(attachment, "InstanceId"),
      deviceIndex: typeof attachment.DeviceIndex === "number" ? attachment.DeviceIndex : undefined,
      delegatedPrefixes: [],
      addresses: [...addresses, ...addresses6],
      securityGroupIds: list(value, "Groups").map((one) => text(one, "GroupId")),
      sourceDestCheck: value.SourceDestCheck !== false,
      isInUse: optionalText(value, "Status") !== "available",
    };
  }

  #gateway({ value }: Entry, key: string): T.InternetGateway {
    const attached = list(value, "Attachments").filter((one) =>
      ["available", "attached"].includes(optionalText(one, "State") ?? ""),
    );
    return { id: text(value, key), vpcIds: attached.map((one) => text(one, "VpcId")) };
  }

  #natGateway({ value }: Entry): T.NatGateway {
    return {
      id: text(value, "NatGatewayId"),
      vpcId: text(value, "VpcId"),
      subnetId: text(value, "SubnetId"),
      connectivityType: optionalText(value, "ConnectivityType") === "private" ? "private" : "public",
      state: text(value, "State"),
      addresses: list(value, "NatGatewayAddresses")
        .filter((one) => typeof one.PrivateIp === "string")
        .map((one) => {
          const publicAddress = optionalText(one, "PublicIp");
          return {
            privateAddress: address(text(one, "PrivateIp")) as number,
            publicAddress: publicAddress === undefined ? undefined : (address(publicAddress) as number),
          };
        }),
    };
  }

  #endpoint({ value }: Entry): T.VpcEndpoint {
    const type = optionalText(value, "VpcEndpointType") ?? "Gateway";
    const policy = optionalText(value, "PolicyDocument");
    return {
      id: text(value, "VpcEndpointId"),
      vpcId: text(value, "VpcId"),
      type: type === "Gateway" || type === "Interface" ? type : "other",
      serviceName: text(value, "ServiceName"),
      state: text(value, "State").toLowerCase(),
      policyDocument: policy === undefined ? undefined : json(policy),
      privateDnsEnabled: value.PrivateDnsEnabled === true,
      privateDnsOnlyForInboundResolverEndpoint: false,
      routeTableIds: strings(value, "RouteTableIds"),
      subnetIds: strings(value, "SubnetIds"),
      networkInterfaceIds: strings(value, "NetworkInterfaceIds"),
      securityGroupIds: list(value, "Groups").map((one) => text(one, "GroupId")),
    };
  }

  #prefixList({ value }: Entry): T.PrefixList {
    const cidrs = Array.isArray(value.Cidrs)
      ? strings(value, "Cidrs").map(parseCidr)
      : Array.isArray(value.Entries)
        ? list(value, "Entries").map((one) => parseCidr(text(one, "Cidr")))
        : new Unknown(`the entries of ${text(value, "PrefixListId")} are not in the snapshot`);
    return { id: text(value, "PrefixListId"), name: optionalText(value, "PrefixListName") ?? "", cidrs };
  }

  #peering({ value }: Entry): T.VpcPeeringConnection {
    const side = (key: string): T.PeeringSide => {
      const info = isObject(value[key]) ? (value[key] as Json) : {};
      const cidrs = list(info, "CidrBlockSet").map((one) => text(one, "CidrBlock"));
      const cidrs6 = list(info, "Ipv6CidrBlockSet").map((one) => text(one, "Ipv6CidrBlock"));
      return {
        vpcId: text(info, "VpcId"),
        region: optionalText(info, "Region") ?? "",
        cidrBlocks:
          cidrs.length === 0
            ? new Unknown(`the blocks of ${text(info, "VpcId")}`)
            : [...cidrs, ...cidrs6].map(parseCidr),
      };
    };
    return {
      id: text(value, "VpcPeeringConnectionId"),
      state: isObject(value.Status) ? text(value.Status, "Code") : new Unknown("its status is not in the snapshot"),
      sides: [side("AccepterVpcInfo"), side("RequesterVpcInfo")],
    };
  }

  #transitGateway({ value }: Entry): T.TransitGateway {
    const options = isObject(value.Options) ? value.Options : {};
    return {
      id: text(value, "TransitGatewayId"),
      state: text(value, "State"),
      securityGroupReferencingSupport: optionalText(options, "SecurityGroupReferencingSupport") === "enable",
    };
  }

  /** By transit gateway and id: an attachment between two of them has one id, and is there for both. */
  #attachments(): T.Collection<T.TransitGatewayAttachment> {
    const entries = this.#entries.get("TransitGatewayAttachments");
    const vpcEntries = this.#entries.get("TransitGatewayVpcAttachments");
    if (!entries) return new Unknown("the snapshot has no TransitGatewayAttachments");
    const details = new Map(
      (vpcEntries ?? []).map(({ value }) => [optionalText(value, "TransitGatewayAttachmentId"), value]),
    );
    const found = new Map<string, T.TransitGatewayAttachment>();
    for (const entry of entries) {
      const { value } = entry;
      const id = optionalText(value, "TransitGatewayAttachmentId") ?? "an attachment without an id";
      const made = this.#at(entry, id, (): T.TransitGatewayAttachment => {
        const detail = details.get(id);
        const options = detail && isObject(detail.Options) ? detail.Options : {};
        const association = isObject(value.Association) ? value.Association : undefined;
        const type = text(value, "ResourceType");
        return {
          id: text(value, "TransitGatewayAttachmentId"),
          transitGatewayId: text(value, "TransitGatewayId"),
          state: text(value, "State"),
          resource:
            type === "vpc"
              ? { type, vpcId: text(value, "ResourceId") }
              : type === "peering"
                ? { type, transitGatewayId: text(value, "ResourceId") }
                : { type: "unsupported", name: type, cidrBlocks: new Unknown(`what ${id} propagates`) },
          subnetIds: detail
            ? strings(detail, "SubnetIds")
            : new Unknown(`the subnets of ${id} are not in the snapshot`),
          ipv6Support: optionalText(options, "Ipv6Support") === "enable",
          securityGroupReferencingSupport: optionalText(options, "SecurityGroupReferencingSupport") === "enable",
          routeTableId:
            association && stateOf(association) === "associated"
              ? text(association, "TransitGatewayRouteTableId")
              : undefined,
        };
      });
      if (made) {
        const key = `${made.transitGatewayId}/${made.id}`;
        const known = found.get(key);
        // A shared gateway's attachment is seen from two accounts, and only its own tells the subnets.
        if (!known || (known.subnetIds instanceof Unknown && !(made.subnetIds instanceof Unknown)))
          found.set(key, made);
      }
    }
    return found;
  }

  #transitGatewayRouteTables(): T.Collection<T.TransitGatewayRouteTable> {
    const routes = this.#entries.get("TransitGatewayStaticRoutes");
    const propagations = this.#entries.get("TransitGatewayPropagations");
    return this.#collect(
      "TransitGatewayRouteTables",
      "TransitGatewayRouteTableId",
      ({ value }): T.TransitGatewayRouteTable => {
        const id = text(value, "TransitGatewayRouteTableId");
        const own = (entries: Entry[]) =>
          entries.filter((one) => one.value.TransitGatewayRouteTableId === id).map((one) => one.value);
        const propagating =
          propagations && own(propagations).flatMap((one) => list(one, "TransitGatewayRouteTablePropagations"));
        const statics =
          routes &&
          own(routes)
            .flatMap((one) => list(one, "Routes"))
            .filter((one) => optionalText(one, "Type") !== "propagated");
        return {
          id,
          transitGatewayId: text(value, "TransitGatewayId"),
          staticRoutes: statics
            ? statics.map((one) => ({
                destination: destinationOf(one),
                state: optionalText(one, "State") === "blackhole" ? ("blackhole" as const) : ("active" as const),
                attachmentIds: list(one, "TransitGatewayAttachments").map((attachment) =>
                  text(attachment, "TransitGatewayAttachmentId"),
                ),
                isPropagated: false,
              }))
            : new Unknown("the snapshot has no TransitGatewayStaticRoutes"),
          propagatingAttachmentIds: propagating
            ? propagating
                .filter((one) => stateOf(one) === "enabled")
                .map((one) => text(one, "TransitGatewayAttachmentId"))
            : new Unknown("the snapshot has no TransitGatewayPropagations"),
        };
      },
    );
  }

  #dhcp({ value }: Entry): T.DhcpOptions {
    const servers = list(value, "DhcpConfigurations").find((one) => one.Key === "domain-name-servers");
    return {
      id: text(value, "DhcpOptionsId"),
      domainNameServers: servers ? list(servers, "Values").map((one) => text(one, "Value")) : [],
    };
  }
}

/** Of instances and containers too, and like any other to whoever sends to them. */
const plainTypes = new Set(["efa", "efa-only", "trunk", "branch"]);

const blockModes = ["off", "block-bidirectional", "block-ingress"] as const;

const interfaceTypes = new Set([
  "interface",
  "nat_gateway",
  "vpc_endpoint",
  "transit_gateway",
  "gateway_load_balancer_endpoint",
]);

function destinationOf(route: Json): T.Route["destination"] {
  if (typeof route.DestinationPrefixListId === "string") return { prefixListId: route.DestinationPrefixListId };
  return { cidr: parseCidr(optionalText(route, "DestinationCidrBlock") ?? text(route, "DestinationIpv6CidrBlock")) };
}

function targetOf(route: Json): Known<T.RouteTarget> {
  const id = (key: string) => optionalText(route, key);
  const gateway = id("GatewayId");
  if (gateway === "local") return { type: "local" };
  if (gateway?.startsWith("igw-")) return { type: "internet-gateway", id: gateway };
  if (gateway?.startsWith("vpce-")) return { type: "vpc-endpoint", id: gateway };
  const typed = (
    [
      ["NatGatewayId", "nat-gateway"],
      ["VpcPeeringConnectionId", "vpc-peering-connection"],
      ["TransitGatewayId", "transit-gateway"],
      ["EgressOnlyInternetGatewayId", "egress-only-internet-gateway"],
      ["NetworkInterfaceId", "network-interface"],
    ] as const
  ).find(([key]) => id(key) !== undefined);
  if (typed) return { type: typed[1], id: id(typed[0]) as string };
  if (gateway !== undefined)
    return {
      type: "unsupported",
      name: gateway.startsWith("vgw-") ? "virtual private gateway" : "gateway",
      id: gateway,
    };
  for (const [key, name] of [
    ["LocalGatewayId", "local gateway"],
    ["CarrierGatewayId", "carrier gateway"],
    ["CoreNetworkArn", "core network"],
    ["InstanceId", "instance"],
  ] as const) {
    const found = id(key);
    if (found !== undefined) return { type: "unsupported", name, id: found };
  }
  return new Unknown("the target of a route is not in the snapshot");
}

function protocolOf(name: string): T.RuleProtocol {
  if (name === "-1") return "all";
  const number = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 }[name] ?? Number(name);
  if (!Number.isInteger(number) || number < 0 || number > 255) throw new RangeError(`"${name}" is no protocol`);
  return number;
}

const address = (value: string): Scalar => parseAddress(value).value;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const typeName = (value: unknown) =>
  value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;

function text(value: Json, key: string): string {
  const found = value[key];
  if (typeof found !== "string") throw new RangeError(`${key} is ${typeName(found)}; it must be a string`);
  return found;
}

function optionalText(value: Json, key: string): string | undefined {
  return value[key] === undefined || value[key] === null ? undefined : text(value, key);
}

function number(value: Json, key: string): number {
  const found = value[key];
  if (typeof found !== "number") throw new RangeError(`${key} is ${typeName(found)}; it must be a number`);
  return found;
}

function list(value: Json, key: string): Json[] {
  const found = value[key];
  if (found === undefined || found === null) return [];
  if (!Array.isArray(found) || !found.every(isObject)) throw new RangeError(`${key} must be an array of objects`);
  return found;
}

function strings(value: Json, key: string): string[] {
  const found = value[key];
  if (found === undefined || found === null) return [];
  if (!Array.isArray(found) || !found.every((one) => typeof one === "string"))
    throw new RangeError(`${key} must be an array of strings`);
  return found;
}

function oneOf<Word extends string>(value: Json, key: string, words: readonly Word[]): Word {
  const found = text(value, key);
  if (!words.includes(found as Word)) throw new RangeError(`${key} is "${found}"; one of ${words.join(", ")}`);
  return found as Word;
}

/** AWS has a state as a word or as an object of one word. */
function stateOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return isObject(value) ? optionalText(value, "State") : undefined;
}

function json(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch {
    throw new RangeError("PolicyDocument is not JSON");
  }
}
