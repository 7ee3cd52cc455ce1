import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { recordProgram } from "../../../../network/adapters/pulumi-program.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";
import { env, faultsOf, folderOf, record } from "./program.ts";

/** Says all that the program is configured with. */
const index = `
import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
export const values = pulumi.runtime.allConfig();
export const isSecret = pulumi.isSecret(config.getSecret("pw") ?? pulumi.output(""));
`;

/** Written by pulumi 3.259.0: \`pulumi config set --secret\`, passphrase "correct horse". */
const sealed = `encryptionsalt: v1:uUXo8sq7HIQ=:v1:+SJmgOd+wJRtYpC/:9jklXsdqgHq0lFpj4sRyTX/rRDS3uA==
config:
  lab:pw:
    secure: v1:85DDVW6d+Hg5mwZX:TLR3kmydSd4ZTej6yuylQuMQGAFZkUtDQw==
  lab:db:
    list:
      - plain
    password:
      secure: v1:YxbrPKO9uzW7x80Q:+siccRSLPCVGALta/VLTy0ZRe2md
  lab:zones: "3"
`;

const opened = { "lab:pw": "s3cret ü", "lab:db": '{"list":["plain"],"password":"inner"}', "lab:zones": "3" };

test.serial("secrets that the Pulumi CLI sealed are opened with its passphrase", async (t) => {
  const files = { "index.ts": index, "Pulumi.prod.yaml": sealed };
  const { outputs, stack } = await record(t, files, { env: { ...env, PULUMI_CONFIG_PASSPHRASE: "correct horse" } });
  t.deepEqual(outputs.values, opened);
  t.is(stack, "prod");
});

test.serial("the passphrase may stand in a file", async (t) => {
  const folder = await folderOf(t, { "index.ts": index, "Pulumi.prod.yaml": sealed, phrase: "correct horse\n" });
  const PULUMI_CONFIG_PASSPHRASE_FILE = path.join(folder, "phrase");
  const { outputs } = await recordProgram({ directory: folder, env: { ...env, PULUMI_CONFIG_PASSPHRASE_FILE } });
  t.deepEqual(outputs.values, opened);
});

test.serial("secrets need their passphrase, and the right one", async (t) => {
  const files = { "index.ts": index, "Pulumi.prod.yaml": sealed };
  t.deepEqual(await faultsOf(t, files), [
    "DIR/Pulumi.prod.yaml holds secrets that need a passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
  ]);
  t.deepEqual(await faultsOf(t, files, { env: { ...env, PULUMI_CONFIG_PASSPHRASE: "wrong" } }), [
    "DIR/Pulumi.prod.yaml: PULUMI_CONFIG_PASSPHRASE is not the passphrase that its secrets were written with.",
  ]);
});

test.serial("a passphrase is not asked for where nothing is sealed", async (t) => {
  const stack =
    "encryptionsalt: v1:uUXo8sq7HIQ=:v1:+SJmgOd+wJRtYpC/:9jklXsdqgHq0lFpj4sRyTX/rRDS3uA==\nconfig:\n  lab:a: b\n";
  const { outputs } = await record(t, { "index.ts": index, "Pulumi.prod.yaml": stack });
  t.deepEqual(outputs.values, { "lab:a": "b" });
});

test.serial("a secret that only the cloud can open has a placeholder, and a warning that names it", async (t) => {
  const stack =
    "secretsprovider: awskms://alias/stacks\nencryptedkey: AAAA\nconfig:\n  lab:pw:\n    secure: v1:AAAA:BBBB\n";
  const { outputs, warnings } = await record(t, { "index.ts": index, "Pulumi.prod.yaml": stack });
  t.deepEqual(outputs, { values: { "lab:pw": "sealed-secret-lab:pw" }, isSecret: true });
  t.is(warnings.length, 1);
  t.regex(warnings[0]!, /Pulumi.prod.yaml: lab:pw is sealed by a key that is not here; a placeholder stands for it\.$/);
});

test.serial("config is the project's defaults, and the stack's values over them", async (t) => {
  const project = `name: lab
runtime: nodejs
config:
  aws:region: eu-north-1
  cidr: { type: string, default: 10.0.0.0/16, description: The VPC's block }
  zones: { type: integer, default: 2 }
  nat: { type: boolean, default: false }
  names: { type: array, items: { type: string }, default: [a, b] }
  created: 2020-01-01
`;
  const stack = "config:\n  lab:zones: 3\n  nat: true\n  lab:config:old: x\n  aws:defaultTags: { tags: { a: b } }\n";
  const { outputs, region } = await record(t, { "Pulumi.yaml": project, "Pulumi.dev.yaml": stack, "index.ts": index });
  t.deepEqual(outputs.values, {
    "aws:region": "eu-north-1",
    "lab:cidr": "10.0.0.0/16",
    "lab:zones": "3",
    "lab:nat": "true",
    "lab:names": '["a","b"]',
    "lab:created": "2020-01-01",
    "lab:old": "x",
    "aws:defaultTags": '{"tags":{"a":"b"}}',
  });
  t.is(region, "eu-north-1");
});

test.serial("the stack is the one that is named, else the selected, else dev, else the only one", async (t) => {
  const files = {
    "index.ts":
      'import * as pulumi from "@pulumi/pulumi";\nexport const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()];',
    "Pulumi.dev.yaml": "",
    "Pulumi.prod.yaml": "",
    "Pulumi.qa.yml": "",
  };
  const directory = await folderOf(t, files);
  const home = await temporaryFolder(t);
  const named = async (options: object) => (await recordProgram({ directory, env, ...options })).outputs.name;
  t.deepEqual(await named({ stack: "prod" }), ["organization", "lab", "prod"]);
  t.deepEqual(await named({ stack: "acme/lab/qa" }), ["acme", "lab", "qa"]);
  t.deepEqual(await named({ env: { ...env, PULUMI_STACK: "prod" } }), ["organization", "lab", "prod"]);
  t.deepEqual(await named({}), ["organization", "lab", "dev"]);
  // As pulumi 3.259.0 writes it.
  const digest = createHash("sha1").update(path.join(directory, "Pulumi.yaml")).digest("hex");
  await mkdir(path.join(home, "workspaces"));
  const workspace = { stacks: { "file:///state": "organization/lab/prod" } };
  await writeFile(path.join(home, "workspaces", `lab-${digest}-workspace.json`), JSON.stringify(workspace));
  t.deepEqual(await named({ env: { ...env, PULUMI_HOME: home } }), ["organization", "lab", "prod"]);
});

test.serial("stack files may have a folder of their own", async (t) => {
  const files = {
    "Pulumi.yaml": "name: lab\nruntime: nodejs\nstackConfigDir: stacks\n",
    "stacks/Pulumi.prod.yaml": "config:\n  lab:a: b\n",
    "index.ts": index,
  };
  t.deepEqual((await record(t, files)).outputs.values, { "lab:a": "b" });
});
