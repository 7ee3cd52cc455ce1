import test from "ava";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { acl, brief, byId, change, gateway, group, nat, prefixList, said } from "../resources.ts";
import { at, topologyOf } from "../topology.ts";

/*
 * A service of which nobody knows more than that it is on the internet: what rules and routes decide of all its addresses
 * holds, and what they decide of some is not known.
 */

interface Variant {
  readonly rules?: readonly string[];
  readonly entries?: readonly string[];
  readonly routes?: readonly string[];
  readonly from?: string;
}

function asked({
  rules = ["out all 0.0.0.0/0"],
  entries = ["100 out allow all 0.0.0.0/0", "100 in allow all 0.0.0.0/0"],
  routes = ["0.0.0.0/0 igw-1"],
  from = "web",
}: Variant) {
  const topology = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16"] },
    subnets: { one: ["vpc", "a", "10.0.0.0/24"], two: ["vpc", "a", "10.0.9.0/24"] },
    interfaces: {
      web: ["one", ["sg"], "10.0.0.10=54.0.0.10"],
      job: ["one", ["sg"], "10.0.0.11"],
      "eni-nat": ["two", [], "10.0.9.5=54.0.0.5"],
      "eni-box": ["two", [], "10.0.9.9"],
    },
    tables: { rtb: ["vpc", ["main"], ...routes], "rtb-two": ["vpc", ["two"], "0.0.0.0/0 igw-1"] },
    more: {
      securityGroups: byId(group("sg", ...rules)),
      networkAcls: byId(
        acl("acl", ["one"], ...entries),
        acl("acl-two", ["two"], "100 out allow all 0.0.0.0/0", "100 in allow all 0.0.0.0/0"),
      ),
      internetGateways: byId(gateway("igw-1", "vpc")),
      natGateways: byId(nat("nat-1", "vpc", "two", "10.0.9.5=54.0.0.5")),
      prefixLists: byId(
        prefixList("pl-s3", "com.amazonaws.r.s3", "52.216.0.0/15"),
        prefixList("pl-own", "own", "0.0.0.0/0"),
        prefixList("pl-halves", "halves", "128.0.0.0/1", "0.0.0.0/1"),
        prefixList("pl-most", "most", "128.0.0.0/1", "0.0.0.0/2"),
      ),
      dhcpOptions: new Map([["dopt", { id: "dopt", domainNameServers: ["AmazonProvidedDNS"] }]]),
    },
  });
  const interfaces = change(
    change(topology, "vpcs", "vpc", { dhcpOptionsId: "dopt" }),
    "networkInterfaces",
    "eni-nat",
    { type: "nat_gateway" },
  );
  return analyze(new TopologyIndex(interfaces as T.Topology), {
    source: { type: "interface", id: from, address: at(from === "web" ? "10.0.0.10" : "10.0.0.11") },
    destination: { type: "service", name: "ecr.api" },
    family: 4,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
  });
}

test("a service on the internet is asked at a public address that nobody knows", (t) => {
  t.is(
    said(asked({})),
    `reachable
-> ecr.api: ecr.api has public addresses
    web: outbound all traffic to 0.0.0.0/0 (sg)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.10
    ecr.api
<- igw-1: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    web`,
  );
  t.is(
    said(asked({ from: "job", routes: ["0.0.0.0/0 nat-1"] })),
    `reachable
-> ecr.api: ecr.api has public addresses
    job: outbound all traffic to 0.0.0.0/0 (sg)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> nat-1
    acl-two: inbound rule 100: allow all traffic from 0.0.0.0/0
    nat-1: source becomes 10.0.9.5, its port one of 1024-65535
    acl-two: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-two: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.5
    ecr.api
<- igw-1: destination becomes 10.0.9.5
    acl-two: inbound rule 100: allow all traffic from 0.0.0.0/0
    eni-nat: destination becomes 10.0.0.11 again
    acl-two: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-two: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    job`,
  );
});

const cases: [string, Variant, string][] = [
  [
    "a group for all private addresses",
    { rules: ["out all 10.0.0.0/8"] },
    `not-reachable; ENI_SG_RULES_MISMATCH security-group sg: No outbound rule of sg allows tcp port 443 from 10.0.0.10 to a public address. Add to sg an outbound rule: tcp 443 to 0.0.0.0/0.`,
  ],
  [
    "a group for some public addresses",
    { rules: ["out all 52.0.0.0/8"] },
    `unknown; unknown-value security-group sg: Not known: which public address ecr.api has.`,
  ],
  [
    "a group for private and some public addresses",
    { rules: ["out all 10.0.0.0/8", "out all 52.0.0.0/8"] },
    `unknown; unknown-value security-group sg: Not known: which public address ecr.api has.`,
  ],
  [
    "a group for one of AWS's lists",
    { rules: ["out tcp pl-s3"] },
    `not-reachable; ENI_SG_RULES_MISMATCH security-group sg: No outbound rule of sg allows tcp port 443 from 10.0.0.10 to a public address. Add to sg an outbound rule: tcp 443 to 0.0.0.0/0.`,
  ],
  ["a group for a customer's list", { rules: ["out tcp pl-own"] }, `reachable`],
  ["a group for a list of two halves of all", { rules: ["out tcp pl-halves"] }, `reachable`],
  [
    "a group for a list of nearly all",
    { rules: ["out tcp pl-most"] },
    `unknown; unknown-value security-group sg: Not known: which public address ecr.api has.`,
  ],
  [
    "a group for more than half of all",
    { rules: ["out all 0.0.0.0/1"] },
    `unknown; unknown-value security-group sg: Not known: which public address ecr.api has.`,
  ],
  [
    "a group for the other half of all",
    { rules: ["out all 128.0.0.0/1"] },
    `unknown; unknown-value security-group sg: Not known: which public address ecr.api has.`,
  ],
  ["a group for both halves of all", { rules: ["out all 0.0.0.0/1", "out all 128.0.0.0/1"] }, `reachable`],
  [
    "a group for both halves of all, each with other ports",
    { rules: ["out tcp:443 0.0.0.0/1", "out tcp:80 128.0.0.0/1"] },
    `unknown; unknown-value security-group sg: Not known: which public address ecr.api has.`,
  ],
  [
    "a group for a group",
    { rules: ["out all sg"] },
    `not-reachable; ENI_SG_RULES_MISMATCH security-group sg: No outbound rule of sg allows tcp port 443 from 10.0.0.10 to a public address. Add to sg an outbound rule: tcp 443 to 0.0.0.0/0.`,
  ],
  [
    "a network ACL for some public addresses, outwards",
    { entries: ["100 out allow all 52.0.0.0/8", "100 in allow all 0.0.0.0/0"] },
    `unknown; unknown-value network-acl acl: Not known: which public address ecr.api has.`,
  ],
  [
    "a network ACL for private addresses, outwards",
    { entries: ["100 out allow all 10.0.0.0/8", "100 in allow all 0.0.0.0/0"] },
    `not-reachable; SUBNET_ACL_RESTRICTION network-acl acl: acl of one denies outbound tcp port 443 from 10.0.0.10 to a public address (no rule allows it). Add to acl the outbound rule 110: allow tcp 443 to 0.0.0.0/0.`,
  ],
  [
    "a network ACL against some public addresses, inwards",
    { entries: ["100 out allow all 0.0.0.0/0", "90 in deny all 52.0.0.0/8", "100 in allow all 0.0.0.0/0"] },
    `unknown; unknown-value network-acl acl: Not known: which public address ecr.api has.`,
  ],
  [
    "a network ACL against private addresses",
    { entries: ["90 out deny all 192.168.0.0/16", "100 out allow all 0.0.0.0/0", "100 in allow all 0.0.0.0/0"] },
    `reachable`,
  ],
  [
    "a network ACL for both halves of all",
    { entries: ["10 out allow all 0.0.0.0/1", "11 out allow all 128.0.0.0/1", "100 in allow all 0.0.0.0/0"] },
    `reachable`,
  ],
  [
    "a network ACL against both halves of all",
    {
      entries: [
        "10 out deny all 0.0.0.0/1",
        "11 out deny all 128.0.0.0/1",
        "12 out allow all 0.0.0.0/0",
        "100 in allow all 0.0.0.0/0",
      ],
    },
    `not-reachable; SUBNET_ACL_RESTRICTION network-acl acl: acl of one denies outbound tcp port 443 from 10.0.0.10 to a public address (rule 11). Add to acl the outbound rule 9: allow tcp 443 to 0.0.0.0/0.`,
  ],
  [
    "a network ACL for both halves of all, and against some between them",
    {
      entries: [
        "10 out allow all 0.0.0.0/1",
        "11 out deny all 200.0.0.0/8",
        "12 out allow all 128.0.0.0/1",
        "100 in allow all 0.0.0.0/0",
      ],
    },
    `unknown; unknown-value network-acl acl: Not known: which public address ecr.api has.`,
  ],
  ["routes for both halves of all", { routes: ["0.0.0.0/1 igw-1", "128.0.0.0/1 igw-1"] }, `reachable`],
  [
    "routes for both halves of all to different ends",
    { routes: ["0.0.0.0/1 igw-1", "128.0.0.0/1 pcx-0 blackhole"] },
    `unknown; unknown-value route-table rtb: Not known: which public address ecr.api has.`,
  ],
  [
    "a route for private addresses",
    { routes: ["10.0.0.0/8 igw-1"] },
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to a public address. Add to rtb a route: 0.0.0.0/0 -> igw-1.`,
  ],
  [
    "a route for some public addresses",
    { routes: ["52.0.0.0/8 igw-1"] },
    `unknown; unknown-value route-table rtb: Not known: which public address ecr.api has.`,
  ],
  [
    "another route for private addresses",
    { routes: ["0.0.0.0/0 igw-1", "192.168.0.0/16 pcx-0 blackhole"] },
    `reachable`,
  ],
  [
    "another route for some public addresses",
    { routes: ["0.0.0.0/0 igw-1", "52.0.0.0/8 pcx-0 blackhole"] },
    `unknown; unknown-value route-table rtb: Not known: which public address ecr.api has.`,
  ],
  ["another route for one of AWS's lists", { routes: ["0.0.0.0/0 igw-1", "pl-s3 pcx-0 blackhole"] }, `reachable`],
  ["a route to a customer's list", { routes: ["pl-own igw-1"] }, `reachable`],
  [
    "a route to an instance that checks destinations",
    { routes: ["0.0.0.0/0 eni-box"], from: "job" },
    `not-reachable; ENI_SOURCE_DEST_CHECK_RESTRICTION network-interface eni-box: eni-box drops packets that are not for its own addresses: its source/destination check is on. Add to rtb a route: 0.0.0.0/0 -> nat-1.`,
  ],
  [
    "no public address",
    { from: "job" },
    `not-reachable; IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1: 10.0.0.11 has no public IPv4 address: igw-1 drops what it sends. Give 10.0.0.11 of job an elastic IP address.`,
  ],
  [
    "no route",
    { routes: [] },
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to a public address. Add to rtb a route: 0.0.0.0/0 -> igw-1.`,
  ],
];

for (const [what, variant, expected] of cases) {
  test(`a service on the internet, with ${what}`, (t) => t.is(brief(asked(variant)), expected));
}
