import test from "ava";
import { anyone, icmp, nearAndFar as made, open, out } from "../near-and-far.ts";
import { acl, byId, group, prefixList, said, why } from "../resources.ts";
import { ask, topologyOf } from "../topology.ts";

test("what is reachable is said with every component's decision, there and back", (t) => {
  t.is(
    said(ask(made([anyone, out], open), "client", "10.0.1.10")),
    `reachable
-> client: outbound all traffic to 0.0.0.0/0 (sg)
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
});

test("neighbours in a subnet pass no network ACL and no route table", (t) => {
  t.is(
    said(ask(made([anyone, out], [acl("acl", ["near", "far"])]), "client", "10.0.0.11")),
    `reachable
-> client: outbound all traffic to 0.0.0.0/0 (sg)
    neighbour
    member: inbound all traffic from 0.0.0.0/0 (member)
<- neighbour
    client`,
  );
});

test("a group without rules has a code of its own, in each direction", (t) => {
  t.is(
    said(ask(made([anyone, group("sg", "in all 0.0.0.0/0")], open), "client", "10.0.1.10")),
    `not-reachable
SG_HAS_NO_RULES security-group sg
  sg has no outbound rules, and tcp port 443 from 10.0.0.10 to 10.0.1.10 needs one.
  Add to sg an outbound rule: tcp 443 to 10.0.1.10/32.
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
    said(ask(made([group("member", "out all 0.0.0.0/0"), out], open), "client", "10.0.1.10")),
    `not-reachable
SG_HAS_NO_RULES security-group member
  member has no inbound rules, and tcp port 443 from 10.0.0.10 to 10.0.1.10 needs one.
  Add to member an inbound rule: tcp 443 from 10.0.0.10/32.
-> client: outbound all traffic to 0.0.0.0/0 (sg)
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
});

test("rules that do not fit are said with the rule that would", (t) => {
  const groups = [
    group("member", "in tcp:80 0.0.0.0/0"),
    group("sg", "out udp 0.0.0.0/0"),
    group("more", "out tcp:80 0.0.0.0/0"),
  ];
  t.is(
    said(ask(made(groups, open, ["sg", "more"]), "client", "10.0.1.10")),
    `not-reachable
ENI_SG_RULES_MISMATCH security-group sg, more
  No outbound rule of sg, more allows tcp port 443 from 10.0.0.10 to 10.0.1.10.
  Add to sg an outbound rule: tcp 443 to 10.0.1.10/32.
ENI_SG_RULES_MISMATCH security-group member
  No inbound rule of member allows tcp port 443 from 10.0.0.10 to 10.0.1.10.
  Add to member an inbound rule: tcp 443 from 10.0.0.10/32.
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
});

test("an interface without groups needs one", (t) => {
  t.is(
    said(ask(made([anyone], open, []), "client", "10.0.1.10")),
    `not-reachable
SG_HAS_NO_RULES security-group no security group
  no security group has no outbound rules, and tcp port 443 from 10.0.0.10 to 10.0.1.10 needs one.
  Give the network interface a security group that allows it.
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
});

test("a rule for echo requests lets them through, and its code may be 0", (t) => {
  const verdict = (rule: string) =>
    ask(made([group("member", `in ${rule} 0.0.0.0/0`), out], open), "client", "10.0.1.10", icmp).verdict;
  t.deepEqual(["icmp:8-*", "icmp:8-0", "icmp:*-*", "icmp", "icmp:8-1", "icmp:0-0", "icmpv6"].map(verdict), [
    "reachable",
    "reachable",
    "reachable",
    "reachable",
    "not-reachable",
    "not-reachable",
    "not-reachable",
  ]);
});

/** Rules of the server's group, and whether the client, who holds the groups sg and more, gets through. */
const rules: [string, string][] = [
  ["in tcp:443 sg-client", "reachable"],
  ["in tcp:442 sg-client", "not-reachable"],
  ["in tcp:443 sg-other", "not-reachable"],
  ["out tcp:443 sg-client", "not-reachable"],
  ["in tcp:? sg-client", "unknown"],
  ["in tcp:? 0.0.0.0/0", "unknown"],
  ["in tcp:? 10.9.0.0/16", "not-reachable"],
  ["in udp:? 0.0.0.0/0", "not-reachable"],
  ["in ?:443 0.0.0.0/0", "unknown"],
  ["in ? ?", "unknown"],
  ["in tcp ?", "unknown"],
  ["in tcp:80 ?", "not-reachable"],
  ["in tcp pl-own", "reachable"],
  ["in tcp pl-else", "not-reachable"],
  ["in tcp pl-unknown", "unknown"],
  ["in tcp pl-missing", "unknown"],
  ["in tcp pl-six", "not-reachable"],
  ["in all ::/0", "not-reachable"],
  ["in tcp:0-65535 10.0.0.10/32", "reachable"],
  ["in tcp 10.0.0.11/32", "not-reachable"],
];

const lists = byId(
  prefixList("pl-own", "own", "10.9.0.0/16", "10.0.0.0/25"),
  prefixList("pl-else", "else", "10.9.0.0/16"),
  prefixList("pl-six", "six", "::/0"),
  { id: "pl-unknown", name: "unknown", cidrs: why },
);

for (const [rule, verdict] of rules) {
  test(`with the rule "${rule}" of the server's group the server is ${verdict}`, (t) => {
    const groups = [group("member", rule), group("sg-client", "out all 0.0.0.0/0"), group("sg-other")];
    const topology = { ...made(groups, open, ["sg-client"]), prefixLists: lists };
    t.is(ask(topology, "client", "10.0.1.10").verdict, verdict as never);
  });
}

test("what blocks is said though another value is not known", (t) => {
  const groups = [group("member", "in tcp:80 0.0.0.0/0"), group("sg", "out ? 0.0.0.0/0")];
  t.is(
    said(ask(made(groups, open), "client", "10.0.1.10")),
    `not-reachable
ENI_SG_RULES_MISMATCH security-group member
  No inbound rule of member allows tcp port 443 from 10.0.0.10 to 10.0.1.10.
  Add to member an inbound rule: tcp 443 from 10.0.0.10/32.
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
});

test("an outbound rule may be for the group of who is asked, by its private address", (t) => {
  const verdict = (rule: string) => ask(made([anyone, group("sg", rule)], open), "client", "10.0.1.10").verdict;
  t.deepEqual(["out tcp:443 member", "out tcp:443 sg", "out tcp:80 member"].map(verdict), [
    "reachable",
    "not-reachable",
    "not-reachable",
  ]);
});

test("whether groups are told by a peering connection that is not in the topology, nobody knows", (t) => {
  const made = topologyOf({
    vpcs: { here: ["10.1.0.0/16"], there: ["10.2.0.0/16"] },
    subnets: { one: ["here", "a", "10.1.0.0/24"], two: ["there", "a", "10.2.0.0/24"] },
    interfaces: { from: ["one", ["sg-from"], "10.1.0.10"], to: ["two", ["open"], "10.2.0.10"] },
    tables: { rtb: ["here", ["main"], "10.2.0.0/16 pcx-1"] },
    more: { securityGroups: byId(group("sg-from", "out tcp open")) },
  });
  t.is(ask(made, "from", "10.2.0.10").verdict, "unknown");
});
