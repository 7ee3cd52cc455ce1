import test from "ava";
import type { Cidr } from "../../../../network/reachability/address.ts";
import { cidrText } from "../../../../network/reachability/address.ts";
import type { Known } from "../../../../network/reachability/known.ts";
import { isKnown } from "../../../../network/reachability/known.ts";
import { base, ec2, modes, one, type Stack, short, topology } from "./judged.ts";

const blocks = (cidrs: Known<readonly Cidr[]>) => (isKnown(cidrs) ? cidrs.map(cidrText) : "?");

for (const mode of modes) {
  test(`${mode}: a VPC that says little has DNS support, no DNS host names and Amazon's resolver`, (t) => {
    const all = topology(mode, (stack) => base(stack));
    const vpc = one(all.vpcs, "::main");
    t.deepEqual(blocks(vpc.cidrBlocks), ["10.0.0.0/16"]);
    t.is(vpc.enableDnsSupport, true);
    t.is(vpc.enableDnsHostnames, false);
    t.is(vpc.dhcpOptionsId, "#amazon-dhcp-options");
    t.is(vpc.region, "eu-west-1");
    t.is(vpc.others, undefined);
    const subnet = one(all.subnets, "::jobs");
    t.deepEqual(blocks(subnet.cidrBlocks), ["10.0.1.0/24"]);
    t.is(subnet.vpcId, vpc.id);
    t.is(subnet.mapPublicIpOnLaunch, false);
    t.is(short(subnet.availabilityZone), "?");
  });

  test(`${mode}: a VPC has blocks of its own, of associations, and of AWS's choice`, (t) => {
    const all = topology(mode, (stack) => {
      const vpc = stack.add(ec2("Vpc"), "main", { cidrBlock: "10.0.0.0/16", assignGeneratedIpv6CidrBlock: true });
      stack.add(ec2("VpcIpv4CidrBlockAssociation"), "more", { vpcId: vpc.out(), cidrBlock: "100.64.0.0/16" });
      const other = stack.add(ec2("Vpc"), "other", { cidrBlock: "10.0.0.0/16", assignGeneratedIpv6CidrBlock: true });
      stack.add(ec2("Subnet"), "six", { vpcId: vpc.out(), ipv6Native: true });
      stack.add(ec2("Subnet"), "far", { vpcId: other.out(), ipv6Native: true });
    });
    const [main, other] = ["::main", "::other"].map((id) => one(all.vpcs, id));
    t.deepEqual(blocks(main?.cidrBlocks ?? []), ["10.0.0.0/16", "100.64.0.0/16", "2600:1f00::/56"]);
    t.deepEqual(blocks(other?.cidrBlocks ?? []), ["10.0.0.0/16", "2600:1f00:0:100::/56"]);
    t.deepEqual(blocks(one(all.subnets, "::six").cidrBlocks), ["2600:1f00::/64"]);
    t.deepEqual(blocks(one(all.subnets, "::far").cidrBlocks), ["2600:1f00:0:100::/64"]);
  });

  test(`${mode}: DHCP options decide who resolves names`, (t) => {
    const all = topology(mode, (stack) => {
      const { vpc } = base(stack);
      const own = stack.add(ec2("VpcDhcpOptions"), "own", { domainNameServers: ["10.0.0.9"] });
      stack.add(ec2("VpcDhcpOptionsAssociation"), "of", { vpcId: vpc.out(), dhcpOptionsId: own.out() });
    });
    t.is(short(one(all.vpcs, "::main").dhcpOptionsId), "own");
    t.deepEqual(one(all.dhcpOptions, "::own").domainNameServers, ["10.0.0.9"]);
  });

  test(`${mode}: of a VPC that is only named nothing is known`, (t) => {
    const { vpcs } = topology(mode, (stack) =>
      stack.add(ec2("Subnet"), "jobs", { vpcId: "vpc-1", cidrBlock: "10.0.1.0/24" }),
    );
    const vpc = one(vpcs, "vpc-1");
    for (const key of ["cidrBlocks", "enableDnsSupport", "enableDnsHostnames", "dhcpOptionsId", "others"] as const)
      t.is(short(vpc[key]), "?", key);
  });

  test(`${mode}: the default VPC, adopted or looked up, has more than the program tells`, (t) => {
    const declares: readonly ((stack: Stack) => void)[] = [
      (stack) => stack.add(ec2("DefaultVpc"), "own", {}),
      (stack) => stack.add(ec2("Vpc"), "own", { default: true }, {}, { isRead: true }),
    ];
    for (const declare of declares) {
      const vpc = one(topology(mode, declare).vpcs, "::own");
      for (const key of ["cidrBlocks", "dhcpOptionsId", "others"] as const) t.is(short(vpc[key]), "?", key);
    }
  });

  test(`${mode}: a default subnet gives public addresses, and is in a VPC of which nothing is known`, (t) => {
    const { subnets, vpcs } = topology(mode, (stack) => {
      stack.add(ec2("DefaultSubnet"), "own", { availabilityZone: "eu-west-1a" });
    });
    const subnet = one(subnets, "::own");
    t.is(subnet.mapPublicIpOnLaunch, true);
    t.is(subnet.availabilityZone, "eu-west-1a");
    t.is(short(one(vpcs, subnet.vpcId).others), "?");
  });
}

for (const [type, inputs] of [
  ["VpcIpv4CidrBlockAssociation", { cidrBlock: "100.64.0.0/16" }],
  ["VpcIpv6CidrBlockAssociation", { assignGeneratedIpv6CidrBlock: true }],
] as const) {
  test(`${type} of nobody knows which VPC may be of each`, (t) => {
    const { vpcs } = topology("preview", (stack) => {
      base(stack);
      const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { vpcId: "vpc-1" });
      stack.add(ec2(type), "stray", { vpcId: elsewhere.out("vpcId"), ...inputs });
    });
    t.is(blocks(one(vpcs, "::main").cidrBlocks), "?");
  });
}
