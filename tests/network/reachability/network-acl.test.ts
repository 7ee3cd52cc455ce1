import test from "ava";
import { anyone, icmp, nearAndFar as made, open, out, pass } from "../near-and-far.ts";
import { acl, group, said, why } from "../resources.ts";
import { ask } from "../topology.ts";

test("ICMP's rules are for echo requests, there and back, of either family", (t) => {
  const groups = [group("member", "in icmp:0-* 0.0.0.0/0"), group("sg", "out tcp 0.0.0.0/0")];
  const acls = [
    acl("near-acl", ["near"], "100 out allow icmp:8-* 0.0.0.0/0", "100 in allow icmp:8-* 0.0.0.0/0"),
    acl("far-acl", ["far"], "90 in deny icmp:*-* 0.0.0.0/0", "100 in allow all 0.0.0.0/0"),
  ];
  t.is(
    said(ask(made(groups, acls), "client", "10.0.1.10", icmp)),
    `not-reachable
ENI_SG_RULES_MISMATCH security-group sg
  No outbound rule of sg allows icmp from 10.0.0.10 to 10.0.1.10.
  Add to sg an outbound rule: icmp type 8 to 10.0.1.10/32.
SUBNET_ACL_RESTRICTION network-acl far-acl
  far-acl of far denies inbound icmp from 10.0.0.10 to 10.0.1.10 (rule 90).
  Add to far-acl the inbound rule 10: allow icmp from 10.0.0.10/32.
ENI_SG_RULES_MISMATCH security-group member
  No inbound rule of member allows icmp from 10.0.0.10 to 10.0.1.10.
  Add to member an inbound rule: icmp type 8 from 10.0.0.10/32.
SUBNET_ACL_RESTRICTION network-acl far-acl
  far-acl of far denies outbound the reply (icmp) from 10.0.1.10 to 10.0.0.10 (no rule allows it).
  Add to far-acl the outbound rule 10: allow icmp to 10.0.0.10/32.
SUBNET_ACL_RESTRICTION network-acl near-acl
  near-acl of near denies inbound the reply (icmp) from 10.0.1.10 to 10.0.0.10 (no rule allows it).
  Add to near-acl the inbound rule 110: allow icmp from 10.0.1.10/32.
-> client
    near-acl: outbound rule 100: allow icmp to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    far-acl: inbound rule 90: deny icmp from 0.0.0.0/0
    server
    member
<- server
    far-acl
    rtb: 10.0.0.0/16 -> local
    near-acl
    client`,
  );
  t.is(
    said(ask(made(groups, acls), "client", "2600:1f00:0:1::10", icmp)),
    `not-reachable
ENI_SG_RULES_MISMATCH security-group sg
  No outbound rule of sg allows icmp from 2600:1f00::10 to 2600:1f00:0:1::10.
  Add to sg an outbound rule: icmpv6 type 128 to 2600:1f00:0:1::10/128.
SUBNET_ACL_RESTRICTION network-acl near-acl
  near-acl of near denies outbound icmp from 2600:1f00::10 to 2600:1f00:0:1::10 (no rule allows it).
  Add to near-acl the outbound rule 110: allow icmpv6 to 2600:1f00:0:1::10/128.
SUBNET_ACL_RESTRICTION network-acl far-acl
  far-acl of far denies inbound icmp from 2600:1f00::10 to 2600:1f00:0:1::10 (no rule allows it).
  Add to far-acl the inbound rule 110: allow icmpv6 from 2600:1f00::10/128.
ENI_SG_RULES_MISMATCH security-group member
  No inbound rule of member allows icmp from 2600:1f00::10 to 2600:1f00:0:1::10.
  Add to member an inbound rule: icmpv6 type 128 from 2600:1f00::10/128.
SUBNET_ACL_RESTRICTION network-acl far-acl
  far-acl of far denies outbound the reply (icmp) from 2600:1f00:0:1::10 to 2600:1f00::10 (no rule allows it).
  Add to far-acl the outbound rule 10: allow icmpv6 to 2600:1f00::10/128.
SUBNET_ACL_RESTRICTION network-acl near-acl
  near-acl of near denies inbound the reply (icmp) from 2600:1f00:0:1::10 to 2600:1f00::10 (no rule allows it).
  Add to near-acl the inbound rule 110: allow icmpv6 from 2600:1f00:0:1::10/128.
-> client
    near-acl
    rtb: 2600:1f00::/56 -> local
    far-acl
    server
    member
<- server
    far-acl
    rtb: 2600:1f00::/56 -> local
    near-acl
    client`,
  );
});

test("network ACLs judge the request and the reply, and each fix has its number before the rule that denies", (t) => {
  const acls = [
    acl(
      "near-acl",
      ["near"],
      "100 out deny tcp:443 10.0.1.0/24",
      "110 out allow all 0.0.0.0/0",
      "10 in allow tcp:0-1023 0.0.0.0/0",
    ),
    acl("far-acl", ["far"], "10 in allow tcp:443 10.0.0.0/24", "1 out deny all 0.0.0.0/0"),
  ];
  t.is(
    said(ask(made([anyone, out], acls), "client", "10.0.1.10")),
    `not-reachable
SUBNET_ACL_RESTRICTION network-acl near-acl
  near-acl of near denies outbound tcp port 443 from 10.0.0.10 to 10.0.1.10 (rule 100).
  Add to near-acl the outbound rule 10: allow tcp 443 to 10.0.1.10/32.
SUBNET_ACL_RESTRICTION network-acl far-acl
  far-acl of far denies outbound the reply (tcp port 32768-60999) from 10.0.1.10 to 10.0.0.10 (rule 1).
  Add to far-acl the outbound rule 1: allow tcp 32768-60999 to 10.0.0.10/32.
SUBNET_ACL_RESTRICTION network-acl near-acl
  near-acl of near denies inbound the reply (tcp port 32768-60999) from 10.0.1.10 to 10.0.0.10 (no rule allows it).
  Add to near-acl the inbound rule 20: allow tcp 32768-60999 from 10.0.1.10/32.
-> client: outbound all traffic to 0.0.0.0/0 (sg)
    near-acl: outbound rule 100: deny tcp 443 to 10.0.1.0/24
    rtb: 10.0.0.0/16 -> local
    far-acl: inbound rule 10: allow tcp 443 from 10.0.0.0/24
    server
    member: inbound all traffic from 0.0.0.0/0 (member)
<- server
    far-acl: outbound rule 1: deny all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    near-acl
    client`,
  );
});

test("where a network ACL lets some source ports through, that is partial", (t) => {
  const acls = [
    pass("far-acl", "far"),
    acl(
      "near-acl",
      ["near"],
      "100 out allow all 0.0.0.0/0",
      "100 in allow tcp:40000-50000 10.0.0.0/8",
      "200 in ? tcp:50001-50009 10.0.0.0/8",
    ),
  ];
  const analysis = ask(made([anyone, out], acls), "client", "10.0.1.10");
  t.is(
    said(analysis),
    `partial
SUBNET_ACL_RESTRICTION network-acl near-acl
  near-acl of near denies inbound the reply (tcp port 32768-39999) from 10.0.1.10 to 10.0.0.10 (no rule allows it).
  Add to near-acl the inbound rule 110: allow tcp 32768-60999 from 10.0.1.10/32.
-> client: outbound all traffic to 0.0.0.0/0 (sg)
    near-acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    far-acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    server
    member: inbound all traffic from 0.0.0.0/0 (member)
<- server
    far-acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    near-acl
    client`,
  );
  t.deepEqual(analysis.outcomes.map(({ set, result }) => [set.sourcePort.from, set.sourcePort.to, result]).sort(), [
    [32_768, 39_999, "not-reachable"],
    [40_000, 50_000, "reachable"],
    [50_001, 50_009, "unknown"],
    [50_010, 60_999, "not-reachable"],
  ]);
});

test("why it is not known is said with the component and the value", (t) => {
  const groups = [group("member", "in tcp ?"), group("sg", "out ? 0.0.0.0/0")];
  const acls = [pass("far-acl", "far"), acl("near-acl", ["near"], "100 out allow tcp ?", "100 in ? all 0.0.0.0/0")];
  t.is(
    said(ask(made(groups, acls), "client", "10.0.1.10")),
    `unknown
unknown-value security-group sg
  Not known: somebody sets it later.
unknown-value network-acl near-acl
  Not known: somebody sets it later.
unknown-value security-group member
  Not known: somebody sets it later.
-> client
    near-acl
    rtb: 10.0.0.0/16 -> local
    far-acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    server
    member
<- server
    far-acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    near-acl: inbound rule 100: ? all traffic from 0.0.0.0/0
    client`,
  );
  t.is(
    said(ask(made([anyone], open, ["sg", "gone"]), "client", "10.0.1.10")),
    `unknown
unknown-value security-group sg, gone
  Not known: security group sg is not in the topology.
-> client
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    server
    member: inbound all traffic from 0.0.0.0/0 (member)
<- server
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    client`,
  );
  t.is(
    said(ask({ ...made([], open), securityGroups: why }, "client", "10.0.1.10")),
    `unknown
unknown-value security-group sg
  Not known: somebody sets it later.
unknown-value security-group member
  Not known: somebody sets it later.
-> client
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    server
    member
<- server
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    client`,
  );
  t.is(
    said(ask({ ...made([anyone, out], []) }, "client", "10.0.1.10")),
    `unknown
unknown-value subnet near
  Not known: the network ACL of near, which is not in the topology.
unknown-value subnet far
  Not known: the network ACL of far, which is not in the topology.
-> client: outbound all traffic to 0.0.0.0/0 (sg)
    rtb: 10.0.0.0/16 -> local
    server
    member: inbound all traffic from 0.0.0.0/0 (member)
<- server
    rtb: 10.0.0.0/16 -> local
    client`,
  );
  t.is(
    said(ask({ ...made([anyone, out], []), networkAcls: why }, "client", "10.0.1.10")),
    `unknown
unknown-value subnet near
  Not known: somebody sets it later.
unknown-value subnet far
  Not known: somebody sets it later.
-> client: outbound all traffic to 0.0.0.0/0 (sg)
    rtb: 10.0.0.0/16 -> local
    server
    member: inbound all traffic from 0.0.0.0/0 (member)
<- server
    rtb: 10.0.0.0/16 -> local
    client`,
  );
});
