import type * as T from "../../network/reachability/topology.ts";
import { byId, gateway, prefixList, why } from "./resources.ts";
import { topologyOf } from "./topology.ts";

const lists = () =>
  byId(prefixList("pl-1", "one", "8.8.0.0/16", "9.9.0.0/16"), prefixList("pl-2", "two", "8.8.8.0/24"), {
    id: "pl-?",
    name: "?",
    cidrs: why,
  });

/** Two subnets that share a route table, an internet gateway, and prefix lists. */
export function oneVpc(routes: readonly string[], more: Partial<T.Topology> = {}): T.Topology {
  return topologyOf({
    vpcs: { vpc: ["10.0.0.0/16", "2600:1::/56"] },
    subnets: { one: ["vpc", "a", "10.0.0.0/24", "2600:1::/64"], two: ["vpc", "a", "10.0.1.0/24"] },
    interfaces: {
      job: ["one", ["open"], "10.0.0.10=54.0.0.10", "2600:1::10"],
      box: ["two", ["open"], "10.0.1.10"],
      near: ["one", ["open"], "10.0.0.20"],
    },
    tables: { rtb: ["vpc", ["main"], ...routes] },
    more: { internetGateways: byId(gateway("igw-1", "vpc")), prefixLists: lists(), ...more },
  });
}
