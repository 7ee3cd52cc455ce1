import type { TransitGateway } from "../../reachability/topology.ts";
import type { Collected, Reading } from "./reading.ts";

export function transitGateways(reading: Reading): Collected<TransitGateway> {
  return reading.collect("TransitGateways", "TransitGatewayId", (fields, id) => ({
    id,
    state: fields.text("State"),
    securityGroupReferencingSupport:
      fields.object("Options")?.optionalText("SecurityGroupReferencingSupport") === "enable",
  }));
}
