import type * as T from "../../network/reachability/topology.ts";
import { acl, byId, group } from "./resources.ts";
import { topologyOf } from "./topology.ts";

/** Two subnets of a VPC: a client and its neighbour in one, a server in the other. */
export const nearAndFar = (groups: T.SecurityGroup[], acls: T.NetworkAcl[], held: readonly string[] = ["sg"]) =>
  topologyOf({
    vpcs: { vpc: ["10.0.0.0/16", "2600:1f00::/56"] },
    subnets: {
      near: ["vpc", "a", "10.0.0.0/24", "2600:1f00:0:0::/64"],
      far: ["vpc", "a", "10.0.1.0/24", "2600:1f00:0:1::/64"],
    },
    interfaces: {
      client: ["near", held, "10.0.0.10", "2600:1f00::10"],
      neighbour: ["near", ["member"], "10.0.0.11"],
      server: ["far", ["member"], "10.0.1.10", "2600:1f00:0:1::10"],
    },
    tables: { rtb: ["vpc", ["main"]] },
    more: { securityGroups: byId(...groups), networkAcls: byId(...acls) },
  });

export const anyone = group("member", "in all 0.0.0.0/0", "in all ::/0");
export const out = group("sg", "out all 0.0.0.0/0", "out all ::/0");
export const pass = (id: string, ...subnetIds: string[]) =>
  acl(
    id,
    subnetIds,
    "100 in allow all 0.0.0.0/0",
    "100 out allow all 0.0.0.0/0",
    "101 in allow all ::/0",
    "101 out allow all ::/0",
  );
export const open = [pass("acl", "near", "far")];
export const icmp = { protocol: "icmp", ports: undefined } as const;
