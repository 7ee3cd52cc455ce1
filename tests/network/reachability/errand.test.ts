import test from "ava";
import type { Flow } from "../../../network/reachability/flow.ts";
import { asked, ecr, endpoints as made, s3, type Variant } from "../endpoints.ts";
import { brief, byId, said, why } from "../resources.ts";
import { at } from "../topology.ts";

test("a gateway endpoint as a destination is each address of its service, by way of it", (t) => {
  const analysis = asked(made(), s3);
  t.is(
    said(analysis),
    `reachable
-> job: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: pl-s3 -> vpce-s3
    vpce-s3
<- vpce-s3
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    job`,
  );
  t.deepEqual(
    analysis.outcomes.map(({ set }) => [set.destination.from, set.destination.to]),
    [
      [at("52.216.0.0"), at("52.217.255.255")],
      [at("54.231.0.0"), at("54.231.255.255")],
    ],
  );
});

test("an interface endpoint as a destination is each of its interfaces", (t) => {
  const analysis = asked(made(), ecr);
  t.is(
    said(analysis),
    `reachable
-> job: outbound all traffic to 0.0.0.0/0 (open)
    eni-1
    sg: inbound tcp 443 from 10.0.0.0/8 (sg)
<- eni-1
    job`,
  );
  t.is(analysis.outcomes.length, 2);
});

test("where its interfaces are not made yet an interface endpoint has some address of each subnet", (t) => {
  const later = made({ own: { networkInterfaceIds: why } });
  const analysis = asked(later, ecr);
  t.is(
    said(analysis),
    `reachable
-> job: outbound all traffic to 0.0.0.0/0 (open)
    one
    sg: inbound tcp 443 from 10.0.0.0/8 (sg)
<- one
    job`,
  );
  t.deepEqual(
    analysis.outcomes.map(({ set }) => [set.destination.from, set.destination.to]),
    [
      [at("10.0.0.4"), at("10.0.0.254")],
      [at("10.0.1.4"), at("10.0.1.254")],
    ],
  );
});

/** What is different, what is asked, and what is said. */
const cases: [string, Variant, Flow["destination"], Partial<Flow>, string][] = [
  [
    "a gateway endpoint that no route leads to",
    { more: { routeTables: new Map() } },
    s3,
    {},
    `unknown; unknown-value vpc vpc: Not known: the main route table of vpc, which is not in the topology.`,
  ],
  [
    "a gateway endpoint that is not available",
    { gateway: { state: "deleting" } },
    s3,
    {},
    `not-reachable; BAD_STATE vpc-endpoint vpce-s3: vpce-s3 is deleting.`,
  ],
  [
    "a gateway endpoint whose state is not known",
    { gateway: { state: why } },
    s3,
    {},
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: somebody sets it later.`,
  ],
  [
    "a gateway endpoint whose type is not known",
    { gateway: { type: why } },
    s3,
    {},
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: somebody sets it later.`,
  ],
  [
    "an endpoint of another type",
    { gateway: { type: "other" } },
    s3,
    {},
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: vpce-s3, an endpoint of a type that is not modelled.`,
  ],
  [
    "a gateway endpoint without a list",
    { more: { prefixLists: new Map() } },
    s3,
    {},
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: the prefix list of com.amazonaws.r.s3, which is not in the topology.`,
  ],
  [
    "a gateway endpoint whose list is not known",
    { more: { prefixLists: byId({ id: "pl-s3", name: "com.amazonaws.r.s3", cidrs: why }) } },
    s3,
    {},
    "reachable",
  ],
  [
    "a gateway endpoint, and no lists known",
    { more: { prefixLists: why } },
    s3,
    {},
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: somebody sets it later.`,
  ],
  [
    "a gateway endpoint that is not there",
    {},
    { type: "endpoint", id: "vpce-9" },
    {},
    `unknown; unknown-value vpc-endpoint vpce-9: Not known: VPC endpoint vpce-9, which is not in the topology.`,
  ],
  [
    "endpoints that are not known",
    { more: { vpcEndpoints: why } },
    s3,
    {},
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: somebody sets it later.`,
  ],
  [
    "another port of a gateway endpoint",
    {},
    s3,
    { ports: { from: 80, to: 80 } },
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: what it answers other than TCP port 443.`,
  ],
  [
    "ports of a gateway endpoint up to 443",
    {},
    s3,
    { ports: { from: 442, to: 443 } },
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: what it answers other than TCP port 443.`,
  ],
  [
    "ports of a gateway endpoint from 443",
    {},
    s3,
    { ports: { from: 443, to: 444 } },
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: what it answers other than TCP port 443.`,
  ],
  [
    "echo to a gateway endpoint",
    {},
    s3,
    { protocol: "icmp", ports: undefined },
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: what it answers other than TCP port 443.`,
  ],
  [
    "another port of an interface endpoint",
    {},
    ecr,
    { ports: { from: 80, to: 80 } },
    `not-reachable; ENI_SG_RULES_MISMATCH security-group sg: No inbound rule of sg allows tcp port 80 from 10.0.0.10 to 10.0.0.20. Add to sg an inbound rule: tcp 80 from 10.0.0.10/32.; NO_POSSIBLE_DESTINATION network-interface eni-1: eni-1 is an interface endpoint's, which answers TCP port 443 alone.; NO_POSSIBLE_DESTINATION network-interface eni-2: eni-2 is an interface endpoint's, which answers TCP port 443 alone.`,
  ],
  [
    "UDP to an interface endpoint",
    {},
    ecr,
    { protocol: "udp" },
    `not-reachable; ENI_SG_RULES_MISMATCH security-group sg: No inbound rule of sg allows udp port 443 from 10.0.0.10 to 10.0.0.20. Add to sg an inbound rule: udp 443 from 10.0.0.10/32.; NO_POSSIBLE_DESTINATION network-interface eni-1: eni-1 is an interface endpoint's, which answers TCP port 443 alone.; NO_POSSIBLE_DESTINATION network-interface eni-2: eni-2 is an interface endpoint's, which answers TCP port 443 alone.`,
  ],
  [
    "an interface endpoint that is not available",
    { own: { state: "pending" } },
    ecr,
    {},
    `not-reachable; BAD_STATE vpc-endpoint vpce-ecr: vpce-ecr is pending.`,
  ],
  [
    "an interface endpoint whose state is not known",
    { own: { state: why } },
    ecr,
    {},
    `unknown; unknown-value network-interface eni-1: Not known: somebody sets it later.; unknown-value network-interface eni-2: Not known: somebody sets it later.`,
  ],
  [
    "an interface endpoint to be, whose state is not known",
    { own: { state: why, networkInterfaceIds: [] } },
    ecr,
    {},
    `unknown; unknown-value subnet one: Not known: somebody sets it later.; unknown-value subnet two: Not known: somebody sets it later.`,
  ],
  [
    "an interface endpoint without interfaces and subnets",
    { own: { subnetIds: [], networkInterfaceIds: [] } },
    ecr,
    {},
    `unknown; unknown-value vpc-endpoint vpce-ecr: Not known: the subnets of vpce-ecr.`,
  ],
  [
    "an interface endpoint whose subnets are not known",
    { own: { subnetIds: why, networkInterfaceIds: [] } },
    ecr,
    {},
    `unknown; unknown-value vpc-endpoint vpce-ecr: Not known: somebody sets it later.`,
  ],
  [
    "an interface endpoint whose subnet is not there",
    { own: { subnetIds: ["gone"], networkInterfaceIds: [] } },
    ecr,
    {},
    `unknown; unknown-value vpc-endpoint vpce-ecr: Not known: subnet gone, which is not in the topology.`,
  ],
  [
    "an interface endpoint whose interface is not there",
    { own: { networkInterfaceIds: ["eni-9"] } },
    ecr,
    {},
    `unknown; unknown-value vpc-endpoint vpce-ecr: Not known: eni-9 of vpce-ecr.`,
  ],
  [
    "an interface endpoint by IPv6, which it has not",
    {},
    ecr,
    { family: 6, source: { type: "interface", id: "job", address: at("2600:1::10") } },
    `unknown; unknown-value vpc-endpoint vpce-ecr: Not known: the IPv6 addresses of vpce-ecr.`,
  ],
  [
    "an interface endpoint to be, by IPv6, in a subnet without",
    { own: { networkInterfaceIds: [] } },
    ecr,
    { family: 6, source: { type: "interface", id: "job", address: at("2600:1::10") } },
    `unknown; unknown-value vpc-endpoint vpce-ecr: Not known: the IPv6 block of two.`,
  ],
  [
    "an interface endpoint to be, whose groups are not known",
    { own: { networkInterfaceIds: [], securityGroupIds: why } },
    ecr,
    {},
    `unknown; unknown-value security-group the security groups: Not known: somebody sets it later.`,
  ],
  [
    "a service by a name, from the internet",
    {},
    { type: "service", name: "ecr.api" },
    { source: { type: "internet", address: at("8.8.8.8") } },
    `unknown; unknown-value service ecr.api: Not known: what ecr.api is for a source outside of any VPC.`,
  ],
  [
    "a service by a name, by IPv6",
    {},
    { type: "service", name: "ecr.api" },
    { family: 6, source: { type: "interface", id: "job", address: at("2600:1::10") } },
    `unknown; unknown-value service ecr.api: Not known: the DHCP options of vpc, which are not in the topology.`,
  ],
  [
    "a gateway endpoint of another VPC, by peering",
    {},
    s3,
    { source: { type: "interface", id: "there", address: at("10.1.0.10") } },
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: vpce-s3 is of another VPC, vpc.`,
  ],
];

for (const [what, variant, destination, more, expected] of cases) {
  test(`asked for: ${what}`, (t) => t.is(brief(asked(made(variant), destination, more)), expected));
}
