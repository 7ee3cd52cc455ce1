import { Unknown } from "../../reachability/known.ts";
import type { NatGateway } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import { primaryFirst } from "./network-interface.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function natGateways(reading: Reading): Collected<NatGateway> {
  return reading.collect("NatGateways", "NatGatewayId", (fields, id) => {
    const state = fields.text("State");
    const subnetId = fields.optionalText("SubnetId");
    const isRegional = subnetId === undefined || fields.optionalText("AvailabilityMode") === "regional";
    return {
      id,
      vpcId: fields.text("VpcId"),
      subnetId: isRegional ? new Unknown("regional NAT gateways are not modelled") : subnetId,
      connectivityType: fields.optionalText("ConnectivityType") === "private" ? "private" : "public",
      state,
      addresses: addressesOf(fields, id, state),
    };
  });
}

function addressesOf(fields: Fields, id: string, state: string): NatGateway["addresses"] {
  // AWS shows a deleted one for an hour, with addresses that may be another's by now.
  if (state === "deleted" || state === "failed") return [];
  if (!fields.has("NatGatewayAddresses")) return notTold(id, "NatGatewayAddresses");
  return primaryFirst(fields.list("NatGatewayAddresses"), "IsPrimary")
    .filter((one) => one.has("PrivateIp"))
    .map((one) => ({
      privateAddress: Number(one.address("PrivateIp", 4)),
      publicAddress: one.has("PublicIp") ? Number(one.address("PublicIp", 4)) : undefined,
    }));
}
