import test from "ava";
import { Unknown } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";
import {
  attachment,
  attachments,
  brief,
  byId,
  change,
  group,
  said,
  transitGateway,
  transitTable,
  why,
} from "../resources.ts";
import { ask } from "../topology.ts";
import { twoVpcs as made } from "../two-vpcs.ts";

/** IPv6 support of both attachments, and what is said of IPv6. */
const six: [T.TransitGatewayAttachment["ipv6Support"], T.TransitGatewayAttachment["ipv6Support"], string][] = [
  [true, true, `reachable`],
  [
    false,
    true,
    `not-reachable; PROTOCOL_RESTRICTION transit-gateway-attachment att-here: att-here does not carry IPv6: its ipv6Support is off.`,
  ],
  [
    true,
    false,
    `not-reachable; PROTOCOL_RESTRICTION transit-gateway-attachment att-there: att-there does not carry IPv6: its ipv6Support is off.`,
  ],
  [why, true, `unknown; unknown-value transit-gateway-attachment att-here: Not known: somebody sets it later.`],
  [true, why, `unknown; unknown-value transit-gateway-attachment att-there: Not known: somebody sets it later.`],
];

for (const [here, there, expected] of six) {
  test(`IPv6 through attachments whose support is ${String(here instanceof Unknown ? "?" : here)} and ${String(there instanceof Unknown ? "?" : there)}`, (t) => {
    const made6 = made({ here: { ipv6Support: here }, there: { ipv6Support: there } });
    t.is(brief(ask(made6, "from", "2600:2::10")), expected);
  });
}

/** Support of security group references of the gateway and both attachments, and whether the source's group is told. */
const told: [unknown, unknown, unknown, string][] = [
  [true, true, true, "reachable"],
  [false, true, true, "not-reachable"],
  [true, false, true, "not-reachable"],
  [true, true, false, "not-reachable"],
  [why, true, true, "unknown"],
  [true, why, true, "unknown"],
  [true, true, why, "unknown"],
  [why, true, false, "not-reachable"],
];

for (const [gateway, here, there, verdict] of told) {
  const text = [gateway, here, there].map((one) => (one === why ? "?" : one)).join(", ");
  test(`security groups are told through a transit gateway with support ${text}: ${verdict}`, (t) => {
    const support = (value: unknown) => ({ securityGroupReferencingSupport: value as boolean });
    const topology = made({ gateway: support(gateway), here: support(here), there: support(there) });
    const referring = {
      ...topology,
      securityGroups: byId(group("open", "out all 0.0.0.0/0"), group("in", "in tcp open")),
    };
    t.is(ask(referring, "from", "10.2.0.10").verdict, verdict as never);
    const outward = { ...topology, securityGroups: byId(group("open", "out all in"), group("in", "in all 0.0.0.0/0")) };
    t.is(ask(outward, "from", "10.2.0.10").verdict, "not-reachable");
  });
}

test("over two peered gateways each table decides, and groups are not told", (t) => {
  const peer = (transitGatewayId: string, other: string, routeTableId: string) =>
    attachment("att-peer", "", [], {
      transitGatewayId,
      resource: { type: "peering", transitGatewayId: other },
      routeTableId,
    });
  const support = { securityGroupReferencingSupport: true };
  const topology = (
    back: string[],
    peers = [peer("tgw-1", "tgw-2", "tgw-rtb-1"), peer("tgw-2", "tgw-1", "tgw-rtb-2")],
  ) => {
    const two = made({
      more: {
        transitGateways: byId(transitGateway("tgw-1", support), transitGateway("tgw-2", support)),
        transitGatewayAttachments: attachments(
          attachment("att-here", "here", ["tgw-here"], support),
          attachment("att-there", "there", ["tgw-there"], {
            ...support,
            transitGatewayId: "tgw-2",
            routeTableId: "tgw-rtb-2",
          }),
          ...peers,
        ),
        transitGatewayRouteTables: byId(
          transitTable("tgw-rtb-1", ["10.2.0.0/16 att-peer"], ["att-here"]),
          transitTable("tgw-rtb-2", back, ["att-there"], "tgw-2"),
        ),
      },
    });
    return change(two, "routeTables", "rtb-there", { routes: toSecond(two) });
  };
  const good = topology(["10.1.0.0/16 att-peer"]);
  t.is(
    said(ask(good, "from", "10.2.0.10")),
    `reachable
-> from: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-here: 10.2.0.0/16 -> tgw-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    att-here
    tgw-rtb-1: 10.2.0.0/16 -> att-peer
    att-peer
    att-peer
    tgw-rtb-2: 10.2.0.0/16 -> att-there
    att-there
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-there: 10.2.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    to
    in: inbound all traffic from 0.0.0.0/0 (in)
<- to
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-there: 10.1.0.0/16 -> tgw-2
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    att-there
    tgw-rtb-2: 10.1.0.0/16 -> att-peer
    att-peer
    att-peer
    tgw-rtb-1: 10.1.0.0/16 -> att-here
    att-here
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-here: 10.1.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    from`,
  );
  const referring = { ...good, securityGroups: byId(group("open", "out all 0.0.0.0/0"), group("in", "in tcp open")) };
  t.is(
    brief(ask(referring, "from", "10.2.0.10")),
    `not-reachable; ENI_SG_RULES_MISMATCH security-group in: No inbound rule of in allows tcp port 443 from 10.1.0.10 to 10.2.0.10. Add to in an inbound rule: tcp 443 from 10.1.0.10/32.`,
  );
  t.is(
    brief(ask(topology([]), "from", "10.2.0.10")),
    `not-reachable; TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT transit-gateway-route-table tgw-rtb-2: tgw-rtb-2 has no route for the reply (tcp port 32768-60999) from 10.2.0.10 to 10.1.0.10. Add to tgw-rtb-2 a route: 10.1.0.0/16 -> att-peer.`,
  );
  t.is(
    brief(ask(topology(["10.1.0.0/16 att-peer"], [peer("tgw-1", "tgw-2", "tgw-rtb-1")]), "from", "10.2.0.10")),
    `unknown; unknown-value transit-gateway-attachment att-peer: Not known: the peer tgw-2, which is not in the topology.`,
  );
  t.is(
    brief(ask(topology(["10.2.0.0/24 att-peer"]), "from", "10.2.0.10")),
    `not-reachable; routing-loop transit-gateway-attachment att-peer: The packets come back to att-peer for ever. Add to tgw-rtb-2 a route: 10.2.0.0/24 -> att-there.; TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT transit-gateway-route-table tgw-rtb-2: tgw-rtb-2 has no route for the reply (tcp port 32768-60999) from 10.2.0.10 to 10.1.0.10. Add to tgw-rtb-2 a route: 10.1.0.0/16 -> att-peer.`,
  );
});

function toSecond({ routeTables }: T.Topology): T.Route[] {
  const { routes } = (routeTables as ReadonlyMap<string, T.RouteTable>).get("rtb-there") as T.RouteTable;
  return (routes as readonly T.Route[]).map((route) => ({
    ...route,
    target: (route.target as T.RouteTarget).type === "local" ? route.target : { type: "transit-gateway", id: "tgw-2" },
  }));
}
