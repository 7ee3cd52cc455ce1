import { Unknown } from "../../reachability/known.ts";
import type { TransitGatewayRoute, TransitGatewayRouteTable } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

const idKey = "TransitGatewayRouteTableId";

export function transitGatewayRouteTables(reading: Reading): Collected<TransitGatewayRouteTable> {
  const routes = byTable(reading, "TransitGatewayStaticRoutes");
  const propagations = byTable(reading, "TransitGatewayPropagations");
  return reading.collect("TransitGatewayRouteTables", idKey, (fields, id) => ({
    id,
    transitGatewayId: fields.text("TransitGatewayId"),
    staticRoutes: staticRoutesOf(routes.get(id), id),
    propagatingAttachmentIds: propagatingOf(propagations.get(id), id),
  }));
}

/** What SearchTransitGatewayRoutes and GetTransitGatewayRouteTablePropagations tell: of one table at a time. */
function byTable(reading: Reading, key: "TransitGatewayStaticRoutes" | "TransitGatewayPropagations") {
  const tables = new Map<string, Fields[]>();
  for (const entry of reading.entries(key) ?? []) {
    const id = reading.idOf(entry, key, idKey);
    if (id !== undefined) tables.set(id, [...(tables.get(id) ?? []), reading.fields(entry, id)]);
  }
  return tables;
}

function staticRoutesOf(answers: readonly Fields[] | undefined, id: string): TransitGatewayRouteTable["staticRoutes"] {
  if (!answers?.every((answer) => answer.has("Routes"))) return notTold(id, "TransitGatewayStaticRoutes");
  const routes = answers
    .flatMap((answer) => answer.list("Routes"))
    // What is propagated comes from the propagations and what they propagate.
    .filter((route) => route.optionalText("Type") !== "propagated" && route.optionalText("State") !== "deleted")
    .map((route) => ({ route, made: routeOf(route, id) }));
  // SearchTransitGatewayRoutes tells 1,000 at most.
  const known = new Map<string, string>();
  for (const { route, made } of routes) {
    const [destination, rest] = [textOf(made.destination), textOf(made)];
    if ((known.get(destination) ?? rest) !== rest)
      route.fault("Routes", "have its destination twice, with two targets");
    known.set(destination, rest);
  }
  const more = answers.some((answer) => answer.optionalFlag("AdditionalRoutesAvailable") === true);
  return more ? new Unknown(`${id} has more routes than the snapshot tells`) : routes.map(({ made }) => made);
}

const textOf = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one));

function routeOf(fields: Fields, id: string): TransitGatewayRoute {
  const state = fields.optionalText("State");
  const prefixListId = fields.optionalText("PrefixListId");
  const hasCidr = prefixListId === undefined || fields.has("DestinationCidrBlock");
  return {
    destination: hasCidr ? { cidr: fields.anyCidr("DestinationCidrBlock") } : { prefixListId },
    state:
      state === "active" || state === "blackhole"
        ? state
        : new Unknown(`a route of ${id} is ${state ?? "in no state"}`),
    attachmentIds: fields.list("TransitGatewayAttachments").map((one) => one.text("TransitGatewayAttachmentId")),
    isPropagated: false,
  };
}

function propagatingOf(
  answers: readonly Fields[] | undefined,
  id: string,
): TransitGatewayRouteTable["propagatingAttachmentIds"] {
  const key = "TransitGatewayRouteTablePropagations";
  if (!answers?.every((answer) => answer.has(key))) return notTold(id, "TransitGatewayPropagations");
  const all = answers
    .flatMap((answer) => answer.list(key))
    .map((one) => ({ state: one.text("State"), attachmentId: one.optionalText("TransitGatewayAttachmentId") }));
  const passing = all.find(({ state }) => state !== "enabled" && state !== "disabled");
  if (passing) return new Unknown(`a propagation of ${id} is ${passing.state}`);
  const enabled = all.filter(({ state }) => state === "enabled").map(({ attachmentId }) => attachmentId);
  // Of a route table that another gateway announces it is the announcement that is told.
  if (enabled.includes(undefined)) return new Unknown(`what is announced to ${id}`);
  return [...new Set(enabled as string[])];
}
