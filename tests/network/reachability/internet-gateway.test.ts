import test from "ava";
import type * as T from "../../../network/reachability/topology.ts";
import { byId, change, gateway, said } from "../resources.ts";
import { ask, at, type Parts, topologyOf } from "../topology.ts";

const parts = (routes: readonly string[], more: Partial<T.Topology> = {}): Parts => ({
  vpcs: { vpc: ["10.0.0.0/16", "2600:1f00::/56"], other: ["10.1.0.0/16"] },
  subnets: { front: ["vpc", "a", "10.0.0.0/24", "2600:1f00:0:0::/64"], back: ["vpc", "a", "10.0.1.0/24"] },
  interfaces: {
    web: ["front", ["open"], "10.0.0.10=54.0.0.10", "2600:1f00::10"],
    job: ["front", ["open"], "10.0.0.11", "fd00::11"],
    deep: ["back", ["open"], "10.0.1.10=54.0.1.10"],
  },
  tables: { rtb: ["vpc", ["main"], ...routes], "rtb-back": ["vpc", ["back"], ...routes] },
  more: { internetGateways: byId(gateway("igw-1", "vpc")), ...more },
});
const made = (more?: Partial<T.Topology>, ...routes: string[]) =>
  topologyOf(parts(routes.length > 0 ? routes : ["0.0.0.0/0 igw-1", "::/0 igw-1"], more));

test("out and back by an internet gateway the public address stands for the private one", (t) => {
  t.is(
    said(ask(made(), "web", "8.8.8.8")),
    `reachable
-> web: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.10
    8.8.8.8
<- igw-1: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web`,
  );
  t.is(
    said(ask(made(), "8.8.8.8", "54.0.0.10")),
    `reachable
-> 8.8.8.8
    igw-1: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web
    open: inbound all traffic from 0.0.0.0/0 (open)
<- web
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.10
    8.8.8.8`,
  );
});

test("IPv6 is not translated", (t) => {
  t.is(
    said(ask(made(), "web", "2a00::1")),
    `reachable
-> web: outbound all traffic to ::/0 (open)
    acl: outbound rule 100: allow all traffic to ::/0
    rtb: ::/0 -> igw-1
    igw-1
    2a00::1
<- igw-1: destination becomes 2600:1f00::10
    acl: inbound rule 100: allow all traffic from ::/0
    web`,
  );
});

test("to a public address of the same VPC packets go out and come in again", (t) => {
  t.is(
    said(ask(made(), "web", "54.0.1.10")),
    `reachable
-> web: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.10
    igw-1: destination becomes 10.0.1.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    deep
    open: inbound all traffic from 0.0.0.0/0 (open)
<- deep
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-back: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.1.10
    igw-1: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web`,
  );
});

test("without a public address nothing leaves, and an elastic IP address would help", (t) => {
  t.is(
    said(ask(made(), "job", "8.8.8.8")),
    `not-reachable
IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1
  10.0.0.11 has no public IPv4 address: igw-1 drops what it sends.
  Give 10.0.0.11 of job an elastic IP address.
-> job: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes its public address
    8.8.8.8
<- igw-1: destination becomes 10.0.0.11
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    job`,
  );
});

test("an IPv6 address that is not global does not leave", (t) => {
  t.is(
    said(ask(made(), "job", "2a00::1")),
    `not-reachable
IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1
  fd00::11 is no global address: igw-1 drops what it sends.
-> job: outbound all traffic to ::/0 (open)
    acl: outbound rule 100: allow all traffic to ::/0
    rtb: ::/0 -> igw-1
    igw-1`,
  );
});

test("private addresses are not carried", (t) => {
  t.is(
    said(ask(made(), "web", "192.168.0.1")),
    `not-reachable
IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS internet-gateway igw-1
  igw-1 does not carry packets for the private address 192.168.0.1.
-> web: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1`,
  );
  t.is(
    said(ask(made(), "web", "fd00::99")),
    `not-reachable
IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS internet-gateway igw-1
  igw-1 does not carry packets for the private address fd00::99.
-> web: outbound all traffic to ::/0 (open)
    acl: outbound rule 100: allow all traffic to ::/0
    rtb: ::/0 -> igw-1
    igw-1`,
  );
});

test("a gateway that is detached is to be attached, where the VPC has none", (t) => {
  t.is(
    said(ask(made({ internetGateways: byId(gateway("igw-1")) }), "web", "8.8.8.8")),
    `not-reachable
BAD_STATE_ATTACHMENT internet-gateway igw-1
  igw-1 is not attached to vpc.
  Attach igw-1 to vpc.
-> web: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.10
    8.8.8.8
<- igw-1: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web`,
  );
});

test("a gateway of another VPC, or a second one, is not to be attached", (t) => {
  const elsewhere = made({ internetGateways: byId(gateway("igw-1", "other")) });
  t.is(
    said(ask(elsewhere, "web", "8.8.8.8")),
    `not-reachable
BAD_STATE_ATTACHMENT internet-gateway igw-1
  igw-1 is attached to other, not to vpc.
  Attach igw-1 to vpc, or give vpc an internet gateway of its own and route to that.
-> web: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1`,
  );
  const second = made({ internetGateways: byId(gateway("igw-1"), gateway("igw-2", "vpc")) });
  t.is(
    said(ask(second, "web", "8.8.8.8")),
    `not-reachable
BAD_STATE_ATTACHMENT internet-gateway igw-1
  igw-1 is not attached to vpc.
  Add to rtb a route: 0.0.0.0/0 -> igw-2.
-> web: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: with the fix 0.0.0.0/0 -> igw-2
    igw-2: source becomes 54.0.0.10
    8.8.8.8
<- igw-2: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web`,
  );
});

test("without any gateway one is to be made for what comes in", (t) => {
  t.is(
    said(ask(made({ internetGateways: new Map() }, "10.9.0.0/16 igw-1"), "8.8.8.8", "54.0.0.10")),
    `not-reachable
DISCONNECTED_VPCS vpc vpc
  vpc has no internet gateway.
  Attach an internet gateway to vpc.
NO_ROUTE_TO_DESTINATION route-table rtb
  Route table rtb has no route for the reply (tcp port 32768-60999) from 10.0.0.10 to 8.8.8.8.
  Attach an internet gateway to vpc and route to it, from private subnets by a NAT gateway; or add a VPC endpoint for the service.
-> 8.8.8.8
    igw-new: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web
    open: inbound all traffic from 0.0.0.0/0 (open)
<- web
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb`,
  );
  const spare = made(
    { internetGateways: byId(gateway("igw-1"), gateway("igw-2", "other")) },
    "10.8.0.0/16 igw-2",
    "0.0.0.0/0 igw-1",
  );
  t.is(
    said(ask(spare, "8.8.8.8", "54.0.0.10")),
    `not-reachable
DISCONNECTED_VPCS vpc vpc
  vpc has no internet gateway.
  Attach igw-1 to vpc.
-> 8.8.8.8
    igw-1: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web
    open: inbound all traffic from 0.0.0.0/0 (open)
<- web
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.10
    8.8.8.8`,
  );
});

test("an address that nobody has answers nothing", (t) => {
  const nowhere = { destination: { type: "nowhere", address: at("9.9.9.9") } } as const;
  t.is(
    said(ask(made(), "web", "9.9.9.9", nowhere)),
    `not-reachable
NO_POSSIBLE_DESTINATION internet 9.9.9.9
  9.9.9.9 belongs to nothing that would answer.
-> web: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.10
    9.9.9.9`,
  );
});

test("an edge route table decides where what comes in goes", (t) => {
  const edge = (...routes: string[]) => {
    const topology = topologyOf({
      ...parts(["0.0.0.0/0 igw-1"]),
      tables: { ...parts(["0.0.0.0/0 igw-1"]).tables, edge: ["vpc", [], ...routes] },
    });
    return change(topology, "routeTables", "edge", { associations: [{ isMain: false, gatewayId: "igw-1" }] });
  };
  t.is(
    said(ask(edge(), "8.8.8.8", "54.0.0.10")),
    `reachable
-> 8.8.8.8
    igw-1: destination becomes 10.0.0.10
    edge: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web
    open: inbound all traffic from 0.0.0.0/0 (open)
<- web
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.10
    8.8.8.8`,
  );
  t.is(
    said(ask(edge("10.0.0.0/24 eni-1"), "8.8.8.8", "54.0.0.10")),
    `unknown
unknown-value network-interface eni-1
  Not known: eni-1, which is not in the topology.
-> 8.8.8.8
    igw-1: destination becomes 10.0.0.10
    edge: 10.0.0.0/24 -> eni-1
    eni-1`,
  );
  t.is(
    said(ask(edge("10.0.0.10/32 pcx-1 blackhole"), "8.8.8.8", "54.0.0.10")),
    `not-reachable
BAD_STATE_ROUTE route-table edge
  The route 10.0.0.10/32 -> pcx-1 (blackhole) of edge leads to something that is gone.
-> 8.8.8.8
    igw-1: destination becomes 10.0.0.10
    edge: 10.0.0.10/32 -> pcx-1 (blackhole)`,
  );
});
