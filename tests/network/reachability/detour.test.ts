import test from "ava";
import type * as T from "../../../network/reachability/topology.ts";
import { but, deadEnds as made, type Variant } from "../dead-ends.ts";
import {
  attachment,
  attachments,
  brief,
  byId,
  change,
  group,
  peering,
  transitGateway,
  transitTable,
  why,
} from "../resources.ts";
import { ask } from "../topology.ts";

const transit = (more: Partial<T.TransitGatewayAttachment> = {}, routes: string[] = []) => ({
  transitGateways: byId(transitGateway("tgw-1")),
  transitGatewayAttachments: attachments(
    attachment("att-here", "vpc", ["private"], more),
    attachment("att-far", "far", ["far"]),
  ),
  transitGatewayRouteTables: byId(transitTable("tgw-rtb-1", routes, routes.length > 0 ? [] : ["att-here", "att-far"])),
});

/** What there is, from whom to whom, and what is said. */
const cases: [string, Variant, string, string, string][] = [
  [
    "no route, and a peering connection",
    {},
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Add to rtb a route: 10.1.0.0/16 -> pcx-1.`,
  ],
  [
    "no route back",
    { routes: ["10.1.0.0/16 pcx-1"], back: [] },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb-far: Route table rtb-far has no route for the reply (tcp port 32768-60999) from 10.1.0.10 to 10.0.0.10. Add to rtb-far a route: 10.0.0.0/16 -> pcx-1.`,
  ],
  [
    "no route at all",
    { back: [] },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Add to rtb a route: 10.1.0.0/16 -> pcx-1.; NO_ROUTE_TO_DESTINATION route-table rtb-far: Route table rtb-far has no route for the reply (tcp port 32768-60999) from 10.1.0.10 to 10.0.0.10. Add to rtb-far a route: 10.0.0.0/16 -> pcx-1.`,
  ],
  [
    "a blackhole where the peering connection was",
    { routes: ["10.1.0.0/16 pcx-0 blackhole"] },
    "job",
    "10.1.0.10",
    `not-reachable; BAD_STATE_ROUTE route-table rtb: The route 10.1.0.0/16 -> pcx-0 (blackhole) of rtb leads to something that is gone. Add to rtb a route: 10.1.0.0/16 -> pcx-1.`,
  ],
  [
    "a longer blackhole",
    { routes: ["10.1.0.0/24 pcx-0 blackhole"] },
    "job",
    "10.1.0.10",
    `not-reachable; BAD_STATE_ROUTE route-table rtb: The route 10.1.0.0/24 -> pcx-0 (blackhole) of rtb leads to something that is gone. Add to rtb a route: 10.1.0.0/24 -> pcx-1.`,
  ],
  [
    "a shorter blackhole",
    { routes: ["10.0.0.0/8 pcx-0 blackhole"] },
    "job",
    "10.1.0.10",
    `not-reachable; BAD_STATE_ROUTE route-table rtb: The route 10.0.0.0/8 -> pcx-0 (blackhole) of rtb leads to something that is gone. Add to rtb a route: 10.1.0.0/16 -> pcx-1.`,
  ],
  [
    "a route to the internet instead",
    { routes: ["0.0.0.0/0 igw-1"] },
    "job",
    "10.1.0.10",
    `not-reachable; IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS internet-gateway igw-1: igw-1 does not carry packets for the private address 10.1.0.10. Add to rtb a route: 10.1.0.0/16 -> pcx-1.`,
  ],
  [
    "a peering connection that is not active",
    {
      more: but({
        vpcPeeringConnections: byId(
          peering("pcx-1", ["vpc", "10.0.0.0/16"], ["far", "10.1.0.0/16"], { state: "pending-acceptance" }),
        ),
      }),
    },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Connect vpc with the network of the destination, by a peering connection or a transit gateway, with routes both ways.`,
  ],
  [
    "a peering connection of other VPCs",
    { more: but({ vpcPeeringConnections: byId(peering("pcx-1", ["else", "10.0.0.0/16"], ["far", "10.1.0.0/16"])) }) },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Connect vpc with the network of the destination, by a peering connection or a transit gateway, with routes both ways.`,
  ],
  [
    "a peering connection whose blocks are not known",
    {
      more: but({
        vpcPeeringConnections: byId({
          ...peering("pcx-1", ["vpc", "10.0.0.0/16"], ["far"]),
          sides: [
            { vpcId: "vpc", region: "r", cidrBlocks: why },
            { vpcId: "far", region: "r", cidrBlocks: why },
          ] as never,
        }),
      }),
    },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Connect vpc with the network of the destination, by a peering connection or a transit gateway, with routes both ways.`,
  ],
  [
    "peering connections not known",
    { more: but({ vpcPeeringConnections: why }) },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Connect vpc with the network of the destination, by a peering connection or a transit gateway, with routes both ways.`,
  ],
  [
    "no connection at all",
    { more: but({ vpcPeeringConnections: new Map() }) },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Connect vpc with the network of the destination, by a peering connection or a transit gateway, with routes both ways.`,
  ],
  [
    "a transit gateway",
    { back: [], more: but({ vpcPeeringConnections: new Map(), ...transit() }) },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Add to rtb a route: 10.1.0.0/16 -> tgw-1.; NO_ROUTE_TO_DESTINATION route-table rtb-far: Route table rtb-far has no route for the reply (tcp port 32768-60999) from 10.1.0.10 to 10.0.0.10. Add to rtb-far a route: 10.0.0.0/16 -> tgw-1.`,
  ],
  [
    "a transit gateway whose table has nothing",
    { back: [], more: but({ vpcPeeringConnections: new Map(), ...transit({}, ["192.168.0.0/16 att-here"]) }) },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Add to rtb a route: 10.1.0.0/16 -> tgw-1.; TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT transit-gateway-route-table tgw-rtb-1: tgw-rtb-1 has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Add to tgw-rtb-1 a route: 10.1.0.0/16 -> att-far.; NO_ROUTE_TO_DESTINATION route-table rtb-far: Route table rtb-far has no route for the reply (tcp port 32768-60999) from 10.1.0.10 to 10.0.0.10. Add to rtb-far a route: 10.0.0.0/16 -> tgw-1.; TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT transit-gateway-route-table tgw-rtb-1: tgw-rtb-1 has no route for the reply (tcp port 32768-60999) from 10.1.0.10 to 10.0.0.10. Add to tgw-rtb-1 a route: 10.0.0.0/16 -> att-here.`,
  ],
  [
    "a transit gateway that is not attached yet",
    { back: [], more: but({ vpcPeeringConnections: new Map(), ...transit({ state: "pending" }) }) },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Connect vpc with the network of the destination, by a peering connection or a transit gateway, with routes both ways.`,
  ],
  [
    "a transit gateway and a peering connection",
    { back: ["10.0.0.0/16 tgw-1"], more: but(transit()) },
    "job",
    "10.1.0.10",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Add to rtb a route: 10.1.0.0/16 -> pcx-1.`,
  ],
  [
    "an address of the VPC itself that nobody has",
    {},
    "job",
    "10.0.0.77",
    `not-reachable; NO_POSSIBLE_DESTINATION vpc vpc: No network interface of vpc has the address 10.0.0.77.`,
  ],
];

for (const [what, variant, from, to, expected] of cases) {
  test(`a dead end, and what there is: ${what}`, (t) => {
    const nowhere = to === "10.0.0.77" ? { destination: { type: "nowhere", address: 0x0a00_004d } as const } : {};
    t.is(brief(ask(made(variant), from, to, nowhere)), expected);
  });
}

test("what is lost in the other VPC is not mended by a route of this one", (t) => {
  t.is(
    brief(
      ask(made({ routes: ["10.1.0.0/16 pcx-1"] }), "job", "10.1.0.99", {
        destination: { type: "nowhere", address: 0x0a01_0063 },
      }),
    ),
    `not-reachable; NO_POSSIBLE_DESTINATION vpc far: No network interface of far has the address 10.1.0.99.`,
  );
});

test("a rule of another VPC's group is enough where the fix is a peering connection", (t) => {
  const topology = made({ routes: [] });
  const groups = new Map([
    ...(topology.securityGroups as ReadonlyMap<string, T.SecurityGroup>),
    ["sg", group("sg", "out all open")],
  ]);
  const withGroup = change({ ...topology, securityGroups: groups }, "networkInterfaces", "job", {
    securityGroupIds: ["sg"],
  });
  t.is(
    brief(ask(withGroup, "job", "10.1.0.10")),
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.10. Add to rtb a route: 10.1.0.0/16 -> pcx-1.`,
  );
});
