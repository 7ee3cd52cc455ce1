import test from "ava";
import type * as T from "../../../network/reachability/topology.ts";
import { brief, byId, change, gateway, group, nat, peering, said, why } from "../resources.ts";
import { ask, topologyOf } from "../topology.ts";

const own = () => peering("pcx-1", ["here", "10.1.0.0/16"], ["there", "10.2.0.0/16"]);

function made(
  connection: T.VpcPeeringConnection = own(),
  routes: readonly string[] = ["10.2.0.0/16 pcx-1", "10.3.0.0/16 pcx-1"],
): T.Topology {
  return topologyOf({
    vpcs: { here: ["10.1.0.0/16"], there: ["10.2.0.0/16", "10.3.0.0/16"] },
    subnets: {
      one: ["here", "a", "10.1.0.0/24"],
      nats: ["here", "a", "10.1.9.0/24"],
      two: ["there", "a", "10.2.0.0/24"],
      three: ["there", "a", "10.3.0.0/24"],
    },
    interfaces: {
      from: ["one", ["sg-from"], "10.1.0.10=54.0.0.10"],
      to: ["two", ["sg-to"], "10.2.0.10=54.0.0.20"],
      late: ["three", ["sg-to"], "10.3.0.10"],
    },
    tables: {
      "rtb-here": ["here", ["main"], "0.0.0.0/0 igw-1", ...routes],
      "rtb-there": ["there", ["main"], "0.0.0.0/0 igw-2", "10.1.0.0/16 pcx-1"],
    },
    more: {
      securityGroups: byId(group("sg-from", "out all 0.0.0.0/0"), group("sg-to", "in all 0.0.0.0/0")),
      vpcPeeringConnections: byId(connection),
      internetGateways: byId(gateway("igw-1", "here"), gateway("igw-2", "there")),
    },
  });
}

test("a peering connection is on the way there and back", (t) => {
  t.is(
    said(ask(made(), "from", "10.2.0.10")),
    `reachable
-> from: outbound all traffic to 0.0.0.0/0 (sg-from)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-here: 10.2.0.0/16 -> pcx-1
    pcx-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    to
    sg-to: inbound all traffic from 0.0.0.0/0 (sg-to)
<- to
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-there: 10.1.0.0/16 -> pcx-1
    pcx-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    from`,
  );
});

const side = (vpcId: string, cidrBlocks: T.PeeringSide["cidrBlocks"], region = "r"): T.PeeringSide => ({
  vpcId,
  region,
  cidrBlocks,
});
const [here, there] = own().sides;

/** The connection, the address that is asked for, and what is said. */
const cases: [string, Partial<T.VpcPeeringConnection>, string, string][] = [
  [
    "is expired",
    { state: "expired" },
    "10.2.0.10",
    `not-reachable; BAD_STATE vpc-peering-connection pcx-1: pcx-1 is expired.`,
  ],
  [
    "is not accepted",
    { state: "pending-acceptance" },
    "10.2.0.10",
    `not-reachable; BAD_STATE vpc-peering-connection pcx-1: pcx-1 is pending-acceptance. Accept pcx-1: set its autoAccept to true, or, where the other VPC is another account's, make a VpcPeeringConnectionAccepter with autoAccept there.`,
  ],
  [
    "to another Region is not accepted",
    { state: "pending-acceptance", sides: [here, { ...there, region: "s" }] },
    "10.2.0.10",
    `not-reachable; BAD_STATE vpc-peering-connection pcx-1: pcx-1 is pending-acceptance. Accept pcx-1: make a VpcPeeringConnectionAccepter with autoAccept in the Region of there.`,
  ],
  [
    "has a state that is not known",
    { state: why },
    "10.2.0.10",
    `unknown; unknown-value vpc-peering-connection pcx-1: Not known: somebody sets it later.`,
  ],
  [
    "is of other VPCs",
    { sides: [side("else", []), there] },
    "10.2.0.10",
    `not-reachable; DISCONNECTED_VPCS vpc-peering-connection pcx-1: pcx-1 is not of here.`,
  ],
  [
    "is of the VPC with itself",
    { sides: [here, here] },
    "10.2.0.10",
    `not-reachable; DISCONNECTED_VPCS vpc-peering-connection pcx-1: pcx-1 is not of here.`,
  ],
  [
    "leads to a VPC that is not there",
    { sides: [here, side("gone", [])] },
    "10.2.0.10",
    `unknown; unknown-value vpc-peering-connection pcx-1: Not known: the peer gone, which is not in the topology.`,
  ],
  [
    "does not carry the second block of its peer",
    {},
    "10.3.0.10",
    `not-reachable; PCX_REQUIRES_ADDRESS_IN_VPC_CIDR vpc-peering-connection pcx-1: pcx-1 carries packets between the addresses of its two VPCs only, not to 10.3.0.10.`,
  ],
  [
    "does not carry the blocks of its own side",
    { sides: [side("here", []), there] },
    "10.2.0.10",
    `not-reachable; PCX_REQUIRES_ADDRESS_IN_VPC_CIDR vpc-peering-connection pcx-1: pcx-1 carries packets between the addresses of its two VPCs only, not from 10.1.0.10.`,
  ],
  [
    "has blocks that are not known on its own side, where the VPC's are",
    { sides: [side("here", why), there] },
    "10.2.0.10",
    `reachable`,
  ],
  [
    "has blocks that are not known on the other side, where the VPC's are",
    { sides: [here, side("there", why)] },
    "10.3.0.10",
    `reachable`,
  ],
];

for (const [what, changes, to, expected] of cases) {
  test(`a peering connection that ${what}`, (t) =>
    t.is(brief(ask(made({ ...own(), ...changes }), "from", to)), expected));
}

test("of a peering connection that is not there, or whose blocks nobody knows, it is not known what it carries", (t) => {
  t.is(
    brief(ask({ ...made(), vpcPeeringConnections: why }, "from", "10.2.0.10")),
    `unknown; unknown-value vpc-peering-connection pcx-1: Not known: somebody sets it later.`,
  );
  t.is(
    brief(ask({ ...made(), vpcPeeringConnections: new Map() }, "from", "10.2.0.10")),
    `unknown; unknown-value vpc-peering-connection pcx-1: Not known: pcx-1, which is not in the topology.`,
  );
  const blocks = change(made({ ...own(), sides: [here, side("there", why)] }), "vpcs", "there", { cidrBlocks: why });
  t.is(
    brief(ask(blocks, "from", "10.2.0.10")),
    `unknown; unknown-value vpc-peering-connection pcx-1: Not known: somebody sets it later.`,
  );
  t.is(brief(ask({ ...made(), vpcs: why }, "from", "10.2.0.10")), `reachable`);
});

/** Rules for groups of the other VPC, in one Region and over two. */
const references: [string, string, string, string, string][] = [
  ["in tcp sg-from", "out all 0.0.0.0/0", "r", "10.2.0.10", "reachable"],
  ["in tcp sg-from", "out all 0.0.0.0/0", "elsewhere", "10.2.0.10", "not-reachable"],
  ["in tcp sg-from", "out all 0.0.0.0/0", "r", "54.0.0.20", "not-reachable"],
  ["in all 0.0.0.0/0", "out tcp sg-to", "r", "10.2.0.10", "reachable"],
  ["in all 0.0.0.0/0", "out tcp sg-to", "elsewhere", "10.2.0.10", "not-reachable"],
  ["in all 0.0.0.0/0", "out tcp sg-to", "r", "54.0.0.20", "not-reachable"],
  ["in all 0.0.0.0/0", "out tcp sg-from", "r", "10.2.0.10", "not-reachable"],
];

for (const [inbound, outbound, region, to, verdict] of references) {
  test(`"${inbound}" and "${outbound}" to ${to}, Regions r and ${region}: ${verdict}`, (t) => {
    const topology = {
      ...made({ ...own(), sides: [here, { ...there, region }] }),
      securityGroups: byId(group("sg-from", outbound), group("sg-to", inbound)),
    };
    t.is(ask(topology, "from", to).verdict, verdict as never);
  });
}

test("whether groups are told is not known where the way is not", (t) => {
  const groups = { securityGroups: byId(group("sg-from", "out tcp sg-to"), group("sg-to", "in all 0.0.0.0/0")) };
  const unsure = (topology: T.Topology) => brief(ask({ ...topology, ...groups }, "from", "10.2.0.10"));
  t.is(
    unsure({ ...made(), routeTables: why }),
    `unknown; unknown-value security-group sg-from: Not known: which way it leaves its VPC, which decides whether groups are told.; unknown-value vpc here: Not known: somebody sets it later.`,
  );
  t.is(
    unsure({ ...made(), vpcPeeringConnections: why }),
    `unknown; unknown-value security-group sg-from: Not known: which way it leaves its VPC, which decides whether groups are told.; unknown-value vpc-peering-connection pcx-1: Not known: somebody sets it later.`,
  );
  const { routes } = (made().routeTables as ReadonlyMap<string, T.RouteTable>).get("rtb-here") as T.RouteTable;
  const lost = (routes as readonly T.Route[]).map((route) => ({ ...route, target: why }));
  t.is(
    unsure(change(made(), "routeTables", "rtb-here", { routes: lost })),
    `unknown; unknown-value security-group sg-from: Not known: which way it leaves its VPC, which decides whether groups are told.; unknown-value route-table rtb-here: Not known: somebody sets it later.`,
  );
});

test("what a NAT gateway translated does not come from the VPC's groups any more", (t) => {
  const topology = made(own(), ["10.2.0.0/16 nat-1"]);
  const tables = new Map(topology.routeTables as ReadonlyMap<string, T.RouteTable>);
  tables.set("rtb-nats", {
    ...(tables.get("rtb-here") as T.RouteTable),
    id: "rtb-nats",
    associations: [{ isMain: false, subnetId: "nats" }],
    routes: ((made().routeTables as ReadonlyMap<string, T.RouteTable>).get("rtb-here") as T.RouteTable).routes,
  });
  const interfaces = new Map(topology.networkInterfaces as ReadonlyMap<string, T.NetworkInterface>);
  interfaces.set("eni-nat", {
    ...(interfaces.get("from") as T.NetworkInterface),
    id: "eni-nat",
    subnetId: "nats",
    type: "nat_gateway",
    securityGroupIds: [],
    addresses: [{ family: 4, value: 0x0a01_0905, publicAddress: undefined }],
  });
  const through = {
    ...topology,
    routeTables: tables,
    networkInterfaces: interfaces,
    natGateways: byId(nat("nat-1", "here", "nats", "10.1.9.5", { connectivityType: "private" })),
  };
  t.is(
    said(ask(through, "from", "10.2.0.10")),
    `reachable
-> from: outbound all traffic to 0.0.0.0/0 (sg-from)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-here: 10.2.0.0/16 -> nat-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    nat-1: source becomes 10.1.9.5, its port one of 1024-65535
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-nats: 10.2.0.0/16 -> pcx-1
    pcx-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    to
    sg-to: inbound all traffic from 0.0.0.0/0 (sg-to)
<- to
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-there: 10.1.0.0/16 -> pcx-1
    pcx-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    eni-nat: destination becomes 10.1.0.10 again
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-nats: 10.1.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    from`,
  );
  const referring = {
    ...through,
    securityGroups: byId(group("sg-from", "out all 0.0.0.0/0"), group("sg-to", "in tcp sg-from")),
  };
  t.is(
    brief(ask(referring, "from", "10.2.0.10")),
    `not-reachable; ENI_SG_RULES_MISMATCH security-group sg-to: No inbound rule of sg-to allows tcp port 443 from 10.1.9.5 to 10.2.0.10. Add to sg-to an inbound rule: tcp 443 from 10.1.9.5/32.`,
  );
});
