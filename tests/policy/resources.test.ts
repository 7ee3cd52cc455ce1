import test from "ava";
import type { ProgramResource } from "../../network/adapters/pulumi/resource.ts";
import { unknownValue } from "../../network/adapters/pulumi/resource.ts";
import { watchDependencies } from "../../policy/dependencies.ts";
import { networkReachability } from "../../policy/network-reachability.ts";
import { StackResources, stackLocation } from "../../policy/resources.ts";
import { Analyzer, type Told, urnOf } from "./analyzer.ts";

const secretEnvelope = "1b47061264138c4ac30d75fd1eb44270";
const assetEnvelope = "c44067f5952c0a294b673a41bacd8c17";
const signature = "4dabf18193072939515e22adb298388d";

/** What the preflight gets to see of a stack. */
async function seen(...all: readonly Told[]): Promise<readonly ProgramResource[]> {
  let resources: readonly ProgramResource[] = [];
  const preflight = (own: readonly ProgramResource[]) => {
    resources = own;
    return { violations: [], notes: [] };
  };
  const policies = networkReachability(preflight, () => "2026-11-23", new StackResources(watchDependencies()));
  const said = await new Analyzer(policies).judge(...all);
  if (said.length > 0) throw new Error(said.map(({ message }) => message).join("\n"));
  return resources;
}

const vpc = "aws:ec2/vpc:Vpc";
const subnet = "aws:ec2/subnet:Subnet";
const component = "batch-preflight:network:Network";

const values = test.macro({
  exec: async (t, value: unknown, expected: unknown) => {
    const [resource] = await seen({
      type: vpc,
      name: "main",
      inputs: { value },
      outputs: { value },
      provider: "default",
    });
    t.deepEqual(resource?.inputs, { value: expected });
    t.deepEqual(resource?.outputs, { value: expected });
  },
  title: (what = "") => `${what} is read as JSON, inputs and outputs alike`,
});

test("a value that is not known", values, unknownValue, unknownValue);
test("a list with a value that is not known", values, ["a", unknownValue], ["a", unknownValue]);
test("an object with a value that is not known", values, { a: { b: unknownValue } }, { a: { b: unknownValue } });
test("null", values, [null, false, 0, ""], [null, false, 0, ""]);
test("a secret", values, { [signature]: secretEnvelope, value: ["a"] }, ["a"]);
test("a secret that is not known", values, { [signature]: secretEnvelope, value: unknownValue }, unknownValue);
test("an asset", values, { [signature]: assetEnvelope, text: "a" }, { __pulumiAsset: true, text: {} });

test("inputs are what the program says, outputs what the provider plans", async (t) => {
  const [resource] = await seen({
    type: subnet,
    name: "a",
    inputs: { cidrBlock: "10.0.0.0/20", vpcId: unknownValue },
    outputs: { cidrBlock: "10.0.0.0/20", vpcId: unknownValue, arn: unknownValue, id: unknownValue },
    provider: "default_7_48_0",
    parent: urnOf(component, "network"),
  });
  t.deepEqual(resource, {
    urn: urnOf(subnet, "a"),
    type: subnet,
    name: "a",
    isCustom: true,
    parent: urnOf(component, "network"),
    inputs: { cidrBlock: "10.0.0.0/20", vpcId: unknownValue },
    outputs: { cidrBlock: "10.0.0.0/20", vpcId: unknownValue, arn: unknownValue, id: unknownValue },
    propertyDependencies: {},
    dependencies: [],
  });
});

test("an id that is known is the resource's id; an output of a component that is called id is not", async (t) => {
  const [network, main] = await seen(
    { type: vpc, name: "main", inputs: {}, outputs: { id: "vpc-1" }, provider: "default" },
    { type: component, name: "network", inputs: {}, outputs: { id: "vpc-1" } },
  );
  t.is(main?.name, "network");
  t.false(main?.isCustom);
  t.is(main?.id, undefined);
  t.is(network?.id, "vpc-1");
});

test("a provider of its own is told; the engine's is not", async (t) => {
  const [a, b, c] = await seen(
    { type: vpc, name: "a", inputs: {}, provider: "ireland" },
    { type: vpc, name: "b", inputs: {}, provider: "default" },
    { type: vpc, name: "c", inputs: {}, provider: "default_7_48_0" },
  );
  t.is(a?.provider, urnOf("pulumi:providers:aws", "ireland"));
  t.is(b?.provider, undefined);
  t.is(c?.provider, undefined);
});

test("the Region is that of the engine's provider", async (t) => {
  const provider = "pulumi:providers:aws";
  const own = await seen({ type: provider, name: "default_7_48_0", inputs: { region: "eu-west-1" } });
  t.deepEqual(stackLocation(own), { region: "eu-west-1" });
  const none = await seen(
    { type: provider, name: "default", inputs: { region: unknownValue } },
    { type: provider, name: "ireland", inputs: { region: "eu-west-1" } },
  );
  t.deepEqual(stackLocation(none), {});
});

test("what others depend on and the engine does not tell of is there, as looked up", async (t) => {
  const [ownSubnet, hidden] = await seen({
    type: subnet,
    name: "a",
    inputs: { vpcId: unknownValue },
    outputs: {},
    provider: "default",
    dependencies: [urnOf(`${component}$${vpc}`, "shared::1")],
    propertyDependencies: { vpcId: [urnOf(`${component}$${vpc}`, "shared::1")] },
  });
  t.deepEqual(ownSubnet?.propertyDependencies, { vpcId: [urnOf(`${component}$${vpc}`, "shared::1")] });
  t.deepEqual(ownSubnet?.dependencies, [urnOf(`${component}$${vpc}`, "shared::1")]);
  t.like(hidden, { type: vpc, name: "shared::1", isCustom: true, isRead: true, inputs: {}, outputs: {} });
});

test("a resource that the program no longer has but an update with targets leaves is what the provider says", async (t) => {
  const [resource] = await seen({
    type: vpc,
    name: "left",
    outputs: { cidrBlock: "10.0.0.0/16" },
    provider: "default",
  });
  t.deepEqual(resource?.inputs, { cidrBlock: "10.0.0.0/16" });
});

test("a component without inputs has none", async (t) => {
  const [resource] = await seen({ type: component, name: "network", outputs: { vpcId: "vpc-1" } });
  t.deepEqual(resource?.inputs, {});
  t.deepEqual(resource?.outputs, { vpcId: "vpc-1" });
});

test("inputs count for one judgement: the next stack that the process sees starts without", async (t) => {
  const views: (readonly ProgramResource[])[] = [];
  const preflight = (own: readonly ProgramResource[]) => {
    views.push(own);
    return { violations: [], notes: [] };
  };
  const analyzer = new Analyzer(
    networkReachability(preflight, () => "2026-11-23", new StackResources(watchDependencies())),
  );
  await analyzer.judge({
    type: vpc,
    name: "main",
    inputs: { cidrBlock: "10.0.0.0/16" },
    outputs: {},
    provider: "default",
  });
  await analyzer.judge({ type: vpc, name: "main", outputs: {}, provider: "default" });
  t.deepEqual(views[0]?.[0]?.inputs, { cidrBlock: "10.0.0.0/16" });
  t.deepEqual(views[1]?.[0]?.inputs, {});
});

test("where the engine's dependencies are not to be had, nothing is judged", async (t) => {
  const preflight = () => t.fail() as never;
  const policies = networkReachability(preflight, () => "2026-11-23", new StackResources(() => new Map()));
  const said = await new Analyzer(policies).judge({ type: vpc, name: "main", inputs: {}, provider: "default" });
  t.is(said.length, 1);
  t.is(said[0]?.level, "mandatory");
  t.regex(said[0]?.message ?? "", /What urn:pulumi:dev::tests::aws:ec2\/vpc:Vpc::main depends on is not told/);
});
