import test from "ava";
import type { Flow } from "../../../network/reachability/flow.ts";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type { Known } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { brief, byId, change, endpoint, gateway, group, peering, said, why } from "../resources.ts";
import { at, topologyOf } from "../topology.ts";

/* A VPC whose endpoints are in a peered one, and private hosted zones that lead there. */

interface Variant {
  /** Of the VPC that asks. */
  readonly zones?: T.Topology["hostedZones"];
  readonly vpc?: Partial<T.Vpc>;
  readonly central?: Partial<T.VpcEndpoint>;
  readonly endpoints?: readonly T.VpcEndpoint[];
  readonly routes?: readonly string[];
  readonly name?: string;
  readonly flow?: Partial<Flow>;
}

type Records = readonly (readonly [name: string, target: Known<T.HostedZoneTarget>])[];

const zone = (name: string, records: Records, more: Partial<T.HostedZone> = {}): T.HostedZone => ({
  id: `zone ${name}`,
  name,
  vpcIds: ["spoke"],
  records: records.map(([own, target]) => ({ name: own, target })),
  ...more,
});

const central = { endpointId: "vpce-ecr" };
const api = "api.ecr.r.amazonaws.com";
const dkr = "dkr.ecr.r.amazonaws.com";
const s3 = "s3.r.amazonaws.com";

function made({ zones, vpc = {}, central: own = {}, endpoints = [], routes = ["10.1.0.0/16 pcx-1"] }: Variant) {
  const topology = topologyOf({
    vpcs: { spoke: ["10.0.0.0/16"], hub: ["10.1.0.0/16"] },
    subnets: { one: ["spoke", "a", "10.0.0.0/24"], hub: ["hub", "a", "10.1.0.0/24"] },
    interfaces: {
      job: ["one", ["open"], "10.0.0.10"],
      eni: ["hub", ["sg"], "10.1.0.20"],
      proxy: ["hub", ["open"], "10.1.0.30"],
      "eni-own": ["one", ["open"], "10.0.0.40"],
    },
    tables: { rtb: ["spoke", ["main"], ...routes], "rtb-hub": ["hub", ["main"], "10.0.0.0/16 pcx-1"] },
    more: {
      securityGroups: byId(
        group("open", "in all 0.0.0.0/0", "out all 0.0.0.0/0"),
        group("sg", "in tcp:443 10.0.0.0/8"),
      ),
      vpcPeeringConnections: byId(peering("pcx-1", ["spoke", "10.0.0.0/16"], ["hub", "10.1.0.0/16"])),
      vpcEndpoints: byId(
        endpoint("vpce-ecr", "hub", {
          type: "Interface",
          serviceName: "com.amazonaws.r.ecr.api",
          networkInterfaceIds: ["eni"],
          securityGroupIds: ["sg"],
          ...own,
        }),
        ...endpoints,
      ),
      dhcpOptions: new Map([["dopt", { id: "dopt", domainNameServers: ["AmazonProvidedDNS"] }]]),
      ...(zones && { hostedZones: zones }),
    },
  });
  const typed = ["eni", "eni-own"].reduce(
    (before, id) => change(before, "networkInterfaces", id, { type: "vpc_endpoint" }),
    topology,
  );
  return change(typed, "vpcs", "spoke", { dhcpOptionsId: "dopt", ...vpc });
}

const asked = (variant: Variant) =>
  analyze(new TopologyIndex(made(variant)), {
    source: { type: "interface", id: "job", address: at("10.0.0.10") },
    destination: { type: "service", name: variant.name ?? "ecr.api" },
    family: 4,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
    ...variant.flow,
  });

test("a zone leads to an endpoint of a peered VPC, and the way there is judged", (t) => {
  const answered = said(asked({ zones: [zone(api, [[api, central]])] })).split("\n");
  t.deepEqual(answered.slice(0, 2), ["reachable", `-> zone ${api}: ecr.api has the addresses of vpce-ecr`]);
  t.true(answered.some((line) => line.includes("pcx-1")));
});

const own = endpoint("vpce-own", "spoke", {
  type: "Interface",
  serviceName: "com.amazonaws.r.ecr.api",
  privateDnsEnabled: true,
  networkInterfaceIds: ["eni-own"],
  securityGroupIds: ["open"],
});
const forDkr = { serviceName: "com.amazonaws.r.ecr.dkr" };
const forS3 = { serviceName: "com.amazonaws.r.s3" };
const noRecord = (host: string, name: string) =>
  `not-reachable; no-record hosted-zone zone ${name}: ${host} has no address in spoke: the private hosted zone ${name} has no record for it, and nobody else is asked. Add to zone ${name} a record for ${host} that leads to an endpoint for it, or no longer associate it with spoke.`;
const missing =
  "not-reachable; missing-endpoint vpc spoke: spoke has no endpoint for ecr.api (com.amazonaws.r.ecr.api), and its packets have no way to the internet. Add an interface endpoint for com.amazonaws.r.ecr.api, with private DNS, to spoke, in one, with a security group that lets in tcp 443 from 10.0.0.0/16.";

const cases: readonly (readonly [title: string, variant: Variant, expected: string])[] = [
  ["no zones", {}, missing],
  ["zones of which there is none", { zones: [] }, missing],
  ["a zone of another name", { zones: [zone(dkr, [[dkr, central]])] }, missing],
  ["a zone whose name only ends like it", { zones: [zone(`pi.ecr.r.amazonaws.com`, [[api, central]])] }, missing],
  [
    "a zone that another VPC is associated with",
    { zones: [zone(api, [[api, central]], { vpcIds: ["hub"] })] },
    missing,
  ],
  [
    "a zone and no way to its endpoint",
    { zones: [zone(api, [[api, central]])], routes: [] },
    "not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 10.1.0.20. Add to rtb a route: 10.1.0.0/16 -> pcx-1.",
  ],
  ["a zone without the record", { zones: [zone(api, [])] }, noRecord(api, api)],
  [
    "a zone of the whole Region without the record",
    { zones: [zone("r.amazonaws.com", [["x.r.amazonaws.com", central]])] },
    noRecord(api, "r.amazonaws.com"),
  ],
  [
    "a zone of the whole Region with the record",
    { zones: [zone("r.amazonaws.com.", [[`${api}.`, central]])] },
    "reachable",
  ],
  [
    "two zones, the longer name with the record",
    { zones: [zone("r.amazonaws.com", []), zone(api, [[api, central]])] },
    "reachable",
  ],
  [
    "two zones, the longer name without the record",
    { zones: [zone(api, []), zone("r.amazonaws.com", [[api, central]])] },
    noRecord(api, api),
  ],
  [
    "an endpoint of its own with private DNS, and a zone of the whole Region",
    { zones: [zone("r.amazonaws.com", [])], endpoints: [own] },
    "reachable",
  ],
  [
    "an endpoint of its own, and a zone of its name without the record",
    { zones: [zone(api, [])], endpoints: [own] },
    noRecord(api, api),
  ],
  ["a host by its name", { name: api, zones: [zone(api, [[api, central]])] }, "reachable"],
  ["a record in capitals", { zones: [zone(api.toUpperCase(), [[api.toUpperCase(), central]])] }, "reachable"],
  [
    "all accounts' registries by a wildcard",
    { name: "ecr.dkr", central: forDkr, zones: [zone(dkr, [[`*.${dkr}`, central]])] },
    "reachable",
  ],
  [
    "a wildcard as Route 53 writes it",
    { name: "ecr.dkr", central: forDkr, zones: [zone(dkr, [[`\\052.${dkr}`, central]])] },
    "reachable",
  ],
  [
    "registries by the zone's own name alone",
    { name: "ecr.dkr", central: forDkr, zones: [zone(dkr, [[dkr, central]])] },
    noRecord(`*.${dkr}`, dkr),
  ],
  [
    "the registry of one account by a wildcard",
    { name: `1.${dkr}`, central: forDkr, zones: [zone(dkr, [[`*.${dkr}`, central]])] },
    "reachable",
  ],
  [
    "the registry of one account by its record",
    { name: `1.${dkr}`, central: forDkr, zones: [zone(dkr, [[`1.${dkr}`, central]])] },
    "reachable",
  ],
  [
    "a wildcard of the whole Region",
    { zones: [zone("r.amazonaws.com", [["*.r.amazonaws.com", central]])] },
    "reachable",
  ],
  [
    "a wildcard above a name that exists",
    {
      zones: [
        zone("r.amazonaws.com", [
          ["*.r.amazonaws.com", central],
          ["x.ecr.r.amazonaws.com", central],
        ]),
      ],
    },
    noRecord(api, "r.amazonaws.com"),
  ],
  [
    "S3 with its buckets",
    {
      name: "s3",
      central: forS3,
      zones: [
        zone(s3, [
          [s3, central],
          [`*.${s3}`, central],
        ]),
      ],
    },
    "reachable",
  ],
  [
    "S3 without its buckets",
    { name: "s3", central: forS3, zones: [zone(s3, [[s3, central]])] },
    noRecord(`*.${s3}`, s3).replace("not-reachable", "partial"),
  ],
  [
    "a record that leads to an endpoint for another service",
    { zones: [zone(api, [[api, central]])], central: forDkr },
    `not-reachable; wrong-endpoint hosted-zone zone ${api}: ${api} leads ${api} to vpce-ecr, which is for com.amazonaws.r.ecr.dkr. Let the record of zone ${api} for ${api} lead to an endpoint for com.amazonaws.r.ecr.api.`,
  ],
  ["addresses of the endpoint", { zones: [zone(api, [[api, { addresses: [at("10.1.0.20")] }]])] }, "reachable"],
  ["addresses of a proxy", { zones: [zone(api, [[api, { addresses: [at("10.1.0.30")] }]])] }, "reachable"],
  [
    "addresses of which one is nobody's",
    { zones: [zone(api, [[api, { addresses: [at("10.1.0.20"), at("10.1.0.99")] }]])] },
    "partial; NO_POSSIBLE_DESTINATION vpc hub: No network interface of hub has the address 10.1.0.99.",
  ],
  [
    "IPv6 addresses alone",
    { zones: [zone(api, [[api, { addresses: [at("fd00::1")] }]])] },
    "unknown; unknown-value service ecr.api: Not known: the IPv4 addresses of ecr.api.",
  ],
  [
    "a host that is not AWS's",
    { name: "registry.example", zones: [zone("example", [["registry.example", { addresses: [at("10.1.0.30")] }]])] },
    "reachable",
  ],
  [
    "no resolver",
    { vpc: { enableDnsSupport: false }, zones: [zone(api, [[api, central]])] },
    "not-reachable; dns-support-disabled vpc spoke: spoke has no resolver for ecr.api: its enableDnsSupport is off. Set enableDnsSupport of spoke to true.",
  ],
];

for (const [title, variant, expected] of cases) {
  test(`${title}: ${expected.split(":")[0]}`, (t) => t.is(brief(asked(variant)), expected));
}

const unknown: readonly (readonly [title: string, variant: Variant, reason: string])[] = [
  ["zones that nobody knows", { zones: why }, why.reason],
  ["VPCs of a zone that nobody knows", { zones: [zone(api, [], { vpcIds: why })] }, why.reason],
  ["records that nobody knows", { zones: [zone(api, [], { records: why })] }, why.reason],
  ["a target that nobody knows", { zones: [zone(api, [[api, why]])] }, why.reason],
  [
    "one of two targets that nobody knows",
    {
      zones: [
        zone(api, [
          [api, central],
          [api, why],
        ]),
      ],
    },
    why.reason,
  ],
  [
    "an endpoint that is not there",
    { zones: [zone(api, [[api, { endpointId: "vpce-x" }]])] },
    "VPC endpoint vpce-x, which is not in the topology",
  ],
  [
    "the record of one account",
    {
      name: "ecr.dkr",
      central: forDkr,
      zones: [
        zone(dkr, [
          [`1.${dkr}`, central],
          [`*.${dkr}`, central],
        ]),
      ],
    },
    `which record of ${dkr} is for *.${dkr}`,
  ],
  [
    "the zone of one account",
    { name: "ecr.dkr", zones: [zone(`1.${dkr}`, [])] },
    `whether 1.${dkr} is the zone of *.${dkr}`,
  ],
  [
    "a VPC of a Region that nobody knows",
    { vpc: { region: "" }, zones: [zone(api, [])] },
    `whether ${api} is the zone of api.ecr.*.amazonaws.com`,
  ],
  [
    "a VPC without DNS hostnames",
    { vpc: { enableDnsHostnames: false }, zones: [zone(api, [[api, central]])] },
    "whether private hosted zones are asked while enableDnsHostnames of spoke is off",
  ],
  [
    "a VPC of which nobody knows about DNS hostnames",
    { vpc: { enableDnsHostnames: why }, zones: [zone(api, [[api, central]])] },
    why.reason,
  ],
];

for (const [title, variant, reason] of unknown) {
  test(`${title}: it is not known what the name has`, (t) => {
    const { verdict, explanations } = asked(variant);
    t.is(verdict, "unknown");
    t.deepEqual(
      explanations.map(({ message }) => message),
      [`Not known: ${reason}.`],
    );
  });
}

test("whatever zones may be, what holds with and without them holds", (t) => {
  const zones = [zone(api, [])];
  t.is(asked({ vpc: { enableDnsHostnames: why }, zones }).verdict, "not-reachable");
});

test("a zone with some of a service's names leaves the others as they are", (t) => {
  const topology: Variant = { name: "s3", central: forS3, zones: [zone(s3, [[s3, central]], { name: s3 })] };
  t.is(asked(topology).verdict, "partial");
  const bucket = `bucket.${s3}`;
  const named = { ...topology, name: bucket, zones: [zone(bucket, [[bucket, central]])] };
  t.is(asked(named).verdict, "reachable");
});

test("a public address in a zone is asked on the internet", (t) => {
  const zones = [zone(api, [[api, { addresses: [at("54.1.2.3")] }]])];
  const topology = {
    ...made({ zones, routes: ["0.0.0.0/0 igw-1"] }),
    internetGateways: byId(gateway("igw-1", "spoke")),
  };
  const job = change(topology, "networkInterfaces", "job", {
    addresses: [{ family: 4, value: at("10.0.0.10"), publicAddress: at("54.9.9.9") }],
  });
  const flow: Flow = {
    source: { type: "interface", id: "job", address: at("10.0.0.10") },
    destination: { type: "service", name: "ecr.api" },
    family: 4,
    protocol: "tcp",
    ports: { from: 443, to: 443 },
  };
  t.is(analyze(new TopologyIndex(job), flow).verdict, "reachable");
  t.is(analyze(new TopologyIndex({ ...job, idleAddresses: new Set([at("54.1.2.3")]) }), flow).verdict, "not-reachable");
});
