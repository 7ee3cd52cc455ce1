import { addressText, type Cidr, cidrText } from "../../../network/reachability/address.ts";
import type { Place } from "../../../network/reachability/flow.ts";
import type { PortRange, Route, Topology, TransitGatewayRoute } from "../../../network/reachability/topology.ts";
import { factsOf, known } from "./facts.ts";
import type { AskedFlow } from "./flows.ts";

const cidrs = (list: readonly Cidr[]) => list.map(cidrText).join(" ");
const range = (one: PortRange | undefined) => (one ? `${one.from}-${one.to}` : "all");

function routeText({ destination, state, isPropagated }: Route | TransitGatewayRoute, target: string): string {
  const to = known(destination);
  const marks = `${isPropagated ? " propagated" : ""}${known(state) === "blackhole" ? " blackhole" : ""}`;
  return `${"cidr" in to ? cidrText(to.cidr) : to.prefixListId} ${target}${marks}`;
}

/** A network that two judges see differently, short enough to be read. */
export function printed(topology: Topology): string {
  const facts = factsOf(topology);
  const lines = [
    ...facts.vpcs.map((one) => `${one.id} of ${one.ownerId} in ${one.region}: ${cidrs(known(one.cidrBlocks))}`),
    ...facts.subnets.map((one) => `${one.id} in ${one.availabilityZone}: ${cidrs(known(one.cidrBlocks))}`),
    ...facts.networkInterfaces.map((one) => {
      const addresses = known(one.addresses).map(({ value, publicAddress }) => {
        const given = known(publicAddress);
        return given === undefined ? addressText(value) : `${addressText(value)}=${addressText(given)}`;
      });
      const marks = `${known(one.sourceDestCheck) ? "" : " unchecked"}${known(one.isInUse) ? "" : " unused"}`;
      const where = `${one.subnetId} ${one.type} of ${one.instanceId}, groups ${one.securityGroupIds}`;
      return `${one.id} in ${where}:${marks} ${addresses.join(" ")}`;
    }),
    ...facts.natGateways.map((one) => `${one.id} in ${one.subnetId}: ${one.connectivityType} ${one.state}`),
    ...[...facts.internetGateways, ...facts.egressOnlyInternetGateways].map((one) => `${one.id} at ${one.vpcIds}`),
    ...facts.vpcEndpoints.map((one) => `${one.id} in ${one.vpcId}: ${one.type} ${one.state}`),
    ...facts.prefixLists.map((one) => `${one.id}: ${cidrs(known(one.cidrs))}`),
    ...facts.routeTables.map((one) => {
      const of = known(one.associations).map(({ isMain, subnetId, gatewayId }) => gatewayId ?? subnetId ?? isMain);
      const routes = known(one.routes).map((route) => {
        const target = known(route.target);
        return routeText(route, "id" in target ? target.id : target.type);
      });
      return `${one.id} in ${one.vpcId} for ${of.join(" ").replace("true", "main")}: ${routes.join(", ")}`;
    }),
    ...facts.vpcPeeringConnections.map((one) => {
      const sides = one.sides.map(({ vpcId, cidrBlocks }) => `${vpcId} ${cidrs(known(cidrBlocks))}`);
      return `${one.id} ${one.state}: ${sides.join(" and ")}`;
    }),
    ...facts.transitGateways.map((one) => `${one.id} ${one.state} groups:${one.securityGroupReferencingSupport}`),
    ...facts.transitGatewayAttachments.map((one) => {
      const to = "vpcId" in one.resource ? one.resource.vpcId : JSON.stringify(one.resource);
      const options = `ipv6:${one.ipv6Support} groups:${one.securityGroupReferencingSupport}`;
      return `${one.transitGatewayId} ${one.id} ${one.state} ${to} ${one.subnetIds} ${options} table ${one.routeTableId}`;
    }),
    ...facts.transitGatewayRouteTables.map((one) => {
      const routes = known(one.staticRoutes).map((route) => routeText(route, route.attachmentIds.join("/")));
      return `${one.id}: ${routes.join(", ")}; propagates ${one.propagatingAttachmentIds}`;
    }),
    ...facts.networkAcls.map((one) => {
      const entries = known(one.entries).map((entry) => {
        const what = `${entry.protocol} ${range(known(entry.portRange))} ${JSON.stringify(entry.icmp) ?? ""}`;
        const direction = entry.isEgress ? "out" : "in";
        return `${entry.ruleNumber} ${direction} ${entry.action} ${what} ${cidrText(known(entry.cidr))}`;
      });
      return `${one.id} for ${one.subnetIds}: ${entries.join(", ")}`;
    }),
    ...facts.securityGroups.map((one) => {
      const rules = known(one.rules).map(({ isEgress, protocol, portRange, peer }) => {
        const other = known(peer);
        const who = "cidr" in other ? cidrText(other.cidr) : Object.values(other).join();
        return `${isEgress ? "out" : "in"} ${protocol} ${range(known(portRange))} ${who}`;
      });
      return `${one.id}: ${rules.join(", ")}`;
    }),
    `Block Public Access: ${JSON.stringify(facts.blockPublicAccess)}`,
  ];
  return lines.map((line) => `  ${line}`).join("\n");
}

export function printedFlow({ source, destination, address, protocol, ports }: AskedFlow): string {
  const place = (one: Place) => ("id" in one ? one.id : one.type);
  const port = ports ? ` ${ports.from}` : "";
  const from = source.type === "subnet" ? source.id : `${place(source)} ${addressText(source.address)}`;
  return `${protocol}${port} from ${from} to ${place(destination)} by ${addressText(address)}`;
}
