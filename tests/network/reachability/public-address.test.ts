import test from "ava";
import { parseCidr } from "../../../network/reachability/address.ts";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { byId, change, gateway, said, why } from "../resources.ts";
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

/** What is asked, what of it is not known, and what is said of that. */
const unknowns: [string, string, string, (topology: T.Topology) => T.Topology, string][] = [
  [
    "web",
    "8.8.8.8",
    "the gateways",
    (topology) => ({ ...topology, internetGateways: why }),
    `unknown; igw-1: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the gateways",
    (topology) => ({ ...topology, internetGateways: why }),
    `unknown; vpc: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the gateway itself",
    (topology) => ({ ...topology, internetGateways: byId(gateway("igw-9", "vpc")) }),
    `unknown; igw-1: Not known: internet gateway igw-1, which is not in the topology.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the gateway itself",
    (topology) => ({ ...topology, internetGateways: byId(gateway("igw-9", "vpc")) }),
    `unknown; igw-1: Not known: internet gateway igw-1, which is not in the topology.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the gateway's VPCs",
    (topology) => ({ ...topology, internetGateways: byId({ id: "igw-1", vpcIds: why }) }),
    `unknown; igw-1: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the gateway's VPCs",
    (topology) => ({ ...topology, internetGateways: byId({ id: "igw-1", vpcIds: why }) }),
    `unknown; vpc: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the public address",
    (topology) =>
      change(topology, "networkInterfaces", "web", {
        addresses: [{ family: 4, value: at("10.0.0.10"), publicAddress: why }],
      }),
    `unknown; igw-1: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the public address",
    (topology) =>
      change(topology, "networkInterfaces", "web", {
        addresses: [{ family: 4, value: at("10.0.0.10"), publicAddress: why }],
      }),
    `reachable`,
  ],
  [
    "web",
    "8.8.8.8",
    "the route tables",
    (topology) => ({ ...topology, routeTables: why }),
    `unknown; vpc: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the route tables",
    (topology) => ({ ...topology, routeTables: why }),
    `unknown; igw-1: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the main route table",
    (topology) => ({ ...topology, routeTables: new Map() }),
    `unknown; vpc: Not known: the main route table of vpc, which is not in the topology.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the main route table",
    (topology) => ({ ...topology, routeTables: new Map() }),
    `unknown; vpc: Not known: the main route table of vpc, which is not in the topology.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the associations",
    (topology) => change(topology, "routeTables", "rtb", { associations: why }),
    `unknown; vpc: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the associations",
    (topology) => change(topology, "routeTables", "rtb", { associations: why }),
    `unknown; igw-1: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the routes",
    (topology) => change(topology, "routeTables", "rtb", { routes: why }),
    `unknown; rtb: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the routes",
    (topology) => change(topology, "routeTables", "rtb", { routes: why }),
    `unknown; rtb: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the subnets",
    (topology) => ({ ...topology, subnets: why }),
    `unknown; front: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the subnets",
    (topology) => ({ ...topology, subnets: why }),
    `unknown; front: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the subnet",
    (topology) => ({ ...topology, subnets: new Map() }),
    `unknown; front: Not known: subnet front, which is not in the topology.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the subnet",
    (topology) => ({ ...topology, subnets: new Map() }),
    `unknown; front: Not known: subnet front, which is not in the topology.`,
  ],
  [
    "web",
    "8.8.8.8",
    "the subnet's blocks",
    (topology) => change(topology, "subnets", "front", { cidrBlocks: why }),
    `unknown; front: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "the subnet's blocks",
    (topology) => change(topology, "subnets", "front", { cidrBlocks: why }),
    `unknown; front: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "whether it is in use",
    (topology) => change(topology, "networkInterfaces", "web", { isInUse: why }),
    `unknown; web: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "whether it is in use",
    (topology) => change(topology, "networkInterfaces", "web", { isInUse: why }),
    `unknown; web: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "its security groups",
    (topology) => change(topology, "networkInterfaces", "web", { securityGroupIds: why }),
    `unknown; the security groups: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "its security groups",
    (topology) => change(topology, "networkInterfaces", "web", { securityGroupIds: why }),
    `unknown; the security groups: Not known: somebody sets it later.`,
  ],
  [
    "web",
    "8.8.8.8",
    "Block Public Access",
    (topology) => ({ ...topology, blockPublicAccess: why }),
    `unknown; vpc: Not known: somebody sets it later.`,
  ],
  [
    "8.8.8.8",
    "54.0.0.10",
    "Block Public Access",
    (topology) => ({ ...topology, blockPublicAccess: why }),
    `unknown; vpc: Not known: somebody sets it later.`,
  ],
];

for (const [from, to, what, forget, expected] of unknowns) {
  test(`from ${from} to ${to} without ${what}`, (t) => {
    const { verdict, explanations } = ask(forget(made()), from, to);
    t.is(
      [verdict, ...explanations.map(({ component, message }) => `${component.id}: ${message}`)].join("; "),
      expected,
    );
  });
}

/** What may be made in a subnet, with a public address or without. */
function fromSubnet(topology: T.Topology, hasPublicAddress: boolean | undefined, to: string, vpcId = "vpc") {
  const { from, to: last } = parseCidr("10.0.0.16/28");
  return analyze(new TopologyIndex(topology), {
    source: {
      type: "subnet",
      id: "front",
      vpcId,
      address: { from, to: last },
      securityGroupIds: ["open"],
      hasPublicAddress,
    },
    destination: { type: "internet", address: at(to) },
    family: 4,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
  });
}

test("what is made in a subnet leaves with a public address that nobody knows yet, and its replies come back", (t) => {
  t.is(
    said(fromSubnet(made(), true, "8.8.8.8")),
    `reachable
-> front: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1: source becomes its public address
    8.8.8.8
<- igw-1: destination becomes 10.0.0.16-10.0.0.31
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    front`,
  );
});

test("what is made in a subnet without a public address does not leave", (t) => {
  t.is(
    said(fromSubnet(made(), false, "8.8.8.8")),
    `not-reachable
IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1
  10.0.0.16-10.0.0.31 has no public IPv4 address: igw-1 drops what it sends.
  Let what starts in the subnet get a public IPv4 address, or route the subnet through a NAT gateway.
-> front: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1`,
  );
});

test("whether what is made in a subnet leaves is not known where its public address is not", (t) => {
  t.is(
    said(fromSubnet(made(), undefined, "8.8.8.8")),
    `unknown
unknown-value internet-gateway igw-1
  Not known: whether it has a public address.
-> front: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 0.0.0.0/0 -> igw-1
    igw-1`,
  );
});
