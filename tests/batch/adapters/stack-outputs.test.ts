import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { findPlace, type PlaceQuestion } from "../../../batch/adapters/stack-outputs.ts";
import { Failure } from "../../../worker/failure.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const outputs = {
  jobQueueArn: "arn:queue",
  jobDefinitionArn: "arn:definition:3",
  databaseEndpoint: null,
  arraySize: 1,
};

/** An environment whose `pulumi` prints that and ends so, and notes what it was asked; undefined: there is none. */
async function withPulumi(
  t: ExecutionContext,
  says: { stdout?: unknown; stderr?: string; code?: number } | undefined,
): Promise<Pick<PlaceQuestion, "env" | "project"> & { readonly asked: string }> {
  const folder = await temporaryFolder(t);
  const asked = path.join(folder, "asked");
  if (says !== undefined) {
    const { stdout = "", stderr = "", code = 0 } = says;
    const script = `#!${process.execPath}
require("node:fs").appendFileSync(${JSON.stringify(asked)}, process.cwd() + " " + process.argv.slice(2).join(" ") + "\\n");
process.stdout.write(${JSON.stringify(typeof stdout === "string" ? stdout : JSON.stringify(stdout))});
process.stderr.write(${JSON.stringify(stderr)});
process.exitCode = ${code};
`;
    await writeFile(path.join(folder, "pulumi"), script);
    await chmod(path.join(folder, "pulumi"), 0o755);
  }
  return { env: { PATH: folder }, project: folder, asked };
}

const failureOf = async (t: ExecutionContext, question: PlaceQuestion): Promise<Failure> =>
  (await t.throwsAsync(() => findPlace(question), { instanceOf: Failure }))!;

test("flags win over the environment, the environment over the stack, each by itself", async (t) => {
  const { env, project } = await withPulumi(t, { stdout: outputs });
  const named = { ...env, JOB_QUEUE: "env-queue", JOB_DEFINITION: "env-definition" };
  const flags = { queue: "flag-queue" };
  t.deepEqual(await findPlace({ flags, env: named, project }), {
    jobQueue: "flag-queue",
    jobDefinition: "env-definition",
  });
  t.deepEqual(await findPlace({ flags, env, project }), { jobQueue: "flag-queue", jobDefinition: "arn:definition:3" });
  t.deepEqual(await findPlace({ flags: {}, env: { ...env, JOB_QUEUE: "" }, project }), {
    jobQueue: "arn:queue",
    jobDefinition: "arn:definition:3",
  });
});

test("Pulumi is asked only for what nobody names", async (t) => {
  const { env, project } = await withPulumi(t, undefined);
  const flags = { queue: "jobs", jobDefinition: "worker" };
  t.deepEqual(await findPlace({ flags, env, project }), { jobQueue: "jobs", jobDefinition: "worker" });
});

test("Pulumi is asked in the project's folder for the stack that is named", async (t) => {
  const { env, project, asked } = await withPulumi(t, { stdout: outputs });
  await findPlace({ flags: {}, env, project, stack: "production" });
  t.is(await readFile(asked, "utf8"), `${project} stack output --json --non-interactive --stack production\n`);
});

test("the project's own Pulumi is asked where the machine has none", async (t) => {
  const { env, project } = await withPulumi(t, { stdout: outputs });
  const bin = path.join(project, "node_modules", ".bin");
  await mkdir(bin, { recursive: true });
  await rename(path.join(project, "pulumi"), path.join(bin, "pulumi"));
  t.is((await findPlace({ flags: {}, env, project })).jobQueue, "arn:queue");
});

const ways =
  / or name --queue \(or JOB_QUEUE in \.env\.aws\) and name --job-definition \(or JOB_DEFINITION in \.env\.aws\)\.$/;
const faults: readonly (readonly [title: string, says: Parameters<typeof withPulumi>[1], sentence: RegExp])[] = [
  [
    "no Pulumi",
    undefined,
    /^Pulumi's command line is not here, so the stack can't be asked for its job queue: install it;/,
  ],
  [
    "no stack",
    { stderr: "error: no stack selected; please use `pulumi stack select --stack` to choose one\n", code: 255 },
    /^No stack of this project is selected: pulumi stack select NAME;/,
  ],
  [
    "no login",
    { stderr: "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions\n", code: 255 },
    /^Pulumi is not logged in, .*: pulumi login;/,
  ],
  [
    "no passphrase",
    { stderr: "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or ...\n", code: 255 },
    /^The stack's passphrase is missing: set PULUMI_CONFIG_PASSPHRASE/,
  ],
  [
    "another failure",
    { stderr: "\nerror: could not read the state\nmore\n", code: 255 },
    /^pulumi stack output fails \(could not read the state\);/,
  ],
  [
    "a Pulumi that can't be fetched",
    { stderr: "Downloading pulumi v3.259.0...\npulumi: fetch failed\n", code: 1 },
    /^pulumi stack output fails \(pulumi: fetch failed\);/,
  ],
  [
    "a stack that is not up",
    { stdout: {} },
    /^The stack has no output jobQueueArn and jobDefinitionArn: it is not up; run pulumi up,/,
  ],
  [
    "null for an output",
    { stdout: { jobQueueArn: null, jobDefinitionArn: "" } },
    /^The stack has no output jobQueueArn and/,
  ],
  [
    "no JSON",
    { stdout: "Welcome!" },
    /^pulumi stack output prints no outputs of this project's program: try it by hand;/,
  ],
  ["outputs of another shape", { stdout: { jobQueueArn: 7 } }, /prints no outputs of this project's program/],
];
for (const [title, says, sentence] of faults) {
  test(`one sentence tells of ${title}`, async (t) => {
    const { env, project } = await withPulumi(t, says);
    const { kind, message } = await failureOf(t, { flags: {}, env, project });
    t.is(kind, "usage");
    t.regex(message, sentence);
    t.regex(message, ways);
    t.false(message.includes("\n"));
  });
}

test("a stack of that name that there is not is told by its name", async (t) => {
  const { env, project } = await withPulumi(t, { stderr: "error: no stack named 'prod' found\n", code: 255 });
  t.regex(
    (await failureOf(t, { flags: {}, env, project, stack: "prod" })).message,
    /^No stack of this project is named prod:/,
  );
});
