import test from "ava";
import type { Flow } from "../../../network/reachability/flow.ts";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { byId, change, endpoint, gateway, peering, transitGateway } from "../resources.ts";
import { ask, at, topologyOf } from "../topology.ts";

/* A VPC of which the topology does not tell all: what it tells decides, and what it does not tell may be anything. */

interface Variant {
  readonly tables?: Record<string, readonly [vpcId: string, subnets: readonly string[], ...routes: string[]]>;
  readonly more?: Partial<T.Topology>;
}

const others = new Unknown("what else is in vpc");
const far = ["far", ["main"], "10.0.0.0/16 pcx-1"] as const;
const whole = { rtb: ["vpc", ["main"], "0.0.0.0/0 igw-1", "10.1.0.0/16 pcx-1"], far } as const;
const own = { rtb: ["vpc", ["one", "two"], "0.0.0.0/0 igw-1", "10.1.0.0/16 pcx-1"], far } as const;

function made({ tables = own, more = {} }: Variant, isWhole = false): T.Topology {
  const topology = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16"], far: ["10.1.0.0/16"] },
    subnets: { one: ["vpc", "a", "10.0.0.0/24"], two: ["vpc", "a", "10.0.1.0/24"], far: ["far", "a", "10.1.0.0/24"] },
    interfaces: {
      job: ["one", ["open"], "10.0.0.10=54.0.0.10"],
      near: ["two", ["open"], "10.0.1.10"],
      there: ["far", ["open"], "10.1.0.10"],
    },
    tables,
    more: {
      internetGateways: byId(gateway("igw-1", "vpc")),
      vpcPeeringConnections: byId(peering("pcx-1", ["vpc", "10.0.0.0/16"], ["far", "10.1.0.0/16"])),
      dhcpOptions: new Map([["dopt", { id: "dopt", domainNameServers: ["AmazonProvidedDNS"] }]]),
      ...more,
    },
  });
  return change(topology, "vpcs", "vpc", { dhcpOptionsId: "dopt", ...(isWhole ? {} : { others }) });
}

const ofService = (topology: T.Topology, name: string) =>
  analyze(new TopologyIndex(topology), {
    source: { type: "interface", id: "job", address: at("10.0.0.10") },
    destination: { type: "service", name },
    family: 4,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
  });

const ecr = (more: Partial<T.VpcEndpoint>) =>
  endpoint("vpce-ecr", "vpc", {
    type: "Interface",
    serviceName: "com.amazonaws.r.ecr.api",
    subnetIds: ["two"],
    securityGroupIds: ["open"],
    ...more,
  });
const withEcr = (more: Partial<T.VpcEndpoint>): Variant => ({ more: { vpcEndpoints: byId(ecr(more)) } });

type Asked = (topology: T.Topology) => { verdict: string };
const toHost: Asked = (topology) => ask(topology, "job", "8.8.8.8");
const toFar: Asked = (topology) => ask(topology, "job", "10.1.0.10");
const toNear: Asked = (topology) => ask(topology, "job", "10.0.1.10");
const toNobody: Asked = (topology) =>
  ask(topology, "job", "10.0.1.99", { destination: { type: "nowhere", address: at("10.0.1.99") } });
const toEcr: Asked = (topology) => ofService(topology, "ecr.api");

const cases: readonly (readonly [title: string, variant: Variant, asked: Asked, told: string, untold: string])[] = [
  ["a gateway, which may have a table for what comes in", {}, toHost, "reachable", "unknown"],
  ["a subnet with a table of its own", {}, toFar, "reachable", "reachable"],
  ["a subnet with the main table, of which it may have another", { tables: whole }, toFar, "reachable", "unknown"],
  [
    "a gateway that is not there",
    { more: { internetGateways: byId(gateway("igw-1")) } },
    toHost,
    "not-reachable",
    "not-reachable",
  ],
  ["an interface that is there", {}, toNear, "reachable", "reachable"],
  ["an interface that is not there", {}, toNobody, "not-reachable", "unknown"],
  ["a service without an endpoint", {}, toEcr, "reachable", "unknown"],
  ["a service with an endpoint", withEcr({ privateDnsEnabled: true }), toEcr, "reachable", "reachable"],
  ["a service with an endpoint without private DNS", withEcr({}), toEcr, "reachable", "unknown"],
  [
    "a transit gateway that it is not attached to",
    {
      tables: { rtb: ["vpc", ["one", "two"], "0.0.0.0/0 tgw-1"] },
      more: { transitGateways: byId(transitGateway("tgw-1")) },
    },
    toHost,
    "not-reachable",
    "unknown",
  ],
];

for (const [title, variant, asked, told, untold] of cases) {
  test(`${title}: ${told} where all is told, else ${untold}`, (t) => {
    t.is(asked(made(variant, true)).verdict, told);
    t.is(asked(made(variant)).verdict, untold);
  });
}

test("what comes in meets the tables that nobody tells", (t) => {
  const topology = made({});
  t.is(ask(made({}, true), "8.8.8.8", "54.0.0.10").verdict, "reachable");
  t.is(ask(topology, "8.8.8.8", "54.0.0.10").verdict, "unknown");
});

test("a public address may be of what nobody tells", (t) => {
  const flow: Partial<Flow> = { destination: { type: "nowhere", address: at("54.7.7.7") } };
  t.is(ask(made({}, true), "job", "54.7.7.7", flow).verdict, "not-reachable");
  t.is(ask(made({}), "job", "54.7.7.7", flow).verdict, "unknown");
});

test("one of two endpoints for a service has its name", (t) => {
  const both = byId(ecr({ securityGroupIds: [] }), { ...ecr({ privateDnsEnabled: true }), id: "vpce-private" });
  const { verdict, forwardPath } = ofService(made({ more: { vpcEndpoints: both } }, true), "ecr.api");
  t.is(verdict, "reachable");
  t.is(forwardPath[0]?.decision, "ecr.api has the addresses of vpce-private");
});
