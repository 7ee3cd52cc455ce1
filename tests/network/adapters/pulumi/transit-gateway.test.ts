import test from "ava";
import type { ProgramResource } from "../../../../network/adapters/pulumi/resource.ts";
import type { Topology } from "../../../../network/reachability/topology.ts";
import { base, ec2, modes, one, type Stack, short, topology, transit } from "./judged.ts";

function attached(stack: Stack, inputs: Readonly<Record<string, unknown>> = {}, more: Partial<ProgramResource> = {}) {
  const { vpc, subnet } = base(stack);
  const gateway = stack.add(transit("TransitGateway"), "hub", inputs, {
    associationDefaultRouteTableId: "tgw-rtb-default",
    propagationDefaultRouteTableId: "tgw-rtb-default",
  });
  const named = { transitGatewayId: gateway.out(), vpcId: vpc.out(), subnetIds: [subnet.out()] };
  const own = stack.add(transit("VpcAttachment"), "own", named, {}, more);
  return { gateway, own, vpc };
}

const told = (all: Topology) => {
  const attachment = one(all.transitGatewayAttachments, "::own");
  const table = one(all.transitGatewayRouteTables, "hub#default-route-table");
  return {
    state: short(attachment.state),
    table: short(attachment.routeTableId),
    propagating: short(table.propagatingAttachmentIds),
    routes: short(table.staticRoutes),
  };
};

const byDefault = {
  state: "available",
  table: "hub#default-route-table",
  propagating: ["own"],
  routes: [],
};

type Case = readonly [
  what: string,
  declare: (stack: Stack) => void,
  expected: Partial<Record<keyof typeof byDefault, unknown>>,
];

const cases: readonly Case[] = [
  ["an attachment has the default table, and tells it its blocks", (stack) => attached(stack), byDefault],
  [
    "a gateway without default tables",
    (stack) => attached(stack, { defaultRouteTableAssociation: "disable", defaultRouteTablePropagation: "disable" }),
    { ...byDefault, table: undefined, propagating: [] },
  ],
  [
    "a table of its own",
    (stack) => {
      const { gateway, own } = attached(stack, { defaultRouteTableAssociation: "disable" });
      const table = stack.add(transit("RouteTable"), "table", { transitGatewayId: gateway.out() });
      const named = { transitGatewayAttachmentId: own.out(), transitGatewayRouteTableId: table.out() };
      stack.add(transit("RouteTableAssociation"), "of", named);
    },
    { table: "table" },
  ],
  [
    "a default table that is changed",
    (stack) => {
      const { gateway } = attached(stack);
      const table = stack.add(transit("RouteTable"), "table", { transitGatewayId: gateway.out() });
      const named = { transitGatewayId: gateway.out(), transitGatewayRouteTableId: table.out() };
      stack.add(transit("DefaultRouteTableAssociation"), "one", named);
      stack.add(transit("DefaultRouteTablePropagation"), "two", named);
    },
    { table: "?", propagating: "?" },
  ],
  [
    "a policy table",
    (stack) => {
      const { own } = attached(stack);
      const named = { transitGatewayAttachmentId: own.out(), transitGatewayPolicyTableId: "tgw-ptb-1" };
      stack.add(transit("PolicyTableAssociation"), "of", named);
    },
    { table: "?" },
  ],
  ["another account's attachment waits", (stack) => attached(stack, {}, { provider: "urn:other" }), { state: "?" }],
  [
    "unless the gateway accepts all",
    (stack) => attached(stack, { autoAcceptSharedAttachments: "enable" }, { provider: "urn:other" }),
    { state: "available" },
  ],
  [
    "or the program accepts it, and says which tables it has",
    (stack) => {
      const { own } = attached(stack, {}, { provider: "urn:other" });
      stack.add(transit("VpcAttachmentAccepter"), "accepter", {
        transitGatewayAttachmentId: own.out(),
        transitGatewayDefaultRouteTableAssociation: false,
        transitGatewayDefaultRouteTablePropagation: false,
      });
    },
    { ...byDefault, table: undefined, propagating: [] },
  ],
  [
    "a VPN tells the default table what nobody knows",
    (stack) => {
      const { gateway } = attached(stack);
      stack.add(ec2("VpnConnection"), "office", { transitGatewayId: gateway.out(), customerGatewayId: "cgw-1" });
    },
    { propagating: ["own", "office"] },
  ],
  [
    "so does Direct Connect",
    (stack) => {
      const { gateway } = attached(stack);
      const named = { associatedGatewayId: gateway.out(), dxGatewayId: "dx-1" };
      stack.add("aws:directconnect/gatewayAssociation:GatewayAssociation", "office", named);
    },
    { propagating: ["own", "office"] },
  ],
  [
    "of a gateway that is looked up neither routes nor tables are known",
    (stack) => {
      const { vpc, subnet } = base(stack);
      const gateway = stack.add(transit("TransitGateway"), "hub", {}, {}, { isRead: true });
      const named = { transitGatewayId: gateway.out(), vpcId: vpc.out(), subnetIds: [subnet.out()] };
      stack.add(transit("VpcAttachment"), "own", named);
    },
    { state: "?", table: "?", propagating: "?", routes: "?" },
  ],
];

for (const mode of modes) {
  for (const [what, declare, expected] of cases) {
    test(`${mode}: transit gateway: ${what}`, (t) => {
      const found = told(topology(mode, declare));
      const keys = Object.keys(expected) as (keyof typeof found)[];
      t.deepEqual(Object.fromEntries(keys.map((key) => [key, found[key]])), expected);
    });
  }

  test(`${mode}: each side of a peering has a table of its own gateway`, (t) => {
    const all = topology(mode, (stack) => {
      const [near, far] = ["near", "far"].map((name) => stack.add(transit("TransitGateway"), name));
      const tables = [near, far].map((gateway, index) =>
        stack.add(transit("RouteTable"), `table${index}`, { transitGatewayId: gateway?.out() }),
      );
      const peering = stack.add(transit("PeeringAttachment"), "peering", {
        transitGatewayId: near?.out(),
        peerTransitGatewayId: far?.out(),
      });
      stack.add(transit("PeeringAttachmentAccepter"), "accepter", { transitGatewayAttachmentId: peering.out() });
      for (const [index, table] of tables.entries()) {
        const named = { transitGatewayAttachmentId: peering.out(), transitGatewayRouteTableId: table.out() };
        stack.add(transit("RouteTableAssociation"), `of${index}`, named);
      }
    });
    const sides = [...(all.transitGatewayAttachments as ReadonlyMap<string, never>).values()] as {
      transitGatewayId: string;
      routeTableId: unknown;
      state: unknown;
    }[];
    t.deepEqual(
      sides.map(({ transitGatewayId, routeTableId, state }) => [short(transitGatewayId), short(routeTableId), state]),
      [
        ["near", "table0", "available"],
        ["far", "table1", "available"],
      ],
    );
  });
}
