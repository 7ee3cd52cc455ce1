import test from "ava";
import type { RecordOptions } from "../../../../network/adapters/pulumi-program.ts";
import { type Files, faultsOf } from "./program.ts";

/** What is said where a program can't be recorded. DIR is the program's folder. */
interface Fault {
  readonly files: Files;
  readonly options?: Partial<RecordOptions>;
  readonly faults: readonly (string | RegExp)[];
}

const inProject = (rest: string): string => `name: lab\nruntime: nodejs\n${rest}`;
const pulumi = `import * as pulumi from "@pulumi/pulumi";\n`;

const cases: Readonly<Record<string, Fault>> = {
  "a folder that does not exist": {
    files: {},
    options: { directory: "/nonexistent/program" },
    faults: ["The program's folder DIR does not exist."],
  },
  "a file in place of a folder": {
    files: {},
    options: { directory: import.meta.filename },
    faults: ["DIR is a file; a program is a folder."],
  },
  "a folder without Pulumi.yaml": {
    files: {},
    options: { directory: import.meta.dirname },
    faults: ["DIR has no Pulumi.yaml: it holds no Pulumi program."],
  },
  "Pulumi.yaml that is not YAML": {
    files: { "Pulumi.yaml": "name: [lab\nruntime: nodejs\n" },
    faults: [/^DIR\/Pulumi.yaml, line \d is not YAML: .+\.$/],
  },
  "Pulumi.yaml of another shape": {
    files: { "Pulumi.yaml": "name: a lab\nmain: 5\n" },
    faults: [
      "DIR/Pulumi.yaml: name: must be 1 to 100 letters, digits, _ . or -.",
      /^DIR\/Pulumi.yaml: runtime: /,
      /^DIR\/Pulumi.yaml: main: /,
    ],
  },
  "a program in another language": {
    files: { "Pulumi.yaml": "name: lab\nruntime: python\n" },
    faults: ["DIR/Pulumi.yaml: runtime is python; only nodejs programs can be run in process."],
  },
  "a main that does not exist": {
    files: { "Pulumi.yaml": inProject("main: src/index.ts\n") },
    faults: ["DIR/Pulumi.yaml: main is src/index.ts, which does not exist."],
  },
  "a folder without a program": {
    files: {},
    faults: [
      'DIR has no program: none of index.js, index.mjs, index.ts, index.mts, index.cjs, index.cts, and no "main" that exists.',
    ],
  },
  "package.json that is not JSON": {
    files: { "package.json": "{", "index.ts": "" },
    faults: [/^DIR\/package.json is not JSON: .+\.$/],
  },
  "a stack that has no file": {
    files: { "Pulumi.dev.yaml": "", "Pulumi.prod.yaml": "", "index.ts": "" },
    options: { stack: "staging" },
    faults: ["DIR/Pulumi.staging.yaml does not exist: DIR has the stacks dev, prod."],
  },
  "a stack of a program without stack files": {
    files: { "index.ts": "" },
    options: { stack: "staging" },
    faults: ["DIR/Pulumi.staging.yaml does not exist: DIR has no stack file."],
  },
  "several stacks and none named": {
    files: { "Pulumi.test.yaml": "", "Pulumi.prod.yaml": "", "index.ts": "" },
    faults: ["DIR has the stacks prod, test; say which one is meant (--stack NAME)."],
  },
  "a stack file of another shape": {
    files: { "Pulumi.dev.yaml": "config: [1]\n", "index.ts": "" },
    faults: ["DIR/Pulumi.dev.yaml: config: must be a map of keys to values."],
  },
  "config that is missing or not of its declared type, all at once": {
    files: {
      "Pulumi.yaml": inProject(
        "config:\n  cidr:\n    type: string\n    description: The VPC's block.\n  zones: { type: integer }\n  nat: { type: boolean }\n  names: { type: array, items: { type: integer } }\n  tags: { type: object }\n",
      ),
      "Pulumi.dev.yaml": "config:\n  lab:zones: three\n  lab:nat: maybe\n  lab:names: [1, two]\n  lab:tags: text\n",
      "index.ts": "",
    },
    faults: [
      "DIR/Pulumi.dev.yaml: lab:cidr is not set, and DIR/Pulumi.yaml gives no default (The VPC's block).",
      'DIR/Pulumi.dev.yaml: lab:zones is "three"; it must be an integer.',
      'DIR/Pulumi.dev.yaml: lab:nat is "maybe"; it must be true or false.',
      'DIR/Pulumi.dev.yaml: lab:names is [1,"two"]; of each item: it must be an integer.',
      'DIR/Pulumi.dev.yaml: lab:tags is "text"; it must be an object.',
    ],
  },
  "config that the program requires": {
    files: { "index.ts": `${pulumi}new pulumi.Config().require("cidr");` },
    faults: ["Program DIR/index.ts requires lab:cidr, which is not set: set it in DIR/Pulumi.dev.yaml, under config."],
  },
  "config that is not what the program reads": {
    files: {
      "index.ts": `${pulumi}new pulumi.Config().requireNumber("zones");`,
      "Pulumi.dev.yaml": "config:\n  lab:zones: three\n",
    },
    faults: ["Program DIR/index.ts fails: Configuration 'lab:zones' value 'three' is not a valid number"],
  },
  "an error": {
    files: { "index.ts": "const subnets = [];\n\n\nthrow new TypeError(`$" + "{subnets.length} subnets`);" },
    faults: [/^Program DIR\/index.ts throws TypeError: 0 subnets\n {4}at .*DIR\/index.ts:4:/],
  },
  "an error of a function that is exported": {
    files: {
      "package.json": '{"type":"module"}',
      "index.ts": "export default async () => { throw new Error('no'); };",
    },
    faults: [/^Program DIR\/index.ts throws Error: no\n {4}at default .*DIR\/index.ts:1:/],
  },
  "an error over what only an account can tell": {
    files: {
      "index.ts": `import * as aws from "@pulumi/aws";
        export = async () => (await aws.ec2.getVpc({ default: true })).cidrBlockAssociations[0].state.of.it;`,
    },
    faults: [
      /^Program DIR\/index.ts throws TypeError: .*\n[\s\S]*\nIt looks up what only an account can tell, which may be why: getVpc\(\{"default":true\}\)\.$/,
    ],
  },
  "something thrown that is no error": {
    files: { "index.ts": "throw 'no';" },
    faults: ["Program DIR/index.ts throws no."],
  },
  "an error in an apply": {
    files: { "index.ts": `${pulumi}export const name = pulumi.output(1).apply(() => { throw new Error("no"); });` },
    faults: [/^Program DIR\/index.ts throws Error: no\n {4}at .*DIR\/index.ts:2:/],
  },
  "a rejection that nobody handles": {
    files: { "index.ts": "void Promise.reject(new Error('no'));" },
    faults: [/^Program DIR\/index.ts throws Error: no\n/],
  },
  "an error that is logged": {
    files: { "index.ts": `${pulumi}void pulumi.log.error("the zones are too few");` },
    faults: ["Program DIR/index.ts reports an error: the zones are too few"],
  },
  "a program that does not parse": {
    files: { "index.ts": "const a = 1;\nconst = 2;" },
    faults: [/^Program DIR\/index.ts does not parse: DIR\/index.ts:2:\d+: ERROR: /],
  },
  "JavaScript that does not parse": {
    files: { "package.json": '{"type":"module"}', "index.js": "const a = 1;\nconst = 2;" },
    faults: ["Program DIR/index.js does not parse: Unexpected token '='"],
  },
  "await at the top level of CommonJS": {
    files: { "index.ts": "await Promise.resolve();\nexport const a = 1;" },
    faults: [
      'Program DIR/index.ts awaits at its top level (DIR/index.ts:1:0), which takes ES modules: say "type": "module" in its package.json.',
    ],
  },
  "a package that is not installed": {
    files: { "index.ts": 'import { chunk } from "lodash-of-nobody";\nexport const a = chunk([1]);' },
    faults: ["Program DIR/index.ts imports lodash-of-nobody, which is not installed: run npm ci in its folder."],
  },
  "a package that is not installed, by an ES module": {
    files: {
      "package.json": '{"type":"module"}',
      "index.ts": 'import { chunk } from "lodash-of-nobody";\nchunk([1]);',
    },
    faults: ["Program DIR/index.ts imports lodash-of-nobody, which is not installed: run npm ci in its folder."],
  },
  "a file that does not exist": {
    files: { "index.ts": 'import { a } from "./other";\nexport const b = a;' },
    faults: ["Program DIR/index.ts: DIR/index.ts imports ./other, which does not exist."],
  },
  "two resources of one URN": {
    files: {
      "index.ts": `${pulumi}for (const at of [1, 2]) new pulumi.ComponentResource("my:index:Zone", "zone", { at });`,
    },
    faults: [
      'Two resources have the URN urn:pulumi:dev::lab::my:index:Zone::zone; give one of my:index:Zone "zone" another name.',
    ],
  },
  "a process that ends itself": {
    files: { "index.ts": "process.exit(3);" },
    faults: ["Program DIR/index.ts ended its process with exit code 3 before all its resources were declared."],
  },
  "a process that ends itself as if all were well": {
    files: { "index.ts": "process.exit();" },
    faults: ["Program DIR/index.ts ended its process with exit code 0 before all its resources were declared."],
  },
  "a process that is killed": {
    files: { "index.ts": "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);" },
    faults: ["Program DIR/index.ts was ended by SIGTERM before all its resources were declared."],
  },
  "a promise that nothing settles": {
    files: { "package.json": '{"type":"module"}', "index.ts": "export default () => new Promise(() => {});" },
    faults: ["Program DIR/index.ts never settles: it waits for a promise that nothing settles."],
  },
  "a resource that waits for a promise that nothing settles": {
    files: {
      "index.ts": `${pulumi}new pulumi.CustomResource("my:index:Thing", "thing", { size: new Promise(() => {}) });`,
    },
    faults: ["Program DIR/index.ts never settles: it waits for what thing (my:index:Thing) depends on."],
  },
  "a loop without end": {
    files: { "index.ts": "for (;;);" },
    options: { timeLimit: 3 },
    faults: ["Program DIR/index.ts has not ended after 3 s; it was stopped."],
  },
};

for (const [title, { files, options, faults }] of Object.entries(cases)) {
  test.serial(`says in one sentence what is wrong: ${title}`, async (t) => {
    const said = await faultsOf(t, files, options);
    t.is(said.length, faults.length, said.join("\n"));
    for (const [at, expected] of faults.entries()) {
      if (typeof expected === "string") t.is(said[at], expected);
      else t.regex(said[at]!, expected);
    }
    t.notRegex(said.join("\n"), /network\/adapters/, "no stack of ours");
  });
}
