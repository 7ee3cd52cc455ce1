import test from "ava";
import { cidrText } from "../../../../network/reachability/address.ts";
import { isKnown } from "../../../../network/reachability/known.ts";
import type { NetworkAcl } from "../../../../network/reachability/topology.ts";
import { base, ec2, modes, one, type Stack, short, topology } from "./judged.ts";

/** `100 in allow 6 443-443 10.0.0.0/16`, without what every network ACL ends with. */
function texts({ entries }: NetworkAcl): unknown {
  if (!isKnown(entries)) return "?";
  return entries
    .filter(({ ruleNumber }) => ruleNumber !== 32_767)
    .map(({ ruleNumber, isEgress, action, protocol, cidr, portRange, icmp }) => {
      const range = isKnown(portRange) ? portRange && `${portRange.from}-${portRange.to}` : "?";
      const kind = isKnown(icmp) ? icmp && `${icmp.type}/${icmp.code}` : "?";
      const to = isKnown(cidr) ? cidrText(cidr) : "?";
      return [ruleNumber, isEgress ? "out" : "in", short(action), short(protocol), range, kind, to]
        .filter((part) => part !== undefined)
        .join(" ");
    });
}

const open = [
  "100 out allow all 0.0.0.0/0",
  "100 in allow all 0.0.0.0/0",
  "100 out allow all ::/0",
  "100 in allow all ::/0",
];
const https = { ruleNo: 100, protocol: "tcp", action: "allow", cidrBlock: "10.0.0.0/16", fromPort: 443, toPort: 443 };
const { ruleNo: _, action: __, ...packet } = https;
const standalone = { ruleNumber: 200, ruleAction: "deny", egress: true, ...packet };

const cases: readonly (readonly [
  what: string,
  declare: (stack: Stack) => void,
  id: string,
  entries: unknown,
  subnets: unknown,
])[] = [
  [
    "a VPC's default one allows everything, for the subnets that no other is for",
    (stack) => base(stack),
    "#default-network-acl",
    open,
    ["jobs"],
  ],
  [
    "one that is declared denies everything, and takes a subnet from the default one",
    (stack) => {
      const { vpc, subnet } = base(stack);
      stack.add(ec2("NetworkAcl"), "own", { vpcId: vpc.out(), subnetIds: [subnet.out()] });
    },
    "::own",
    [],
    ["jobs"],
  ],
  [
    "inline rules",
    (stack) => {
      const { vpc } = base(stack);
      stack.add(ec2("NetworkAcl"), "own", {
        vpcId: vpc.out(),
        ingress: [https, { ...https, ruleNo: 110, protocol: "icmp", icmpType: 8, icmpCode: 0 }],
        egress: [{ ...https, ruleNo: 120, protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" }],
      });
    },
    "::own",
    ["100 in allow 6 443-443 10.0.0.0/16", "110 in allow 1 8/0 10.0.0.0/16", "120 out allow all 0.0.0.0/0"],
    [],
  ],
  [
    "standalone rules and an association",
    (stack) => {
      const { vpc, subnet } = base(stack);
      const own = stack.add(ec2("NetworkAcl"), "own", { vpcId: vpc.out() });
      stack.add(ec2("NetworkAclRule"), "rule", { networkAclId: own.out(), ...standalone });
      stack.add(ec2("NetworkAclAssociation"), "of", { networkAclId: own.out(), subnetId: subnet.out() });
    },
    "::own",
    ["200 out deny 6 443-443 10.0.0.0/16"],
    ["jobs"],
  ],
  [
    "a rule without ports, which EC2 refuses",
    (stack) => {
      const own = stack.add(ec2("NetworkAcl"), "own", { vpcId: base(stack).vpc.out() });
      stack.add(ec2("NetworkAclRule"), "rule", { networkAclId: own.out(), ...standalone, fromPort: undefined });
    },
    "::own",
    ["200 out deny 6 ? 10.0.0.0/16"],
    [],
  ],
  [
    "standalone rules beside inline ones, which the provider removes",
    (stack) => {
      const own = stack.add(ec2("NetworkAcl"), "own", { vpcId: base(stack).vpc.out(), egress: [https] });
      stack.add(ec2("NetworkAclRule"), "rule", { networkAclId: own.out(), ...standalone });
    },
    "::own",
    ["100 out allow 6 443-443 10.0.0.0/16", "200 out ? 6 443-443 10.0.0.0/16"],
    [],
  ],
  [
    "an adopted default one, which denies what it does not say",
    (stack) => {
      const { vpc } = base(stack);
      stack.add(ec2("DefaultNetworkAcl"), "own", {
        defaultNetworkAclId: vpc.out("defaultNetworkAclId"),
        ingress: [https],
      });
    },
    "#default-network-acl",
    ["100 in allow 6 443-443 10.0.0.0/16"],
    ["jobs"],
  ],
  [
    "the default one while another resource adopts nobody knows whose",
    (stack) => {
      base(stack);
      stack.add(ec2("DefaultNetworkAcl"), "own", { defaultNetworkAclId: "acl-of-a-look-up", ingress: [https] });
    },
    "#default-network-acl",
    "?",
    ["jobs"],
  ],
  [
    "the default one while a rule is added nobody knows where",
    (stack) => {
      base(stack);
      const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { aclId: "acl-1" });
      stack.add(ec2("NetworkAclRule"), "rule", { networkAclId: elsewhere.out("aclId"), ...standalone });
    },
    "#default-network-acl",
    { preview: "?", up: open },
    ["jobs"],
  ],
  [
    "the default one while a subnet is given one of somebody else",
    (stack) => {
      const { subnet } = base(stack);
      stack.add(ec2("NetworkAclAssociation"), "of", { networkAclId: "acl-1", subnetId: subnet.out() });
    },
    "#default-network-acl",
    open,
    [],
  ],
  [
    "that of somebody else",
    (stack) => {
      const { subnet } = base(stack);
      stack.add(ec2("NetworkAclAssociation"), "of", { networkAclId: "acl-1", subnetId: subnet.out() });
    },
    "acl-1",
    "?",
    ["jobs"],
  ],
  [
    "one of two that name the same subnet",
    (stack) => {
      const { vpc, subnet } = base(stack);
      stack.add(ec2("NetworkAcl"), "own", { vpcId: vpc.out(), subnetIds: [subnet.out()] });
      stack.add(ec2("NetworkAcl"), "other", { vpcId: vpc.out(), subnetIds: [subnet.out()] });
    },
    "::own",
    [],
    "?",
  ],
  [
    "one that is looked up",
    (stack) => {
      const { vpc } = base(stack);
      stack.add(ec2("NetworkAcl"), "own", { vpcId: vpc.out() }, {}, { isRead: true });
    },
    "::own",
    "?",
    "?",
  ],
];

for (const mode of modes) {
  for (const [what, declare, id, entries, subnetIds] of cases) {
    test(`${mode}: network ACL: ${what}`, (t) => {
      const acl = one(topology(mode, declare).networkAcls, id);
      const isByMode = typeof entries === "object" && !Array.isArray(entries);
      t.deepEqual(texts(acl), isByMode ? (entries as Record<string, unknown>)[mode] : entries);
      t.deepEqual(short(acl.subnetIds), subnetIds);
    });
  }
}

test("a rule of a direction that is not known may be of both", (t) => {
  const declare = (stack: Stack) => {
    const own = stack.add(ec2("NetworkAcl"), "own", { vpcId: base(stack).vpc.out() });
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { egress: true });
    stack.add(ec2("NetworkAclRule"), "rule", {
      networkAclId: own.out(),
      ...standalone,
      egress: elsewhere.out("egress"),
    });
  };
  t.deepEqual(texts(one(topology("preview", declare).networkAcls, "::own")), [
    "200 out ? 6 443-443 10.0.0.0/16",
    "200 in ? 6 443-443 10.0.0.0/16",
  ]);
});
