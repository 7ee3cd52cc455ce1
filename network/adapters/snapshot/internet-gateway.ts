import type { InternetGateway } from "../../reachability/topology.ts";
import type { Collected, Reading } from "./reading.ts";

export const internetGateways = (reading: Reading) => gateways(reading, "InternetGateways", "InternetGatewayId");
export const egressOnlyInternetGateways = (reading: Reading) =>
  gateways(reading, "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId");

function gateways(
  reading: Reading,
  key: "InternetGateways" | "EgressOnlyInternetGateways",
  idKey: string,
): Collected<InternetGateway> {
  return reading.collect(key, idKey, (fields, id) => ({
    id,
    // AWS says "available" of an attachment to an internet gateway, and "attached" of one to an egress-only one.
    vpcIds: fields
      .list("Attachments")
      .filter((one) => ["available", "attached"].includes(one.optionalText("State") ?? ""))
      .map((one) => one.text("VpcId")),
  }));
}
