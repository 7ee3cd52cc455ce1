import test from "ava";
import { parseCidr } from "../../../network/reachability/address.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { ask, type Parts, topologyOf } from "../topology.ts";

const codes = ({ explanations }: ReturnType<typeof ask>) => explanations.map(({ code }) => code);

const dual: Parts = {
  vpcs: { vpc: ["10.0.0.0/16", "2600:1f00::/56"] },
  subnets: {
    open: ["vpc", "a", "10.0.0.0/24", "2600:1f00:0:0::/64"],
    closed: ["vpc", "a", "10.0.1.0/24", "2600:1f00:0:1::/64"],
  },
  interfaces: {
    front: ["open", ["open"], "10.0.0.10=54.0.0.10", "2600:1f00::10"],
    back: ["closed", ["open"], "10.0.1.10", "2600:1f00:0:1::10"],
  },
  tables: {
    "rtb-open": ["vpc", ["main"], "0.0.0.0/0 igw-1", "::/0 igw-1"],
    "rtb-closed": ["vpc", ["closed"], "::/0 eigw-1"],
  },
  more: {
    internetGateways: new Map([["igw-1", { id: "igw-1", vpcIds: ["vpc"] }]]),
    egressOnlyInternetGateways: new Map([["eigw-1", { id: "eigw-1", vpcIds: ["vpc"] }]]),
  },
};
const host6 = "2a00:1450::1";

test("IPv6 goes out by an internet gateway, and comes in", (t) => {
  t.is(ask(topologyOf(dual), "front", host6).verdict, "reachable");
  t.is(ask(topologyOf(dual), host6, "2600:1f00::10").verdict, "reachable");
});

test("an egress-only internet gateway lets out, lets replies in, and nothing else", (t) => {
  const out = ask(topologyOf(dual), "back", host6);
  t.is(out.verdict, "reachable");
  t.true(out.returnPath.some(({ component }) => component.id === "eigw-1"));
  const inward = ask(topologyOf(dual), host6, "2600:1f00:0:1::10");
  t.is(inward.verdict, "not-reachable");
  t.deepEqual(codes(inward), ["asymmetric-return"]);
});

test("an egress-only internet gateway of another VPC, and one that nobody knows", (t) => {
  const foreign = {
    ...dual,
    more: { ...dual.more, egressOnlyInternetGateways: new Map([["eigw-1", { id: "eigw-1", vpcIds: ["other"] }]]) },
  };
  t.deepEqual(codes(ask(topologyOf(foreign), "back", host6)), ["BAD_STATE_ATTACHMENT"]);
  const missing = { ...dual, more: { ...dual.more, egressOnlyInternetGateways: new Unknown("not asked") } };
  t.is(ask(topologyOf(missing), "back", host6).verdict, "unknown");
});

test("without a route for it IPv4 does not leave", (t) => {
  t.deepEqual(codes(ask(topologyOf(dual), "back", "8.8.8.8")), [
    "NO_ROUTE_TO_DESTINATION",
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
  ]);
});

const s3: Parts = {
  vpcs: { vpc: ["10.0.0.0/16"] },
  subnets: { one: ["vpc", "a", "10.0.0.0/24"] },
  interfaces: { job: ["one", ["open"], "10.0.0.10"] },
  tables: { rtb: ["vpc", ["main"], "pl-s3 vpce-1"] },
};

const endpoint: T.VpcEndpoint = {
  id: "vpce-1",
  vpcId: "vpc",
  type: "Gateway",
  serviceName: "com.amazonaws.r.s3",
  state: "available",
  policyDocument: undefined,
  privateDnsEnabled: false,
  privateDnsOnlyForInboundResolverEndpoint: false,
  routeTableIds: ["rtb"],
  subnetIds: [],
  networkInterfaceIds: [],
  securityGroupIds: [],
};

const withEndpoint = (changes: Partial<T.VpcEndpoint>) =>
  topologyOf({
    ...s3,
    more: {
      vpcEndpoints: new Map([["vpce-1", { ...endpoint, ...changes }]]),
      prefixLists: new Map([["pl-s3", { id: "pl-s3", name: "s3", cidrs: [parseCidr("52.216.0.0/15")] }]]),
    },
  });
const requests = [{ action: "s3:GetObject", resource: "arn:aws:s3:::layers/x" }];
const only = (resource: string) => ({
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: resource }],
});

test("a gateway endpoint takes TCP and echo for its prefix list", (t) => {
  t.is(ask(withEndpoint({}), "job", "52.216.1.1").verdict, "reachable");
  t.is(ask(withEndpoint({}), "job", "52.216.1.1", { protocol: "icmp", ports: undefined }).verdict, "reachable");
  t.deepEqual(codes(ask(withEndpoint({}), "job", "52.216.1.1", { protocol: "udp" })), [
    "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
  ]);
  t.deepEqual(codes(ask(withEndpoint({}), "job", "52.218.1.1")), ["NO_ROUTE_TO_DESTINATION"]);
});

test("the endpoint's policy judges what is asked for, and nothing where nothing is", (t) => {
  const strict = withEndpoint({ policyDocument: only("arn:aws:s3:::other/*") });
  t.deepEqual(codes(ask(strict, "job", "52.216.1.1", { requests })), ["endpoint-policy"]);
  t.is(ask(strict, "job", "52.216.1.1").verdict, "reachable");
  t.is(
    ask(withEndpoint({ policyDocument: only("arn:aws:s3:::layers/*") }), "job", "52.216.1.1", { requests }).verdict,
    "reachable",
  );
  t.is(
    ask(withEndpoint({ policyDocument: new Unknown("set later") }), "job", "52.216.1.1", { requests }).verdict,
    "unknown",
  );
});

const twoVpcs = (zones: [string, string, string]): T.Topology => {
  const attachment = (id: string, vpcId: string, subnetId: string): T.TransitGatewayAttachment => ({
    id,
    transitGatewayId: "tgw-1",
    state: "available",
    resource: { type: "vpc", vpcId },
    subnetIds: [subnetId],
    ipv6Support: false,
    securityGroupReferencingSupport: false,
    routeTableId: "tgw-rtb-1",
  });
  return topologyOf({
    vpcs: { here: ["10.1.0.0/16"], there: ["10.2.0.0/16"] },
    subnets: {
      job: ["here", zones[0], "10.1.0.0/24"],
      "tgw-here": ["here", zones[1], "10.1.9.0/24"],
      "tgw-there": ["there", zones[2], "10.2.9.0/24"],
      data: ["there", "a", "10.2.0.0/24"],
    },
    interfaces: { from: ["job", ["open"], "10.1.0.10"], to: ["data", ["open"], "10.2.0.10"] },
    tables: {
      "rtb-here": ["here", ["main"], "10.2.0.0/16 tgw-1"],
      "rtb-there": ["there", ["main"], "10.1.0.0/16 tgw-1"],
    },
    more: {
      transitGateways: new Map([
        ["tgw-1", { id: "tgw-1", state: "available", securityGroupReferencingSupport: false }],
      ]),
      transitGatewayAttachments: new Map([
        ["tgw-1/att-here", attachment("att-here", "here", "tgw-here")],
        ["tgw-1/att-there", attachment("att-there", "there", "tgw-there")],
      ]),
      transitGatewayRouteTables: new Map([
        [
          "tgw-rtb-1",
          {
            id: "tgw-rtb-1",
            transitGatewayId: "tgw-1",
            staticRoutes: [],
            propagatingAttachmentIds: ["att-here", "att-there"],
          },
        ],
      ]),
    },
  });
};

test("a transit gateway takes packets only in zones where its attachment has a subnet, on both sides", (t) => {
  t.is(ask(twoVpcs(["a", "a", "a"]), "from", "10.2.0.10").verdict, "reachable");
  t.deepEqual(codes(ask(twoVpcs(["b", "a", "a"]), "from", "10.2.0.10")), ["TGW_ROUTE_AZ_RESTRICTION"]);
  t.deepEqual(codes(ask(twoVpcs(["a", "a", "b"]), "from", "10.2.0.10")), ["TGW_ROUTE_AZ_RESTRICTION"]);
});

const get = <R>(all: T.Collection<R>, id: string): R => (all as ReadonlyMap<string, R>).get(id) as R;

test("the local route comes before one that is propagated, however specific", (t) => {
  const topology = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16"] },
    subnets: { one: ["vpc", "a", "10.0.0.0/24"], other: ["vpc", "a", "10.0.1.0/24"] },
    interfaces: { from: ["one", ["open"], "10.0.0.10"], to: ["other", ["open"], "10.0.1.10"] },
    tables: { rtb: ["vpc", ["main"], "10.0.1.0/24 igw-1"] },
  });
  const table = get(topology.routeTables, "rtb");
  const propagate = (isPropagated: boolean) => ({
    ...topology,
    routeTables: new Map([
      [
        "rtb",
        {
          ...table,
          routes: (table.routes as readonly T.Route[]).map((route, index) =>
            index === 1
              ? { ...route, target: { type: "unsupported" as const, name: "gateway", id: "vgw-1" }, isPropagated }
              : route,
          ),
        },
      ],
    ]),
  });
  t.is(ask(propagate(true), "from", "10.0.1.10").verdict, "reachable");
  t.is(ask(propagate(false), "from", "10.0.1.10").verdict, "unknown");
});

test("an attachment of the same VPC that is gone is none", (t) => {
  const topology = twoVpcs(["a", "a", "a"]);
  const attachments = topology.transitGatewayAttachments as ReadonlyMap<string, T.TransitGatewayAttachment>;
  const here = attachments.get("tgw-1/att-here") as T.TransitGatewayAttachment;
  const gone = { ...here, id: "att-gone", state: "deleted", routeTableId: undefined };
  const withGone = new Map([["tgw-1/att-gone", gone], ...attachments]);
  t.is(ask({ ...topology, transitGatewayAttachments: withGone }, "from", "10.2.0.10").verdict, "reachable");
});

test("an interface that is attached to nothing does not answer, and of one that is not modelled nobody knows", (t) => {
  const topology = topologyOf(dual);
  const back = (topology.networkInterfaces as ReadonlyMap<string, T.NetworkInterface>).get(
    "back",
  ) as T.NetworkInterface;
  const withBack = (changes: Partial<T.NetworkInterface>) => ({
    ...topology,
    networkInterfaces: new Map(topology.networkInterfaces as ReadonlyMap<string, T.NetworkInterface>).set("back", {
      ...back,
      ...changes,
    }),
  });
  t.is(ask(topology, "front", "10.0.1.10").verdict, "reachable");
  t.deepEqual(codes(ask(withBack({ isInUse: false }), "front", "10.0.1.10")), ["NO_POSSIBLE_DESTINATION"]);
  t.is(ask(withBack({ type: "other" }), "front", "10.0.1.10").verdict, "unknown");

  for (const [port, verdict] of [
    [5432, "reachable"],
    [22, "unknown"],
  ] as const) {
    const database = withBack({ service: { name: "RDS", ports: [5432] } });
    t.is(ask(database, "front", "10.0.1.10", { ports: { from: port, to: port } }).verdict, verdict);
  }
  const balancer = { type: "other" as const, service: { name: "lb", ports: [], listeners: [80], answersEcho: true } };
  const onPort = (port: number) => ({ ports: { from: port, to: port } });
  const echo = { protocol: "icmp" as const, ports: undefined };
  const asked = (more: Parameters<typeof ask>[3], changes = {}) =>
    ask(withBack({ ...balancer, ...changes }), "front", "10.0.1.10", more).verdict;
  t.is(asked(onPort(80)), "unknown");
  t.is(asked(onPort(22)), "not-reachable");
  t.is(asked(onPort(80), { securityGroupIds: [] }), "unknown");
  t.is(asked(echo), "reachable");
  t.is(asked(echo, { service: { ...balancer.service, answersEcho: false } }), "unknown");
});

test("endpoints, gateways and what does not run start no connections", (t) => {
  const withFront = (change: Partial<T.NetworkInterface>) => {
    const made = topologyOf(dual);
    const interfaces = new Map(made.networkInterfaces as ReadonlyMap<string, T.NetworkInterface>);
    interfaces.set("front", { ...(interfaces.get("front") as T.NetworkInterface), ...change });
    return ask({ ...made, networkInterfaces: interfaces }, "front", "10.0.1.10");
  };
  t.deepEqual(codes(withFront({ type: "vpc_endpoint" })), ["VPCE_INTRA_VPC_TRAFFIC"]);
  for (const type of ["nat_gateway", "transit_gateway", "gateway_load_balancer_endpoint"] as const)
    t.deepEqual(codes(withFront({ type })), ["NO_SOURCE_OR_DESTINATION"]);
  t.deepEqual(codes(withFront({ isInUse: false })), ["NO_SOURCE_OR_DESTINATION"]);
  t.is(withFront({ type: "other" }).verdict, "unknown");
  t.is(withFront({ isInUse: new Unknown("not asked") }).verdict, "unknown");
});
