import type { VpcEndpoint } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";
import type { Collected, Reading } from "./reading.ts";

export function vpcEndpoints(reading: Reading): Collected<VpcEndpoint> {
  return reading.collect("VpcEndpoints", "VpcEndpointId", (fields, id) => {
    // Left out by old responses, which know no other type.
    const type = fields.optionalText("VpcEndpointType") ?? "Gateway";
    return {
      id,
      vpcId: fields.text("VpcId"),
      type: type === "Gateway" || type === "Interface" ? type : "other",
      serviceName: fields.text("ServiceName"),
      state: fields.text("State").toLowerCase(),
      policyDocument: policyOf(fields),
      privateDnsEnabled: fields.optionalFlag("PrivateDnsEnabled") ?? false,
      privateDnsOnlyForInboundResolverEndpoint: false,
      routeTableIds: fields.texts("RouteTableIds"),
      subnetIds: fields.texts("SubnetIds"),
      networkInterfaceIds: fields.texts("NetworkInterfaceIds"),
      securityGroupIds: fields.list("Groups").map((one) => one.text("GroupId")),
    };
  });
}

function policyOf(fields: Fields): unknown {
  const text = fields.optionalText("PolicyDocument");
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    fields.fault("PolicyDocument", "is not JSON");
    return undefined;
  }
}
