import test from "ava";
import { parseCidr } from "../../../network/reachability/address.ts";
import { usable } from "../../../network/reachability/errand.ts";
import type { SubnetPlace } from "../../../network/reachability/flow.ts";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { brief, byId, change, group, peering, why } from "../resources.ts";
import { at, topologyOf } from "../topology.ts";

/* A database that may be in several subnets, asked for by its name. */

const place = (id: string, vpcId: string, cidr: string, more: Partial<SubnetPlace> = {}): SubnetPlace => ({
  type: "subnet",
  id,
  vpcId,
  address: usable(parseCidr(cidr)),
  securityGroupIds: ["db"],
  hasPublicAddress: false,
  ...more,
});

const one = place("one", "vpc", "10.0.1.0/24");
const two = place("two", "vpc", "10.0.2.0/24");
const far = place("far", "far", "10.1.0.0/24");

interface Variant {
  readonly places: readonly SubnetPlace[];
  readonly rules?: readonly string[];
  readonly vpc?: Partial<T.Vpc>;
}

function asked({ places, rules = ["in tcp:5432 10.0.0.0/24"], vpc = {} }: Variant) {
  const topology = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16"], far: ["10.1.0.0/16"] },
    subnets: {
      jobs: ["vpc", "a", "10.0.0.0/24"],
      one: ["vpc", "a", "10.0.1.0/24"],
      two: ["vpc", "b", "10.0.2.0/24"],
      far: ["far", "a", "10.1.0.0/24"],
    },
    interfaces: { job: ["jobs", ["open"], "10.0.0.10"] },
    tables: { rtb: ["vpc", ["main"], "10.1.0.0/16 pcx-1"], "rtb-far": ["far", ["main"], "10.0.0.0/16 pcx-1"] },
    more: {
      securityGroups: byId(group("open", "out all 0.0.0.0/0"), group("db", ...rules)),
      vpcPeeringConnections: byId(peering("pcx-1", ["vpc", "10.0.0.0/16"], ["far", "10.1.0.0/16"])),
      dhcpOptions: new Map([["dopt", { id: "dopt", domainNameServers: ["AmazonProvidedDNS"] }]]),
    },
  });
  const made = change(topology, "vpcs", "vpc", { dhcpOptionsId: "dopt", ...vpc });
  return analyze(new TopologyIndex(made), {
    source: { type: "interface", id: "job", address: at("10.0.0.10") },
    destination: { type: "host", id: "database", places },
    family: 4,
    protocol: "tcp",
    ports: { from: 5432, to: 5432 },
  });
}

const cases: readonly (readonly [title: string, variant: Variant, expected: string])[] = [
  ["in any of its subnets", { places: [one, two] }, "reachable"],
  ["in a peered VPC", { places: [far] }, "reachable"],
  [
    "in no subnet that anybody knows",
    { places: [] },
    "unknown; unknown-value host database: Not known: in which subnet database is.",
  ],
  [
    "with a group that lets nothing in",
    { places: [one], rules: [] },
    "not-reachable; SG_HAS_NO_RULES security-group db: db has no inbound rules, and tcp port 5432 from 10.0.0.10 to 10.0.1.4-10.0.1.254 needs one. Add to db an inbound rule: tcp 5432 from 10.0.0.10/32.",
  ],
  [
    "with another group in one of its subnets",
    { places: [one, { ...two, securityGroupIds: ["open"] }] },
    "partial; SG_HAS_NO_RULES security-group open: open has no inbound rules, and tcp port 5432 from 10.0.0.10 to 10.0.2.4-10.0.2.254 needs one. Add to open an inbound rule: tcp 5432 from 10.0.0.10/32.",
  ],
  [
    "with groups that nobody knows",
    { places: [{ ...one, securityGroupIds: why }] },
    `unknown; unknown-value security-group the security groups: Not known: ${why.reason}.`,
  ],
  [
    "without a resolver",
    { places: [one], vpc: { enableDnsSupport: false } },
    "not-reachable; dns-support-disabled vpc vpc: vpc has no resolver for database: its enableDnsSupport is off. Set enableDnsSupport of vpc to true.",
  ],
  [
    "with a resolver of which nobody knows",
    { places: [one], vpc: { enableDnsSupport: why } },
    `unknown; unknown-value host database: Not known: ${why.reason}.`,
  ],
  ["with a public address too, in the same VPC", { places: [{ ...one, hasPublicAddress: true }] }, "reachable"],
  [
    "with a public address too, in another VPC",
    { places: [{ ...far, hasPublicAddress: true }] },
    "unknown; unknown-value host database: Not known: which of its addresses database has in vpc: it may be publicly accessible, and in other VPCs its name then has the public address, unless what connects them resolves it to the private one.",
  ],
];

for (const [title, variant, expected] of cases) {
  test(`a host ${title}: ${expected.split(";")[0]}`, (t) => t.is(brief(asked(variant)), expected));
}
