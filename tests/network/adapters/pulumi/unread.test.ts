import test from "ava";
import { base, ec2, modes, one, type Stack, short, topology } from "./judged.ts";

const route53 = (name: string) => `aws:route53/${name[0]?.toLowerCase()}${name.slice(1)}:${name}`;

type Case = readonly [
  what: string,
  key: "cidrBlocks" | "dhcpOptionsId",
  declare: (stack: Stack, vpcId: unknown) => void,
  isKnown: boolean,
];

const rule = (stack: Stack, vpcId: unknown, inputs: Readonly<Record<string, unknown>>) => {
  const own = stack.add(route53("ResolverRule"), "rule", inputs);
  stack.add(route53("ResolverRuleAssociation"), "of", { vpcId, resolverRuleId: own.out() });
};

const cases: readonly Case[] = [
  [
    "a DNS firewall",
    "dhcpOptionsId",
    (stack, vpcId) =>
      stack.add(route53("ResolverFirewallRuleGroupAssociation"), "of", { vpcId, firewallRuleGroupId: "rslvr-1" }),
    false,
  ],
  [
    "a Route 53 profile",
    "dhcpOptionsId",
    (stack, vpcId) => stack.add(route53("ProfilesAssociation"), "of", { resourceId: vpcId, profileId: "rp-1" }),
    false,
  ],
  [
    "names of AWS that are forwarded",
    "dhcpOptionsId",
    (stack, vpcId) => rule(stack, vpcId, { ruleType: "FORWARD", domainName: "eu-west-1.amazonaws.com." }),
    false,
  ],
  [
    "all names that are forwarded",
    "dhcpOptionsId",
    (stack, vpcId) => rule(stack, vpcId, { ruleType: "FORWARD", domainName: "." }),
    false,
  ],
  [
    "names of others that are forwarded",
    "dhcpOptionsId",
    (stack, vpcId) => rule(stack, vpcId, { ruleType: "FORWARD", domainName: "corp.example" }),
    true,
  ],
  [
    "names that are left to Amazon's resolver",
    "dhcpOptionsId",
    (stack, vpcId) => rule(stack, vpcId, { ruleType: "SYSTEM", domainName: "amazonaws.com" }),
    true,
  ],
  [
    "a rule of somebody else's",
    "dhcpOptionsId",
    (stack, vpcId) => stack.add(route53("ResolverRuleAssociation"), "of", { vpcId, resolverRuleId: "rslvr-rr-1" }),
    false,
  ],
  [
    "encryption that is enforced",
    "cidrBlocks",
    (stack, vpcId) => stack.add(ec2("VpcEncryptionControl"), "own", { vpcId, mode: "enforce" }),
    false,
  ],
  [
    "encryption that is watched",
    "cidrBlocks",
    (stack, vpcId) => stack.add(ec2("VpcEncryptionControl"), "own", { vpcId, mode: "monitor" }),
    true,
  ],
  [
    "a resource of aws-native that changes the VPC",
    "cidrBlocks",
    (stack, vpcId) => stack.add("aws-native:ec2:VpcCidrBlock", "own", { vpcId, cidrBlock: "10.9.0.0/16" }),
    false,
  ],
];

for (const mode of modes) {
  for (const [what, key, declare, isKnown] of cases) {
    test(`${mode}: ${what} leaves the VPC ${isKnown ? "as it is" : "unknown"}, and others alone`, (t) => {
      const { vpcs } = topology(mode, (stack) => {
        const { vpc } = base(stack);
        stack.add(ec2("Vpc"), "other", { cidrBlock: "10.1.0.0/16" });
        declare(stack, vpc.out());
      });
      t.is(short(one(vpcs, "::main")[key]) === "?", !isKnown);
      t.not(short(one(vpcs, "::other")[key]), "?");
    });
  }

  test(`${mode}: what is not read is known by the subnet or route table that it changes`, (t) => {
    const { vpcs } = topology(mode, (stack) => {
      const { subnet } = base(stack);
      stack.add(ec2("Vpc"), "other", { cidrBlock: "10.1.0.0/16" });
      stack.add("aws-native:ec2:SubnetNetworkAclAssociation", "own", { subnetId: subnet.out(), networkAclId: "acl-1" });
    });
    t.is(short(one(vpcs, "::main").others), "?");
    t.is(one(vpcs, "::other").others, undefined);
  });
}

test("what is not read of nobody knows which VPC may change each", (t) => {
  const { vpcs } = topology("preview", (stack) => {
    base(stack);
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { vpcId: "vpc-1" });
    const inputs = { vpcId: elsewhere.out("vpcId"), firewallRuleGroupId: "rslvr-1" };
    stack.add(route53("ResolverFirewallRuleGroupAssociation"), "of", inputs);
  });
  t.is(short(one(vpcs, "::main").dhcpOptionsId), "?");
});
