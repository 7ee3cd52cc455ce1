import test from "ava";
import { parseCidr } from "../../../network/reachability/address.ts";
import { analyze, applyChange, TopologyIndex } from "../../../network/reachability/index.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { type Parts, topologyOf } from "../topology.ts";

const endpoint: T.VpcEndpoint = {
  id: "vpce-ecr",
  vpcId: "vpc",
  type: "Interface",
  serviceName: "com.amazonaws.r.ecr.api",
  state: "available",
  policyDocument: undefined,
  privateDnsEnabled: true,
  privateDnsOnlyForInboundResolverEndpoint: false,
  routeTableIds: [],
  subnetIds: ["subnet", "other"],
  networkInterfaceIds: ["eni-a", "eni-b"],
  securityGroupIds: ["open"],
};

const parts: Parts = {
  vpcs: { vpc: ["10.0.0.0/16"] },
  subnets: { subnet: ["vpc", "a", "10.0.0.0/24"], other: ["vpc", "b", "10.0.1.0/24"] },
  interfaces: {
    job: ["subnet", ["open"], "10.0.0.10=54.0.0.10"],
    "eni-a": ["subnet", ["open"], "10.0.0.20"],
    "eni-b": ["other", ["open"], "10.0.1.20"],
  },
  tables: { rtb: ["vpc", ["main"]] },
};

const servers = (...domainNameServers: string[]) => new Map([["dopt-1", { id: "dopt-1", domainNameServers }]]);

interface Variant {
  readonly endpoint?: Partial<T.VpcEndpoint>;
  readonly vpc?: Partial<T.Vpc>;
  readonly more?: Partial<T.Topology>;
  readonly routes?: readonly string[];
}

function topology({ endpoint: change = {}, vpc = {}, more = {}, routes = [] }: Variant = {}): T.Topology {
  const made = topologyOf({ ...parts, tables: { rtb: ["vpc", ["main"], ...routes] } });
  const [own] = (made.vpcs as ReadonlyMap<string, T.Vpc>).values();
  const interfaces = [...(made.networkInterfaces as ReadonlyMap<string, T.NetworkInterface>).values()].map((one) => ({
    ...one,
    type: one.id === "job" ? one.type : ("vpc_endpoint" as const),
  }));
  return {
    ...made,
    vpcs: new Map([["vpc", { ...(own as T.Vpc), dhcpOptionsId: "dopt-1", ...vpc }]]),
    networkInterfaces: new Map(interfaces.map((one) => [one.id, one])),
    vpcEndpoints: new Map([["vpce-ecr", { ...endpoint, ...change }]]),
    internetGateways: new Map([["igw-1", { id: "igw-1", vpcIds: ["vpc"] }]]),
    dhcpOptions: servers("AmazonProvidedDNS"),
    ...more,
  };
}

function ask(made: T.Topology, name = "ecr.api", more: Partial<Parameters<typeof analyze>[1]> = {}) {
  return analyze(new TopologyIndex(made), {
    source: { type: "interface", id: "job", address: 0x0a00_000a },
    destination: { type: "service", name },
    family: 4,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
    ...more,
  });
}

const codes = (made: T.Topology, name?: string) => {
  const { verdict, explanations } = ask(made, name);
  return [verdict, ...explanations.map(({ code }) => code)];
};

test("a service's name has the addresses of the endpoint with private DNS, all of them", (t) => {
  const { verdict, outcomes, forwardPath } = ask(topology());
  t.is(verdict, "reachable");
  t.deepEqual(
    outcomes.map(({ forwardPath: path }) => path.at(-2)?.component.id ?? path.at(-1)?.component.id),
    ["eni-a", "eni-b"],
  );
  t.deepEqual(forwardPath[0], {
    component: { type: "dns", id: "ecr.api" },
    decision: "ecr.api has the addresses of vpce-ecr",
  });
  t.is(ask(topology(), "com.amazonaws.r.ecr.api").verdict, "reachable");
});

test("one interface of an endpoint that can't be reached makes the service partial", (t) => {
  const made = topology();
  const entries = (made.networkAcls as ReadonlyMap<string, T.NetworkAcl>).get("acl")?.entries;
  const acls = new Map([
    ["acl", { id: "acl", vpcId: "vpc", isDefault: true, entries: entries ?? [], subnetIds: ["subnet"] }],
    ["shut", { id: "shut", vpcId: "vpc", isDefault: false, entries: [], subnetIds: ["other"] }],
  ]);
  const { verdict, explanations } = ask({ ...made, networkAcls: acls });
  t.is(verdict, "partial");
  t.deepEqual(
    explanations.map(({ code, component }) => [code, component.id]),
    [
      ["SUBNET_ACL_RESTRICTION", "shut"],
      ["SUBNET_ACL_RESTRICTION", "shut"],
    ],
  );
});

test("without private DNS the name has public addresses, which need a way out", (t) => {
  const off = { endpoint: { privateDnsEnabled: false } };
  t.is(ask(topology({ ...off, routes: ["0.0.0.0/0 igw-1"] })).verdict, "reachable");
  t.deepEqual(codes(topology(off)), ["not-reachable", "private-dns-disabled"]);
  const { explanations } = ask(topology(off));
  t.is(explanations[0]?.fix, "Set privateDnsEnabled of vpce-ecr to true.");
});

test("a missing route is the nearer fix where no endpoint is there", (t) => {
  t.deepEqual(codes(topology(), "logs"), ["not-reachable", "NO_ROUTE_TO_DESTINATION"]);
  t.is(ask(topology(), "logs").explanations[0]?.fix, "Add to rtb a route: 0.0.0.0/0 -> igw-1.");
});

test("the DNS attributes of the VPC decide, and so do its DHCP options", (t) => {
  t.deepEqual(codes(topology({ vpc: { enableDnsSupport: false } })), ["not-reachable", "dns-support-disabled"]);
  t.deepEqual(codes(topology({ vpc: { enableDnsHostnames: false } })), ["not-reachable", "dns-hostnames-disabled"]);
  t.deepEqual(codes(topology({ vpc: { enableDnsHostnames: false }, endpoint: { privateDnsEnabled: false } })), [
    "not-reachable",
    "NO_ROUTE_TO_DESTINATION",
  ]);
  t.is(ask(topology({ more: { dhcpOptions: servers("10.0.0.2") } })).verdict, "unknown");
  t.is(ask(topology({ more: { dhcpOptions: servers("AmazonProvidedDNS", "10.9.9.9") } })).verdict, "unknown");
  t.is(ask(topology({ more: { dhcpOptions: servers() } })).verdict, "unknown");
  t.is(ask(topology({ vpc: { dhcpOptionsId: undefined } })).verdict, "unknown");
});

test("what is not known of the resolution does not matter where both answers come to the same", (t) => {
  const unknown = new Unknown("not asked");
  for (const variant of [
    { vpc: { enableDnsHostnames: unknown } },
    { endpoint: { privateDnsEnabled: unknown } },
    { endpoint: { privateDnsOnlyForInboundResolverEndpoint: unknown } },
    { endpoint: { state: unknown } },
  ]) {
    t.is(ask(topology(variant)).verdict, "unknown");
  }
  const open = { routes: ["0.0.0.0/0 igw-1"] };
  t.is(ask(topology({ vpc: { enableDnsHostnames: unknown }, ...open })).verdict, "reachable");
  t.is(ask(topology({ vpc: { enableDnsSupport: unknown }, ...open })).verdict, "unknown");
});

test("an endpoint that is gone, or for inbound resolvers alone, has no name in the VPC", (t) => {
  const open = { routes: ["0.0.0.0/0 igw-1"] };
  for (const endpoint of [{ state: "failed" }, { privateDnsOnlyForInboundResolverEndpoint: true }])
    t.true(ask(topology({ endpoint, ...open })).forwardPath[0]?.decision?.includes("public"));
});

test("an endpoint whose interfaces are not known yet is reached in each of its subnets", (t) => {
  const endpoint = { networkInterfaceIds: new Unknown("made when the endpoint is") };
  t.is(ask(topology({ endpoint })).verdict, "reachable");
  t.is(ask(topology({ endpoint: { ...endpoint, securityGroupIds: new Unknown("given later") } })).verdict, "unknown");
  t.deepEqual(codes(topology({ endpoint: { ...endpoint, securityGroupIds: ["gone"] } })), ["unknown", "unknown-value"]);
});

test("a service answers on port 443; of other ports nobody knows", (t) => {
  const open = topology({ routes: ["0.0.0.0/0 igw-1"] });
  t.is(ask(open, "logs").verdict, "reachable");
  t.is(ask(open, "logs", { ports: { from: 22, to: 22 } }).verdict, "unknown");
  t.is(ask(topology(), "ecr.api", { ports: { from: 22, to: 22 } }).verdict, "not-reachable");
});

const s3: Partial<T.Topology> = {
  prefixLists: new Map([
    ["pl-s3", { id: "pl-s3", name: "com.amazonaws.r.s3", cidrs: ["52.216.0.0/15", "3.5.0.0/19"].map(parseCidr) }],
  ]),
  vpcEndpoints: new Map([
    [
      "vpce-s3",
      {
        ...endpoint,
        id: "vpce-s3",
        type: "Gateway" as const,
        serviceName: "com.amazonaws.r.s3",
        networkInterfaceIds: [],
        subnetIds: [],
      },
    ],
  ]),
};

test("S3 is all addresses of its prefix list, by the gateway endpoint where a route leads there", (t) => {
  const made = topology({ more: s3, routes: ["pl-s3 vpce-s3"] });
  const { verdict, outcomes } = ask(made, "s3");
  t.is(verdict, "reachable");
  t.is(outcomes.length, 2);
  t.is(analyze(new TopologyIndex(made), flowTo("vpce-s3")).verdict, "reachable");
});

test("a gateway endpoint that no route leads to is not used, and the fix is the route", (t) => {
  const made = topology({ more: s3 });
  const { explanations } = ask(made, "s3");
  t.deepEqual(
    explanations.map(({ fix }) => fix),
    ["Associate the gateway endpoint vpce-s3 with route table rtb, which gives it the route pl-s3 -> vpce-s3."],
  );
  const around = topology({ more: s3, routes: ["0.0.0.0/0 igw-1"] });
  t.is(ask(around, "s3").verdict, "reachable");
  const asked = analyze(new TopologyIndex(around), flowTo("vpce-s3"));
  t.deepEqual(
    asked.explanations.map(({ code, fix }) => [code, fix]),
    [
      [
        "endpoint-not-used",
        "Associate the gateway endpoint vpce-s3 with route table rtb, which gives it the route pl-s3 -> vpce-s3.",
      ],
    ],
  );
});

test("an interface endpoint as the destination is each of its interfaces", (t) => {
  t.is(analyze(new TopologyIndex(topology()), flowTo("vpce-ecr")).outcomes.length, 2);
  t.is(analyze(new TopologyIndex(topology()), flowTo("vpce-none")).verdict, "unknown");
});

test("an endpoint of AWS answers HTTPS alone; what a customer's service answers nobody knows, but no echo", (t) => {
  const answers = (serviceName: string) =>
    [{}, { ports: { from: 22, to: 22 } }, { protocol: "icmp" as const, ports: undefined }].map(
      (more) =>
        analyze(new TopologyIndex(topology({ endpoint: { serviceName } })), { ...flowTo("vpce-ecr"), ...more }).verdict,
    );
  t.deepEqual(answers("com.amazonaws.r.ecr.api"), ["reachable", "not-reachable", "not-reachable"]);
  t.deepEqual(answers("com.amazonaws.vpce.r.vpce-svc-1"), ["unknown", "unknown", "not-reachable"]);
});

const flowTo = (id: string) => ({
  source: { type: "interface" as const, id: "job", address: 0x0a00_000a },
  destination: { type: "endpoint" as const, id },
  family: 4 as const,
  protocol: "tcp" as const,
  ports: { from: 443, to: 443 },
});

test("a route to AWS's list of another service does not carry what has some other public address", (t) => {
  const made = topology({ more: s3, routes: ["pl-s3 vpce-s3", "0.0.0.0/0 igw-1"] });
  t.is(ask(made, "logs").verdict, "reachable");
  const cut = topology({ routes: ["52.0.0.0/8 igw-1 blackhole", "0.0.0.0/0 igw-1"] });
  t.is(ask(cut, "logs").verdict, "unknown");
});

test("what is reported of name resolution goes away with its fix", (t) => {
  for (const variant of [
    { endpoint: { privateDnsEnabled: false } },
    { vpc: { enableDnsSupport: false } },
    { vpc: { enableDnsHostnames: false } },
    { endpoint: { policyDocument: { Statement: [{ Effect: "Deny", Action: "*", Resource: "*", Principal: "*" }] } } },
  ]) {
    const made = topology(variant);
    const requests = { requests: [{ action: "ecr:GetAuthorizationToken", resource: "*" }] };
    const { verdict, explanations } = ask(made, "ecr.api", requests);
    t.is(verdict, "not-reachable");
    const fixed = explanations.reduce((one, { change }) => (change ? applyChange(one, change) : one), made);
    t.is(ask(fixed, "ecr.api", requests).verdict, "reachable");
  }
});
