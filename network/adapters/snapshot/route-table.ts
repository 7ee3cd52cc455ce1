import { type Known, Unknown } from "../../reachability/known.ts";
import type { Route, RouteTable, RouteTarget } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function routeTables(reading: Reading): Collected<RouteTable> {
  return reading.collect("RouteTables", "RouteTableId", (fields, id) => ({
    id,
    vpcId: fields.text("VpcId"),
    routes: fields.has("Routes") ? fields.list("Routes").map((one) => routeOf(one, id)) : notTold(id, "Routes"),
    associations: associationsOf(fields, id),
  }));
}

/** With subnets, as the main table, or with a gateway, whose inbound packets it routes. */
function associationsOf(fields: Fields, id: string): RouteTable["associations"] {
  if (!fields.has("Associations")) return notTold(id, "Associations");
  const all = fields.list("Associations").map((one) => {
    const [subnetId, gatewayId] = [one.optionalText("SubnetId"), one.optionalText("GatewayId")];
    const isMain = one.optionalFlag("Main") ?? false;
    const isTold = isMain || subnetId !== undefined || gatewayId !== undefined || one.has("PublicIpv4Pool");
    return {
      state: one.state("AssociationState") ?? "associated",
      isTold,
      association: {
        isMain,
        ...(subnetId === undefined ? {} : { subnetId }),
        ...(gatewayId === undefined ? {} : { gatewayId }),
      },
    };
  });
  const passing = all.find(({ state }) => !["associated", "disassociated", "failed"].includes(state));
  if (passing) return new Unknown(`an association of ${id} is ${passing.state}`);
  if (all.some(({ state, isTold }) => state === "associated" && !isTold))
    return notTold(id, "Associations.SubnetId or GatewayId");
  return all.filter(({ state }) => state === "associated").map(({ association }) => association);
}

function routeOf(fields: Fields, id: string): Route {
  const state = stateOf(fields, id);
  return {
    destination: destinationOf(fields),
    target: targetOf(fields, state),
    state,
    isPropagated: ["EnableVgwRoutePropagation", "Advertisement"].includes(fields.optionalText("Origin") ?? ""),
  };
}

function stateOf(fields: Fields, id: string): Route["state"] {
  const state = fields.optionalText("State");
  if (state === "active" || state === "blackhole") return state;
  if (state === undefined && fields.optionalText("GatewayId") === "local") return "active";
  return state === undefined
    ? new Unknown(`the snapshot does not tell the State of a route of ${id}`)
    : new Unknown(`a route of ${id} is ${state}`);
}

function destinationOf(fields: Fields): Route["destination"] {
  const prefixListId = fields.optionalText("DestinationPrefixListId");
  if (prefixListId !== undefined) return { prefixListId };
  return { cidr: fields.eitherCidr("DestinationCidrBlock", "DestinationIpv6CidrBlock") };
}

const targets = [
  ["NatGatewayId", "nat-gateway"],
  ["VpcPeeringConnectionId", "vpc-peering-connection"],
  ["TransitGatewayId", "transit-gateway"],
  ["EgressOnlyInternetGatewayId", "egress-only-internet-gateway"],
  // Of an instance too, as long as it runs: AWS then tells both.
  ["NetworkInterfaceId", "network-interface"],
] as const;

const unsupported = [
  ["LocalGatewayId", "local gateway"],
  ["CarrierGatewayId", "carrier gateway"],
  ["CoreNetworkArn", "core network"],
  ["OdbNetworkArn", "ODB network"],
  ["InstanceId", "instance"],
] as const;

function targetOf(fields: Fields, state: Route["state"]): Known<RouteTarget> {
  const gateway = fields.optionalText("GatewayId");
  if (gateway === "local") return { type: "local" };
  if (gateway?.startsWith("igw-")) return { type: "internet-gateway", id: gateway };
  if (gateway?.startsWith("vpce-")) return { type: "vpc-endpoint", id: gateway };
  if (gateway !== undefined) {
    const name = gateway.startsWith("vgw-") ? "virtual private gateway" : "gateway";
    return { type: "unsupported", name, id: gateway };
  }
  for (const [key, type] of targets) {
    const id = fields.optionalText(key);
    if (id !== undefined) return { type, id };
  }
  for (const [key, name] of unsupported) {
    const id = fields.optionalText(key);
    if (id !== undefined) return { type: "unsupported", name, id };
  }
  // A blackhole drops packets whatever its target was.
  if (state === "blackhole") return { type: "unsupported", name: "deleted target", id: "" };
  return new Unknown("the target of a route is not in the snapshot");
}
