import type { Flow } from "../../network/reachability/flow.ts";
import { analyze, TopologyIndex } from "../../network/reachability/index.ts";
import type * as T from "../../network/reachability/topology.ts";
import { byId, change, endpoint, gateway, group, peering, prefixList } from "./resources.ts";
import { at, topologyOf } from "./topology.ts";

export interface Variant {
  readonly gateway?: Partial<T.VpcEndpoint>;
  readonly own?: Partial<T.VpcEndpoint>;
  readonly more?: Partial<T.Topology>;
}

/** A VPC with a gateway endpoint and an interface endpoint, and a peered one. */
export function endpoints({ gateway: s3, own, more }: Variant = {}): T.Topology {
  const topology = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16", "2600:1::/56"], far: ["10.1.0.0/16"] },
    subnets: {
      one: ["vpc", "a", "10.0.0.0/24", "2600:1::/64"],
      two: ["vpc", "b", "10.0.1.0/24"],
      far: ["far", "a", "10.1.0.0/24"],
    },
    interfaces: {
      job: ["one", ["open"], "10.0.0.10=54.0.0.10", "2600:1::10"],
      there: ["far", ["open"], "10.1.0.10"],
      "eni-1": ["one", ["sg"], "10.0.0.20"],
      "eni-2": ["two", ["sg"], "10.0.1.20"],
    },
    tables: {
      rtb: ["vpc", ["main"], "pl-s3 vpce-s3", "0.0.0.0/0 igw-1", "10.1.0.0/16 pcx-1"],
      "rtb-far": ["far", ["main"], "10.0.0.0/16 pcx-1", "52.216.0.0/15 vpce-s3"],
    },
    more: {
      securityGroups: byId(
        group("open", "in all 0.0.0.0/0", "out all 0.0.0.0/0", "out all ::/0"),
        group("sg", "in tcp:443 10.0.0.0/8"),
      ),
      internetGateways: byId(gateway("igw-1", "vpc")),
      vpcPeeringConnections: byId(peering("pcx-1", ["vpc", "10.0.0.0/16"], ["far", "10.1.0.0/16"])),
      prefixLists: byId(prefixList("pl-s3", "com.amazonaws.r.s3", "52.216.0.0/15", "54.231.0.0/16", "2600:9::/32")),
      vpcEndpoints: byId(
        endpoint("vpce-s3", "vpc", { routeTableIds: ["rtb"], ...s3 }),
        endpoint("vpce-ecr", "vpc", {
          type: "Interface",
          serviceName: "com.amazonaws.r.ecr.api",
          subnetIds: ["one", "two"],
          networkInterfaceIds: ["eni-1", "eni-2"],
          securityGroupIds: ["sg"],
          ...own,
        }),
      ),
      ...more,
    },
  });
  return change(
    change(topology, "networkInterfaces", "eni-1", { type: "vpc_endpoint" }),
    "networkInterfaces",
    "eni-2",
    { type: "vpc_endpoint" },
  );
}

/** TCP 443, unless told, from an interface of that VPC. */
export function asked(topology: T.Topology, destination: Flow["destination"], more: Partial<Flow> = {}) {
  return analyze(new TopologyIndex(topology), {
    source: { type: "interface", id: "job", address: at("10.0.0.10") },
    destination,
    family: 4,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
    ...more,
  });
}

export const s3 = { type: "endpoint", id: "vpce-s3" } as const;
export const ecr = { type: "endpoint", id: "vpce-ecr" } as const;
