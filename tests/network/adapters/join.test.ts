import test from "ava";
import { Program } from "../../../network/adapters/pulumi/program.ts";
import { topologyOf as programTopology } from "../../../network/adapters/pulumi-resources.ts";
import { cidrText, parseCidr } from "../../../network/reachability/address.ts";
import { isKnown, Unknown } from "../../../network/reachability/known.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { byId } from "../resources.ts";
import { topologyOf } from "../topology.ts";
import { ec2, modes, one, Stack, short } from "./pulumi/judged.ts";

const vpcId = "vpc-1";
const subnetId = "subnet-1";

/** A VPC of the account with a subnet, whose main table leads to a NAT gateway. */
function account(): Topology {
  const plain = topologyOf({
    vpcs: { [vpcId]: ["10.0.0.0/16"] },
    subnets: { [subnetId]: [vpcId, "eu-west-1a", "10.0.1.0/24"] },
    interfaces: {},
    tables: {
      "rtb-1": [vpcId, ["main"], "0.0.0.0/0 nat-1"],
      "rtb-2": [vpcId, [subnetId]],
    },
  });
  const acl = { id: "acl-1", vpcId, isDefault: true, entries: [], subnetIds: [subnetId] };
  const group = { id: "sg-1", vpcId, name: "default", rules: [] };
  return { ...plain, networkAcls: byId(acl), securityGroups: byId(group) };
}

/** The program's topology beside the account's. */
function joined(mode: (typeof modes)[number], declare: (stack: Stack) => void): Topology {
  const stack = new Stack(mode);
  declare(stack);
  const options = { region: "eu-west-1", foreignSubnetIds: [subnetId], snapshot: account() };
  return programTopology(new Program(stack.resources), options);
}

const routes = (all: Topology, id: string) => {
  const { routes: own } = one(all.routeTables, id);
  return isKnown(own) ? own.length : "?";
};

for (const mode of modes) {
  test(`${mode}: what both have is as the snapshot says`, (t) => {
    const all = joined(mode, (stack) => stack.add(ec2("Subnet"), "own", { vpcId, cidrBlock: "10.0.2.0/24" }));
    const vpc = one(all.vpcs, vpcId);
    t.deepEqual(isKnown(vpc.cidrBlocks) && vpc.cidrBlocks.map(cidrText), ["10.0.0.0/16"]);
    t.is(vpc.others, undefined);
    t.is(one(all.subnets, subnetId).vpcId, vpcId);
    t.is(one(all.subnets, "::own").vpcId, vpcId);
  });

  test(`${mode}: what a program adds to a table, a group and a network ACL is there too`, (t) => {
    const all = joined(mode, (stack) => {
      stack.add(ec2("Route"), "route", {
        routeTableId: "rtb-2",
        destinationCidrBlock: "10.9.0.0/16",
        natGatewayId: "nat-1",
      });
      stack.add("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "rule", {
        securityGroupId: "sg-1",
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
      });
      stack.add(ec2("NetworkAclRule"), "entry", {
        networkAclId: "acl-1",
        ruleNumber: 100,
        protocol: "-1",
        ruleAction: "allow",
        cidrBlock: "0.0.0.0/0",
      });
    });
    t.is(routes(all, "rtb-2"), 2);
    t.is((one(all.securityGroups, "sg-1").rules as unknown[]).length, 1);
    t.is((one(all.networkAcls, "acl-1").entries as unknown[]).length, 1);
  });

  test(`${mode}: a subnet of the program has the default network ACL of the account's VPC, unless it has another`, (t) => {
    const all = joined(mode, (stack) => {
      stack.add(ec2("Subnet"), "own", { vpcId, cidrBlock: "10.0.2.0/24" });
      const other = stack.add(ec2("Subnet"), "other", { vpcId, cidrBlock: "10.0.3.0/24" });
      stack.add(ec2("NetworkAcl"), "acl", { vpcId, subnetIds: [other.out()] });
    });
    t.deepEqual(short(one(all.networkAcls, "acl-1").subnetIds), [subnetId, "own"]);
    t.deepEqual(short(one(all.networkAcls, "::acl").subnetIds), ["other"]);
  });

  test(`${mode}: a subnet that is given another table or network ACL has its former ones no more`, (t) => {
    const all = joined(mode, (stack) => {
      const table = stack.add(ec2("RouteTable"), "table", { vpcId });
      stack.add(ec2("RouteTableAssociation"), "of", { routeTableId: table.out(), subnetId });
      const acl = stack.add(ec2("NetworkAcl"), "acl", { vpcId });
      stack.add(ec2("NetworkAclAssociation"), "too", { networkAclId: acl.out(), subnetId });
    });
    t.deepEqual(one(all.routeTables, "rtb-2").associations, []);
    t.deepEqual(one(all.routeTables, "::table").associations, [{ isMain: false, subnetId }]);
    t.deepEqual(short(one(all.networkAcls, "acl-1").subnetIds), []);
    t.deepEqual(short(one(all.networkAcls, "::acl").subnetIds), [subnetId]);
  });

  const changes = [
    ["VpcIpv4CidrBlockAssociation", { cidrBlock: "100.64.0.0/16" }],
    ["VpcDhcpOptionsAssociation", { dhcpOptionsId: "dopt-1" }],
    ["MainRouteTableAssociation", { routeTableId: "rtb-2" }],
  ] as const;
  for (const [type, inputs] of changes) {
    test(`${mode}: a VPC of the account that the program changes by ${type} is not as the snapshot says`, (t) => {
      const all = joined(mode, (stack) => stack.add(ec2(type), "change", { vpcId, ...inputs }));
      const { cidrBlocks, dhcpOptionsId, others } = one(all.vpcs, vpcId);
      t.deepEqual(short([cidrBlocks, dhcpOptionsId, others]), ["?", "?", "?"]);
      t.is(routes(all, "rtb-1"), "?");
    });
  }

  test(`${mode}: a table of the account that the program adopts leaves all of the account's unknown`, (t) => {
    const all = joined(mode, (stack) => stack.add(ec2("DefaultRouteTable"), "own", { defaultRouteTableId: "rtb-1" }));
    t.is(routes(all, "rtb-1"), "?");
  });
}

test("an addition of nobody knows where may be anywhere", (t) => {
  const all = joined("preview", (stack) => {
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { id: "rtb-1" });
    const inputs = { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" };
    stack.add(ec2("Route"), "route", { routeTableId: elsewhere.out(), ...inputs });
  });
  t.is(routes(all, "rtb-1"), "?");
  t.is(routes(all, "rtb-2"), "?");
});

test("while it is not known which network ACL a subnet of the program has, it is not the account's", (t) => {
  const all = joined("preview", (stack) => {
    stack.add(ec2("Subnet"), "own", { vpcId, cidrBlock: "10.0.2.0/24" });
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { id: "subnet-9" });
    stack.add(ec2("NetworkAcl"), "acl", { vpcId, subnetIds: elsewhere.out() });
  });
  t.deepEqual(short(one(all.networkAcls, "acl-1").subnetIds), [subnetId]);
});

test("a list of AWS's own has the snapshot's addresses; a list of the program with that name has not", (t) => {
  const name = "com.amazonaws.eu-west-1.s3";
  const stack = new Stack("up");
  stack.add(ec2("Vpc"), "main", { cidrBlock: "10.0.0.0/16" });
  stack.add(ec2("ManagedPrefixList"), name, {}, {}, { isRead: true });
  const snapshot = { ...account(), prefixLists: byId({ id: "pl-1", name, cidrs: [parseCidr("52.1.0.0/16")] }) };
  const all = programTopology(new Program(stack.resources), { region: "eu-west-1", snapshot });
  t.deepEqual(one(all.prefixLists, `#prefix-list:${name}`).cidrs, [parseCidr("52.1.0.0/16")]);
  t.true(one(all.prefixLists, `::${name}`).cidrs instanceof Unknown);
});

test("what the snapshot does not hold is unknown for the program too", (t) => {
  const why = new Unknown("no file of it");
  const stack = new Stack("up");
  const all = programTopology(new Program(stack.resources), {
    region: "eu-west-1",
    snapshot: { ...account(), natGateways: why },
  });
  t.is(all.natGateways, why);
});
