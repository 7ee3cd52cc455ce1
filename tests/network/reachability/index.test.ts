import test from "ava";
import { analyze, samples, TopologyIndex } from "../../../network/reachability/index.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { acl, brief, byId, change, gateway, said, why } from "../resources.ts";
import { ask, at, topologyOf } from "../topology.ts";

function made(more: Partial<T.Topology> = {}): T.Topology {
  return topologyOf({
    vpcs: { vpc: ["10.0.0.0/16", "2600:1::/56"] },
    subnets: { one: ["vpc", "a", "10.0.0.0/24", "2600:1::/64"], two: ["vpc", "a", "10.0.1.0/24", "2600:1:0:1::/64"] },
    interfaces: {
      from: ["one", ["open"], "10.0.0.10=54.0.0.10", "2600:1::10"],
      to: ["two", ["open"], "10.0.1.10=54.0.1.10", "2600:1:0:1::10"],
    },
    tables: { rtb: ["vpc", ["main"], "0.0.0.0/0 igw-1", "::/0 eigw-1"] },
    more: {
      internetGateways: byId(gateway("igw-1", "vpc")),
      egressOnlyInternetGateways: byId(gateway("eigw-1", "vpc")),
      ...more,
    },
  });
}

const ephemeral = (range: string) =>
  acl("acl-one", ["one"], "100 out allow all 0.0.0.0/0", `100 in allow tcp:${range} 0.0.0.0/0`);
const rest = acl("acl", ["two"], "100 out allow all 0.0.0.0/0", "100 in allow all 0.0.0.0/0");

test("a packet that passes and one that does not stand for a partial verdict", (t) => {
  const partial = ask(made({ networkAcls: byId(ephemeral("40000-65535"), rest) }), "from", "10.0.1.10");
  t.is(partial.verdict, "partial");
  t.deepEqual(samples(partial), {
    passes: { source: "10.0.0.10", sourcePort: 40_000 },
    blocked: { source: "10.0.0.10", sourcePort: 32_768 },
  });
  t.deepEqual(samples(ask(made(), "from", "10.0.1.10")), { passes: { source: "10.0.0.10", sourcePort: 32_768 } });
  const none = ask(made({ networkAcls: byId(ephemeral("1-2"), rest) }), "from", "10.0.1.10");
  t.deepEqual(samples(none), { blocked: { source: "10.0.0.10", sourcePort: 32_768 } });
});

test("the client's own ports may be told", (t) => {
  const narrow = made({ networkAcls: byId(ephemeral("40000-50000"), rest) });
  t.is(ask(narrow, "from", "10.0.1.10", { sourcePorts: { from: 40_000, to: 50_000 } }).verdict, "reachable");
  t.is(ask(narrow, "from", "10.0.1.10", { sourcePorts: { from: 39_999, to: 50_000 } }).verdict, "partial");
  t.is(ask(narrow, "from", "10.0.1.10", { sourcePorts: { from: 1024, to: 39_999 } }).verdict, "not-reachable");
});

test("who belongs to nothing sends nothing", (t) => {
  const source = { type: "nowhere", address: at("10.0.0.99") } as const;
  t.is(
    said(ask(made(), "from", "10.0.1.10", { source })),
    `not-reachable
NO_SOURCE_OR_DESTINATION address 10.0.0.99
  10.0.0.99 belongs to nothing that sends.`,
  );
  const gone = { type: "interface", id: "gone", address: at("10.0.0.98") } as const;
  t.is(
    said(ask(made(), "from", "10.0.1.10", { source: gone })),
    `not-reachable
NO_SOURCE_OR_DESTINATION address 10.0.0.98
  10.0.0.98 belongs to nothing that sends.`,
  );
  t.is(
    said(ask({ ...made(), networkInterfaces: why }, "8.8.8.8", "10.0.1.10", { source: gone })),
    `unknown
unknown-value interface 10.0.0.98
  Not known: somebody sets it later.`,
  );
});

test("an egress-only internet gateway carries IPv6 outwards alone", (t) => {
  t.is(
    said(ask(made(), "from", "2a00::1")),
    `reachable
-> from: outbound all traffic to ::/0 (open)
    acl: outbound rule 100: allow all traffic to ::/0
    rtb: ::/0 -> eigw-1
    eigw-1
    2a00::1
<- eigw-1
    acl: inbound rule 100: allow all traffic from ::/0
    from`,
  );
  t.is(
    brief(ask(made(), "2a00::1", "2600:1::10")),
    `not-reachable; asymmetric-return egress-only-internet-gateway eigw-1: The reply is routed to eigw-1, which has not let the request out: it came in another way. Add to rtb a route: ::/0 -> igw-1.`,
  );
  t.is(
    brief(ask(made(), "from", "fd00::1", { destination: { type: "nowhere", address: at("fd00::1") } })),
    `not-reachable; IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS egress-only-internet-gateway eigw-1: eigw-1 does not carry packets for the private address fd00::1.`,
  );
  const four = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16"] },
    subnets: { one: ["vpc", "a", "10.0.0.0/24"] },
    interfaces: { from: ["one", ["open"], "10.0.0.10"] },
    tables: { rtb: ["vpc", ["main"], "0.0.0.0/0 eigw-1"] },
    more: { egressOnlyInternetGateways: byId(gateway("eigw-1", "vpc")) },
  });
  t.is(
    brief(ask(four, "from", "8.8.8.8")),
    `not-reachable; PROTOCOL_RESTRICTION egress-only-internet-gateway eigw-1: eigw-1 carries IPv6 only.`,
  );
  t.is(
    brief(ask({ ...made(), egressOnlyInternetGateways: byId({ id: "eigw-1", vpcIds: why }) }, "from", "2a00::1")),
    `unknown; unknown-value egress-only-internet-gateway eigw-1: Not known: somebody sets it later.`,
  );
  t.is(
    brief(ask({ ...made(), egressOnlyInternetGateways: byId(gateway("eigw-1")) }, "from", "2a00::1")),
    `not-reachable; BAD_STATE_ATTACHMENT egress-only-internet-gateway eigw-1: eigw-1 is not attached to vpc. Add to rtb a route: ::/0 -> igw-1.`,
  );
});

/** What is not known of the other end, and what is said. */
const ends: [string, Partial<T.NetworkInterface>, string][] = [
  [
    "a NAT gateway's interface",
    { type: "nat_gateway" },
    `not-reachable; NO_POSSIBLE_DESTINATION network-interface to: to is a NAT gateway's, which drops what no session of its own asked for.`,
  ],
  [
    "a transit gateway's interface",
    { type: "transit_gateway" },
    `not-reachable; NO_POSSIBLE_DESTINATION network-interface to: to answers no packets that are sent to it.`,
  ],
  [
    "a Gateway Load Balancer endpoint's interface",
    { type: "gateway_load_balancer_endpoint" },
    `not-reachable; NO_POSSIBLE_DESTINATION network-interface to: to answers no packets that are sent to it.`,
  ],
  [
    "an interface of another kind",
    { type: "other" },
    `unknown; unknown-value network-interface to: Not known: what such an interface does is not modelled.`,
  ],
  [
    "an endpoint's interface without its endpoint",
    { type: "vpc_endpoint" },
    `unknown; unknown-value network-interface to: Not known: the VPC endpoint of to, which is not in the topology.`,
  ],
  [
    "an interface that nothing uses",
    { isInUse: false },
    `not-reachable; NO_POSSIBLE_DESTINATION network-interface to: to is attached to nothing that runs.`,
  ],
  [
    "an interface whose groups are not known",
    { securityGroupIds: why },
    `unknown; unknown-value security-group the security groups: Not known: somebody sets it later.`,
  ],
];

for (const [what, changes, expected] of ends) {
  test(`at the other end there is ${what}`, (t) => {
    t.is(brief(ask(change(made(), "networkInterfaces", "to", changes), "from", "10.0.1.10")), expected);
  });
}

test("of an address that an interface with unknown ones may have nobody knows", (t) => {
  const unsure = change(made(), "networkInterfaces", "to", { addresses: why });
  const nowhere = { destination: { type: "nowhere", address: at("10.0.1.10") } } as const;
  t.is(
    brief(ask(unsure, "from", "10.0.1.10", nowhere)),
    `unknown; unknown-value vpc vpc: Not known: somebody sets it later.`,
  );
  t.is(
    brief(ask(unsure, "from", "54.0.1.10", { destination: { type: "nowhere", address: at("54.0.1.10") } })),
    `unknown; unknown-value internet 54.0.1.10: Not known: somebody sets it later.`,
  );
  const delegated = change(made(), "networkInterfaces", "to", {
    delegatedPrefixes: [{ family: 4, prefix: 28, from: at("10.0.1.16"), to: at("10.0.1.31") }],
  });
  t.is(
    brief(ask(delegated, "from", "10.0.1.20", { destination: { type: "nowhere", address: at("10.0.1.20") } })),
    `unknown; unknown-value vpc vpc: Not known: who has it, of a prefix that is delegated to to.`,
  );
  t.is(
    brief(ask(delegated, "from", "10.0.1.40", { destination: { type: "nowhere", address: at("10.0.1.40") } })),
    `not-reachable; NO_POSSIBLE_DESTINATION vpc vpc: No network interface of vpc has the address 10.0.1.40.`,
  );
});

test("what is unknown decides nothing where the rest blocks", (t) => {
  const flow = {
    source: { type: "interface", id: "from", address: at("10.0.0.10") },
    destination: { type: "interface", id: "to", address: at("10.0.1.10") },
    family: 4,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
  } as const;
  const topology = change(made({ networkAcls: byId(ephemeral("1-2"), rest) }), "networkInterfaces", "to", {
    isInUse: why,
  });
  t.is(
    brief(analyze(new TopologyIndex(topology), flow)),
    `not-reachable; SUBNET_ACL_RESTRICTION network-acl acl-one: acl-one of one denies inbound the reply (tcp port 32768-60999) from 10.0.1.10 to 10.0.0.10 (no rule allows it). Add to acl-one the inbound rule 110: allow tcp 32768-60999 from 10.0.1.10/32.`,
  );
});
