import test from "ava";
import { parseCidr } from "../../../network/reachability/address.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import { destinationText, routeText } from "../../../network/reachability/route-table.ts";
import { peerText, portsText, protocolText } from "../../../network/reachability/rule-text.ts";
import type { PortRange, Route, RulePeer, RuleProtocol } from "../../../network/reachability/topology.ts";

const why = new Unknown("somebody sets it later");
const all = { cidr: parseCidr("0.0.0.0/0") };

/** Protocol, first and last port (or ICMP type and code), and how a person would write them. */
const rules: [RuleProtocol | Unknown, PortRange | Unknown | undefined, string][] = [
  ["all", undefined, "all traffic"],
  ["all", { from: 443, to: 443 }, "all traffic"],
  [6, undefined, "tcp"],
  [6, { from: 443, to: 443 }, "tcp 443"],
  [6, { from: 1024, to: 65_535 }, "tcp 1024-65535"],
  [6, { from: 0, to: 65_535 }, "tcp"],
  [6, { from: 0, to: 1023 }, "tcp 0-1023"],
  [17, { from: 53, to: 53 }, "udp 53"],
  [1, undefined, "icmp"],
  [1, { from: -1, to: -1 }, "icmp"],
  [1, { from: 8, to: -1 }, "icmp type 8"],
  [1, { from: 8, to: 8 }, "icmp type 8"],
  [58, { from: 128, to: -1 }, "icmpv6 type 128"],
  [58, { from: -1, to: -1 }, "icmpv6"],
  [50, undefined, "protocol 50"],
  [why, undefined, "a protocol not known"],
  [why, { from: 443, to: 443 }, "a protocol not known 443"],
  [6, why, "tcp ports not known"],
  ["all", why, "all traffic ports not known"],
];

test("a rule's protocol and ports are written as a person would", (t) => {
  for (const [protocol, range, text] of rules) t.is(`${protocolText(protocol)}${portsText(protocol, range)}`, text);
});

test("a rule's peer is written as its block, or as the id of its list or group", (t) => {
  const peers: [RulePeer | Unknown, string][] = [
    [all, "0.0.0.0/0"],
    [{ cidr: parseCidr("2600:1f00::/56") }, "2600:1f00::/56"],
    [{ prefixListId: "pl-1" }, "pl-1"],
    [{ securityGroupId: "sg-1" }, "sg-1"],
    [why, "what is not known"],
  ];
  for (const [peer, text] of peers) t.is(peerText(peer), text);
});

const route = (changes: Partial<Route>): Route => ({
  destination: all,
  target: { type: "internet-gateway", id: "igw-1" },
  state: "active",
  isPropagated: false,
  ...changes,
});

test("a route is written as the console shows it", (t) => {
  t.is(routeText(route({})), "0.0.0.0/0 -> igw-1");
  t.is(routeText(route({ target: { type: "local" } })), "0.0.0.0/0 -> local");
  t.is(routeText(route({ destination: { prefixListId: "pl-1" } })), "pl-1 -> igw-1");
  t.is(routeText(route({ state: "blackhole" })), "0.0.0.0/0 -> igw-1 (blackhole)");
  t.is(routeText(route({ state: why })), "0.0.0.0/0 -> igw-1");
  t.is(routeText(route({ target: why })), "0.0.0.0/0 -> an unknown target");
  t.is(routeText(route({ destination: why })), "an unknown destination -> igw-1");
  t.is(destinationText(route({})), "0.0.0.0/0");
});

test("a transit gateway's route is written with its attachments, or with nothing", (t) => {
  const to = (...attachmentIds: string[]) =>
    routeText({ destination: all, state: "active", attachmentIds, isPropagated: false });
  t.is(to("tgw-attach-1"), "0.0.0.0/0 -> tgw-attach-1");
  t.is(to("tgw-attach-1", "tgw-attach-2"), "0.0.0.0/0 -> tgw-attach-1, tgw-attach-2");
  t.is(to(), "0.0.0.0/0 -> nothing");
});

test("a text is made once for a route, and is that route's", (t) => {
  const [one, other] = [route({}), route({ destination: { prefixListId: "pl-1" } })];
  t.deepEqual([one, other, one, other].map(routeText), [
    "0.0.0.0/0 -> igw-1",
    "pl-1 -> igw-1",
    "0.0.0.0/0 -> igw-1",
    "pl-1 -> igw-1",
  ]);
});
