import type { TransitGatewayRoute, TransitGatewayRouteTable } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, missing, type Reading } from "./reading.ts";
import { destinationOf } from "./route-table.ts";

const idKey = "TransitGatewayRouteTableId";

export function transitGatewayRouteTables(reading: Reading): Collected<TransitGatewayRouteTable> {
  const routes = byTable(reading, "TransitGatewayStaticRoutes");
  const propagations = byTable(reading, "TransitGatewayPropagations");
  return reading.collect("TransitGatewayRouteTables", idKey, (fields, id) => ({
    id,
    transitGatewayId: fields.text("TransitGatewayId"),
    staticRoutes: routes ? staticRoutesOf(routes.get(id) ?? []) : missing("TransitGatewayStaticRoutes"),
    propagatingAttachmentIds: propagations
      ? propagatingOf(propagations.get(id) ?? [])
      : missing("TransitGatewayPropagations"),
  }));
}

/** What SearchTransitGatewayRoutes and GetTransitGatewayRouteTablePropagations tell of one table at a time. */
function byTable(reading: Reading, key: "TransitGatewayStaticRoutes" | "TransitGatewayPropagations") {
  const entries = reading.entries(key);
  if (!entries) return undefined;
  const tables = new Map<string, Fields[]>();
  for (const entry of entries) {
    const id = reading.idOf(entry, key, idKey);
    if (id !== undefined) tables.set(id, [...(tables.get(id) ?? []), reading.fields(entry, id)]);
  }
  return tables;
}

function staticRoutesOf(answers: readonly Fields[]): readonly TransitGatewayRoute[] {
  return answers
    .flatMap((answer) => answer.list("Routes"))
    .filter((route) => route.optionalText("Type") !== "propagated")
    .map((route) => ({
      destination: destinationOf(route),
      state: route.optionalText("State") === "blackhole" ? "blackhole" : "active",
      attachmentIds: route.list("TransitGatewayAttachments").map((one) => one.text("TransitGatewayAttachmentId")),
      isPropagated: false,
    }));
}

function propagatingOf(answers: readonly Fields[]): readonly string[] {
  return answers
    .flatMap((answer) => answer.list("TransitGatewayRouteTablePropagations"))
    .filter((one) => one.state("State") === "enabled")
    .map((one) => one.text("TransitGatewayAttachmentId"));
}
