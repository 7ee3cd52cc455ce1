import type { NatGateway } from "../../reachability/topology.ts";
import type { Collected, Reading } from "./reading.ts";

export function natGateways(reading: Reading): Collected<NatGateway> {
  return reading.collect("NatGateways", "NatGatewayId", (fields, id) => ({
    id,
    vpcId: fields.text("VpcId"),
    subnetId: fields.text("SubnetId"),
    connectivityType: fields.optionalText("ConnectivityType") === "private" ? "private" : "public",
    state: fields.text("State"),
    addresses: fields
      .list("NatGatewayAddresses")
      .filter((one) => one.has("PrivateIp"))
      .map((one) => ({
        privateAddress: Number(one.address("PrivateIp", 4)),
        publicAddress: one.has("PublicIp") ? Number(one.address("PublicIp", 4)) : undefined,
      })),
  }));
}
