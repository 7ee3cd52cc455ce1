import test from "ava";
import { Declarations } from "../../../../network/adapters/pulumi/declarations.ts";
import { hostedZones } from "../../../../network/adapters/pulumi/hosted-zone.ts";
import { Program } from "../../../../network/adapters/pulumi/program.ts";
import { type ProgramResource, unknownValue } from "../../../../network/adapters/pulumi/resource.ts";
import { isKnown, Unknown } from "../../../../network/reachability/known.ts";
import type { HostedZone } from "../../../../network/reachability/topology.ts";

/** Inputs that come from another resource: `from`, by the key of the input. */
function resource(name: string, type: string, inputs: object, from: Record<string, string[]> = {}): ProgramResource {
  return {
    urn: name,
    type,
    name,
    isCustom: true,
    inputs: inputs as ProgramResource["inputs"],
    outputs: {},
    propertyDependencies: from,
    dependencies: [],
  };
}

const vpc = resource("vpc", "aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
const other = resource("other", "aws:ec2/vpc:Vpc", { cidrBlock: "10.1.0.0/16" });
const dns = "vpce-1.api.ecr.r.vpce.amazonaws.com";
const endpoint: ProgramResource = {
  ...resource("endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint", { serviceName: "com.amazonaws.r.ecr.api" }),
  outputs: { dnsEntries: [{ dnsName: dns, hostedZoneId: "Z1" }] },
};
const zone = resource(
  "zone",
  "aws:route53/zone:Zone",
  { name: "api.ecr.r.amazonaws.com", vpcs: [{ vpcId: unknownValue }] },
  { vpcs: ["vpc"] },
);
const association = resource(
  "association",
  "aws:route53/zoneAssociation:ZoneAssociation",
  { zoneId: unknownValue, vpcId: unknownValue },
  { zoneId: ["zone"], vpcId: ["other"] },
);

const record = (inputs: object, from: Record<string, string[]> = {}, name = "record") =>
  resource(name, "aws:route53/record:Record", { zoneId: unknownValue, ...inputs }, { zoneId: ["zone"], ...from });

const alias = (name: string, more: object = {}) =>
  record(
    { name, type: "A", aliases: [{ name: unknownValue, zoneId: unknownValue, evaluateTargetHealth: false }], ...more },
    { aliases: ["endpoint"] },
  );

const read = (...resources: ProgramResource[]) =>
  hostedZones(new Declarations(new Program([vpc, other, endpoint, ...resources]), "r"));

function only(...resources: ProgramResource[]): HostedZone {
  const zones = read(...resources);
  if (zones === undefined || !isKnown(zones) || !zones[0]) throw new TypeError("there is no zone that is known");
  return zones[0];
}

/** `name -> endpoint`, `name -> 10.0.0.1`, `name -> ?`. */
function recordsOf(...resources: ProgramResource[]): string[] {
  const { records } = only(zone, ...resources);
  if (!isKnown(records)) return [`? ${records.reason}`];
  return records.map(({ name, target }) => {
    if (!isKnown(target)) return `${name} -> ?`;
    return `${name} -> ${"endpointId" in target ? target.endpointId : target.addresses.join(" ")}`;
  });
}

const cases: readonly (readonly [title: string, resources: readonly ProgramResource[], expected: string])[] = [
  ["an alias to an endpoint", [alias("api.ecr.r.amazonaws.com")], "api.ecr.r.amazonaws.com -> endpoint"],
  ["a name without that of the zone", [alias("x")], "x.api.ecr.r.amazonaws.com -> endpoint"],
  ["no name", [alias("")], "api.ecr.r.amazonaws.com -> endpoint"],
  [
    "a name that only ends like the zone's",
    [alias("myapi.ecr.r.amazonaws.com")],
    "myapi.ecr.r.amazonaws.com.api.ecr.r.amazonaws.com -> endpoint",
  ],
  ["a wildcard", [alias("*.Api.ecr.r.amazonaws.com.")], "*.api.ecr.r.amazonaws.com -> endpoint"],
  [
    "an alias to something else",
    [{ ...alias("x"), propertyDependencies: { zoneId: ["zone"], aliases: ["vpc"] } }],
    "x.api.ecr.r.amazonaws.com -> ?",
  ],
  [
    "an alias to a name that is known",
    [alias("x", { aliases: [{ name: dns.toUpperCase() }] })],
    "x.api.ecr.r.amazonaws.com -> endpoint",
  ],
  [
    "a CNAME to an endpoint",
    [record({ name: "x", type: "CNAME", records: [unknownValue] }, { records: ["endpoint"] })],
    "x.api.ecr.r.amazonaws.com -> endpoint",
  ],
  [
    "a CNAME to a name that nobody here has",
    [record({ name: "x", type: "CNAME", records: ["y.example"] })],
    "x.api.ecr.r.amazonaws.com -> ?",
  ],
  [
    "addresses",
    [record({ name: "x", type: "A", records: ["0.0.0.9", "0.0.0.7"] })],
    "x.api.ecr.r.amazonaws.com -> 9 7",
  ],
  [
    "addresses of which one is not known",
    [record({ name: "x", type: "A", records: ["0.0.0.9", unknownValue] })],
    "x.api.ecr.r.amazonaws.com -> ?",
  ],
  ["addresses that are none", [record({ name: "x", type: "A", records: ["y"] })], "x.api.ecr.r.amazonaws.com -> ?"],
  ["a record of another type", [record({ name: "x", type: "TXT", records: ["y"] })], "x.api.ecr.r.amazonaws.com -> "],
  ["a type that is not known", [record({ name: "x", type: unknownValue })], "x.api.ecr.r.amazonaws.com -> ?"],
  [
    "a name that is not known",
    [record({ name: unknownValue, type: "A" })],
    "? name of record is known only after `pulumi up`",
  ],
];

for (const [title, resources, expected] of cases) {
  test(`a record with ${title}: ${expected}`, (t) => {
    t.deepEqual(recordsOf(...resources), [expected]);
  });
}

test("a zone has the VPCs that it names, and those that are associated with it", (t) => {
  t.deepEqual(only(zone).vpcIds, ["vpc"]);
  t.deepEqual(only(zone, association).vpcIds, ["vpc", "other"]);
});

test("a zone without VPCs is public, and none of these", (t) => {
  t.is(read(), undefined);
  t.is(read(resource("public", "aws:route53/zone:Zone", { name: "example.com" })), undefined);
});

test("what the program does not tell of a zone is not known", (t) => {
  t.true(only({ ...zone, isRead: true }).records instanceof Unknown);
  t.true(only({ ...zone, inputs: { ...zone.inputs, vpcs: unknownValue } }).vpcIds instanceof Unknown);
  t.true(read({ ...zone, inputs: { ...zone.inputs, name: unknownValue } }) instanceof Unknown);
  t.true(read(zone, { ...association, propertyDependencies: { vpcId: ["other"] } }) instanceof Unknown);
  const foreign = {
    ...association,
    inputs: { zoneId: "Z9", vpcId: unknownValue },
    propertyDependencies: { vpcId: ["vpc"] },
  };
  t.true(read(foreign) instanceof Unknown);
  t.true(only(zone, { ...alias("x"), propertyDependencies: {} }).records instanceof Unknown);
});

test("of several VPCs that a zone names at once each is meant", (t) => {
  const vpcs = [{ vpcId: unknownValue }, { vpcId: unknownValue }];
  const both = resource(
    "zone",
    "aws:route53/zone:Zone",
    { name: "ecs.r.amazonaws.com", vpcs },
    { vpcs: ["vpc", "other"] },
  );
  t.deepEqual(only(both).vpcIds, ["vpc", "other"]);
  const one = resource(
    "zone",
    "aws:route53/zone:Zone",
    { name: "ecs.r.amazonaws.com", vpcs: vpcs.slice(1) },
    { vpcs: ["vpc", "other"] },
  );
  t.true(only(one).vpcIds instanceof Unknown);
});
