import type { BlockPublicAccess } from "../../reachability/topology.ts";
import type { Reading } from "./reading.ts";

const modes = ["off", "block-bidirectional", "block-ingress"] as const;

/** Off where no file tells, as it is until somebody turns it on. */
export function blockPublicAccess(reading: Reading): readonly BlockPublicAccess[] {
  return (reading.entries("VpcBlockPublicAccessOptions") ?? []).map((entry) => ({
    ownerId: entry.account ?? "",
    region: entry.region ?? "",
    mode: reading.fields(entry, "VpcBlockPublicAccessOptions").oneOf("InternetGatewayBlockMode", modes),
    exclusions: [],
  }));
}
