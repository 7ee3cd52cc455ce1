import type { Known } from "../../reachability/known.ts";
import type { TransitGateway } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function transitGateways(reading: Reading): Collected<TransitGateway> {
  return reading.collect("TransitGateways", "TransitGatewayId", (fields, id) => ({
    id,
    state: fields.text("State"),
    securityGroupReferencingSupport: optionOf(fields, id, "SecurityGroupReferencingSupport"),
  }));
}

/** Of a gateway or an attachment. Options that AWS has added since a response was saved were not there, and off. */
export function optionOf(fields: Fields | undefined, id: string, key: string): Known<boolean> {
  const options = fields?.object("Options");
  return options ? options.optionalText(key) === "enable" : notTold(id, `Options.${key}`);
}
