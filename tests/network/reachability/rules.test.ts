import test from "ava";
import fc from "fast-check";
import { type Cidr, parseCidr } from "../../../network/reachability/address.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import { judgeNetworkAcl } from "../../../network/reachability/network-acl.ts";
import type { Header, PacketKind, PacketSet, Part } from "../../../network/reachability/packet-set.ts";
import { judgeSecurityGroups } from "../../../network/reachability/security-group.ts";
import type { NetworkAclEntry, SecurityGroupRule, Topology } from "../../../network/reachability/topology.ts";

/*
 * Lists of rules against a naive evaluator of one packet, on every corner of every part and beside it: rules are constant
 * between their own corners, so that agreement there is agreement everywhere.
 */

const header: Header = {
  source: { dimension: "source" },
  destination: { dimension: "destination" },
  sourcePort: { dimension: "sourcePort" },
  destinationPort: { dimension: "destinationPort" },
};
const tcp: PacketKind = { family: 4, protocol: 6, isReply: false };
const everything: PacketSet = {
  source: { from: 0x0a000000, to: 0x0a0000ff },
  destination: { from: 0x0a000100, to: 0x0a0001ff },
  sourcePort: { from: 32_768, to: 60_999 },
  destinationPort: { from: 0, to: 65_535 },
  natPort: { from: 0, to: 0 },
};

interface Packet {
  source: number;
  destination: number;
  destinationPort: number;
}

const cidr = fc
  .tuple(fc.constantFrom("10.0.0", "10.0.1"), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 22, max: 32 }))
  .map(([network, host, prefix]) => parseCidr(`${network}.${host}/${prefix}`));
const ports = fc.option(
  fc
    .tuple(fc.nat(65_535), fc.nat(65_535))
    .map(([one, other]) => ({ from: Math.min(one, other), to: Math.max(one, other) })),
  { nil: undefined },
);
const protocol = fc.constantFrom<"all" | number>("all", 6, 17);
const entries = fc.array(
  fc.record({
    ruleNumber: fc.integer({ min: 1, max: 32_766 }),
    isEgress: fc.boolean(),
    action: fc.constantFrom<"allow" | "deny">("allow", "deny"),
    protocol,
    cidr,
    portRange: ports,
    icmp: fc.constant(undefined),
  }),
  { maxLength: 6 },
);
const rules = fc.array(
  fc.record({ isEgress: fc.boolean(), protocol, portRange: ports, peer: cidr.map((block) => ({ cidr: block })) }),
  { maxLength: 6 },
);

/** One packet of each corner of the part and of each rule's corners that lie in it. */
function cornersOf(set: PacketSet, cuts: { address: number[]; port: number[] }): Packet[] {
  const values = ({ from, to }: { from: number | bigint; to: number | bigint }, more: number[]) => [
    ...new Set([Number(from), Number(to), ...more.filter((value) => value >= from && value <= to)]),
  ];
  return values(set.source, cuts.address).flatMap((source) =>
    values(set.destination, cuts.address).flatMap((destination) =>
      values(set.destinationPort, cuts.port).map((destinationPort) => ({ source, destination, destinationPort })),
    ),
  );
}

function cutsOf(list: readonly { cidr: Cidr; portRange: { from: number; to: number } | undefined }[]) {
  const around = (from: number, to: number) => [from - 1, from, to, to + 1];
  return {
    address: list.flatMap(({ cidr: block }) => around(Number(block.from), Number(block.to))),
    port: list.flatMap(({ portRange }) => (portRange ? around(portRange.from, portRange.to) : [])),
  };
}

const sizeOf = ({ source, destination, destinationPort }: PacketSet) =>
  [source, destination, destinationPort].reduce((size, { from, to }) => size * (Number(to) - Number(from) + 1), 1);

/** The parts hold every packet, and none twice. */
function isPartition<T>(parts: readonly Part<T>[]): boolean {
  return parts.reduce((size, { set }) => size + sizeOf(set), 0) === sizeOf(everything);
}

const within = ({ from, to }: { from: number | bigint; to: number | bigint }, value: number) =>
  from <= value && value <= to;

function naiveAcl(list: readonly NetworkAclEntry[], isEgress: boolean, packet: Packet): "yes" | "no" {
  const own = list
    .filter((entry) => entry.isEgress === isEgress)
    .sort((one, other) => one.ruleNumber - other.ruleNumber);
  for (const { action, protocol: wanted, cidr: block, portRange } of own) {
    if (wanted !== "all" && wanted !== 6) continue;
    if (!within(block as Cidr, isEgress ? packet.destination : packet.source)) continue;
    if (wanted !== "all" && portRange && !within(portRange as { from: number; to: number }, packet.destinationPort))
      continue;
    return action === "allow" ? "yes" : "no";
  }
  return "no";
}

function naiveGroup(list: readonly SecurityGroupRule[], isEgress: boolean, packet: Packet): "yes" | "no" {
  const allows = list.some(({ isEgress: egress, protocol: wanted, peer, portRange }) => {
    if (egress !== isEgress || (wanted !== "all" && wanted !== 6)) return false;
    if (!within((peer as { cidr: Cidr }).cidr, isEgress ? packet.destination : packet.source)) return false;
    return wanted === "all" || !portRange || within(portRange as { from: number; to: number }, packet.destinationPort);
  });
  return allows ? "yes" : "no";
}

test("a network ACL's parts are those of a naive evaluator, at every cut", (t) => {
  fc.assert(
    fc.property(entries, fc.boolean(), (list, isEgress) => {
      const acl = { id: "acl-1", vpcId: "vpc-1", isDefault: false, entries: list, subnetIds: [] };
      const parts = judgeNetworkAcl(acl, isEgress, everything, header, tcp);
      const cuts = cutsOf(list);
      return (
        isPartition(parts) &&
        parts.every(({ set, value }) =>
          cornersOf(set, cuts).every((packet) => naiveAcl(list, isEgress, packet) === value.answer),
        )
      );
    }),
    { numRuns: 300 },
  );
  t.pass();
});

const topologyOf = (list: readonly SecurityGroupRule[]) =>
  ({
    securityGroups: new Map([["sg-1", { id: "sg-1", vpcId: "vpc-1", name: "", rules: list }]]),
  }) as unknown as Topology;

test("security groups' parts are those of a naive evaluator, at every cut", (t) => {
  fc.assert(
    fc.property(rules, fc.boolean(), (list, isEgress) => {
      const input = { set: everything, header, kind: tcp, peerGroups: [] };
      const parts = judgeSecurityGroups(topologyOf(list), ["sg-1"], isEgress, input);
      const cuts = cutsOf(list.map(({ peer, portRange }) => ({ cidr: peer.cidr, portRange })));
      return (
        isPartition(parts) &&
        parts.every(({ set, value }) =>
          cornersOf(set, cuts).every((packet) => naiveGroup(list, isEgress, packet) === value.answer),
        )
      );
    }),
    { numRuns: 300 },
  );
  t.pass();
});

const why = new Unknown("somebody sets it later");
const fields = ["action", "protocol", "cidr", "portRange"] as const;

test("what a network ACL with an unknown value decides holds for every value that it may get", (t) => {
  fc.assert(
    fc.property(
      entries,
      entries,
      fc.boolean(),
      fc.nat(),
      fc.constantFrom(...fields),
      (list, fillings, isEgress, at, field) => {
        fc.pre(list.length > 0 && fillings.length > 0);
        const place = at % list.length;
        const holey = list.map((entry, index) => (index === place ? { ...entry, [field]: why } : entry));
        const judged = (entriesOf: readonly NetworkAclEntry[]) =>
          judgeNetworkAcl(
            { id: "acl-1", vpcId: "vpc-1", isDefault: false, entries: entriesOf, subnetIds: [] },
            isEgress,
            everything,
            header,
            tcp,
          );
        const parts = judged(holey);
        return (
          isPartition(parts) &&
          fillings.every((filling) => {
            const filled = list.map((entry, index) =>
              index === place ? { ...entry, [field]: filling[field] } : entry,
            );
            const cuts = cutsOf([...filled, ...list]);
            return parts.every(
              ({ set, value }) =>
                value.answer === "maybe" ||
                cornersOf(set, cuts).every((packet) => naiveAcl(filled, isEgress, packet) === value.answer),
            );
          })
        );
      },
    ),
    { numRuns: 300 },
  );
  t.pass();
});
