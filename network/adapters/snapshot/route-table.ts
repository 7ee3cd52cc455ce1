import { type Known, Unknown } from "../../reachability/known.ts";
import type { Route, RouteTable, RouteTarget } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import type { Collected, Reading } from "./reading.ts";

export function routeTables(reading: Reading): Collected<RouteTable> {
  return reading.collect("RouteTables", "RouteTableId", (fields, id) => ({
    id,
    vpcId: fields.text("VpcId"),
    routes: fields.list("Routes").map(routeOf),
    associations: fields
      .list("Associations")
      .filter((one) => ["associated", undefined].includes(one.state("AssociationState")))
      .map((one) => {
        const [subnetId, gatewayId] = [one.optionalText("SubnetId"), one.optionalText("GatewayId")];
        return {
          isMain: one.optionalFlag("Main") ?? false,
          ...(subnetId === undefined ? {} : { subnetId }),
          ...(gatewayId === undefined ? {} : { gatewayId }),
        };
      }),
  }));
}

function routeOf(fields: Fields): Route {
  return {
    destination: destinationOf(fields),
    target: targetOf(fields),
    state: fields.optionalText("State") === "blackhole" ? "blackhole" : "active",
    isPropagated: fields.optionalText("Origin") === "EnableVgwRoutePropagation",
  };
}

export function destinationOf(fields: Fields): Route["destination"] {
  const prefixListId = fields.optionalText("DestinationPrefixListId");
  if (prefixListId !== undefined) return { prefixListId };
  return { cidr: fields.eitherCidr("DestinationCidrBlock", "DestinationIpv6CidrBlock") };
}

const typedTargets = [
  ["NatGatewayId", "nat-gateway"],
  ["VpcPeeringConnectionId", "vpc-peering-connection"],
  ["TransitGatewayId", "transit-gateway"],
  ["EgressOnlyInternetGatewayId", "egress-only-internet-gateway"],
  ["NetworkInterfaceId", "network-interface"],
] as const;

const unsupportedTargets = [
  ["LocalGatewayId", "local gateway"],
  ["CarrierGatewayId", "carrier gateway"],
  ["CoreNetworkArn", "core network"],
  ["InstanceId", "instance"],
] as const;

function targetOf(fields: Fields): Known<RouteTarget> {
  const gateway = fields.optionalText("GatewayId");
  if (gateway === "local") return { type: "local" };
  if (gateway?.startsWith("igw-")) return { type: "internet-gateway", id: gateway };
  if (gateway?.startsWith("vpce-")) return { type: "vpc-endpoint", id: gateway };
  for (const [key, type] of typedTargets) {
    const id = fields.optionalText(key);
    if (id !== undefined) return { type, id };
  }
  if (gateway !== undefined) {
    const name = gateway.startsWith("vgw-") ? "virtual private gateway" : "gateway";
    return { type: "unsupported", name, id: gateway };
  }
  for (const [key, name] of unsupportedTargets) {
    const id = fields.optionalText(key);
    if (id !== undefined) return { type: "unsupported", name, id };
  }
  return new Unknown("the target of a route is not in the snapshot");
}
