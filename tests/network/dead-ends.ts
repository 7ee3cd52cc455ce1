import type * as T from "../../network/reachability/topology.ts";
import { byId, change, endpoint, gateway, nat, peering, prefixList } from "./resources.ts";
import { topologyOf } from "./topology.ts";

export interface Variant {
  /** Of the client's subnet, and of the other VPC. */
  readonly routes?: readonly string[];
  readonly back?: readonly string[];
  readonly more?: Partial<T.Topology>;
}

/** All that packets may take, without a route to it. */
export const everything = (): Partial<T.Topology> => ({
  internetGateways: byId(gateway("igw-1", "vpc")),
  egressOnlyInternetGateways: byId(gateway("eigw-1", "vpc")),
  natGateways: byId(nat("nat-1", "vpc", "public", "10.0.9.5=54.0.0.5")),
  vpcEndpoints: byId(endpoint("vpce-1", "vpc")),
  prefixLists: byId(prefixList("pl-s3", "com.amazonaws.r.s3", "52.216.0.0/15")),
  vpcPeeringConnections: byId(peering("pcx-1", ["vpc", "10.0.0.0/16"], ["far", "10.1.0.0/16"])),
});

/** A private subnet, a public one with a NAT gateway, and another VPC. */
export function deadEnds({ routes = [], back = ["10.0.0.0/16 pcx-1"], more }: Variant): T.Topology {
  const topology = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16", "2600:1::/56"], far: ["10.1.0.0/16"] },
    subnets: {
      private: ["vpc", "a", "10.0.0.0/24", "2600:1::/64"],
      public: ["vpc", "a", "10.0.9.0/24"],
      far: ["far", "a", "10.1.0.0/24"],
    },
    interfaces: {
      job: ["private", ["open"], "10.0.0.10", "2600:1::10"],
      web: ["private", ["open"], "10.0.0.11=54.0.0.11"],
      "eni-nat": ["public", [], "10.0.9.5=54.0.0.5"],
      there: ["far", ["open"], "10.1.0.10"],
    },
    tables: {
      rtb: ["vpc", ["main"], ...routes],
      "rtb-public": ["vpc", ["public"], "0.0.0.0/0 igw-1"],
      "rtb-far": ["far", ["main"], ...back],
    },
    more: more ?? everything(),
  });
  return change(topology, "networkInterfaces", "eni-nat", { type: "nat_gateway" });
}

export const but = (more: Partial<T.Topology>) => ({ ...everything(), ...more });
