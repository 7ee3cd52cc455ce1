import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import path from "node:path";
import test from "ava";
import { smallProgram } from "../../small-program.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const project = path.resolve(import.meta.dirname, "../../..");
const snapshot = path.join(project, "tests/fixtures/labs/aws_vpc_endpoints/aws_configs");

function check(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["network", "check", ...args], { cwd: project }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const network = `
const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
const subnet = new aws.ec2.Subnet("jobs", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
const group = new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.id });
`;
const batch = `
new aws.batch.ComputeEnvironment("main", {
  type: "MANAGED",
  computeResources: { type: "FARGATE", maxVcpus: 1, subnets: [subnet.id], securityGroupIds: [group.id] },
});
new aws.batch.JobDefinition("job", {
  type: "container", platformCapabilities: ["FARGATE"], containerProperties: JSON.stringify({ image: "busybox" }),
});
`;

const urn = (type: string, name: string) => `urn:pulumi:dev::small::${type}::${name}`;

for (const preview of [[], ["--preview"]]) {
  test(`${["a program", ...preview].join(" ")} whose jobs reach nothing ends with 1, with URNs, symptoms and fixes`, async (t) => {
    const folder = await smallProgram(t, network + batch);
    const { code, stdout, stderr } = await check("--program", folder, "--stack", "dev", "--json", ...preview);
    t.is(code, 1, stderr);
    const flows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const flow of flows) {
      t.is(flow.source, urn("aws:ec2/subnet:Subnet", "jobs"));
      t.is(flow.computeEnvironment, urn("aws:batch/computeEnvironment:ComputeEnvironment", "main"));
      t.is(flow.jobDefinition, urn("aws:batch/jobDefinition:JobDefinition", "job"));
      t.regex(flow.symptom.jobState, /^[A-Z]+$/);
      t.is(typeof flow.symptom.message, "string");
      t.true(flow.explanations.length > 0);
      for (const { code: own, component, message } of flow.explanations) {
        t.is(typeof own, "string");
        t.is(typeof message, "string");
        t.regex(component.id, /^urn:pulumi:|^[a-z.]+$/);
      }
      t.true(Array.isArray(flow.forwardPath));
      t.true(Array.isArray(flow.returnPath));
    }
  });
}

test("waived flows are not counted, and each waiver is said on stderr", async (t) => {
  const folder = await smallProgram(t, network + batch);
  const file = path.join(folder, "policy.json");
  const all = await check("--program", folder, "--json");
  const lines = all.stdout.trim().split("\n");
  const destinations = [...new Set(lines.map((line) => JSON.parse(line).destination))];
  const waivers = destinations.map((destination) => ({ destination, reason: "not yet", expires: "2099-12-31" }));
  await writeFile(file, JSON.stringify({ "network-reachability": { enforcementLevel: "mandatory", waivers } }));
  const { code, stderr } = await check("--program", folder, "--policy-config", file);
  t.is(code, 0, stderr);
  for (const destination of destinations)
    t.true(stderr.includes(`note: Waived until 2099-12-31: ${destination}. Reason: not yet`));
});

test("flows of a file have URNs of the program as their ends", async (t) => {
  const folder = await smallProgram(t, network);
  const file = path.join(folder, "flows.jsonl");
  const jobs = urn("aws:ec2/subnet:Subnet", "jobs");
  const flows = [
    { source: jobs, destination: jobs, protocol: "tcp", port: 22, expect: "reachable" },
    { source: jobs, destination: "8.8.8.8", protocol: "tcp", port: 443, expect: "not-reachable" },
  ];
  await writeFile(file, flows.map((flow) => JSON.stringify(flow)).join("\n"));
  const { code, stdout, stderr } = await check("--program", folder, "--flows", file, "--json");
  t.is(code, 0, stdout + stderr);
  t.is(stdout.trim().split("\n").length, 2);
});

test("a snapshot beside a program tells of what that only names", async (t) => {
  const folder = await smallProgram(t, `const subnet = { id: "subnet-1" }, group = { id: "sg-1" };${batch}`);
  const copy = path.join(folder, "configs");
  await cp(snapshot, copy, { recursive: true });
  const alone = await check("--program", folder);
  t.is(alone.code, 3, alone.stderr);
  const { code, stderr } = await check("--program", folder, "--snapshot", copy);
  t.is(code, 3, stderr);
});

const faults: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ["a folder that is no program", ["--program", "tests/fixtures"], /Pulumi\.yaml/],
  [
    "a stack of a snapshot",
    ["--snapshot", snapshot, "--flows", "x", "--stack", "dev"],
    /--stack is for a program; name --program too/,
  ],
  [
    "a policy's config that is not there",
    ["--policy-config", "nowhere.json"],
    /--policy-config nowhere\.json can't be used: ENOENT/,
  ],
  ["a snapshot that is not there", ["--snapshot", "nowhere", "--program", "."], /nowhere/],
  ["a flag of nobody", ["--programs", "."], /--programs/],
];
for (const [what, args, says] of faults) {
  test(`${what} is one sentence: 2`, async (t) => {
    const { code, stdout, stderr } = await check(...args);
    t.is(code, 2, stderr);
    t.is(stdout, "");
    t.regex(stderr, says);
    t.notRegex(stderr, /\n {4}at /);
  });
}

const configs: readonly (readonly [what: string, config: unknown, says: RegExp])[] = [
  [
    "settings that are not within the policy's",
    { services: ["sqs"] },
    /services must be within "network-reachability"/,
  ],
  ["no object", [], /all of it must be an object/],
  [
    "the policy's name misspelt",
    { "network-reachabilty": { services: ["sqs"] } },
    /network-reachabilty is none of network-reachability, network-reachability-notes, all\n$/,
  ],
  [
    "several faults, all at once",
    { "network-reachability": { services: [1], flows: [{ destination: "s3", protocol: "tcp" }], more: 1 } },
    /services\.0 must be a string; flows\.0\.port is missing.*; more is no setting/,
  ],
];
for (const [what, config, says] of configs) {
  test(`a policy's config with ${what}: 2`, async (t) => {
    const file = path.join(await temporaryFolder(t), "policy.json");
    await writeFile(file, JSON.stringify(config));
    const { code, stderr } = await check("--policy-config", file);
    t.is(code, 2, stderr);
    t.regex(stderr, says);
  });
}

test("a program without AWS Batch has nothing to check: 2, and says what to do", async (t) => {
  const folder = await smallProgram(t, network);
  const { code, stderr } = await check("--program", folder);
  t.is(code, 2);
  t.regex(stderr, /declares no AWS Batch compute environment.*name flows with --flows\n$/);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} ends the check, and a program that computes for ever with it`, async (t) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const folder = await smallProgram(
      t,
      `import net from "node:net";\nnet.connect(${port}, "127.0.0.1", () => { for (;;); });`,
    );
    const child = spawn(process.execPath, ["network", "check", "--program", folder], { cwd: project, stdio: "ignore" });
    const [socket] = (await once(server, "connection")) as [Socket];
    const closed = once(
      socket.on("error", () => {}),
      "close",
    );
    child.kill(signal);
    t.deepEqual(await once(child, "exit"), [null, signal]);
    await closed;
    server.close();
    t.pass();
  });
}

const full = "/dev/full";
const testWithFullDevice = existsSync(full) ? test : test.skip;
testWithFullDevice("verdicts that find no room are one sentence: 2", async (t) => {
  const child = spawn(process.execPath, ["network", "check", "--program", await smallProgram(t, network + batch)], {
    cwd: project,
    stdio: ["ignore", openSync(full, "w"), "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (bytes) => {
    stderr += bytes;
  });
  t.deepEqual(await once(child, "close"), [2, null]);
  t.regex(stderr, /The standard output can't be written: ENOSPC: no space left on device\n$/);
});
