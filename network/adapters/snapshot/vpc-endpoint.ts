import type { Known } from "../../reachability/known.ts";
import type { VpcEndpoint } from "../../reachability/topology.ts";
import { type Fields, isObject } from "./fields.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function vpcEndpoints(reading: Reading): Collected<VpcEndpoint> {
  return reading.collect("VpcEndpoints", "VpcEndpointId", (fields, id) => {
    const type = fields.optionalText("VpcEndpointType") ?? notTold(id, "VpcEndpointType");
    const texts = (key: string): Known<readonly string[]> => (fields.has(key) ? fields.texts(key) : notTold(id, key));
    return {
      id,
      vpcId: fields.text("VpcId"),
      // GatewayLoadBalancer, Resource, ServiceNetwork.
      type: typeof type !== "string" || type === "Gateway" || type === "Interface" ? type : "other",
      // Endpoints of resources and service networks have none.
      serviceName: type === "Gateway" || type === "Interface" ? fields.text("ServiceName") : "",
      state: fields.text("State").toLowerCase(),
      policyDocument: policyOf(fields),
      privateDnsEnabled: fields.optionalFlag("PrivateDnsEnabled") ?? notTold(id, "PrivateDnsEnabled"),
      privateDnsOnlyForInboundResolverEndpoint:
        fields.object("DnsOptions")?.optionalFlag("PrivateDnsOnlyForInboundResolverEndpoint") ?? false,
      routeTableIds: texts("RouteTableIds"),
      subnetIds: texts("SubnetIds"),
      networkInterfaceIds: texts("NetworkInterfaceIds"),
      securityGroupIds: fields.has("Groups")
        ? fields.list("Groups").map((one) => one.text("GroupId"))
        : notTold(id, "Groups"),
    };
  });
}

/** None where the service takes none: it then lets everything through. */
function policyOf(fields: Fields): unknown {
  // Some tools save it as the object that the text is of.
  if (isObject(fields.value.PolicyDocument)) return fields.value.PolicyDocument;
  const text = fields.optionalText("PolicyDocument");
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    fields.fault("PolicyDocument", "is not JSON");
    return undefined;
  }
}
