import type * as T from "../../network/reachability/topology.ts";
import { attachment, attachments, byId, group, transitGateway, transitTable } from "./resources.ts";
import { topologyOf } from "./topology.ts";

export interface Variant {
  readonly here?: Partial<T.TransitGatewayAttachment>;
  readonly there?: Partial<T.TransitGatewayAttachment>;
  readonly table?: Partial<T.TransitGatewayRouteTable>;
  readonly routes?: readonly string[];
  readonly gateway?: Partial<T.TransitGateway>;
  readonly zone?: string;
  readonly more?: Partial<T.Topology>;
}

/** Two VPCs at a transit gateway, whose table has both propagated. */
export function twoVpcs({ here, there, table, routes, gateway, zone = "a", more }: Variant = {}): T.Topology {
  return topologyOf({
    vpcs: { here: ["10.1.0.0/16", "2600:1::/56"], there: ["10.2.0.0/16", "2600:2::/56"] },
    subnets: {
      job: ["here", zone, "10.1.0.0/24", "2600:1::/64"],
      "tgw-here": ["here", "a", "10.1.9.0/24"],
      "tgw-there": ["there", "a", "10.2.9.0/24"],
      "tgw-b": ["there", "b", "10.2.8.0/24"],
      data: ["there", "a", "10.2.0.0/24", "2600:2::/64"],
    },
    interfaces: { from: ["job", ["open"], "10.1.0.10", "2600:1::10"], to: ["data", ["in"], "10.2.0.10", "2600:2::10"] },
    tables: {
      "rtb-here": ["here", ["main"], "10.2.0.0/16 tgw-1", "2600:2::/56 tgw-1"],
      "rtb-there": ["there", ["main"], "10.1.0.0/16 tgw-1", "2600:1::/56 tgw-1"],
    },
    more: {
      securityGroups: byId(
        group("open", "out all 0.0.0.0/0", "out all ::/0"),
        group("in", "in all 0.0.0.0/0", "in all ::/0"),
      ),
      transitGateways: byId(transitGateway("tgw-1", gateway)),
      transitGatewayAttachments: attachments(
        attachment("att-here", "here", ["tgw-here"], here),
        attachment("att-there", "there", ["tgw-b", "tgw-there"], there),
      ),
      transitGatewayRouteTables: byId({
        ...transitTable("tgw-rtb-1", routes ?? [], routes ? [] : ["att-here", "att-there"]),
        ...table,
      }),
      ...more,
    },
  });
}
