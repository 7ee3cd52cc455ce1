import test from "ava";
import { cidrText } from "../../../../network/reachability/address.ts";
import { isKnown } from "../../../../network/reachability/known.ts";
import type { SecurityGroup } from "../../../../network/reachability/topology.ts";
import { base, ec2, modes, one, type Stack, short, topology } from "./judged.ts";

/** `in 6 443-443 10.0.0.0/16` */
function texts({ rules }: SecurityGroup): unknown {
  if (!isKnown(rules)) return "?";
  return rules.map(({ isEgress, protocol, portRange, peer }) => {
    const range = isKnown(portRange) ? portRange && `${portRange.from}-${portRange.to}` : "?";
    const to = !isKnown(peer)
      ? "?"
      : "cidr" in peer
        ? cidrText(peer.cidr)
        : short("securityGroupId" in peer ? peer.securityGroupId : peer.prefixListId);
    return [isEgress ? "out" : "in", short(protocol), range, to].filter((part) => part !== undefined).join(" ");
  });
}

const rule = (type: "Ingress" | "Egress") => `aws:vpc/securityGroup${type}Rule:SecurityGroup${type}Rule`;
const https = { protocol: "tcp", fromPort: 443, toPort: 443 };
const { protocol, ...ports } = https;
const standalone = { ipProtocol: protocol, ...ports };
const own = (stack: Stack, inputs: Readonly<Record<string, unknown>> = {}) =>
  stack.add(ec2("SecurityGroup"), "own", { vpcId: base(stack).vpc.out(), ...inputs });
const other = (stack: Stack) => stack.add(ec2("SecurityGroup"), "other", {});

const ofEachVpc = ["in all main#default-security-group", "out all 0.0.0.0/0", "out all ::/0"];

type Case = readonly [what: string, declare: (stack: Stack) => void, id: string, rules: unknown];

const cases: readonly Case[] = [
  ["a VPC's default one", (stack) => base(stack), "#default-security-group", ofEachVpc],
  ["one that says nothing lets nothing through", (stack) => own(stack), "::own", []],
  [
    "inline rules, each with all its peers",
    (stack) =>
      own(stack, {
        ingress: [
          { ...https, cidrBlocks: ["10.0.0.0/16", "10.1.0.0/16"], ipv6CidrBlocks: ["::/0"], self: true },
          { ...https, securityGroups: [other(stack).out()] },
        ],
        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, prefixListIds: ["pl-1"] }],
      }),
    "::own",
    [
      "in 6 443-443 10.0.0.0/16",
      "in 6 443-443 10.1.0.0/16",
      "in 6 443-443 ::/0",
      "in 6 443-443 own",
      "in 6 443-443 other",
      "out all pl-1",
    ],
  ],
  [
    "standalone rules of the newer kind",
    (stack) => {
      const id = own(stack).out();
      stack.add(rule("Ingress"), "one", {
        securityGroupId: id,
        ...standalone,
        referencedSecurityGroupId: other(stack).out(),
      });
      stack.add(rule("Ingress"), "two", {
        securityGroupId: id,
        ...standalone,
        referencedSecurityGroupId: "123456789012/sg-1",
      });
      stack.add(rule("Egress"), "three", { securityGroupId: id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });
      stack.add(rule("Egress"), "four", {
        securityGroupId: id,
        ipProtocol: "icmpv6",
        fromPort: -1,
        toPort: -1,
        cidrIpv6: "::/0",
      });
      stack.add(rule("Egress"), "five", { securityGroupId: id, ...standalone });
    },
    "::own",
    ["in 6 443-443 other", "in 6 443-443 sg-1", "out all 0.0.0.0/0", "out 58 -1--1 ::/0", "out 6 443-443 ?"],
  ],
  [
    "standalone rules of the older kind",
    (stack) => {
      const id = own(stack).out();
      const rules = "aws:ec2/securityGroupRule:SecurityGroupRule";
      stack.add(rules, "one", {
        securityGroupId: id,
        type: "ingress",
        ...https,
        sourceSecurityGroupId: other(stack).out(),
      });
      stack.add(rules, "two", {
        securityGroupId: id,
        type: "egress",
        protocol: "all",
        fromPort: 0,
        toPort: 0,
        cidrBlocks: ["0.0.0.0/0"],
      });
      stack.add(rules, "three", {
        securityGroupId: id,
        type: "egress",
        protocol: "udp",
        fromPort: -1,
        toPort: -1,
        self: true,
      });
    },
    "::own",
    ["in 6 443-443 other", "out all 0.0.0.0/0", "out 17 0-65535 own"],
  ],
  [
    "a gateway endpoint's prefix list",
    (stack) => {
      const id = own(stack).out();
      const serviceName = "com.amazonaws.eu-west-1.s3";
      const s3 = stack.add(ec2("VpcEndpoint"), "s3", { vpcId: "vpc-1", serviceName }, { prefixListId: "pl-s3" });
      stack.add(rule("Egress"), "one", { securityGroupId: id, ...standalone, prefixListId: s3.out("prefixListId") });
    },
    "::own",
    ["out 6 443-443 #prefix-list:com.amazonaws.eu-west-1.s3"],
  ],
  [
    "standalone rules beside inline ones of that direction, which the provider removes",
    (stack) => {
      const id = own(stack, { ingress: [{ ...https, self: true }] }).out();
      stack.add(rule("Ingress"), "one", { securityGroupId: id, ...standalone, cidrIpv4: "10.0.0.0/16" });
      stack.add(rule("Egress"), "two", { securityGroupId: id, ...standalone, cidrIpv4: "10.0.0.0/16" });
    },
    "::own",
    ["in 6 443-443 own", "in 6 443-443 ?", "out 6 443-443 10.0.0.0/16"],
  ],
  [
    "an exclusive list that has all its rules",
    (stack) => {
      const id = own(stack).out();
      const one = stack.add(rule("Ingress"), "one", { securityGroupId: id, ...standalone, cidrIpv4: "10.0.0.0/16" });
      stack.add(ec2("VpcSecurityGroupRulesExclusive"), "list", {
        securityGroupId: id,
        ingressRuleIds: [one.out()],
        egressRuleIds: [],
      });
    },
    "::own",
    ["in 6 443-443 10.0.0.0/16"],
  ],
  [
    "an exclusive list that leaves out one of its rules",
    (stack) => {
      const id = own(stack).out();
      stack.add(rule("Egress"), "one", { securityGroupId: id, ...standalone, cidrIpv4: "10.0.0.0/16" });
      stack.add(ec2("VpcSecurityGroupRulesExclusive"), "list", {
        securityGroupId: id,
        ingressRuleIds: [],
        egressRuleIds: [],
      });
    },
    "::own",
    "?",
  ],
  [
    "an adopted default one, which has only what it says",
    (stack) =>
      stack.add(ec2("DefaultSecurityGroup"), "adopted", {
        vpcId: base(stack).vpc.out(),
        ingress: [{ ...https, self: true }],
      }),
    "#default-security-group",
    ["in 6 443-443 main#default-security-group"],
  ],
  [
    "one that is looked up",
    (stack) => stack.add(ec2("SecurityGroup"), "found", { vpcId: base(stack).vpc.out() }, {}, { isRead: true }),
    "::found",
    "?",
  ],
  [
    "what no group can say",
    (stack) =>
      own(stack, {
        ingress: [
          { protocol: "tcp", cidrBlocks: ["10.0.0.0/16"] },
          { protocol: "web", fromPort: 1, toPort: 1, cidrBlocks: ["10.0.0.0"] },
        ],
      }),
    "::own",
    ["in 6 ? 10.0.0.0/16", "in ? ? ?"],
  ],
];

for (const mode of modes) {
  for (const [what, declare, id, rules] of cases) {
    test(`${mode}: security group: ${what}`, (t) => {
      t.deepEqual(texts(one(topology(mode, declare).securityGroups, id)), rules);
    });
  }
}

test("the default groups of all VPCs are unknown while one is adopted nobody knows whose", (t) => {
  const { securityGroups } = topology("preview", (stack) => {
    base(stack);
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { vpcId: "vpc-1" });
    stack.add(ec2("DefaultSecurityGroup"), "adopted", { vpcId: elsewhere.out("vpcId") });
  });
  t.is(texts(one(securityGroups, "main#default-security-group")), "?");
});

test("a rule of nobody knows which group may let more through in each, and takes nothing away", (t) => {
  const { securityGroups } = topology("preview", (stack) => {
    own(stack, { egress: [{ ...https, self: true }] });
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { groupId: "sg-1" });
    stack.add(rule("Egress"), "one", {
      securityGroupId: elsewhere.out("groupId"),
      ...standalone,
      cidrIpv4: "0.0.0.0/0",
    });
  });
  t.deepEqual(texts(one(securityGroups, "::own")), ["out 6 443-443 own", "out ? ? ?", "in ? ? ?"]);
});
