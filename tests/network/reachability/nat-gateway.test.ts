import test from "ava";
import type * as T from "../../../network/reachability/topology.ts";
import { oneVpc as made } from "../one-vpc.ts";
import { brief, byId, nat, why } from "../resources.ts";
import { ask } from "../topology.ts";

/** NAT gateways' faults. */
const nats: [string, Partial<T.NatGateway>, string][] = [
  [
    "that is pending",
    { state: "pending" },
    `not-reachable; BAD_STATE nat-gateway nat-1: nat-1 is pending. Add to rtb a route: 0.0.0.0/0 -> igw-1.`,
  ],
  [
    "whose state is not known",
    { state: why },
    `unknown; unknown-value nat-gateway nat-1: Not known: somebody sets it later.`,
  ],
  [
    "of another VPC",
    { vpcId: "other" },
    `not-reachable; NGW_REQUIRES_SOURCE_IN_VPC nat-gateway nat-1: nat-1 serves only its own VPC, other. Add to rtb a route: 0.0.0.0/0 -> igw-1.`,
  ],
  [
    "whose addresses are not known",
    { addresses: why },
    `unknown; unknown-value nat-gateway nat-1: Not known: somebody sets it later.`,
  ],
  [
    "without an address",
    { addresses: [] },
    `unknown; unknown-value nat-gateway nat-1: Not known: nat-1 has no address.`,
  ],
  [
    "whose subnet is not known",
    { subnetId: why },
    `unknown; unknown-value nat-gateway nat-1: Not known: somebody sets it later.`,
  ],
  [
    "in its own subnet",
    { subnetId: "one" },
    `not-reachable; routing-loop nat-gateway nat-1: nat-1 sends the packets to itself: the route table of its own subnet one leads back to it. Add to rtb a route: 0.0.0.0/0 -> igw-1.`,
  ],
];

for (const [what, changes, expected] of nats) {
  test(`by a NAT gateway ${what}`, (t) => {
    const natGateways = byId(nat("nat-1", "vpc", "two", "10.0.1.5=54.0.0.5", changes));
    t.is(brief(ask(made(["0.0.0.0/0 nat-1"], { natGateways }), "job", "8.8.8.8")), expected);
  });
}

test("a reply that is routed to a NAT gateway is lost, and IPv6 is not carried by one", (t) => {
  const natGateways = byId(nat("nat-1", "vpc", "two", "10.0.1.5=54.0.0.5"));
  t.is(
    brief(ask(made(["0.0.0.0/0 nat-1"], { natGateways }), "8.8.8.8", "54.0.0.10")),
    `not-reachable; asymmetric-return nat-gateway nat-1: The reply is routed to nat-1, which has no session for it: the request came in another way. Add to rtb a route: 0.0.0.0/0 -> igw-1.`,
  );
  t.is(
    brief(ask({ ...made(["0.0.0.0/0 nat-1"]), natGateways: why }, "job", "8.8.8.8")),
    `unknown; unknown-value nat-gateway nat-1: Not known: somebody sets it later.`,
  );
  const six = made(["::/0 nat-1"], { natGateways });
  t.is(
    brief(ask(six, "job", "2a00::1")),
    `not-reachable; PROTOCOL_RESTRICTION nat-gateway nat-1: nat-1 carries IPv6 to 64:ff9b::/96 alone, not tcp port 443 from 2600:1::10 to 2a00::1. Add to rtb a route: ::/0 -> igw-1.`,
  );
  t.is(
    brief(ask(six, "job", "64:ff9b::808:808")),
    `unknown; unknown-value nat-gateway nat-1: Not known: NAT64 is not modelled.`,
  );
});
