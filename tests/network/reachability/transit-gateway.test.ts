import test from "ava";
import { brief, change, said, why } from "../resources.ts";
import { ask } from "../topology.ts";
import { twoVpcs as made, type Variant } from "../two-vpcs.ts";

test("through a transit gateway both attachments' subnets and its table are on the way", (t) => {
  t.is(
    said(ask(made(), "from", "10.2.0.10")),
    `reachable
-> from: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-here: 10.2.0.0/16 -> tgw-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    att-here
    tgw-rtb-1: 10.2.0.0/16 -> att-there
    att-there
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-there: 10.2.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    to
    in: inbound all traffic from 0.0.0.0/0 (in)
<- to
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-there: 10.1.0.0/16 -> tgw-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    att-there
    tgw-rtb-1: 10.1.0.0/16 -> att-here
    att-here
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-here: 10.1.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    from`,
  );
});

/** A variant, and what is said of it there, one line for each explanation with its fix. */
const variants: [string, Variant, string][] = [
  [
    "the source's zone has no subnet of the attachment",
    { zone: "c" },
    `not-reachable; TGW_ROUTE_AZ_RESTRICTION transit-gateway tgw-1: The attachment att-here has no subnet in c, where the packets come from. Add job to the subnets of att-here.`,
  ],
  [
    "the source's zone is not known",
    { more: {}, here: {}, zone: "?" },
    `unknown; unknown-value transit-gateway tgw-1: Not known: the zone that the packets come from.`,
  ],
  [
    "the attachment's subnets are not known",
    { here: { subnetIds: why } },
    `unknown; unknown-value transit-gateway tgw-1: Not known: somebody sets it later.`,
  ],
  [
    "the attachment has a subnet that is not there",
    { here: { subnetIds: ["gone"] } },
    `unknown; unknown-value transit-gateway tgw-1: Not known: subnet gone, which is not in the topology.`,
  ],
  [
    "the attachment has no subnets",
    { here: { subnetIds: [] } },
    `not-reachable; TGW_ROUTE_AZ_RESTRICTION transit-gateway tgw-1: The attachment att-here has no subnet in a, where the packets come from. Add job to the subnets of att-here.`,
  ],
  [
    "the other attachment's subnets are not known",
    { there: { subnetIds: why } },
    `unknown; unknown-value transit-gateway-attachment att-there: Not known: somebody sets it later.`,
  ],
  [
    "the other attachment has no subnets",
    { there: { subnetIds: [] } },
    `not-reachable; BAD_STATE_ATTACHMENT transit-gateway-attachment att-there: att-there has no subnets.`,
  ],
  [
    "the other attachment has a subnet in another zone only",
    { there: { subnetIds: ["tgw-b"] } },
    `not-reachable; TGW_ROUTE_AZ_RESTRICTION transit-gateway tgw-1: The attachment att-there has no subnet in a, where the packets come from. Add data to the subnets of att-there.`,
  ],
  [
    "the other attachment has one of two subnets that is not there",
    { there: { subnetIds: ["gone", "tgw-there"] } },
    `unknown; unknown-value transit-gateway-attachment att-there: Not known: which of several subnets the packets enter by.`,
  ],
  [
    "the attachment is not associated",
    { here: { routeTableId: undefined } },
    `not-reachable; TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION transit-gateway-attachment att-here: att-here is associated with no route table of its transit gateway. Associate att-here with the transit gateway route table tgw-rtb-1.`,
  ],
  [
    "no attachment is associated",
    { here: { routeTableId: undefined }, there: { routeTableId: undefined } },
    `not-reachable; TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION transit-gateway-attachment att-here: att-here is associated with no route table of its transit gateway. Associate att-here with the transit gateway route table tgw-rtb-1.; TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION transit-gateway-attachment att-there: att-there is associated with no route table of its transit gateway. Associate att-there with the transit gateway route table tgw-rtb-1.`,
  ],
  [
    "nothing is associated and there is no table",
    { here: { routeTableId: undefined }, more: { transitGatewayRouteTables: new Map() } },
    `not-reachable; TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION transit-gateway-attachment att-here: att-here is associated with no route table of its transit gateway.`,
  ],
  [
    "the association is not known",
    { here: { routeTableId: why } },
    `unknown; unknown-value transit-gateway-attachment att-here: Not known: somebody sets it later.`,
  ],
  [
    "the table is not there",
    { here: { routeTableId: "gone" } },
    `unknown; unknown-value transit-gateway-route-table gone: Not known: transit gateway route table gone, which is not in the topology.`,
  ],
  [
    "the tables are not known",
    { more: { transitGatewayRouteTables: why } },
    `unknown; unknown-value transit-gateway-route-table tgw-rtb-1: Not known: somebody sets it later.`,
  ],
  [
    "the tables are not known, nor the association",
    { here: { routeTableId: undefined }, more: { transitGatewayRouteTables: why } },
    `not-reachable; TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION transit-gateway-attachment att-here: att-here is associated with no route table of its transit gateway.`,
  ],
  [
    "the attachment is pending",
    { here: { state: "pendingAcceptance" } },
    `not-reachable; BAD_STATE_ATTACHMENT transit-gateway-attachment att-here: att-here is pendingAcceptance.`,
  ],
  [
    "the attachment's state is not known",
    { here: { state: why } },
    `unknown; unknown-value transit-gateway-attachment att-here: Not known: somebody sets it later.`,
  ],
  [
    "the other attachment is deleted",
    { there: { state: "deleted" } },
    `not-reachable; BAD_STATE_ATTACHMENT transit-gateway-attachment att-there: att-there is deleted.`,
  ],
  [
    "the other attachment's state is not known",
    { there: { state: why } },
    `unknown; unknown-value transit-gateway-attachment att-there: Not known: somebody sets it later.`,
  ],
  [
    "the gateway is deleted",
    { gateway: { state: "deleted" } },
    `not-reachable; BAD_STATE transit-gateway tgw-1: tgw-1 is deleted.`,
  ],
  [
    "the gateway's state is not known",
    { gateway: { state: why } },
    `unknown; unknown-value transit-gateway-attachment att-here: Not known: somebody sets it later.`,
  ],
  [
    "the gateways are not known",
    { more: { transitGateways: why } },
    `unknown; unknown-value transit-gateway-attachment att-here: Not known: somebody sets it later.`,
  ],
  [
    "the gateway is not there",
    { more: { transitGateways: new Map() } },
    `unknown; unknown-value transit-gateway-attachment att-here: Not known: tgw-1, which is not in the topology.`,
  ],
  [
    "the attachments are not known",
    { more: { transitGatewayAttachments: why } },
    `unknown; unknown-value transit-gateway tgw-1: Not known: somebody sets it later.`,
  ],
  [
    "there are no attachments",
    { more: { transitGatewayAttachments: new Map() } },
    `not-reachable; BAD_STATE_ATTACHMENT transit-gateway tgw-1: here is not attached to tgw-1.`,
  ],
  [
    "the table has no route",
    { routes: ["10.1.0.0/16 att-here"] },
    `not-reachable; TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT transit-gateway-route-table tgw-rtb-1: tgw-rtb-1 has no route for tcp port 443 from 10.1.0.10 to 10.2.0.10. Add to tgw-rtb-1 a route: 10.2.0.0/16 -> att-there.`,
  ],
  [
    "the table has no routes at all",
    { routes: [] },
    `not-reachable; TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT transit-gateway-route-table tgw-rtb-1: tgw-rtb-1 has no route for tcp port 443 from 10.1.0.10 to 10.2.0.10. Add to tgw-rtb-1 a route: 10.2.0.0/16 -> att-there.; TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT transit-gateway-route-table tgw-rtb-1: tgw-rtb-1 has no route for the reply (tcp port 32768-60999) from 10.2.0.10 to 10.1.0.10. Add to tgw-rtb-1 a route: 10.1.0.0/16 -> att-here.`,
  ],
  [
    "the table's route is a blackhole",
    { routes: ["10.1.0.0/16 att-here", "10.2.0.0/16 att-there blackhole"] },
    `not-reachable; TGW_RTB_BAD_STATE_ROUTE transit-gateway-route-table tgw-rtb-1: The route of tgw-rtb-1 for tcp port 443 from 10.1.0.10 to 10.2.0.10 is a blackhole. Add to tgw-rtb-1 a route: 10.2.0.0/16 -> att-there.`,
  ],
  [
    "the table's longer route is a blackhole",
    { routes: ["10.1.0.0/16 att-here", "10.2.0.0/24 att-there blackhole", "10.2.0.0/16 att-there"] },
    `not-reachable; TGW_RTB_BAD_STATE_ROUTE transit-gateway-route-table tgw-rtb-1: The route of tgw-rtb-1 for tcp port 443 from 10.1.0.10 to 10.2.0.10 is a blackhole. Add to tgw-rtb-1 a route: 10.2.0.0/24 -> att-there.`,
  ],
  [
    "the state of the table's route is not known",
    { routes: ["10.1.0.0/16 att-here", "10.2.0.0/16 att-there ?"] },
    `unknown; unknown-value transit-gateway-route-table tgw-rtb-1: Not known: somebody sets it later.`,
  ],
  [
    "the table's route leads to nothing that is known",
    { routes: ["10.1.0.0/16 att-here", "10.2.0.0/16 nothing"] },
    `unknown; unknown-value transit-gateway-route-table tgw-rtb-1: Not known: the attachment that the route leads to.`,
  ],
  [
    "the table's route leads to what is not there",
    { routes: ["10.1.0.0/16 att-here", "10.2.0.0/16 gone"] },
    `unknown; unknown-value transit-gateway-attachment gone: Not known: gone, which is not in the topology.`,
  ],
  [
    "the table's route leads back",
    { routes: ["10.1.0.0/16 att-here", "10.2.0.0/16 att-here"] },
    `not-reachable; routing-loop subnet tgw-here: The packets come back to tgw-here for ever. Add to tgw-rtb-1 a route: 10.2.0.0/16 -> att-there.`,
  ],
  [
    "two attachments share the table's route",
    { routes: ["10.1.0.0/16 att-here", "10.2.0.0/16 att-there,att-here"] },
    `unknown; unknown-value transit-gateway-route-table tgw-rtb-1: Not known: several attachments share the route.`,
  ],
  [
    "the static routes are not known",
    { table: { staticRoutes: why } },
    `unknown; unknown-value transit-gateway-route-table tgw-rtb-1: Not known: somebody sets it later.`,
  ],
  [
    "what propagates is not known",
    { table: { propagatingAttachmentIds: why } },
    `unknown; unknown-value transit-gateway-route-table tgw-rtb-1: Not known: somebody sets it later.`,
  ],
  [
    "what is not there propagates",
    { table: { propagatingAttachmentIds: ["att-here", "gone"] } },
    `unknown; unknown-value transit-gateway-route-table tgw-rtb-1: Not known: what gone propagates into tgw-rtb-1.`,
  ],
  [
    "the other attachment is of a kind that is not modelled",
    { there: { resource: { type: "unsupported", name: "vpn", cidrBlocks: [] } }, routes: ["10.2.0.0/16 att-there"] },
    `unknown; unknown-value transit-gateway-attachment att-there: Not known: vpn attachments are not modelled.`,
  ],
  ["IPv6 support is off here", { here: { ipv6Support: false }, there: { ipv6Support: true } }, `reachable`],
];

for (const [what, variant, expected] of variants) {
  test(`through a transit gateway, ${what}`, (t) => {
    const topology = variant.zone === "?" ? change(made(), "subnets", "job", { availabilityZone: why }) : made(variant);
    t.is(brief(ask(topology, "from", "10.2.0.10")), expected);
  });
}
