import { Unknown } from "../../reachability/known.ts";
import type { InternetGateway } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export const internetGateways = (reading: Reading) => gateways(reading, "InternetGateways", "InternetGatewayId");
export const egressOnlyInternetGateways = (reading: Reading) =>
  gateways(reading, "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId");

function gateways(
  reading: Reading,
  key: "InternetGateways" | "EgressOnlyInternetGateways",
  idKey: string,
): Collected<InternetGateway> {
  return reading.collect(key, idKey, (fields, id) => ({ id, vpcIds: vpcIdsOf(fields, id) }));
}

function vpcIdsOf(fields: Fields, id: string): InternetGateway["vpcIds"] {
  if (!fields.has("Attachments")) return notTold(id, "Attachments");
  const all = fields.list("Attachments").map((one) => ({ state: one.text("State"), vpcId: one.text("VpcId") }));
  const passing = all.find(({ state }) => state === "attaching" || state === "detaching");
  if (passing) return new Unknown(`${id} is ${passing.state}`);
  // AWS says "available" of an internet gateway that is attached, and "attached" of an egress-only one.
  return all.filter(({ state }) => state === "available" || state === "attached").map(({ vpcId }) => vpcId);
}
