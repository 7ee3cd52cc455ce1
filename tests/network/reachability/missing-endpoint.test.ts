import test from "ava";
import type { Flow } from "../../../network/reachability/flow.ts";
import { analyze, applyChange, TopologyIndex } from "../../../network/reachability/index.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { faultsOfFixes } from "../judges/fixes.ts";
import {
  attachment,
  attachments,
  brief,
  byId,
  change,
  endpoint,
  gateway,
  group,
  nat,
  prefixList,
  why,
} from "../resources.ts";
import { at, topologyOf } from "../topology.ts";

interface Variant {
  readonly routes?: readonly string[];
  readonly rules?: readonly string[];
  readonly vpc?: Partial<T.Vpc>;
  readonly endpoints?: readonly T.VpcEndpoint[];
  readonly more?: Partial<T.Topology>;
  readonly name?: string;
  readonly flow?: Partial<Flow>;
}

const elsewhere = { type: "Interface", subnetIds: ["two"], securityGroupIds: ["sg-ep"] } as const;

/** A VPC that nothing leads out of, unless told. */
function made({
  routes = [],
  rules = ["out all 0.0.0.0/0"],
  vpc = {},
  endpoints = [],
  more = {},
}: Variant): T.Topology {
  const topology = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16"] },
    subnets: { one: ["vpc", "a", "10.0.0.0/24"], two: ["vpc", "b", "10.0.1.0/24"] },
    interfaces: { job: ["one", ["sg"], "10.0.0.10"] },
    tables: { rtb: ["vpc", ["main"], ...routes] },
    more: {
      securityGroups: byId(group("sg", ...rules), group("sg-ep", "in tcp:443 10.0.0.0/24"), group("sg-shut")),
      vpcEndpoints: byId(...endpoints),
      prefixLists: byId(prefixList("pl-s3", "com.amazonaws.r.s3", "52.216.0.0/15")),
      dhcpOptions: new Map([["dopt", { id: "dopt", domainNameServers: ["AmazonProvidedDNS"] }]]),
      ...more,
    },
  });
  return change(topology, "vpcs", "vpc", { dhcpOptionsId: "dopt", ...vpc });
}

const flowOf = ({ name = "ecr.api", flow }: Variant): Flow => ({
  source: { type: "interface", id: "job", address: at("10.0.0.10") },
  destination: { type: "service", name },
  family: 4,
  protocol: "tcp",
  ports: { from: 443, to: 443 },
  ...flow,
});

const asked = (variant: Variant) => analyze(new TopologyIndex(made(variant)), flowOf(variant));

const ecr = "ecr.api (com.amazonaws.r.ecr.api)";
const none = `missing-endpoint vpc vpc: vpc has no endpoint for ${ecr}, and its packets have no way to the internet`;
const add = "Add an interface endpoint for com.amazonaws.r.ecr.api, with private DNS, to vpc, in";
const own = `${add} one, with a security group that lets in tcp 443 from 10.0.0.0/16.`;
const openList = { id: "pl-s3", name: "com.amazonaws.r.s3", cidrs: why };
const noS3 =
  "missing-endpoint vpc vpc: vpc has no endpoint for s3 (com.amazonaws.r.s3), and its packets have no way to the internet.";
const addS3 = "Add a gateway endpoint for com.amazonaws.r.s3 to vpc, associated with route table rtb.";

const cases: readonly (readonly [title: string, variant: Variant, expected: string])[] = [
  ["nothing but the endpoint is missing", {}, `not-reachable; ${none}. ${own}`],
  [
    "a rule to it is missing too",
    { rules: [] },
    `not-reachable; ${none}. ${own}; SG_HAS_NO_RULES security-group sg: sg has no outbound rules, and tcp port 443 from 10.0.0.10 to 10.0.0.4-10.0.0.254 needs one. Add to sg an outbound rule: tcp 443 to 10.0.0.0/24.`,
  ],
  [
    "it is made where another one is",
    { endpoints: [endpoint("vpce-logs", "vpc", { ...elsewhere, serviceName: "com.amazonaws.r.logs" })] },
    `not-reachable; ${none}. ${add} two, with the security group sg-ep.`,
  ],
  [
    "the groups of the other one let nothing in",
    {
      endpoints: [
        endpoint("vpce-logs", "vpc", {
          ...elsewhere,
          serviceName: "com.amazonaws.r.logs",
          securityGroupIds: ["sg-shut"],
        }),
      ],
    },
    `not-reachable; ${none}. ${add} two, with the security group sg-shut.; SG_HAS_NO_RULES security-group sg-shut: sg-shut has no inbound rules, and tcp port 443 from 10.0.0.10 to 10.0.1.4-10.0.1.254 needs one. Add to sg-shut an inbound rule: tcp 443 from 10.0.0.10/32.`,
  ],
  [
    "the other one is going",
    {
      endpoints: [
        endpoint("vpce-logs", "vpc", { ...elsewhere, serviceName: "com.amazonaws.r.logs", state: "deleting" }),
      ],
    },
    `not-reachable; ${none}. ${own}`,
  ],
  [
    "the VPC resolves no private names",
    { vpc: { enableDnsHostnames: false, enableDnsSupport: false } },
    `not-reachable; dns-support-disabled vpc vpc: vpc has no resolver for ecr.api: its enableDnsSupport is off. Set enableDnsSupport of vpc to true.; ${none}. ${own}; dns-hostnames-disabled vpc vpc: ecr.api has public addresses: enableDnsHostnames of vpc is off. Set enableDnsHostnames of vpc to true.`,
  ],
  [
    "one of another Region is there",
    {
      endpoints: [
        endpoint("vpce-us", "vpc", {
          ...elsewhere,
          serviceName: "com.amazonaws.us-east-1.ecr.api",
          securityGroupIds: [],
        }),
      ],
    },
    `not-reachable; ${none}; vpce-us is for com.amazonaws.us-east-1.ecr.api, the service of another Region, and so is not used. ${own}`,
  ],
  [
    "one of another type is there",
    { endpoints: [endpoint("vpce-x", "vpc", { type: "other", serviceName: "com.amazonaws.r.ecr.api" })] },
    `not-reachable; ${none}; vpce-x is of the type other, and so is not used. ${own}`,
  ],
  [
    "one that has failed is there",
    {
      endpoints: [
        endpoint("vpce-x", "vpc", {
          ...elsewhere,
          serviceName: "com.amazonaws.r.ecr.api",
          state: "failed",
          securityGroupIds: [],
        }),
      ],
    },
    `not-reachable; ${none}; vpce-x is failed, and so is not used. ${own}`,
  ],
  ["routes lead to what is gone", { routes: ["0.0.0.0/0 nat-1 blackhole"] }, `not-reachable; ${none}. ${own}`],
  [
    "a whole service name is asked for",
    { name: "com.amazonaws.r.ecr.api" },
    `not-reachable; missing-endpoint vpc vpc: vpc has no endpoint for com.amazonaws.r.ecr.api, and its packets have no way to the internet. ${own}`,
  ],
  ["S3 has no endpoint", { name: "s3" }, `not-reachable; ${noS3} ${addS3}`],
  [
    "S3 has no endpoint, and nobody knows its addresses",
    { name: "s3", more: { prefixLists: byId(openList) } },
    `not-reachable; ${noS3} ${addS3}`,
  ],
  [
    "S3 has no endpoint, and a rule to its list is missing",
    { name: "s3", rules: ["out tcp:443 10.0.0.0/8"], more: { prefixLists: byId(openList) } },
    `not-reachable; ${noS3} ${addS3}; ENI_SG_RULES_MISMATCH security-group sg: No outbound rule of sg allows tcp port 443 from 10.0.0.10 to a public address. Add to sg an outbound rule: tcp 443 to the prefix list pl-s3.`,
  ],
  [
    "S3 has no endpoint, and AWS's list is not there",
    { name: "s3", more: { prefixLists: byId() } },
    `not-reachable; ${noS3} ${own.replace("ecr.api", "s3")}`,
  ],
  [
    "S3's gateway endpoint has no table",
    { name: "s3", endpoints: [endpoint("vpce-s3", "vpc")] },
    "not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 52.216.0.0-52.217.255.255. Associate the gateway endpoint vpce-s3 with route table rtb, which gives it the route pl-s3 -> vpce-s3.",
  ],
  [
    "S3's gateway endpoint has no table, and nobody knows its addresses",
    { name: "s3", endpoints: [endpoint("vpce-s3", "vpc")], more: { prefixLists: byId(openList) } },
    "not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to a public address. Associate the gateway endpoint vpce-s3 with route table rtb, which gives it the route pl-s3 -> vpce-s3.",
  ],
];

for (const [title, variant, expected] of cases) {
  test(`${title}: that is said, and its fixes help`, (t) => {
    const analysis = asked(variant);
    t.is(brief(analysis), expected);
    t.deepEqual(faultsOfFixes(made(variant), flowOf(variant), analysis), []);
    const changes = analysis.explanations.flatMap((one) => one.change ?? []);
    t.is(changes.length, analysis.explanations.length);
    t.is(analyze(new TopologyIndex(changes.reduce(applyChange, made(variant))), flowOf(variant)).verdict, "reachable");
  });
}

const routed = "NO_ROUTE_TO_DESTINATION";

const others: readonly (readonly [title: string, variant: Variant, ...codes: string[]])[] = [
  [
    "an internet gateway is attached",
    { more: { internetGateways: byId(gateway("igw-1", "vpc")) } },
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    routed,
  ],
  ["a NAT gateway is there", { more: { natGateways: byId(nat("nat-1", "vpc", "two", "10.0.1.5=54.0.0.5")) } }, routed],
  [
    "a NAT gateway has failed",
    { more: { natGateways: byId(nat("nat-1", "vpc", "two", "10.0.1.5", { state: "failed" })) } },
    "missing-endpoint",
  ],
  [
    "a NAT gateway is private",
    { more: { natGateways: byId(nat("nat-1", "vpc", "two", "10.0.1.5", { connectivityType: "private" })) } },
    "missing-endpoint",
  ],
  ["a route leads to a transit gateway", { routes: ["0.0.0.0/0 tgw-1"] }, "BAD_STATE_ATTACHMENT"],
  [
    "a transit gateway is there that no route leads to",
    { more: { transitGatewayAttachments: attachments(attachment("att", "vpc", ["one"])) } },
    "missing-endpoint",
  ],
  ["a host of the internet is asked for", { name: "registry-1.docker.io" }, routed],
  ["a service of another Region is asked for", { name: "com.amazonaws.q.ecr.api" }, routed],
  ["another port is asked for", { flow: { ports: { from: 80, to: 80 } } }, routed],
  ["another protocol is asked for", { flow: { protocol: "udp" } }, routed],
];

for (const [title, variant, ...codes] of others) {
  test(`${title}: ${codes.join(", ")}`, (t) => {
    const { verdict, explanations } = asked(variant);
    t.is(verdict, "not-reachable");
    t.deepEqual(explanations.map(({ code }) => code).sort(), [...new Set(codes)].sort());
  });
}

test("what nobody tells of a VPC may be the endpoint", (t) => {
  t.is(asked({ vpc: { others: why } }).verdict, "unknown");
});

test("an endpoint that is added for two subnets is in both", (t) => {
  const topology = made({});
  const changes = ["one", "two"].flatMap((id) => {
    const address = { from: at("10.0.0.4"), to: at("10.0.0.9") };
    const source = {
      type: "subnet",
      id,
      vpcId: "vpc",
      address,
      securityGroupIds: ["sg"],
      hasPublicAddress: false,
    } as const;
    const { explanations } = analyze(new TopologyIndex(topology), { ...flowOf({}), source });
    return explanations.flatMap((one) => one.change ?? []);
  });
  const { vpcEndpoints, securityGroups } = changes.reduce(applyChange, topology);
  const endpoints = [...(vpcEndpoints as ReadonlyMap<string, T.VpcEndpoint>).values()];
  t.deepEqual(
    endpoints.map(({ subnetIds }) => subnetIds),
    [["one", "two"]],
  );
  t.is((securityGroups as ReadonlyMap<string, unknown>).size, 4);
});
