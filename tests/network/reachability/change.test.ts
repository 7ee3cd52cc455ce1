import test from "ava";
import { parseCidr } from "../../../network/reachability/address.ts";
import {
  applyChange,
  type Change,
  changeText,
  decisionOf,
  isSame,
  newGateway,
  numbered,
  sameOrWider,
} from "../../../network/reachability/change.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { at, topologyOf } from "../topology.ts";

const why = new Unknown("somebody sets it later");
const cidr = (text: string) => ({ cidr: parseCidr(text) });

const rule: T.SecurityGroupRule = {
  isEgress: false,
  protocol: 6,
  portRange: { from: 443, to: 443 },
  peer: cidr("10.0.0.0/24"),
};
const entry: T.NetworkAclEntry = {
  ruleNumber: 90,
  isEgress: false,
  action: "allow",
  protocol: 6,
  ...cidr("10.0.0.0/24"),
  portRange: { from: 1024, to: 65_535 },
  icmp: undefined,
};
const route: T.Route = {
  destination: cidr("0.0.0.0/0"),
  target: { type: "internet-gateway", id: "igw-1" },
  state: "active",
  isPropagated: false,
};
const transitRoute: T.TransitGatewayRoute = {
  destination: cidr("10.2.0.0/16"),
  state: "active",
  attachmentIds: ["tgw-attach-2"],
  isPropagated: false,
};
const request = { action: "s3:GetObject", resource: "arn:aws:s3:::layers/x" };

const ruleChange = (changes: Partial<T.SecurityGroupRule> = {}, id = "sg-1"): Change => ({
  type: "add-security-group-rule",
  id,
  rule: { ...rule, ...changes },
});
const entryChange = (changes: Partial<T.NetworkAclEntry> = {}, id = "acl"): Change => ({
  type: "add-network-acl-entry",
  id,
  entry: { ...entry, ...changes },
});
const routeChange: Change = { type: "add-route", id: "rtb-1", route };
const transitChange: Change = { type: "add-transit-gateway-route", id: "tgw-rtb-1", route: transitRoute };
const association: Change = {
  type: "associate-transit-gateway-route-table",
  id: "tgw-attach-1",
  transitGatewayId: "tgw-1",
  routeTableId: "tgw-rtb-1",
};
const subnetChange: Change = {
  type: "add-attachment-subnet",
  id: "tgw-attach-1",
  transitGatewayId: "tgw-1",
  subnetId: "subnet-1",
};
const policyChange: Change = { type: "allow-in-endpoint-policy", id: "vpce-1", request };
const addressChange: Change = { type: "associate-public-address", id: "eni-1", privateAddress: at("10.0.0.4") };

const sentences: [Change, string][] = [
  [ruleChange(), "Add to sg-1 an inbound rule: tcp 443 from 10.0.0.0/24."],
  [ruleChange({ isEgress: true }), "Add to sg-1 an outbound rule: tcp 443 to 10.0.0.0/24."],
  [entryChange(), "Add to acl the inbound rule 90: allow tcp 1024-65535 from 10.0.0.0/24."],
  [entryChange({ isEgress: true }), "Add to acl the outbound rule 90: allow tcp 1024-65535 to 10.0.0.0/24."],
  [entryChange({ cidr: why }), "Add to acl the inbound rule 90: allow tcp 1024-65535 from ?."],
  [routeChange, "Add to rtb-1 a route: 0.0.0.0/0 -> igw-1."],
  [transitChange, "Add to tgw-rtb-1 a route: 10.2.0.0/16 -> tgw-attach-2."],
  [association, "Associate tgw-attach-1 with the transit gateway route table tgw-rtb-1."],
  [subnetChange, "Add subnet-1 to the subnets of tgw-attach-1."],
  [{ type: "attach-internet-gateway", id: "igw-1", vpcId: "vpc-1" }, "Attach igw-1 to vpc-1."],
  [{ type: "attach-internet-gateway", id: newGateway, vpcId: "vpc-1" }, "Attach an internet gateway to vpc-1."],
  [addressChange, "Give 10.0.0.4 of eni-1 an elastic IP address."],
  [
    { type: "enable-vpc-attribute", id: "vpc-1", attribute: "enableDnsSupport" },
    "Set enableDnsSupport of vpc-1 to true.",
  ],
  [{ type: "enable-private-dns", id: "vpce-1" }, "Set privateDnsEnabled of vpce-1 to true."],
  [policyChange, "Let the policy of vpce-1 allow s3:GetObject on arn:aws:s3:::layers/x, and no statement deny it."],
  [
    { type: "exclude-from-block-public-access", id: "vpc-1" },
    "Exclude vpc-1 from VPC Block Public Access (allow-bidirectional).",
  ],
];

for (const [change, sentence] of sentences) test(`a fix says: ${sentence}`, (t) => t.is(changeText(change), sentence));

const wider: [string, Change, Change, boolean][] = [
  ["the same rule", ruleChange(), ruleChange(), true],
  ["a wider block", ruleChange(cidrPeer("10.0.0.0/16")), ruleChange(), true],
  ["a narrower block", ruleChange(cidrPeer("10.0.0.0/25")), ruleChange(), false],
  ["a block of the other family", ruleChange(cidrPeer("::/0")), ruleChange(), false],
  ["more ports", ruleChange({ portRange: { from: 0, to: 1023 } }), ruleChange(), true],
  ["all ports", ruleChange({ portRange: undefined }), ruleChange(), true],
  ["other ports", ruleChange({ portRange: { from: 0, to: 442 } }), ruleChange(), false],
  ["some ports, of all", ruleChange(), ruleChange({ portRange: undefined }), false],
  ["unknown ports", ruleChange({ portRange: why }), ruleChange(), false],
  ["ports, of unknown ones", ruleChange({ portRange: undefined }), ruleChange({ portRange: why }), false],
  ["another direction", ruleChange({ isEgress: true }), ruleChange(), false],
  ["another protocol", ruleChange({ protocol: 17 }), ruleChange(), false],
  ["another group", ruleChange({}, "sg-2"), ruleChange(), false],
  [
    "the same list",
    ruleChange({ peer: { prefixListId: "pl-1" } }),
    ruleChange({ peer: { prefixListId: "pl-1" } }),
    true,
  ],
  [
    "another list",
    ruleChange({ peer: { prefixListId: "pl-1" } }),
    ruleChange({ peer: { prefixListId: "pl-2" } }),
    false,
  ],
  ["a list, of a block", ruleChange({ peer: { prefixListId: "pl-1" } }), ruleChange(), false],
  ["a block, of a list", ruleChange(), ruleChange({ peer: { prefixListId: "pl-1" } }), false],
  ["an unknown peer, of a block", ruleChange({ peer: why }), ruleChange(), false],
  ["a block, of an unknown peer", ruleChange(), ruleChange({ peer: why }), false],
  ["the same entry", entryChange(), entryChange(), true],
  ["an earlier entry", entryChange({ ruleNumber: 80 }), entryChange(), true],
  ["a later entry", entryChange({ ruleNumber: 100 }), entryChange(), false],
  ["an entry for a wider block", entryChange(cidr("10.0.0.0/8")), entryChange(), true],
  ["an entry for a narrower block", entryChange(cidr("10.0.0.0/32")), entryChange(), false],
  ["an entry for the other family", entryChange(cidr("::/0")), entryChange(), false],
  ["an entry for an unknown block", entryChange({ cidr: why }), entryChange(), false],
  ["an entry, of an unknown block", entryChange(), entryChange({ cidr: why }), false],
  ["an entry for all ports", entryChange({ portRange: undefined }), entryChange(), true],
  ["an entry for fewer ports", entryChange({ portRange: { from: 1025, to: 65_535 } }), entryChange(), false],
  ["an entry of another direction", entryChange({ isEgress: true }), entryChange(), false],
  ["an entry of another protocol", entryChange({ protocol: 17 }), entryChange(), false],
  ["an entry for another ICMP type", entryChange({ icmp: { type: 8, code: -1 } }), entryChange(), false],
  ["an entry of another ACL", entryChange({}, "acl-2"), entryChange(), false],
  ["an entry, of a rule", entryChange({}, "same"), ruleChange({}, "same"), false],
  ["a rule, of an entry", ruleChange({}, "same"), entryChange({}, "same"), false],
  ["the same route", routeChange, { ...routeChange }, true],
  ["another route", routeChange, { ...routeChange, route: { ...route, destination: cidr("::/0") } } as Change, false],
  ["the same address", addressChange, { ...addressChange }, true],
  ["another address", addressChange, { ...addressChange, privateAddress: at("10.0.0.5") } as Change, false],
];

function cidrPeer(text: string) {
  return { peer: cidr(text) };
}

for (const [name, one, other, expected] of wider) {
  test(`who has made a change ${expected ? "need not make" : "may still need"} the other: ${name}`, (t) => {
    t.is(sameOrWider(one, other), expected);
  });
}

test("changes are the same where nothing of them differs, of either family", (t) => {
  const six = (text: string) => ruleChange(cidrPeer(text));
  t.true(isSame(six("2600::/16"), six("2600::/16")));
  t.false(isSame(six("2600::/16"), six("2601::/16")));
});

test("a routing decision is the table's for a destination, or the attachment's association or subnet", (t) => {
  t.deepEqual([routeChange, transitChange, association, subnetChange, ruleChange()].map(decisionOf), [
    "rtb-1 0.0.0.0/0",
    "tgw-rtb-1 10.2.0.0/16",
    "tgw-attach-1",
    "tgw-attach-1 subnet-1",
    undefined,
  ]);
});

const withEntries = (entries: T.NetworkAcl["entries"]): T.Topology => ({
  ...topologyOf({ vpcs: {}, subnets: {}, interfaces: {} }),
  networkAcls: new Map([["acl", { id: "acl", vpcId: "vpc", isDefault: false, entries, subnetIds: [] }]]),
});

const numbersOf = (entries: T.NetworkAcl["entries"], ...changes: (Change | undefined)[]) =>
  numbered(withEntries(entries), changes).map((change) =>
    change?.type === "add-network-acl-entry" ? change.entry.ruleNumber : change,
  );
const own = (...numbers: number[]) => numbers.map((ruleNumber) => ({ ...entry, ruleNumber }));

test("a rule for a network ACL gets the number ten after the last before the one that denies", (t) => {
  t.deepEqual(numbersOf([], entryChange({ ruleNumber: 32_767 })), [10]);
  t.deepEqual(numbersOf(own(100), entryChange({ ruleNumber: 32_767 })), [110]);
  t.deepEqual(numbersOf(own(100, 200, 300), entryChange({ ruleNumber: 300 })), [210]);
  t.deepEqual(numbersOf(own(100, 300, 200), entryChange({ ruleNumber: 300 })), [210]);
});

test("where ten after is taken, the rule gets the last free number before the one that denies", (t) => {
  t.deepEqual(numbersOf(own(95, 100), entryChange({ ruleNumber: 100 })), [99]);
  t.deepEqual(numbersOf(own(90, 100), entryChange({ ruleNumber: 100 })), [99]);
  t.deepEqual(numbersOf(own(97, 98, 99, 100), entryChange({ ruleNumber: 100 })), [96]);
  t.deepEqual(numbersOf(own(2), entryChange({ ruleNumber: 2 })), [1]);
});

test("where no number before the one that denies is free, the rule takes its place", (t) => {
  t.deepEqual(numbersOf(own(1, 2, 3), entryChange({ ruleNumber: 3 })), [3]);
  t.deepEqual(numbersOf(own(1), entryChange({ ruleNumber: 1 })), [1]);
});

test("rules of the other direction keep their numbers to themselves", (t) => {
  t.deepEqual(numbersOf(own(100), entryChange({ ruleNumber: 32_767, isEgress: true })), [10]);
});

test("two rules that are added to one ACL get numbers of their own, and those of two ACLs may share them", (t) => {
  const last = { ruleNumber: 32_767 };
  t.deepEqual(numbersOf(own(100), entryChange(last), entryChange(last), entryChange(last)), [110, 120, 130]);
  t.deepEqual(
    numbersOf(own(100), entryChange(last), entryChange(last, "other"), entryChange(last, "other")),
    [110, 10, 20],
  );
});

test("what is no rule of a known network ACL keeps what it has", (t) => {
  t.deepEqual(numbersOf(own(100), undefined, routeChange), [undefined, routeChange]);
  t.deepEqual(numbersOf(why, entryChange({ ruleNumber: 32_767 })), [10]);
  const nobodyKnows = { ...withEntries([]), networkAcls: why };
  t.deepEqual(numbered(nobodyKnows, [entryChange({ ruleNumber: 7 })]), [entryChange({ ruleNumber: 7 })]);
});

test("what is not in the topology, or not known, stays as it is", (t) => {
  const empty = { ...topologyOf({ vpcs: {}, subnets: {}, interfaces: {} }), networkAcls: new Map() };
  const unknown = Object.fromEntries(Object.keys(empty).map((key) => [key, why])) as unknown as T.Topology;
  for (const [change] of sentences) {
    if (change.type === "attach-internet-gateway") t.is(applyChange(unknown, change), unknown);
    else {
      t.deepEqual(applyChange(empty, change), empty, change.type);
      t.deepEqual(applyChange(unknown, change), unknown, change.type);
    }
  }
});
