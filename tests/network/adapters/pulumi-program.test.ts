import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { isUnknownValue, unknownValue } from "../../../network/adapters/pulumi/resource.ts";
import { type ProgramMessage, recordProgram } from "../../../network/adapters/pulumi-program.ts";
import { env, type Files, folderOf, linkPackages, record, resource } from "./pulumi-program/program.ts";

const network = `
import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

class Network extends pulumi.ComponentResource {
  readonly vpc: aws.ec2.Vpc;
  readonly subnet: aws.ec2.Subnet;
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("lab:network:Network", name, {}, opts);
    this.vpc = new aws.ec2.Vpc(name, { cidrBlock: "10.0.0.0/16" }, { parent: this });
    this.subnet = new aws.ec2.Subnet(name + "-a", { vpcId: this.vpc.id, cidrBlock: "10.0.0.0/24" }, { parent: this.vpc });
    this.registerOutputs({ vpcId: this.vpc.id });
  }
}

const west = new aws.Provider("west", { region: "us-west-2" });
const net = new Network("net", { providers: [west] });
const group = new aws.ec2.SecurityGroup("jobs", {
  vpcId: net.vpc.id,
  egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, securityGroups: [net.vpc.defaultSecurityGroupId] }],
}, { dependsOn: [net.subnet], provider: west });
new aws.ssm.Parameter("settings", { type: "String", value: pulumi.jsonStringify({ group: group.id, dry: pulumi.runtime.isDryRun() }) });
export const groupId = group.id;
`;

const urn = (rest: string): string => `urn:pulumi:dev::lab::${rest}`;
const vpcUrn = urn("lab:network:Network$aws:ec2/vpc:Vpc::net");
const subnetUrn = urn("lab:network:Network$aws:ec2/vpc:Vpc$aws:ec2/subnet:Subnet::net-a");

test.serial("resources are recorded as the engine sees them: URN, parent, provider, dependencies", async (t) => {
  const recorded = await record(t, { "index.ts": network });
  t.deepEqual(
    recorded.resources.map((each) => each.urn).sort(),
    [
      urn("pulumi:pulumi:Stack::lab-dev"),
      urn("pulumi:providers:aws::west"),
      urn("lab:network:Network::net"),
      vpcUrn,
      subnetUrn,
      urn("aws:ec2/securityGroup:SecurityGroup::jobs"),
      urn("aws:ssm/parameter:Parameter::settings"),
    ].sort(),
  );
  const component = recorded.resources.find(({ type }) => type === "lab:network:Network")!;
  t.false(component.isCustom);
  t.is(component.outputs.vpcId, recorded.resources.find((each) => each.urn === vpcUrn)!.id);
  const subnet = resource(recorded, "net-a");
  t.is(subnet.parent, vpcUrn);
  t.is(subnet.provider, urn("pulumi:providers:aws::west"), "inherited through two parents");
  t.deepEqual(subnet.propertyDependencies, { vpcId: [vpcUrn] });
  const jobs = resource(recorded, "jobs");
  t.is(jobs.provider, urn("pulumi:providers:aws::west"));
  t.deepEqual(Object.keys(jobs.propertyDependencies).sort(), ["egress", "vpcId"]);
  t.deepEqual([...jobs.dependencies].sort(), [vpcUrn, subnetUrn].sort());
  t.is(resource(recorded, "settings").provider, undefined);
});

test.serial(
  "with known ids what is computed from ids can be read, and traced to the resource and output it is of",
  async (t) => {
    const recorded = await record(t, { "index.ts": network }, { ids: "known" });
    const [jobs, vpc] = [resource(recorded, "jobs"), recorded.resources.find((each) => each.urn === vpcUrn)!];
    t.deepEqual(JSON.parse(String(resource(recorded, "settings").inputs.value)), { group: jobs.id, dry: true });
    t.deepEqual(jobs.inputs.egress, [
      { protocol: "tcp", fromPort: 443, toPort: 443, securityGroups: [vpc.outputs.defaultSecurityGroupId] },
    ]);
    t.is(recorded.outputs.groupId, jobs.id);
    t.is(vpc.outputs.region, "us-west-2");
  },
);

test.serial("with unknown ids all is unknown that a first preview doesn't know", async (t) => {
  const recorded = await record(t, { "index.ts": network }, { ids: "unknown" });
  for (const { id, isRead } of recorded.resources) t.true(id === undefined || isRead);
  const subnet = resource(recorded, "net-a");
  t.deepEqual(subnet.inputs, { cidrBlock: "10.0.0.0/24", vpcId: unknownValue });
  t.true(isUnknownValue(resource(recorded, "settings").inputs.value));
  t.regex(String(resource(recorded, "jobs").outputs.name), /^jobs-[0-9a-f]{7}$/, "a name made up by Pulumi is known");
  t.true(isUnknownValue(recorded.outputs.groupId));
});

test.serial("two runs say the same, one after another and at once", async (t) => {
  const directory = await folderOf(t, { "index.ts": network });
  const other = await folderOf(t, {
    "index.ts": network.replace("10.0.0.0/16", "10.9.0.0/16"),
    "Pulumi.yaml": "name: other\nruntime: nodejs\n",
  });
  const first = await recordProgram({ directory, env });
  const [second, third] = await Promise.all([
    recordProgram({ directory, env }),
    recordProgram({ directory: other, env }),
  ]);
  const sorted = ({ resources }: typeof first) => [...resources].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  t.deepEqual(sorted(second), sorted(first));
  t.is(third.project, "other");
  t.is(third.resources.find(({ type }) => type === "aws:ec2/vpc:Vpc")!.inputs.cidrBlock, "10.9.0.0/16");
});

test.serial("secrets lose their envelopes in resources, and are not said in the stack's outputs", async (t) => {
  const index = `
    import * as pulumi from "@pulumi/pulumi";
    import * as aws from "@pulumi/aws";
    const db = new aws.rds.Instance("db", { instanceClass: "db.t4g.micro", password: pulumi.secret("hush"), tags: { a: pulumi.secret("b") } });
    export const password = db.password;
    export const nested = { list: [pulumi.secret("x")], plain: 1 };
    const zone = new aws.route53.Zone("zone", { name: "lab.test" }, { additionalSecretOutputs: ["name"] });
    export const isSecret = pulumi.all([pulumi.isSecret(db.password), pulumi.isSecret(zone.name)]);
  `;
  const recorded = await record(t, { "index.ts": index });
  t.like(resource(recorded, "db").inputs, { password: "hush", tags: { a: "b" } });
  t.deepEqual(recorded.outputs, {
    password: "[secret]",
    nested: { list: ["[secret]"], plain: 1 },
    isSecret: [true, true],
  });
});

test.serial("resources that exist already are recorded as read", async (t) => {
  const index = `
    import * as pulumi from "@pulumi/pulumi";
    import * as aws from "@pulumi/aws";
    const vpc = aws.ec2.Vpc.get("shared", "vpc-0123");
    new aws.ec2.Subnet("a", { vpcId: vpc.id, cidrBlock: vpc.cidrBlock });
    const other = new pulumi.StackReference("acme/net/prod");
    new aws.ec2.Subnet("b", { vpcId: other.requireOutput("vpcId"), cidrBlock: "10.0.0.0/24" });
    new aws.ec2.Vpc("adopted", { cidrBlock: "10.0.0.0/16" }, { import: "vpc-0456" });
  `;
  for (const ids of ["known", "unknown"] as const) {
    const recorded = await record(t, { "index.ts": index }, { ids });
    t.like(resource(recorded, "shared"), { type: "aws:ec2/vpc:Vpc", isRead: true, id: "vpc-0123", isCustom: true });
    t.deepEqual(resource(recorded, "a").inputs, { vpcId: "vpc-0123", cidrBlock: unknownValue });
    t.deepEqual(resource(recorded, "a").propertyDependencies, {
      vpcId: [urn("aws:ec2/vpc:Vpc::shared")],
      cidrBlock: [urn("aws:ec2/vpc:Vpc::shared")],
    });
    t.like(resource(recorded, "acme/net/prod"), { type: "pulumi:pulumi:StackReference", isRead: true });
    t.is(resource(recorded, "b").inputs.vpcId, unknownValue);
    t.is(resource(recorded, "adopted").id, "vpc-0456");
  }
});

test.serial(
  "a remote component is one resource whose outputs are unknown, but for the address of an image",
  async (t) => {
    const index = `
    import * as aws from "@pulumi/aws";
    import * as awsx from "@pulumi/awsx";
    const vpc = new awsx.ec2.Vpc("net", { cidrBlock: "10.0.0.0/16" });
    new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.vpcId });
    const repository = new awsx.ecr.Repository("worker");
    const image = new awsx.ecr.Image("worker-image", { repositoryUrl: repository.url, context: "." });
    export const uri = image.imageUri;
  `;
    const recorded = await record(t, { "index.ts": index });
    t.like(resource(recorded, "net"), { type: "awsx:ec2:Vpc", isCustom: false, outputs: {} });
    t.is(resource(recorded, "jobs").inputs.vpcId, unknownValue);
    t.deepEqual(resource(recorded, "jobs").propertyDependencies, { vpcId: [urn("awsx:ec2:Vpc::net")] });
    t.regex(
      String(recorded.outputs.uri),
      /^000000000000\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/worker-[0-9a-f]{7}@sha256:[0-9a-f]{64}$/,
    );
  },
);

test.serial(
  "transformations, transforms, aliases, hooks, dynamic providers and assets run as they do under the engine",
  async (t) => {
    const index = `
    import * as pulumi from "@pulumi/pulumi";
    import * as aws from "@pulumi/aws";
    pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props: { ...props, tags: { ...props.tags, old: "1" } }, opts }));
    const first = new aws.ec2.Vpc("first", { cidrBlock: "10.0.0.0/16" }, { aliases: [{ name: "zero" }] });
    pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
      type === "aws:ec2/subnet:Subnet" ? { props: { ...props, vpcId: first.id }, opts } : undefined);
    new aws.ec2.Subnet("a", { vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" }, {
      transforms: [({ props, opts }) => ({ props: { ...props, mapPublicIpOnLaunch: true }, opts })],
      hooks: { afterCreate: [new pulumi.ResourceHook("hook", () => { throw new Error("not in a preview"); })] },
    });
    const provider = { create: async () => ({ id: "1", outs: {} }) };
    class Dynamic extends pulumi.dynamic.Resource { constructor(name: string) { super(provider, name, { size: 1 }); } }
    new Dynamic("dynamic");
    new aws.s3.BucketObjectv2("page", { bucket: "b", source: new pulumi.asset.StringAsset("hello") });
  `;
    const recorded = await record(t, { "index.ts": index });
    t.like(resource(recorded, "first").inputs, { tags: { old: "1" } });
    const subnet = resource(recorded, "a");
    t.like(subnet.inputs, { vpcId: resource(recorded, "first").id!, mapPublicIpOnLaunch: true, tags: { old: "1" } });
    t.deepEqual(subnet.propertyDependencies, { vpcId: [urn("aws:ec2/vpc:Vpc::first")] });
    t.like(resource(recorded, "dynamic"), { type: "pulumi-nodejs:dynamic:Resource", isCustom: true });
    t.deepEqual(resource(recorded, "page").inputs.source, { text: "hello" });
  },
);

const vpcOnly = 'const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16" });';

interface Layout {
  readonly files: Files;
  /** Of the program among them. */
  readonly folder?: string;
  readonly outputs: object;
}

const layouts: Readonly<Record<string, Layout>> = {
  "CommonJS TypeScript, with what can't be erased": {
    files: {
      "index.ts": `import pulumi = require("@pulumi/pulumi");
        import aws = require("@pulumi/aws");
        enum Size { Small = "small" }
        namespace Names { export const size = Size.Small; }
        class Box { constructor(readonly name: string) {} }
        ${vpcOnly}
        export = async () => ({ name: new Box(Names.size).name, project: pulumi.getProject() });`,
    },
    outputs: { name: "small", project: "lab" },
  },
  "CommonJS JavaScript": {
    files: { "index.js": `const aws = require("@pulumi/aws"); ${vpcOnly} exports.name = __filename.slice(-8);` },
    outputs: { name: "index.js" },
  },
  "an ES module with a default export, named by package.json": {
    files: {
      "package.json": '{"type":"module","main":"src/main.ts"}',
      "src/main.ts": `import { ec2 } from "@pulumi/aws"; import { block } from "./block.js";
        export default async () => ({ block: new ec2.Vpc("v", { cidrBlock: await block() }).cidrBlock, cwd: process.cwd().split("/").length });`,
      "src/block.ts": "export const block = async (): Promise<string> => '10.0.0.0/16';",
    },
    outputs: { block: "10.0.0.0/16", cwd: 3 },
  },
  "an ES module by its ending": {
    files: {
      "index.mjs": `import * as aws from "@pulumi/aws"; ${vpcOnly} export const name = await vpc.urn.promise?.();`,
    },
    outputs: { name: urn("aws:ec2/vpc:Vpc::v") },
  },
  "main of Pulumi.yaml, run in its own folder": {
    files: {
      "Pulumi.yaml":
        "name: lab\nruntime:\n  name: nodejs\n  options:\n    nodeargs: --import tsx --max-old-space-size=1000\nmain: infra/app.ts\n",
      "infra/app.ts": `import * as aws from "@pulumi/aws"; ${vpcOnly}
        export const folder = process.cwd().split("/").at(-1);
        export const nodeargs = process.execArgv.join(" ");`,
    },
    outputs: { folder: "infra", nodeargs: "--max-old-space-size=1000" },
  },
  "paths of tsconfig.json": {
    files: {
      "tsconfig.json": '{"compilerOptions":{"baseUrl":".","paths":{"@lab/*":["./parts/*"]}}}',
      "parts/size.ts": "export const size: number = 3;",
      "index.ts": `import * as aws from "@pulumi/aws"; import { size } from "@lab/size"; ${vpcOnly} export { size };`,
    },
    outputs: { size: 3 },
  },
  "the folder's own index file, whatever a package above it calls main": {
    files: {
      "package.json": '{"type":"module","main":"index.ts"}',
      "index.ts": "throw new Error('of the package above');",
      "infra/Pulumi.yaml": "name: lab\nruntime: nodejs\n",
      "infra/index.ts": `import * as aws from "@pulumi/aws"; ${vpcOnly} export const ok = import.meta.url.endsWith("infra/index.ts");`,
    },
    folder: "infra",
    outputs: { ok: true },
  },
  "package.json that names what tsc would write": {
    files: {
      "package.json": '{"main":"bin/index.js"}',
      "index.ts": `import * as aws from "@pulumi/aws"; ${vpcOnly} export const ok = true;`,
    },
    outputs: { ok: true },
  },
};

for (const [title, { files, folder = ".", outputs }] of Object.entries(layouts)) {
  test.serial(`runs ${title}`, async (t) => {
    const directory = path.join(await folderOf(t, files), folder);
    const recorded = await recordProgram({ directory, env });
    t.deepEqual(recorded.outputs, outputs);
    t.is(resource(recorded, "v").type, "aws:ec2/vpc:Vpc");
  });
}

test.serial("a program with packages of its own runs on those", async (t) => {
  const index = `import * as pulumi from "@pulumi/pulumi";
    import { version } from "@pulumi/pulumi/version.js";
    new pulumi.CustomResource("my:index:Thing", "thing", { at: import.meta.resolve("@pulumi/pulumi") });
    export { version };`;
  const directory = await folderOf(t, { "package.json": '{"type":"module"}', "index.ts": index });
  await mkdir(path.join(directory, "node_modules/@pulumi"), { recursive: true });
  const packages = path.resolve(import.meta.dirname, "../../../node_modules");
  const own = path.join(directory, "node_modules/@pulumi/pulumi");
  await cp(path.join(packages, "@pulumi/pulumi"), own, { recursive: true, dereference: true });
  const recorded = await recordProgram({ directory, env: { ...env, NODE_PATH: packages } });
  t.is(resource(recorded, "thing").inputs.at, `file://${own}/index.js`);
});

test.serial("what the program prints and logs does not reach standard output", async (t) => {
  const index = `import * as pulumi from "@pulumi/pulumi";
    console.log("printed"); console.error("to the other");
    void pulumi.log.info("for information"); void pulumi.log.warn("beware");
    new pulumi.ComponentResource("my:index:Zone", "zone");`;
  const [printed, messages]: [string[], ProgramMessage[]] = [[], []];
  const { warnings } = await record(
    t,
    { "index.ts": index },
    {
      output: { write: (text: unknown) => printed.push(String(text)) > 0 },
      onMessage: (message) => messages.push(message),
    },
  );
  t.regex(printed.join(""), /printed\n/);
  t.regex(printed.join(""), /to the other\n/);
  t.deepEqual(messages, [
    { severity: "info", text: "for information" },
    { severity: "warning", text: "beware" },
  ] as ProgramMessage[]);
  t.deepEqual(warnings, ["beware"]);
});

test.serial("what is declared late is recorded; what stays open is not waited for", async (t) => {
  const index = `import * as pulumi from "@pulumi/pulumi"; import { createServer } from "node:http";
    setTimeout(() => new pulumi.ComponentResource("my:index:Zone", "late"), 300);
    process.once("beforeExit", () => new pulumi.ComponentResource("my:index:Zone", "last"));`;
  const recorded = await record(t, { "index.ts": index });
  t.deepEqual(
    recorded.resources.map(({ name }) => name),
    ["lab-dev", "late", "last"],
  );
  const open = await record(t, { "index.ts": `${index} createServer().listen(0);` });
  t.deepEqual(
    open.resources.map(({ name }) => name),
    ["lab-dev", "late"],
  );
  t.regex(open.warnings.join(), /left handles open \(.*TCPServerWrap.*\)/);
});

test.serial("linked packages are found where they really are", async (t) => {
  const directory = await folderOf(t, { "index.ts": `import * as aws from "@pulumi/aws"; ${vpcOnly}` });
  await linkPackages(directory);
  t.is(resource(await recordProgram({ directory, env }), "v").type, "aws:ec2/vpc:Vpc");
});
