import { isObject, type Json } from "./fields.ts";
import type { Reading } from "./reading.ts";
import type { Entry, ResponseKey } from "./responses.ts";

/**
 * Which ids of one response must be found in another. AWS promises it of what an account owns, as long as it is there: what
 * is deleted lingers and refers to what is gone; what is another account's, or another Region's, may refer to what only that
 * one sees. Rules refer to groups, routes to targets, and peerings and attachments to VPCs of others: an id that is not found
 * there makes what depends on it unknown, and is no fault.
 */
const references: readonly {
  readonly from: ResponseKey;
  readonly idKey: string;
  /** The path of the ids in a member; `[]` goes through a list. */
  readonly path: string;
  readonly to: ResponseKey;
  readonly ownerKey?: string;
  readonly where?: (member: Json) => boolean;
}[] = [
  { from: "Subnets", idKey: "SubnetId", path: "VpcId", to: "Vpcs" },
  { from: "RouteTables", idKey: "RouteTableId", path: "VpcId", to: "Vpcs" },
  { from: "RouteTables", idKey: "RouteTableId", path: "Associations[].SubnetId", to: "Subnets" },
  { from: "NetworkAcls", idKey: "NetworkAclId", path: "VpcId", to: "Vpcs" },
  { from: "NetworkAcls", idKey: "NetworkAclId", path: "Associations[].SubnetId", to: "Subnets" },
  { from: "NetworkInterfaces", idKey: "NetworkInterfaceId", path: "VpcId", to: "Vpcs" },
  { from: "NetworkInterfaces", idKey: "NetworkInterfaceId", path: "SubnetId", to: "Subnets" },
  { from: "NetworkInterfaces", idKey: "NetworkInterfaceId", path: "Groups[].GroupId", to: "SecurityGroups" },
  {
    from: "Addresses",
    idKey: "PublicIp",
    path: "NetworkInterfaceId",
    to: "NetworkInterfaces",
    ownerKey: "NetworkInterfaceOwnerId",
  },
  ...(["InternetGateway", "EgressOnlyInternetGateway"] as const).map((name) => ({
    from: `${name}s` as const,
    idKey: `${name}Id`,
    path: "Attachments[].VpcId",
    to: "Vpcs" as const,
  })),
  ...(["VpcId:Vpcs", "SubnetId:Subnets"] as const).map((pair) => ({
    from: "NatGateways" as const,
    idKey: "NatGatewayId",
    ...target(pair),
    where: isThere,
  })),
  ...(
    [
      "VpcId:Vpcs",
      "SubnetIds[]:Subnets",
      "RouteTableIds[]:RouteTables",
      "NetworkInterfaceIds[]:NetworkInterfaces",
      "Groups[].GroupId:SecurityGroups",
    ] as const
  ).map((pair) => ({ from: "VpcEndpoints" as const, idKey: "VpcEndpointId", ...target(pair), where: isThere })),
  ...(["VpcId:Vpcs", "SubnetIds[]:Subnets"] as const).map((pair) => ({
    from: "TransitGatewayVpcAttachments" as const,
    idKey: "TransitGatewayAttachmentId",
    ...target(pair),
    ownerKey: "VpcOwnerId",
    where: isThere,
  })),
  {
    from: "TransitGatewayAttachments",
    idKey: "TransitGatewayAttachmentId",
    path: "ResourceId",
    to: "Vpcs",
    ownerKey: "ResourceOwnerId",
    where: (member) => member.ResourceType === "vpc" && isThere(member),
  },
];

function target(pair: string): { path: string; to: ResponseKey } {
  const [path, to] = pair.split(":") as [string, ResponseKey];
  return { path, to };
}

function isThere({ State }: Json): boolean {
  return typeof State === "string" && State.toLowerCase() === "available";
}

const idKeys = new Map<ResponseKey, string>([
  ["Vpcs", "VpcId"],
  ["SecurityGroups", "GroupId"],
  ...references.map(({ from, idKey }) => [from, idKey] as const),
]);

/** A fault for each id that must be found and is not. */
export function checkReferences(reading: Reading): void {
  const ids = new Map([...idKeys].map(([key, idKey]) => [key, idsOf(reading.entries(key), idKey)]));
  const viewers = viewersOf(reading);
  for (const { from, idKey, path, to, ownerKey = "OwnerId", where = () => true } of references) {
    for (const entry of reading.entries(from) ?? []) {
      // NAT gateways don't tell their owner, who is that of the VPC.
      const owner = entry.value[ownerKey] ?? ownerOfVpc(reading, entry);
      const isOwn = owner === undefined || owner === viewers.get(entry.scope);
      if (!isOwn || !where(entry.value) || !reading.isTold(entry.scope, to)) continue;
      for (const id of new Set(idsAt(entry.value, path))) {
        if (ids.get(to)?.has(id) || (to === "Vpcs" && isOfAnother(reading, entry, id, viewers))) continue;
        const own = entry.value[idKey];
        const field = path.replaceAll("[]", "");
        reading.fault(entry, typeof own === "string" ? own : from, `${field} is ${id}, which ${to} do not have`);
      }
    }
  }
}

/** Ids that any account and Region has. */
function idsOf(entries: readonly Entry[] | undefined, idKey: string): ReadonlySet<unknown> {
  return new Set(entries?.map(({ value }) => value[idKey]));
}

/** Whose responses they are: as the folders tell, else the one account that owns all that is in them. */
function viewersOf(reading: Reading): ReadonlyMap<string, string> {
  const owners = new Map<string, Set<string>>();
  for (const key of idKeys.keys()) {
    for (const { scope, account, value } of reading.entries(key) ?? []) {
      const known = owners.get(scope) ?? new Set();
      owners.set(scope, known);
      if (account !== undefined) known.clear();
      const owner = account ?? value.OwnerId;
      if (typeof owner === "string") known.add(owner);
    }
  }
  return new Map([...owners].flatMap(([scope, all]) => (all.size === 1 ? [[scope, [...all][0] as string]] : [])));
}

function ownerOfVpc(reading: Reading, { scope, value }: Entry): unknown {
  const vpcs = reading.entries("Vpcs") ?? [];
  return vpcs.find((one) => one.scope === scope && one.value.VpcId === value.VpcId)?.value.OwnerId;
}

/** Whether a VPC is known to be another account's, by a subnet that it shares. */
function isOfAnother(reading: Reading, { scope }: Entry, vpcId: string, viewers: ReadonlyMap<string, string>): boolean {
  return (reading.entries("Subnets") ?? []).some(
    (one) =>
      one.scope === scope &&
      one.value.VpcId === vpcId &&
      one.value.OwnerId !== undefined &&
      one.value.OwnerId !== viewers.get(scope),
  );
}

function idsAt(value: unknown, path: string): readonly string[] {
  let found: readonly unknown[] = [value];
  for (const step of path.split(".")) {
    const key = step.replace("[]", "");
    found = found.flatMap((one) => {
      const next = isObject(one) ? one[key] : undefined;
      return step.endsWith("[]") ? (Array.isArray(next) ? next : []) : [next];
    });
  }
  return found.filter((one) => typeof one === "string" && one !== "") as readonly string[];
}
