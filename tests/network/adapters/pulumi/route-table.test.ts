import test from "ava";
import { isKnown } from "../../../../network/reachability/known.ts";
import { routeText } from "../../../../network/reachability/route-table.ts";
import type { RouteTable } from "../../../../network/reachability/topology.ts";
import { base, ec2, modes, one, type Stack, short, topology } from "./judged.ts";

const local = "10.0.0.0/16 -> local";

function texts({ routes }: RouteTable): unknown {
  if (!isKnown(routes)) return "?";
  return routes.map((route) => routeText(route).replaceAll(/urn:\S+::/g, ""));
}

const ofSubnets = ({ associations }: RouteTable) =>
  isKnown(associations)
    ? associations.map(({ isMain, subnetId, gatewayId }) => (isMain ? "main" : short(subnetId ?? gatewayId)))
    : "?";

function withTable(stack: Stack, inputs: Readonly<Record<string, unknown>> = {}) {
  const { vpc, subnet } = base(stack);
  const gateway = stack.add(ec2("InternetGateway"), "gateway", { vpcId: vpc.out() });
  return { vpc, subnet, gateway, table: stack.add(ec2("RouteTable"), "own", { vpcId: vpc.out(), ...inputs }) };
}

type Case = readonly [
  what: string,
  declare: (stack: Stack) => void,
  id: string,
  routes: unknown,
  associations: unknown,
];

const cases: readonly Case[] = [
  [
    "a VPC's default one is the main one and leads nowhere else",
    (stack) => base(stack),
    "#default-route-table",
    [local],
    ["main"],
  ],
  [
    "an inline route",
    (stack) => {
      const { vpc } = base(stack);
      const gateway = stack.add(ec2("InternetGateway"), "gateway", { vpcId: vpc.out() });
      stack.add(ec2("RouteTable"), "own", {
        vpcId: vpc.out(),
        routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.out() }],
      });
    },
    "::own",
    [local, "0.0.0.0/0 -> gateway"],
    [],
  ],
  [
    "standalone routes and an association",
    (stack) => {
      const { table, gateway, subnet } = withTable(stack);
      const nat = stack.add(ec2("NatGateway"), "nat", { subnetId: subnet.out(), allocationId: "eipalloc-1" });
      stack.add(ec2("Route"), "one", {
        routeTableId: table.out(),
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: nat.out(),
      });
      stack.add(ec2("Route"), "two", {
        routeTableId: table.out(),
        destinationIpv6CidrBlock: "::/0",
        gatewayId: gateway.out(),
      });
      stack.add(ec2("RouteTableAssociation"), "of", { routeTableId: table.out(), subnetId: subnet.out() });
    },
    "::own",
    [local, "0.0.0.0/0 -> nat", "::/0 -> gateway"],
    ["jobs"],
  ],
  [
    "a standalone route beside inline ones, which the provider removes",
    (stack) => {
      const { table } = withTable(stack, { routes: [{ cidrBlock: "10.9.0.0/16", natGatewayId: "nat-1" }] });
      stack.add(ec2("Route"), "one", {
        routeTableId: table.out(),
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: "nat-2",
      });
    },
    "::own",
    [local, "10.9.0.0/16 -> nat-1", "an unknown destination -> an unknown target"],
    [],
  ],
  [
    "no gateways that propagate, said with an empty list",
    (stack) => void withTable(stack, { propagatingVgws: [] }),
    "::own",
    [local],
    [],
  ],
  [
    "what a virtual private gateway propagates",
    (stack) => void withTable(stack, { propagatingVgws: ["vgw-1"] }),
    "::own",
    [local, "an unknown destination -> own"],
    [],
  ],
  [
    "what a route server propagates",
    (stack) => {
      const { table } = withTable(stack);
      stack.add("aws:vpc/routeServerPropagation:RouteServerPropagation", "server", {
        routeTableId: table.out(),
        routeServerId: "rs-1",
      });
    },
    "::own",
    [local, "an unknown destination -> server"],
    [],
  ],
  [
    "a gateway endpoint's route, of its own and of an association",
    (stack) => {
      const { vpc, table } = withTable(stack);
      const names = { s3: "com.amazonaws.eu-west-1.s3", dynamodb: "com.amazonaws.eu-west-1.dynamodb" };
      stack.add(ec2("VpcEndpoint"), "s3", { vpcId: vpc.out(), serviceName: names.s3, routeTableIds: [table.out()] });
      const other = stack.add(ec2("VpcEndpoint"), "dynamodb", { vpcId: vpc.out(), serviceName: names.dynamodb });
      stack.add(ec2("VpcEndpointRouteTableAssociation"), "of", {
        vpcEndpointId: other.out(),
        routeTableId: table.out(),
      });
      stack.add(ec2("VpcEndpointRouteTableAssociation"), "foreign", {
        vpcEndpointId: "vpce-1",
        routeTableId: table.out(),
      });
    },
    "::own",
    [
      local,
      "#prefix-list:com.amazonaws.eu-west-1.s3 -> s3",
      "#prefix-list:com.amazonaws.eu-west-1.dynamodb -> dynamodb",
      "an unknown destination -> vpce-1",
    ],
    [],
  ],
  [
    "a gateway's table",
    (stack) => {
      const { table, gateway } = withTable(stack);
      stack.add(ec2("RouteTableAssociation"), "of", { routeTableId: table.out(), gatewayId: gateway.out() });
    },
    "::own",
    [local],
    ["gateway"],
  ],
  [
    "another main one",
    (stack) => {
      const { table, vpc } = withTable(stack);
      stack.add(ec2("MainRouteTableAssociation"), "of", { routeTableId: table.out(), vpcId: vpc.out() });
    },
    "#default-route-table",
    [local],
    [],
  ],
  [
    "an adopted default one",
    (stack) => {
      const { vpc, gateway } = withTable(stack);
      stack.add(ec2("DefaultRouteTable"), "adopted", {
        defaultRouteTableId: vpc.out("defaultRouteTableId"),
        routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.out() }],
      });
    },
    "#default-route-table",
    [local, "0.0.0.0/0 -> gateway"],
    ["main"],
  ],
  [
    "the default one while another resource adopts nobody knows whose",
    (stack) => {
      base(stack);
      stack.add(ec2("DefaultRouteTable"), "adopted", { defaultRouteTableId: "rtb-of-a-look-up" });
    },
    "#default-route-table",
    "?",
    ["main"],
  ],
  [
    "the default one where a table of the VPC is looked up",
    (stack) => {
      const { vpc } = base(stack);
      stack.add(ec2("RouteTable"), "found", { vpcId: vpc.out() }, {}, { isRead: true });
    },
    "#default-route-table",
    "?",
    ["main"],
  ],
  [
    "that of somebody else, which a subnet is given",
    (stack) => {
      const { subnet } = base(stack);
      stack.add(ec2("RouteTableAssociation"), "of", { routeTableId: "rtb-1", subnetId: subnet.out() });
    },
    "rtb-1",
    "?",
    ["jobs"],
  ],
];

for (const mode of modes) {
  for (const [what, declare, id, routes, associations] of cases) {
    test(`${mode}: route table: ${what}`, (t) => {
      const table = one(topology(mode, declare).routeTables, id);
      t.deepEqual(texts(table), routes);
      t.deepEqual(ofSubnets(table), associations);
    });
  }
}

test("a route to nobody knows which table is in none for sure", (t) => {
  const { routeTables } = topology("preview", (stack) => {
    withTable(stack);
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { tableId: "rtb-1" });
    const route = { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" };
    stack.add(ec2("Route"), "one", { routeTableId: elsewhere.out("tableId"), ...route });
  });
  t.is(texts(one(routeTables, "::own")), "?");
  t.is(texts(one(routeTables, "#default-route-table")), "?");
});

test("an association of nobody knows which subnet may be of each that has no other one", (t) => {
  const { routeTables } = topology("preview", (stack) => {
    const { table } = withTable(stack);
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { subnetId: "subnet-1" });
    stack.add(ec2("RouteTableAssociation"), "of", { routeTableId: table.out(), subnetId: elsewhere.out("subnetId") });
  });
  t.is(ofSubnets(one(routeTables, "::own")), "?");
});

const targets: readonly (readonly [key: string, value: string, target: string])[] = [
  ["gatewayId", "igw-1", "igw-1"],
  ["gatewayId", "local", "local"],
  ["gatewayId", "vgw-1", "vgw-1"],
  ["natGatewayId", "nat-1", "nat-1"],
  ["transitGatewayId", "tgw-1", "tgw-1"],
  ["vpcPeeringConnectionId", "pcx-1", "pcx-1"],
  ["egressOnlyGatewayId", "eigw-1", "eigw-1"],
  ["carrierGatewayId", "cagw-1", "cagw-1"],
  ["coreNetworkArn", "arn:aws:networkmanager::1:core-network/x", "arn:aws:networkmanager::1:core-network/x"],
  ["natGatewayId", "something", "an unknown target"],
];

for (const [key, value, target] of targets) {
  test(`a route leads to ${value} by ${key}`, (t) => {
    const { routeTables } = topology("up", (stack) => {
      const { table } = withTable(stack);
      stack.add(ec2("Route"), "one", { routeTableId: table.out(), destinationCidrBlock: "10.9.0.0/16", [key]: value });
    });
    t.deepEqual(texts(one(routeTables, "::own")), [local, `10.9.0.0/16 -> ${target}`]);
  });
}
