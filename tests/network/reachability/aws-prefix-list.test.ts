import test from "ava";
import type { Flow } from "../../../network/reachability/flow.ts";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { brief, byId, change, endpoint, gateway, group, prefixList, why } from "../resources.ts";
import { at, topologyOf } from "../topology.ts";

/*
 * AWS's own prefix lists of which nobody knows what is on them. A service that has such a list is on it, others are not; no
 * private address is; what one public address is on nobody knows.
 */

interface Variant {
  readonly rules?: readonly string[];
  readonly routes?: readonly string[];
  readonly s3?: Partial<T.VpcEndpoint>;
  readonly more?: Partial<T.Topology>;
}

const lists = () =>
  byId(
    { id: "pl-s3", name: "com.amazonaws.r.s3", cidrs: why },
    { id: "pl-db", name: "com.amazonaws.r.dynamodb", cidrs: why },
    prefixList("pl-own", "own", "52.216.0.0/15"),
  );

function made({ rules = ["out all 0.0.0.0/0", "out all ::/0"], routes = ["pl-s3 vpce-s3"], s3, more }: Variant) {
  const topology = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16", "2600:1::/56"], far: ["10.1.0.0/16", "2600:2::/56"] },
    subnets: {
      one: ["vpc", "a", "10.0.0.0/24", "2600:1::/64"],
      two: ["vpc", "a", "10.0.1.0/24", "2600:1:0:1::/64"],
    },
    interfaces: {
      job: ["one", ["sg"], "10.0.0.10=54.0.0.10", "2600:1::10"],
      near: ["two", ["open"], "10.0.1.10=54.0.1.10", "2600:1:0:1::10"],
    },
    tables: { rtb: ["vpc", ["main"], ...routes] },
    more: {
      securityGroups: byId(group("sg", ...rules), group("open", "in all 0.0.0.0/0", "in all ::/0")),
      internetGateways: byId(gateway("igw-1", "vpc")),
      vpcEndpoints: byId(
        endpoint("vpce-s3", "vpc", s3),
        endpoint("vpce-db", "vpc", { serviceName: "com.amazonaws.r.dynamodb" }),
      ),
      prefixLists: lists(),
      dhcpOptions: new Map([["dopt", { id: "dopt", domainNameServers: ["AmazonProvidedDNS"] }]]),
      ...more,
    },
  });
  return change(topology, "vpcs", "vpc", { dhcpOptionsId: "dopt" });
}

const named = (name: string): Flow["destination"] => ({ type: "service", name });
const host = (address: string): Flow["destination"] => ({ type: "internet", address: at(address) });
const near = { type: "interface", id: "near", address: at("10.0.1.10") } as const;
const near6 = { type: "interface", id: "near", address: at("2600:1:0:1::10") } as const;

function asked(variant: Variant, destination: Flow["destination"], family: 4 | 6 = 4, more: Partial<Flow> = {}) {
  return analyze(new TopologyIndex(made(variant)), {
    source: { type: "interface", id: "job", address: at(family === 4 ? "10.0.0.10" : "2600:1::10") },
    destination,
    family,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
    ...more,
  });
}

const both = ["pl-s3 vpce-s3", "0.0.0.0/0 igw-1"];
const shut = { policyDocument: { Statement: [] } };
const get: Partial<Flow> = { requests: [{ action: "s3:GetObject", resource: "arn:aws:s3:::layers/*" }] };
const s3 = named("s3");

const cases: readonly (readonly [
  title: string,
  variant: Variant,
  destination: Flow["destination"],
  expected: string,
])[] = [
  ["the service by a route to its list", {}, s3, "reachable"],
  [
    "the service by a route to another list alone",
    { routes: ["pl-db vpce-db"], more: { vpcEndpoints: byId() } },
    s3,
    "not-reachable",
  ],
  ["another service by a route to the list", {}, named("ecr.api"), "not-reachable"],
  ["another service with a list of its own", { routes: ["pl-db vpce-db"] }, named("dynamodb"), "reachable"],
  ["the service, where its list's route goes before the default one", { routes: both, s3: shut }, s3, "not-reachable"],
  [
    "the service, where a half of all addresses goes elsewhere",
    { routes: ["pl-s3 vpce-s3", "0.0.0.0/1 igw-1"], s3: shut },
    s3,
    "not-reachable",
  ],
  [
    "the service, where some addresses go elsewhere",
    { routes: ["pl-s3 vpce-s3", "52.216.0.0/16 igw-1"], s3: shut },
    s3,
    "unknown",
  ],
  [
    "the service, where some addresses go elsewhere, by either way",
    { routes: ["pl-s3 vpce-s3", "52.216.0.0/16 igw-1"] },
    s3,
    "reachable",
  ],
  [
    "the service, where a list of one's own goes elsewhere",
    { routes: ["pl-s3 vpce-s3", "pl-own igw-1"], s3: shut },
    s3,
    "unknown",
  ],
  [
    "the service, where private addresses go elsewhere",
    { routes: ["pl-s3 vpce-s3", "10.8.0.0/16 igw-1"], s3: shut },
    s3,
    "not-reachable",
  ],
  ["another service by the default route", { routes: both, s3: shut }, named("ecr.api"), "reachable"],
  ["a host that may be on the list", { routes: both, s3: shut }, host("52.216.0.1"), "unknown"],
  ["a host that may be on the list, by either way", { routes: both }, host("52.216.0.1"), "reachable"],
  ["a neighbour, which is on no list", { routes: both, s3: shut }, near, "reachable"],
  ["a rule for the list", { rules: ["out tcp:443 pl-s3"] }, s3, "reachable"],
  ["a rule for another list", { rules: ["out tcp:443 pl-db"] }, s3, "not-reachable"],
  [
    "a rule for the list, and another service",
    { rules: ["out tcp:443 pl-s3"], routes: both },
    named("ecr.api"),
    "not-reachable",
  ],
  [
    "a rule for the list, and a host that may be on it",
    { rules: ["out tcp:443 pl-s3"], routes: both },
    host("52.216.0.1"),
    "unknown",
  ],
  ["a rule for the list, and a neighbour", { rules: ["out tcp:443 pl-s3"] }, near, "not-reachable"],
  ["a rule for the list and other ports", { rules: ["out tcp:80 pl-s3"] }, s3, "not-reachable"],
  ["the endpoint by its list", { routes: both }, { type: "endpoint", id: "vpce-s3" }, "reachable"],
  [
    "the endpoint, and no route to its list",
    { routes: ["0.0.0.0/0 igw-1"] },
    { type: "endpoint", id: "vpce-s3" },
    "not-reachable",
  ],
  ["the service, and lists of which there are none", { more: { prefixLists: byId() } }, s3, "unknown"],
];

for (const [title, variant, destination, expected] of cases) {
  test(`${title}: ${expected}`, (t) => t.is(asked(variant, destination, 4, get).verdict, expected as "reachable"));
}

const out6 = ["pl-s3 vpce-s3", "0.0.0.0/0 igw-1", "::/0 igw-1"];

/* By IPv6: nobody says whether such addresses are on the list. */
const cases6: typeof cases = [
  ["the service by the default route, or its endpoint", { routes: out6 }, s3, "reachable"],
  [
    "the service by the default route, or an endpoint that lets nothing through",
    { routes: out6, s3: shut },
    s3,
    "unknown",
  ],
  ["the service by its endpoint, or not at all", {}, s3, "unknown"],
  ["another service by the default route", { routes: out6, s3: shut }, named("ecr.api"), "reachable"],
  ["another service by no route", {}, named("ecr.api"), "not-reachable"],
  ["a rule for the list", { routes: out6, rules: ["out tcp:443 pl-s3"] }, s3, "unknown"],
  ["a rule for another list", { routes: out6, rules: ["out tcp:443 pl-db"] }, s3, "not-reachable"],
  ["a rule for all addresses of the internet", { routes: out6, rules: ["out tcp:443 2000::/3"] }, s3, "reachable"],
  ["a rule for some of them", { routes: out6, rules: ["out tcp:443 2600::/16"] }, s3, "unknown"],
  ["a rule for none of them", { routes: out6, rules: ["out tcp:443 fd00::/8"] }, s3, "not-reachable"],
  ["a host that may be on the list", { routes: out6, s3: shut }, host("2600:9::1"), "unknown"],
  ["a neighbour, which is on no list", { routes: out6, s3: shut }, near6, "reachable"],
  [
    "a list that has no such address",
    { routes: out6, more: { prefixLists: byId(prefixList("pl-s3", "com.amazonaws.r.s3", "52.216.0.0/15")) } },
    s3,
    "unknown",
  ],
  [
    "an endpoint whose list has no such address",
    { routes: out6, more: { prefixLists: byId(prefixList("pl-s3", "com.amazonaws.r.s3", "52.216.0.0/15")) } },
    { type: "endpoint", id: "vpce-s3" },
    "unknown",
  ],
];

for (const [title, variant, destination, expected] of cases6) {
  test(`by IPv6, ${title}: ${expected}`, (t) =>
    t.is(asked(variant, destination, 6, get).verdict, expected as "reachable"));
}

test("why it is not known is the list's", (t) => {
  t.is(
    brief(asked({ routes: ["0.0.0.0/0 igw-1"], rules: ["out tcp:443 pl-s3"] }, host("52.216.0.1"))),
    `unknown; unknown-value security-group sg: Not known: ${why.reason}.`,
  );
});
