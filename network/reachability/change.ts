import { addressText, contains, covers, parseAddress, type Scalar } from "./address.ts";
import { allowRequest, type PolicyRequest } from "./endpoint-policy.ts";
import { isKnown } from "./known.ts";
import { freeNumber } from "./network-acl.ts";
import { type NewEndpoint, newEndpointText, withNewEndpoint } from "./new-endpoint.ts";
import { destinationText, keyOf, routeText, withRoute } from "./route-table.ts";
import { peerText, portsText, protocolText } from "./rule-text.ts";
import type {
  Collection,
  NetworkAclEntry,
  Route,
  SecurityGroupRule,
  Topology,
  TransitGatewayRoute,
} from "./topology.ts";

/** What a fix changes, as data: for whoever changes the program, and to try whether it helps. */
export type Change =
  | { readonly type: "add-security-group-rule"; readonly id: string; readonly rule: SecurityGroupRule }
  /** In place of one with its number. */
  | { readonly type: "add-network-acl-entry"; readonly id: string; readonly entry: NetworkAclEntry }
  /** In place of one to the same destination. */
  | { readonly type: "add-route"; readonly id: string; readonly route: Route }
  | { readonly type: "add-transit-gateway-route"; readonly id: string; readonly route: TransitGatewayRoute }
  | {
      readonly type: "associate-transit-gateway-route-table";
      readonly id: string;
      readonly transitGatewayId: string;
      readonly routeTableId: string;
    }
  | {
      readonly type: "add-attachment-subnet";
      readonly id: string;
      readonly transitGatewayId: string;
      readonly subnetId: string;
    }
  | { readonly type: "attach-internet-gateway"; readonly id: string; readonly vpcId: string }
  | { readonly type: "associate-public-address"; readonly id: string; readonly privateAddress: Scalar }
  | {
      readonly type: "enable-vpc-attribute";
      readonly id: string;
      readonly attribute: "enableDnsSupport" | "enableDnsHostnames";
    }
  | { readonly type: "enable-private-dns"; readonly id: string }
  | { readonly type: "allow-in-endpoint-policy"; readonly id: string; readonly request: PolicyRequest }
  | { readonly type: "exclude-from-block-public-access"; readonly id: string }
  | NewEndpoint;

/** The sentence of a fix. */
export function changeText(change: Change): string {
  const { id } = change;
  switch (change.type) {
    case "add-security-group-rule": {
      const { isEgress, protocol, portRange, peer } = change.rule;
      const isList = isKnown(peer) && "prefixListId" in peer;
      const what = `${protocolText(protocol)}${portsText(protocol, portRange)}`;
      return `Add to ${id} an ${isEgress ? "outbound" : "inbound"} rule: ${what} ${isEgress ? "to" : "from"} ${isList ? "the prefix list " : ""}${peerText(peer)}.`;
    }
    case "add-network-acl-entry": {
      const { isEgress, protocol, portRange, cidr, ruleNumber } = change.entry;
      const what = `${protocolText(protocol)}${portsText(protocol, portRange)}`;
      return `Add to ${id} the ${isEgress ? "outbound" : "inbound"} rule ${ruleNumber}: allow ${what} ${isEgress ? "to" : "from"} ${isKnown(cidr) ? peerText({ cidr }) : "?"}.`;
    }
    case "add-route": {
      const { target } = change.route;
      const isToEndpoint = isKnown(target) && target.type === "vpc-endpoint";
      // AWS makes such routes itself, of an association.
      return isToEndpoint
        ? `Associate the gateway endpoint ${target.id} with route table ${id}, which gives it the route ${routeText(change.route)}.`
        : `Add to ${id} a route: ${routeText(change.route)}.`;
    }
    case "add-transit-gateway-route":
      return `Add to ${id} a route: ${routeText(change.route)}.`;
    case "associate-transit-gateway-route-table":
      return `Associate ${id} with the transit gateway route table ${change.routeTableId}.`;
    case "add-attachment-subnet":
      return `Add ${change.subnetId} to the subnets of ${id}.`;
    case "attach-internet-gateway":
      return id === newGateway ? `Attach an internet gateway to ${change.vpcId}.` : `Attach ${id} to ${change.vpcId}.`;
    case "associate-public-address":
      return `Give ${addressText(change.privateAddress)} of ${id} an elastic IP address.`;
    case "enable-vpc-attribute":
      return `Set ${change.attribute} of ${id} to true.`;
    case "enable-private-dns":
      return `Set privateDnsEnabled of ${id} to true.`;
    case "allow-in-endpoint-policy":
      return `Let the policy of ${id} allow ${change.request.action} on ${change.request.resource}, and no statement deny it.`;
    case "exclude-from-block-public-access":
      return `Exclude ${id} from VPC Block Public Access (allow-bidirectional).`;
    case "add-vpc-endpoint":
      return newEndpointText(change);
  }
}

/** An internet gateway that is still to be made. */
export const newGateway = "igw-new";

/** The topology after a change. */
export function applyChange(topology: Topology, change: Change): Topology {
  switch (change.type) {
    case "add-security-group-rule":
      return edit(topology, "securityGroups", change.id, (group) => ({
        ...group,
        rules: isKnown(group.rules) ? [...group.rules, change.rule] : group.rules,
      }));
    case "add-network-acl-entry":
      return edit(topology, "networkAcls", change.id, (acl) => ({
        ...acl,
        entries: isKnown(acl.entries) ? withEntry(acl.entries, change.entry) : acl.entries,
      }));
    case "add-route":
      return edit(topology, "routeTables", change.id, (table) => ({
        ...table,
        routes: isKnown(table.routes) ? withRoute(table.routes, change.route) : table.routes,
      }));
    case "add-transit-gateway-route":
      return edit(topology, "transitGatewayRouteTables", change.id, (table) => ({
        ...table,
        staticRoutes: isKnown(table.staticRoutes) ? withRoute(table.staticRoutes, change.route) : table.staticRoutes,
      }));
    case "associate-transit-gateway-route-table":
      return edit(topology, "transitGatewayAttachments", `${change.transitGatewayId}/${change.id}`, (attachment) => ({
        ...attachment,
        routeTableId: change.routeTableId,
      }));
    case "add-attachment-subnet":
      return edit(topology, "transitGatewayAttachments", `${change.transitGatewayId}/${change.id}`, (attachment) => ({
        ...attachment,
        subnetIds: isKnown(attachment.subnetIds) ? [...attachment.subnetIds, change.subnetId] : attachment.subnetIds,
      }));
    case "attach-internet-gateway": {
      const { internetGateways } = topology;
      if (!isKnown(internetGateways)) return topology;
      const gateway = { id: change.id, vpcIds: [change.vpcId] };
      return { ...topology, internetGateways: new Map([...internetGateways, [change.id, gateway]]) };
    }
    case "associate-public-address":
      return edit(topology, "networkInterfaces", change.id, (one) => ({
        ...one,
        addresses: isKnown(one.addresses)
          ? one.addresses.map((address) =>
              address.value === change.privateAddress
                ? { ...address, publicAddress: freePublicAddress(topology) }
                : address,
            )
          : one.addresses,
      }));
    case "enable-vpc-attribute":
      return edit(topology, "vpcs", change.id, (vpc) => ({ ...vpc, [change.attribute]: true }));
    case "enable-private-dns":
      return edit(topology, "vpcEndpoints", change.id, (endpoint) => ({ ...endpoint, privateDnsEnabled: true }));
    case "allow-in-endpoint-policy":
      return edit(topology, "vpcEndpoints", change.id, (endpoint) => ({
        ...endpoint,
        policyDocument: isKnown(endpoint.policyDocument)
          ? allowRequest(endpoint.policyDocument, change.request)
          : endpoint.policyDocument,
      }));
    case "exclude-from-block-public-access":
      return { ...topology, blockPublicAccess: excluding(topology, change.id) };
    case "add-vpc-endpoint":
      return withNewEndpoint(topology, change);
  }
}

/** Whether who has made `one` need not make `other`. */
export function sameOrWider(one: Change, other: Change): boolean {
  if (one.type !== other.type || one.id !== other.id) return false;
  if (one.type === "add-security-group-rule" && other.type === one.type) return widerRule(one.rule, other.rule);
  if (one.type === "add-network-acl-entry" && other.type === one.type)
    return one.entry.ruleNumber <= other.entry.ruleNumber && widerEntry(one.entry, other.entry);
  return keyOf(one) === keyOf(other);
}

/** The changes with numbers for the rules that they add to network ACLs, before those that deny. */
export function numbered(
  { networkAcls }: Topology,
  changes: readonly (Change | undefined)[],
): readonly (Change | undefined)[] {
  const added = new Map<string, NetworkAclEntry[]>();
  return changes.map((change) => {
    if (change?.type !== "add-network-acl-entry" || !isKnown(networkAcls)) return change;
    const own = networkAcls.get(change.id)?.entries ?? [];
    const others = added.get(change.id) ?? [];
    const { isEgress, ruleNumber } = change.entry;
    const number = freeNumber([...(isKnown(own) ? own : []), ...others], isEgress, ruleNumber);
    const entry = { ...change.entry, ruleNumber: number };
    added.set(change.id, [...others, entry]);
    return { ...change, entry };
  });
}

/** The routing decision that a change is about; undefined for changes of other things. */
export function decisionOf(change: Change): string | undefined {
  if (change.type === "add-route" || change.type === "add-transit-gateway-route")
    return `${change.id} ${destinationText(change.route)}`;
  if (change.type === "add-attachment-subnet") return `${change.id} ${change.subnetId}`;
  return change.type === "associate-transit-gateway-route-table" ? change.id : undefined;
}

/** Whether two changes do the same. */
export const isSame = (one: Change, other: Change) => keyOf(one) === keyOf(other);

/** With the entry, and without one of its number and direction. */
export function withEntry(entries: readonly NetworkAclEntry[], entry: NetworkAclEntry): NetworkAclEntry[] {
  const others = entries.filter(
    ({ ruleNumber, isEgress }) => ruleNumber !== entry.ruleNumber || isEgress !== entry.isEgress,
  );
  return [...others, entry];
}

function widerRule(one: SecurityGroupRule, other: SecurityGroupRule): boolean {
  const { peer: mine } = one;
  const { peer: theirs } = other;
  const peers =
    isKnown(mine) && isKnown(theirs) && "cidr" in mine && "cidr" in theirs
      ? sameFamily(mine.cidr.from, theirs.cidr.from) && covers(mine.cidr, theirs.cidr)
      : keyOf(mine) === keyOf(theirs);
  return one.isEgress === other.isEgress && one.protocol === other.protocol && peers && widerPorts(one, other);
}

function widerEntry(one: NetworkAclEntry, other: NetworkAclEntry): boolean {
  if (one.isEgress !== other.isEgress || one.protocol !== other.protocol) return false;
  if (!isKnown(one.cidr) || !isKnown(other.cidr) || keyOf(one.icmp) !== keyOf(other.icmp)) return false;
  return sameFamily(one.cidr.from, other.cidr.from) && covers(one.cidr, other.cidr) && widerPorts(one, other);
}

function widerPorts(one: Pick<SecurityGroupRule, "portRange">, other: Pick<SecurityGroupRule, "portRange">): boolean {
  if (!isKnown(one.portRange) || !isKnown(other.portRange)) return false;
  if (one.portRange === undefined) return true;
  return other.portRange !== undefined && covers(one.portRange, other.portRange);
}

type Collections = { [Key in keyof Topology]: Topology[Key] extends Collection<infer Resource> ? Resource : never };
type CollectionKey = Exclude<keyof Topology, "blockPublicAccess" | "hostedZones" | "idleAddresses">;

function edit<Key extends CollectionKey>(
  topology: Topology,
  key: Key,
  id: string,
  change: (resource: Collections[Key]) => Collections[Key],
): Topology {
  const collection = topology[key] as Collection<Collections[Key]>;
  const resource = isKnown(collection) ? collection.get(id) : undefined;
  if (!isKnown(collection) || !resource) return topology;
  return { ...topology, [key]: new Map([...collection, [id, change(resource)]]) };
}

/** Of a block that is for documents (RFC 5737): nothing in the topology has it. */
function freePublicAddress({ networkInterfaces }: Topology): Scalar {
  const { value: first } = parseAddress("203.0.113.0");
  const interfaces = isKnown(networkInterfaces) ? [...networkInterfaces.values()] : [];
  const used = interfaces
    .flatMap(({ addresses }) => (isKnown(addresses) ? addresses : []))
    .map(({ publicAddress }) => publicAddress)
    .filter((address) => typeof address === "number" && contains({ from: first, to: Number(first) + 255 }, address));
  return Math.max(Number(first), ...used.map(Number)) + 1;
}

/** In place of other exclusions of the VPC and its subnets. */
function excluding({ blockPublicAccess, vpcs, subnets }: Topology, vpcId: string): Topology["blockPublicAccess"] {
  const vpc = isKnown(vpcs) ? vpcs.get(vpcId) : undefined;
  if (!isKnown(blockPublicAccess) || !vpc) return blockPublicAccess;
  const isOther = (id: string) => id !== vpcId && (isKnown(subnets) ? subnets.get(id)?.vpcId : "") !== vpcId;
  return blockPublicAccess.map((one) =>
    one.ownerId === vpc.ownerId && one.region === vpc.region && isKnown(one.exclusions)
      ? {
          ...one,
          exclusions: [
            ...one.exclusions.filter(({ resourceId: id }) => isOther(id)),
            { resourceId: vpcId, mode: "allow-bidirectional" as const },
          ],
        }
      : one,
  );
}

const sameFamily = (one: Scalar, other: Scalar) => typeof one === typeof other;
