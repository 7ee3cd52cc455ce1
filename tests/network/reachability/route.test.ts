import test from "ava";
import { parseCidr } from "../../../network/reachability/address.ts";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { oneVpc as made } from "../one-vpc.ts";
import { brief, byId, said, why } from "../resources.ts";
import { ask, at } from "../topology.ts";

/** Routes, and what becomes of a packet for 8.8.8.8. */
const cases: [string, readonly string[], string][] = [
  [
    "the longest prefix wins",
    ["0.0.0.0/0 pcx-0 blackhole", "8.0.0.0/8 igw-1", "9.0.0.0/8 pcx-0 blackhole"],
    `reachable`,
  ],
  [
    "a longer blackhole wins too",
    ["0.0.0.0/0 igw-1", "8.8.8.8/32 pcx-0 blackhole"],
    `not-reachable; BAD_STATE_ROUTE route-table rtb: The route 8.8.8.8/32 -> pcx-0 (blackhole) of rtb leads to something that is gone. Add to rtb a route: 8.8.8.8/32 -> igw-1.`,
  ],
  ["a block wins over a list with the same block", ["pl-2 pcx-0 blackhole", "8.8.8.0/24 igw-1"], `reachable`],
  ["a longer block of a list wins over a block", ["pl-2 igw-1", "8.8.0.0/16 pcx-0 blackhole"], `reachable`],
  ["a longer block wins over a list", ["pl-1 pcx-0 blackhole", "8.8.8.0/25 igw-1"], `reachable`],
  [
    "between two lists AWS chooses",
    ["pl-1 pcx-0 blackhole", "pl-2 igw-1"],
    `unknown; unknown-value route-table rtb: Not known: prefix lists overlap, and AWS chooses one of their routes at random.`,
  ],
  ["two lists that lead to the same are one", ["pl-1 igw-1", "pl-2 igw-1"], `reachable`],
  ["two lists and a block between them", ["pl-1 igw-1", "pl-2 igw-1", "8.8.8.0/23 pcx-0 blackhole"], `reachable`],
  [
    "a list that is not known may win",
    ["pl-? pcx-0 blackhole", "0.0.0.0/0 igw-1"],
    `unknown; unknown-value route-table rtb: Not known: somebody sets it later.`,
  ],
  [
    "a list that is not known may match or not",
    ["pl-? igw-1"],
    `unknown; unknown-value route-table rtb: Not known: somebody sets it later.`,
  ],
  [
    "a list that is not there may match",
    ["pl-9 igw-1"],
    `unknown; unknown-value route-table rtb: Not known: prefix list pl-9 is not in the topology.`,
  ],
  [
    "what is not modelled is not known",
    ["0.0.0.0/0 vpce-1"],
    `unknown; unknown-value vpc-endpoint vpce-1: Not known: VPC endpoint vpce-1, which is not in the topology.`,
  ],
  [
    "a NAT gateway that is not there",
    ["0.0.0.0/0 nat-1"],
    `unknown; unknown-value nat-gateway nat-1: Not known: NAT gateway nat-1, which is not in the topology.`,
  ],
  [
    "an endpoint that is not there",
    ["8.8.0.0/16 vpce-9"],
    `unknown; unknown-value vpc-endpoint vpce-9: Not known: VPC endpoint vpce-9, which is not in the topology.`,
  ],
  [
    "an egress-only internet gateway that is not there",
    ["0.0.0.0/0 eigw-1"],
    `unknown; unknown-value egress-only-internet-gateway eigw-1: Not known: eigw-1, which is not in the topology.`,
  ],
  [
    "a transit gateway that is not attached",
    ["0.0.0.0/0 tgw-1"],
    `not-reachable; BAD_STATE_ATTACHMENT transit-gateway tgw-1: vpc is not attached to tgw-1. Add to rtb a route: 0.0.0.0/0 -> igw-1.`,
  ],
];

for (const [title, routes, expected] of cases) {
  test(`routes: ${title}`, (t) => t.is(brief(ask(made(routes), "job", "8.8.8.8")), expected));
}

const withRoutes = (change: (route: T.Route) => T.Route) => {
  const topology = made(["0.0.0.0/0 igw-1"]);
  const table = (topology.routeTables as ReadonlyMap<string, T.RouteTable>).get("rtb") as T.RouteTable;
  const routes = (table.routes as readonly T.Route[]).map((route) =>
    (route.target as { type: string }).type === "local" ? route : change(route),
  );
  return { ...topology, routeTables: byId({ ...table, routes }) };
};

test("a route's unknown state, target or destination is said", (t) => {
  t.is(
    brief(
      ask(
        withRoutes((route) => ({ ...route, state: why })),
        "job",
        "8.8.8.8",
      ),
    ),
    `unknown; unknown-value route-table rtb: Not known: somebody sets it later.`,
  );
  t.is(
    brief(
      ask(
        withRoutes((route) => ({ ...route, target: why })),
        "job",
        "8.8.8.8",
      ),
    ),
    `unknown; unknown-value route-table rtb: Not known: somebody sets it later.`,
  );
  t.is(
    brief(
      ask(
        withRoutes((route) => ({ ...route, destination: why })),
        "job",
        "8.8.8.8",
      ),
    ),
    `unknown; unknown-value route-table rtb: Not known: somebody sets it later.`,
  );
  t.is(
    brief(
      ask(
        withRoutes((route) => ({ ...route, target: { type: "unsupported", name: "carrier-gateway", id: "cagw-1" } })),
        "job",
        "8.8.8.8",
      ),
    ),
    `unknown; unknown-value carrier-gateway cagw-1: Not known: carrier-gateway is not modelled.`,
  );
  t.is(
    brief(
      ask(
        withRoutes((route) => ({ ...route, target: why, state: "blackhole" })),
        "job",
        "8.8.8.8",
      ),
    ),
    `unknown; unknown-value route-table rtb: Not known: somebody sets it later.`,
  );
});

test("a static route wins over a propagated one to the same block", (t) => {
  const both = (isFirst: boolean) => {
    const topology = withRoutes((route) => route);
    const table = (topology.routeTables as ReadonlyMap<string, T.RouteTable>).get("rtb") as T.RouteTable;
    const [local, , own] = table.routes as readonly [T.Route, T.Route, T.Route];
    const propagated: T.Route = { ...own, state: "blackhole", isPropagated: true };
    return {
      ...topology,
      routeTables: byId({ ...table, routes: isFirst ? [local, propagated, own] : [local, own, propagated] }),
    };
  };
  t.deepEqual(
    [true, false].map((isFirst) => ask(both(isFirst), "job", "8.8.8.8").verdict),
    ["reachable", "reachable"],
  );
});

test("whether a local route comes before a propagated one is not known where nobody knows that it is local", (t) => {
  const withTarget = (target: T.Route["target"]) => {
    const topology = made(["10.0.1.0/24 igw-1"]);
    const table = (topology.routeTables as ReadonlyMap<string, T.RouteTable>).get("rtb") as T.RouteTable;
    const routes = (table.routes as readonly T.Route[]).map((route): T.Route => {
      const isLocal = (route.target as { type: string }).type === "local";
      return isLocal ? { ...route, target } : { ...route, state: "blackhole", isPropagated: true };
    });
    return { ...topology, routeTables: byId({ ...table, routes }) };
  };
  const others: T.Route["target"][] = [{ type: "local" }, why, { type: "internet-gateway", id: "igw-1" }];
  t.deepEqual(
    others.map((target) => ask(withTarget(target), "job", "10.0.1.10").verdict),
    ["reachable", "unknown", "not-reachable"],
  );
});

test("a subnet as a destination is asked for all its addresses at once", (t) => {
  const whole = (cidr: string, routes: string[] = []) =>
    analyze(new TopologyIndex(made(routes)), {
      source: { type: "interface", id: "job", address: at("10.0.0.10") },
      destination: {
        type: "subnet",
        id: "two",
        vpcId: "vpc",
        address: parseCidr(cidr),
        securityGroupIds: ["open"],
        hasPublicAddress: false,
      },
      family: 4,
      protocol: "tcp",
      ports: { from: 443, to: 443 },
    });
  t.is(
    said(whole("10.0.1.0/24")),
    `reachable
-> job: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    two
    open: inbound all traffic from 0.0.0.0/0 (open)
<- two
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    job`,
  );
  t.is(
    brief(whole("10.0.1.0/24", ["10.0.1.128/25 pcx-0 blackhole"])),
    `partial; BAD_STATE_ROUTE route-table rtb: The route 10.0.1.128/25 -> pcx-0 (blackhole) of rtb leads to something that is gone.`,
  );
});
