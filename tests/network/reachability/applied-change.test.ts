import test from "ava";
import { addressText, parseCidr } from "../../../network/reachability/address.ts";
import { applyChange, type Change, withEntry } from "../../../network/reachability/change.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import { withRoute } from "../../../network/reachability/route-table.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { at, topologyOf } from "../topology.ts";

const why = new Unknown("somebody sets it later");
const cidr = (text: string) => ({ cidr: parseCidr(text) });
const made = (more: Partial<T.Topology> = {}) =>
  topologyOf({
    vpcs: { vpc: ["10.0.0.0/16"], far: ["10.1.0.0/16"] },
    subnets: { subnet: ["vpc", "a", "10.0.0.0/24"], other: ["far", "a", "10.1.0.0/24"] },
    interfaces: { eni: ["subnet", ["open"], "10.0.0.4", "10.0.0.5"], far: ["other", ["open"], "10.1.0.4=54.0.0.4"] },
    tables: { rtb: ["vpc", ["main"], "0.0.0.0/0 igw-1", "pl-1 vpce-1"], "rtb-far": ["far", ["main"]] },
    more,
  });

/** A member of a collection before and after a change; the others must stay the very same. */
function around<R>(
  t: { is(one: unknown, other: unknown): void },
  key: keyof T.Topology,
  id: string,
  change: Change,
  more = {},
) {
  const before = made(more);
  const after = applyChange(before, change);
  const [old, changed] = [before[key], after[key]] as ReadonlyMap<string, R>[];
  for (const [name, one] of old ?? []) if (name !== id) t.is(changed?.get(name), one);
  t.is(changed?.size, old?.size);
  for (const [name, collection] of Object.entries(before))
    if (name !== key) t.is(after[name as keyof T.Topology], collection);
  return [old?.get(id) as R, changed?.get(id) as R] as const;
}

const entry: T.NetworkAclEntry = {
  ruleNumber: 100,
  isEgress: true,
  action: "allow",
  protocol: 6,
  ...cidr("10.0.0.0/24"),
  portRange: undefined,
  icmp: undefined,
};
const route: T.Route = {
  destination: cidr("0.0.0.0/0"),
  target: { type: "nat-gateway", id: "nat-1" },
  state: "active",
  isPropagated: false,
};

test("a rule joins those of its security group", (t) => {
  const rule = { isEgress: true, protocol: 6, portRange: undefined, peer: cidr("10.0.0.0/8") };
  const [old, changed] = around<T.SecurityGroup>(t, "securityGroups", "open", {
    type: "add-security-group-rule",
    id: "open",
    rule,
  });
  t.deepEqual(changed, { ...old, rules: [...(old.rules as []), rule] });
});

test("a rule of a network ACL takes the place of one with its number and direction, and of no other", (t) => {
  const [old, changed] = around<T.NetworkAcl>(t, "networkAcls", "acl", {
    type: "add-network-acl-entry",
    id: "acl",
    entry,
  });
  const others = (old.entries as readonly T.NetworkAclEntry[]).filter(({ isEgress }) => !isEgress);
  t.is(others.length, 2);
  t.deepEqual(changed, { ...old, entries: [...others, entry] });
  t.deepEqual(
    withEntry([{ ...entry, ruleNumber: 99 }], entry).map(({ ruleNumber }) => ruleNumber),
    [99, 100],
  );
});

test("a route takes the place of one to its destination, block or list", (t) => {
  const [old, changed] = around<T.RouteTable>(t, "routeTables", "rtb", { type: "add-route", id: "rtb", route });
  const [local, , list] = old.routes as readonly T.Route[];
  t.deepEqual(changed, { ...old, routes: [local, list, route] as T.Route[] });
  const listed = { ...route, destination: { prefixListId: "pl-1" } };
  t.deepEqual(withRoute(old.routes as T.Route[], listed).at(-1), listed);
  t.is(withRoute(old.routes as T.Route[], listed).length, 3);
  t.is(withRoute(old.routes as T.Route[], { ...route, destination: cidr("::/0") }).length, 4);
});

const attachment: T.TransitGatewayAttachment = {
  id: "att-1",
  transitGatewayId: "tgw-1",
  state: "available",
  resource: { type: "vpc", vpcId: "vpc" },
  subnetIds: ["subnet"],
  ipv6Support: false,
  securityGroupReferencingSupport: false,
  routeTableId: undefined,
};
const transit = {
  transitGatewayAttachments: new Map([["tgw-1/att-1", attachment]]),
  transitGatewayRouteTables: new Map([
    [
      "tgw-rtb-1",
      { id: "tgw-rtb-1", transitGatewayId: "tgw-1", staticRoutes: [], propagatingAttachmentIds: ["att-1"] },
    ],
  ]),
};

test("a transit gateway's table gets its static route, and an attachment its table and subnet", (t) => {
  const transitRoute = {
    destination: cidr("0.0.0.0/0"),
    state: "active",
    attachmentIds: ["att-1"],
    isPropagated: false,
  } as const;
  const [, table] = around<T.TransitGatewayRouteTable>(
    t,
    "transitGatewayRouteTables",
    "tgw-rtb-1",
    { type: "add-transit-gateway-route", id: "tgw-rtb-1", route: transitRoute },
    transit,
  );
  t.deepEqual([table.staticRoutes, table.propagatingAttachmentIds], [[transitRoute], ["att-1"]]);
  const of = { id: "att-1", transitGatewayId: "tgw-1" };
  const change = (more: Partial<Change>) => ({ ...of, ...more }) as Change;
  const [, associated] = around<T.TransitGatewayAttachment>(
    t,
    "transitGatewayAttachments",
    "tgw-1/att-1",
    change({ type: "associate-transit-gateway-route-table", routeTableId: "tgw-rtb-1" }),
    transit,
  );
  t.deepEqual(associated, { ...attachment, routeTableId: "tgw-rtb-1" });
  const [, wider] = around<T.TransitGatewayAttachment>(
    t,
    "transitGatewayAttachments",
    "tgw-1/att-1",
    change({ type: "add-attachment-subnet", subnetId: "other" }),
    transit,
  );
  t.deepEqual(wider, { ...attachment, subnetIds: ["subnet", "other"] });
});

test("an internet gateway is attached, and the others stay", (t) => {
  const before = made({ internetGateways: new Map([["igw-2", { id: "igw-2", vpcIds: ["far"] }]]) });
  const { internetGateways } = applyChange(before, { type: "attach-internet-gateway", id: "igw-1", vpcId: "vpc" });
  t.deepEqual(
    [...(internetGateways as ReadonlyMap<string, T.InternetGateway>).values()],
    [
      { id: "igw-2", vpcIds: ["far"] },
      { id: "igw-1", vpcIds: ["vpc"] },
    ],
  );
});

test("one private address gets a public one that nothing else has", (t) => {
  const give = (before: T.Topology) =>
    applyChange(before, { type: "associate-public-address", id: "eni", privateAddress: at("10.0.0.5") });
  const publicOf = ({ networkInterfaces }: T.Topology, id: string) =>
    [...(networkInterfaces as ReadonlyMap<string, T.NetworkInterface>).values()]
      .filter((one) => one.id === id)
      .flatMap(({ addresses }) => addresses as readonly T.InterfaceAddress[])
      .map(({ publicAddress }) => (publicAddress === undefined ? "none" : addressText(publicAddress as number)));
  const once = give(made());
  t.deepEqual(publicOf(once, "eni"), ["none", "203.0.113.1"]);
  t.deepEqual(publicOf(once, "far"), ["54.0.0.4"]);
  const twice = applyChange(once, { type: "associate-public-address", id: "eni", privateAddress: at("10.0.0.4") });
  t.deepEqual(publicOf(twice, "eni"), ["203.0.113.2", "203.0.113.1"]);
});

test("an attribute of a VPC is switched on, and private DNS of an endpoint", (t) => {
  for (const attribute of ["enableDnsSupport", "enableDnsHostnames"] as const) {
    const [old] = [...(made().vpcs as ReadonlyMap<string, T.Vpc>).values()];
    const off = { vpcs: new Map([["vpc", { ...(old as T.Vpc), enableDnsSupport: false, enableDnsHostnames: false }]]) };
    const [before, after] = around<T.Vpc>(
      t,
      "vpcs",
      "vpc",
      { type: "enable-vpc-attribute", id: "vpc", attribute },
      off,
    );
    t.deepEqual(after, { ...before, [attribute]: true });
  }
  const vpcEndpoints = new Map([["vpce-1", { id: "vpce-1", privateDnsEnabled: false, policyDocument: why }]]);
  const [, after] = around(t, "vpcEndpoints", "vpce-1", { type: "enable-private-dns", id: "vpce-1" }, { vpcEndpoints });
  t.deepEqual(after, { id: "vpce-1", privateDnsEnabled: true, policyDocument: why });
});

const request = { action: "s3:GetObject", resource: "arn:aws:s3:::layers/x" };
const allow = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::layers/x" };
const deny = (Resource: string) => ({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource });
const policies: [string, unknown, unknown][] = [
  ["none", undefined, { Statement: [allow] }],
  ["one that can't be read", "?", { Statement: [allow] }],
  ["one that denies it", { Version: "1", Statement: [deny("*")] }, { Version: "1", Statement: [allow] }],
  ["one that denies other things", { Statement: deny("b") }, { Statement: [deny("b"), allow] }],
  ["one that may deny it", { Statement: [{ ...deny("*"), Condition: { Bool: { x: "y" } } }] }, { Statement: [allow] }],
  [
    "one that allows",
    { Statement: [{ ...deny("b"), Effect: "Allow" }] },
    { Statement: [{ ...deny("b"), Effect: "Allow" }, allow] },
  ],
  ["an unknown one", why, why],
];

for (const [name, policyDocument, expected] of policies) {
  test(`an endpoint's policy allows a request, and no statement denies it: ${name}`, (t) => {
    const vpcEndpoints = new Map([["vpce-1", { id: "vpce-1", policyDocument }]]);
    const change: Change = { type: "allow-in-endpoint-policy", id: "vpce-1", request };
    const [, after] = around<T.VpcEndpoint>(t, "vpcEndpoints", "vpce-1", change, { vpcEndpoints });
    t.deepEqual(after, { id: "vpce-1", policyDocument: expected });
  });
}

const exclusion = (resourceId: string, mode = "allow-egress") => ({ resourceId, mode }) as const;
const own = { ownerId: "1", region: "r", mode: "block-bidirectional" };

test("a VPC is excluded from its account's Block Public Access alone, in place of its own and its subnets' exclusions", (t) => {
  const exclusions = ["vpc", "subnet", "far", "other", "gone"].map((id) => exclusion(id));
  const others = [
    { ...own, ownerId: "2", exclusions },
    { ...own, region: "elsewhere", exclusions },
    { ...own, exclusions: why },
  ];
  const before = made({ blockPublicAccess: [...others, { ...own, exclusions }] as T.Topology["blockPublicAccess"] });
  const after = applyChange(before, { type: "exclude-from-block-public-access", id: "vpc" });
  t.deepEqual(after.blockPublicAccess as unknown, [
    ...others,
    {
      ...own,
      exclusions: [exclusion("far"), exclusion("other"), exclusion("gone"), exclusion("vpc", "allow-bidirectional")],
    },
  ]);
});

test("where values are unknown a change adds nothing to them", (t) => {
  const before = made({
    securityGroups: new Map([["open", { id: "open", vpcId: "", name: "open", rules: why }]]),
    networkAcls: new Map([["acl", { id: "acl", vpcId: "", isDefault: true, entries: why, subnetIds: [] }]]),
    routeTables: new Map([["rtb", { id: "rtb", vpcId: "vpc", routes: why, associations: [] }]]),
    transitGatewayAttachments: new Map([["tgw-1/att-1", { ...attachment, subnetIds: why }]]),
    transitGatewayRouteTables: new Map([
      ["tgw-rtb-1", { id: "tgw-rtb-1", transitGatewayId: "tgw-1", staticRoutes: why, propagatingAttachmentIds: [] }],
    ]),
  });
  const changes: Change[] = [
    {
      type: "add-security-group-rule",
      id: "open",
      rule: { isEgress: true, protocol: 6, portRange: undefined, peer: why },
    },
    { type: "add-network-acl-entry", id: "acl", entry },
    { type: "add-route", id: "rtb", route },
    { type: "add-attachment-subnet", id: "att-1", transitGatewayId: "tgw-1", subnetId: "other" },
    { type: "add-transit-gateway-route", id: "tgw-rtb-1", route: { ...route, attachmentIds: [] } as never },
  ];
  for (const change of changes) t.deepEqual(applyChange(before, change), before, change.type);
});
