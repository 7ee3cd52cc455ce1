import test from "ava";
import { but, deadEnds as made, type Variant } from "../dead-ends.ts";
import { brief, byId, endpoint, gateway, nat, said } from "../resources.ts";
import { ask } from "../topology.ts";

const host = "8.8.8.8";

/** What there is, from whom to whom, and what is said. */
const cases: [string, Variant, string, string, string][] = [
  [
    "the internet, by a NAT gateway",
    {},
    "job",
    host,
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 8.8.8.8. Add to rtb a route: 0.0.0.0/0 -> nat-1.`,
  ],
  [
    "the internet, with a public address",
    {},
    "web",
    host,
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.11 to 8.8.8.8. Add to rtb a route: 0.0.0.0/0 -> igw-1.`,
  ],
  [
    "the internet, with a public address and no internet gateway",
    { more: but({ internetGateways: new Map() }) },
    "web",
    host,
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.11 to 8.8.8.8. Add to rtb a route: 0.0.0.0/0 -> nat-1.`,
  ],
  [
    "the internet, without any gateway",
    { more: {} },
    "job",
    host,
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 8.8.8.8. Attach an internet gateway to vpc and route to it, from private subnets by a NAT gateway; or add a VPC endpoint for the service.`,
  ],
  [
    "the internet, with a NAT gateway that failed",
    { more: but({ natGateways: byId(nat("nat-1", "vpc", "public", "10.0.9.5=54.0.0.5", { state: "failed" })) }) },
    "job",
    host,
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 8.8.8.8. Add to rtb a route: 0.0.0.0/0 -> igw-1.; IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1: 10.0.0.10 has no public IPv4 address: igw-1 drops what it sends. Give 10.0.0.10 of job an elastic IP address.`,
  ],
  [
    "the internet, with a private NAT gateway",
    { more: but({ natGateways: byId(nat("nat-1", "vpc", "public", "10.0.9.5", { connectivityType: "private" })) }) },
    "job",
    host,
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 8.8.8.8. Add to rtb a route: 0.0.0.0/0 -> igw-1.; IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1: 10.0.0.10 has no public IPv4 address: igw-1 drops what it sends. Give 10.0.0.10 of job an elastic IP address.`,
  ],
  [
    "the internet, with a NAT gateway of another VPC",
    { more: but({ natGateways: byId(nat("nat-1", "far", "far", "10.0.9.5=54.0.0.5")) }) },
    "job",
    host,
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 8.8.8.8. Add to rtb a route: 0.0.0.0/0 -> igw-1.; IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1: 10.0.0.10 has no public IPv4 address: igw-1 drops what it sends. Give 10.0.0.10 of job an elastic IP address.`,
  ],
  [
    "the internet, with a route to a NAT gateway that is gone",
    { routes: ["0.0.0.0/0 nat-0 blackhole"] },
    "job",
    host,
    `not-reachable; BAD_STATE_ROUTE route-table rtb: The route 0.0.0.0/0 -> nat-0 (blackhole) of rtb leads to something that is gone. Add to rtb a route: 0.0.0.0/0 -> nat-1.`,
  ],
  [
    "the internet, with a longer route that is gone",
    { routes: ["0.0.0.0/0 nat-1", "8.8.8.0/24 pcx-0 blackhole"] },
    "job",
    host,
    `not-reachable; BAD_STATE_ROUTE route-table rtb: The route 8.8.8.0/24 -> pcx-0 (blackhole) of rtb leads to something that is gone. Add to rtb a route: 8.8.8.0/24 -> nat-1.`,
  ],
  [
    "the internet, with a NAT gateway in its own subnet",
    {
      routes: ["0.0.0.0/0 nat-2"],
      more: but({ natGateways: byId(nat("nat-2", "vpc", "private", "10.0.0.99=54.0.0.99")) }),
    },
    "job",
    host,
    `not-reachable; routing-loop nat-gateway nat-2: nat-2 sends the packets to itself: the route table of its own subnet private leads back to it. Add to rtb a route: 0.0.0.0/0 -> igw-1.; IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1: 10.0.0.10 has no public IPv4 address: igw-1 drops what it sends. Give 10.0.0.10 of job an elastic IP address.`,
  ],
  [
    "the internet by IPv6",
    {},
    "job",
    "2a00::1",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 2600:1::10 to 2a00::1. Add to rtb a route: ::/0 -> eigw-1.`,
  ],
  [
    "the internet by IPv6, with no egress-only gateway",
    { more: but({ egressOnlyInternetGateways: new Map() }) },
    "job",
    "2a00::1",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 2600:1::10 to 2a00::1. Add to rtb a route: ::/0 -> igw-1.`,
  ],
  [
    "the internet by IPv6, with no gateway of this VPC",
    { more: but({ internetGateways: new Map(), egressOnlyInternetGateways: byId(gateway("eigw-1", "far")) }) },
    "job",
    "2a00::1",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 2600:1::10 to 2a00::1. Attach an internet gateway to vpc and route to it, from private subnets by a NAT gateway; or add a VPC endpoint for the service.`,
  ],
  [
    "S3, by its endpoint",
    { more: but({ natGateways: new Map() }) },
    "job",
    "52.216.0.1",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 52.216.0.1. Associate the gateway endpoint vpce-1 with route table rtb, which gives it the route pl-s3 -> vpce-1.`,
  ],
  [
    "S3, with an endpoint that is not available",
    { more: but({ natGateways: new Map(), vpcEndpoints: byId(endpoint("vpce-1", "vpc", { state: "pending" })) }) },
    "job",
    "52.216.0.1",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 52.216.0.1. Add to rtb a route: 0.0.0.0/0 -> igw-1.; IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1: 10.0.0.10 has no public IPv4 address: igw-1 drops what it sends. Give 10.0.0.10 of job an elastic IP address.`,
  ],
  [
    "S3, with a longer route that is gone",
    { routes: ["52.216.0.0/16 pcx-0 blackhole"] },
    "job",
    "52.216.0.1",
    `not-reachable; BAD_STATE_ROUTE route-table rtb: The route 52.216.0.0/16 -> pcx-0 (blackhole) of rtb leads to something that is gone. Add to rtb a route: 52.216.0.0/16 -> nat-1.`,
  ],
  [
    "S3, with a route of the list's own length that is gone",
    { routes: ["52.216.0.0/15 pcx-0 blackhole"] },
    "job",
    "52.216.0.1",
    `not-reachable; BAD_STATE_ROUTE route-table rtb: The route 52.216.0.0/15 -> pcx-0 (blackhole) of rtb leads to something that is gone. Add to rtb a route: 52.216.0.0/15 -> nat-1.`,
  ],
  [
    "S3, with an endpoint and no list",
    { more: but({ natGateways: new Map(), prefixLists: new Map() }) },
    "job",
    "52.216.0.1",
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for tcp port 443 from 10.0.0.10 to 52.216.0.1. Add to rtb a route: 0.0.0.0/0 -> igw-1.; IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS internet-gateway igw-1: 10.0.0.10 has no public IPv4 address: igw-1 drops what it sends. Give 10.0.0.10 of job an elastic IP address.`,
  ],
];

for (const [what, variant, from, to, expected] of cases) {
  test(`a dead end on the way to ${what}`, (t) => t.is(brief(ask(made(variant), from, to)), expected));
}

test("the way that the fix opens is shown to its end", (t) => {
  t.is(
    said(ask(made({}), "job", host)),
    `not-reachable
NO_ROUTE_TO_DESTINATION route-table rtb
  Route table rtb has no route for tcp port 443 from 10.0.0.10 to 8.8.8.8.
  Add to rtb a route: 0.0.0.0/0 -> nat-1.
-> job: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: with the fix 0.0.0.0/0 -> nat-1
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    nat-1: source becomes 10.0.9.5, its port one of 1024-65535
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-public: 0.0.0.0/0 -> igw-1
    igw-1: source becomes 54.0.0.5
    8.8.8.8
<- igw-1: destination becomes 10.0.9.5
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    eni-nat: destination becomes 10.0.0.10 again
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb-public: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    job`,
  );
});

test("UDP to a service whose endpoint does not take it goes another way", (t) => {
  t.is(
    brief(ask(made({}), "job", "52.216.0.1", { protocol: "udp" })),
    `not-reachable; NO_ROUTE_TO_DESTINATION route-table rtb: Route table rtb has no route for udp port 443 from 10.0.0.10 to 52.216.0.1. Add to rtb a route: 0.0.0.0/0 -> nat-1.`,
  );
});
