import test from "ava";
import { Block } from "../../../../network/adapters/pulumi/block.ts";
import { Inputs } from "../../../../network/adapters/pulumi/inputs.ts";
import { Program } from "../../../../network/adapters/pulumi/program.ts";
import { type ProgramResource, unknownValue } from "../../../../network/adapters/pulumi/resource.ts";
import { routeTables, securityGroups, subnets, vpcs } from "../../../../network/adapters/pulumi/wanted.ts";
import { isKnown, Unknown } from "../../../../network/reachability/known.ts";
import { base, ec2, modes, Stack, short } from "./judged.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::lab::${type}::${name}`;

/** A resource as a preview tells of it: `a` depends on what is named after it. */
function resource(type: string, name: string, more: Partial<ProgramResource> = {}): ProgramResource {
  const rest = { inputs: {}, outputs: {}, propertyDependencies: {}, dependencies: [] };
  return { urn: urn(type, name), type, name, isCustom: true, ...rest, ...more };
}

const [a, b, c] = ["a", "b", "c"].map((name) => resource(ec2("Subnet"), name)) as [
  ProgramResource,
  ProgramResource,
  ProgramResource,
];
const table = resource(ec2("RouteTable"), "table");
const otherStack = resource("pulumi:pulumi:StackReference", "network");
const component = resource("awsx:ec2:Vpc", "remote", { isCustom: false });

/** What a list of a preview refers to. */
const lists: readonly (readonly [what: string, value: unknown, from: readonly ProgramResource[], found: unknown])[] = [
  ["each of as many resources as values", [unknownValue, unknownValue], [b, a], ["b", "a"]],
  ["those and the ids that it names", ["subnet-1", unknownValue], [a], ["subnet-1", "a"]],
  ["the one that it can come from, hidden as a whole", unknownValue, [a], ["a"]],
  ["the one of the kind, whatever else it waits for", [unknownValue], [a, table], ["a"]],
  ["nothing that is sure of fewer values than resources", [unknownValue], [a, b], "?"],
  ["nothing that is sure of more values than resources", [unknownValue, unknownValue], [a], "?"],
  ["nothing that is sure of several resources, hidden as a whole", unknownValue, [a, b, c], "?"],
  ["nothing that is sure from nowhere", unknownValue, [], "?"],
  ["nothing that is sure of resources of other kinds", [unknownValue], [table], "?"],
  ["nothing that is sure where another stack may tell it too", unknownValue, [a, otherStack], "?"],
  ["nothing that is sure where a component of a provider may tell it too", unknownValue, [a, component], "?"],
  ["the counted ones, whatever another stack tells to other fields", [unknownValue], [a, otherStack], ["a"]],
  ["no resource by an id of nobody", ["subnet-1"], [a], ["subnet-1"]],
];

for (const [what, value, from, found] of lists) {
  test(`a list of a preview refers to ${what}`, (t) => {
    const dependencies = from.map((one) => one.urn);
    const own = resource("x:y:Z", "own", { inputs: { ids: value }, propertyDependencies: { ids: dependencies } });
    const inputs = new Inputs(new Program([...from, own]), own);
    t.deepEqual(short(inputs.references("ids", subnets)), found);
  });
}

test("a value of a preview says why it is not known, with the resource and the property", (t) => {
  const own = resource("x:y:Z", "own", {
    inputs: { id: unknownValue },
    propertyDependencies: { id: [otherStack.urn] },
  });
  const found = new Inputs(new Program([otherStack, own]), own).reference("id", subnets);
  t.true(found instanceof Unknown);
  t.is(
    (found as Unknown).reason,
    `id of ${own.urn} comes from pulumi:pulumi:StackReference, and which subnet that is shows only after \`pulumi up\``,
  );
});

test("what is read by an id that a preview hides may be something of the program's own", (t) => {
  const read = resource(ec2("RouteTable"), "read", { isRead: true });
  const refers = (inputs: ProgramResource["inputs"], table: ProgramResource) => {
    const own = resource("x:y:Z", "own", { inputs, propertyDependencies: { id: [table.urn] } });
    return new Inputs(new Program([table, own]), own).reference("id", routeTables);
  };
  t.regex((refers({ id: unknownValue }, read) as Unknown).reason, /is read by an id that shows only after/);
  t.is(refers({ id: "rtb-1" }, { ...read, id: "rtb-1" }), read.urn);
});

test("a list that a preview hides as a whole has some of what it may come from", (t) => {
  const own = resource("x:y:Z", "own", { inputs: { ids: unknownValue, one: [unknownValue, "subnet-1"] } });
  const both = ["a", "b"].map((name) => resource(ec2("Subnet"), name));
  const from = both.map(({ urn }) => urn);
  const asked = { ...own, propertyDependencies: { ids: from, one: from.slice(0, 1) } };
  const inputs = new Inputs(new Program([...both, asked]), asked);
  t.like(inputs.possibleReferences("ids", subnets), { ids: from });
  t.regex(inputs.possibleReferences("ids", subnets).inDoubt ?? "", /a preview does not tell which subnet is meant/);
  t.is(inputs.possibleReferences("one", subnets).inDoubt, undefined);
});

test("blocks of one input that come from several resources are not told apart; an id is no other block's resource", (t) => {
  const groups = ["web", "jobs"].map((name) => resource(ec2("SecurityGroup"), name));
  const own = resource(ec2("SecurityGroup"), "own", {
    inputs: { ingress: [{ securityGroups: ["sg-1"] }, { securityGroups: [unknownValue] }] },
  });
  const read = (from: readonly ProgramResource[]) => {
    const resource = { ...own, propertyDependencies: { ingress: from.map((one) => one.urn) } };
    const blocks = new Inputs(new Program([...groups, resource]), resource).blocks("ingress");
    if (!isKnown(blocks)) throw new Error(blocks.reason);
    return blocks.map((block) => short(block.references("securityGroups", securityGroups)));
  };
  t.deepEqual(read(groups.slice(0, 1)), [["sg-1"], ["web"]]);
  t.deepEqual(read(groups), [["sg-1"], "?"]);
});

for (const mode of modes) {
  const cases: readonly (readonly [
    what: string,
    declare: (stack: Stack) => unknown,
    wanted: typeof vpcs,
    found: string,
  ])[] = [
    ["a VPC by its id", (stack) => base(stack).vpc.out(), vpcs, "main"],
    ["the VPC of a subnet", (stack) => base(stack).subnet.out("vpcId"), vpcs, "main"],
    [
      "a VPC's default security group",
      (stack) => base(stack).vpc.out("defaultSecurityGroupId"),
      securityGroups,
      "main#default-security-group",
    ],
    [
      "a VPC's default route table",
      (stack) => base(stack).vpc.out("defaultRouteTableId"),
      routeTables,
      "main#default-route-table",
    ],
    [
      "an adopted default group, as the VPC's",
      (stack) => stack.add(ec2("DefaultSecurityGroup"), "adopted", { vpcId: base(stack).vpc.out() }).out(),
      securityGroups,
      "main#default-security-group",
    ],
    ["what the program does not make, by its id", () => "vpc-1", vpcs, "vpc-1"],
  ];
  for (const [what, declare, wanted, found] of cases) {
    test(`${mode}: an input refers to ${what}`, (t) => {
      const stack = new Stack(mode);
      const { urn: id } = stack.add("x:y:Z", "own", { id: declare(stack) });
      const { program } = stack;
      const own = program.get(id);
      t.is(short(new Inputs(program, own as ProgramResource).reference("id", wanted)), found);
    });
  }
}

test("of what is only looked up nothing is known that the look-up does not say", (t) => {
  const own = resource(ec2("Subnet"), "found", { isRead: true, id: "subnet-1", inputs: { vpcId: "vpc-1" } });
  const inputs = new Inputs(new Program([own]), own);
  t.is(inputs.reference("vpcId", vpcs), "vpc-1");
  for (const value of [
    inputs.text("cidrBlock"),
    inputs.flag("mapPublicIpOnLaunch", false),
    inputs.number("ipv6NetmaskLength"),
    inputs.blocks("routes"),
    inputs.references("ids", subnets),
    inputs.reference("other", subnets),
  ])
    t.true(value instanceof Unknown);
});

test("a value that is no number, or no block, is not known, and is said as it is", (t) => {
  const own = resource("x:y:Z", "own", { inputs: { port: "http", cidr: "10.0.0.0" } });
  const inputs = new Inputs(new Program([own]), own);
  const why = [
    inputs.number("port"),
    new Block(inputs, "", own.inputs).number("port"),
    inputs.cidr(inputs.value("cidr"), "cidr"),
  ].map((one) => (one as Unknown).reason);
  t.deepEqual(why, [
    `port of ${own.urn} is "http", which is no number`,
    `port of ${own.urn} is "http", which is no number`,
    `cidr of ${own.urn} is "10.0.0.0", which is no CIDR block`,
  ]);
});
