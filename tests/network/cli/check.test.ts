import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { temporaryFolder } from "../../temporary-folder.ts";

const project = path.resolve(import.meta.dirname, "../../..");
const lab = path.join(project, "tests/fixtures/labs/aws_vpc_endpoints");

function network(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["network", ...args], { cwd: project }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

test("a lab's flows come out as expected: 0, one object a flow", async (t) => {
  const args = ["--snapshot", `${lab}/aws_configs`, "--flows", `${lab}/probes.jsonl`, "--json"];
  const { code, stdout, stderr } = await network("check", ...args);
  t.is(code, 0, stderr);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  t.is(lines.length, 56);
  const [blocked] = lines.filter(({ verdict }) => verdict === "not-reachable");
  t.like(blocked, {
    source: "10.1.1.100",
    destination: "10.1.1.126",
    explanations: [{ code: "NO_POSSIBLE_DESTINATION", component: { type: "network-interface" } }],
    forwardPath: [{ component: { type: "network-interface", id: "eni-0fb0023e0b9258689" } }],
    returnPath: [],
  });
});

for (const [title, line, code] of [
  ["reachable", { destination: "8.8.8.8", port: 443 }, 0],
  ["not reachable", { destination: "10.1.1.126", port: 443 }, 1],
  ["expected so", { destination: "10.1.1.126", port: 443, expect: "not-reachable" }, 0],
  ["expected otherwise", { destination: "8.8.8.8", port: 443, expect: "not-reachable" }, 1],
] as const) {
  test(`a flow that is ${title} ends with ${code}`, async (t) => {
    const folder = await temporaryFolder(t);
    const flows = path.join(folder, "flows.jsonl");
    await writeFile(flows, `${JSON.stringify({ source: "10.1.1.100", protocol: "tcp", ...line })}\n`);
    t.is((await network("check", "--snapshot", `${lab}/aws_configs`, "--flows", flows)).code, code);
  });
}

test("a snapshot without network ACLs proves nothing: 3", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(path.join(folder, "us-east-1"));
  const { cp } = await import("node:fs/promises");
  const withoutAcls = (file: string) => !file.endsWith("NetworkAcls.json");
  await cp(`${lab}/aws_configs`, path.join(folder, "configs"), { recursive: true, filter: withoutAcls });
  const flows = path.join(folder, "flows.jsonl");
  const flow = { source: "10.1.1.100", destination: "8.8.8.8", protocol: "tcp", port: 443 };
  await writeFile(flows, JSON.stringify(flow));
  const { code, stdout } = await network("check", "--snapshot", path.join(folder, "configs"), "--flows", flows);
  t.is(code, 3);
  t.regex(
    stdout,
    /^unknown {7}10\.1\.1\.100 -> 8\.8\.8\.8 tcp\/443\n {4}unknown-value: Not known: the snapshot has no NetworkAcls\./,
  );
});

const bad: readonly (readonly [title: string, line: string, fault: RegExp])[] = [
  ["not JSON", "{", /flows\.jsonl:1: .*JSON/],
  [
    "an unknown protocol",
    '{"source":"10.1.1.100","destination":"8.8.8.8","protocol":"sctp"}',
    /:1: protocol must be tcp, udp or icmp/,
  ],
  ["no port", '{"source":"10.1.1.100","destination":"8.8.8.8","protocol":"tcp"}', /:1: port is missing; tcp needs one/],
  [
    "a port that is none",
    '{"source":"10.1.1.100","destination":"8.8.8.8","protocol":"tcp","port":65536}',
    /port must be at most 65535/,
  ],
  [
    "an address that is none",
    '{"source":"10.1.1","destination":"8.8.8.8","protocol":"icmp"}',
    /source "10\.1\.1" is no IP address/,
  ],
  [
    "an interface that is not there",
    '{"source":"eni-0","destination":"8.8.8.8","protocol":"icmp"}',
    /source eni-0 is not in the snapshot/,
  ],
];

for (const [title, line, fault] of bad) {
  test(`a flow with ${title} is one sentence, with its line: 2`, async (t) => {
    const folder = await temporaryFolder(t);
    const flows = path.join(folder, "flows.jsonl");
    await writeFile(flows, line);
    const { code, stderr } = await network("check", "--snapshot", `${lab}/aws_configs`, "--flows", flows);
    t.is(code, 2);
    t.regex(stderr, fault);
    t.notRegex(stderr, / {4}at /);
  });
}

for (const [title, folder] of [
  ["that is not there", "/nowhere"],
  ["that is a file", path.join(project, "package.json")],
  ["without JSON files", path.join(project, "network/cli")],
] as const) {
  test(`a snapshot ${title} is one sentence: 2`, async (t) => {
    const { code, stdout, stderr } = await network("check", "--snapshot", folder, "--flows", "none");
    t.is(code, 2);
    t.is(stdout, "");
    t.regex(stderr, new RegExp(`^${folder} [^\\n]+\\n$`));
  });
}

test("what is wrong with a snapshot is said for every file at once: 2", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, "a.json"), "{");
  await writeFile(path.join(folder, "b.json"), '{"Vpcs": 1}');
  await writeFile(
    path.join(folder, "c.json"),
    '{"Subnets": [{"SubnetId": "subnet-1", "VpcId": 1, "AvailabilityZone": "a", "CidrBlock": "10.0.0.0/33"}]}',
  );
  const { code, stderr } = await network("check", "--snapshot", folder, "--flows", "none");
  t.is(code, 2);
  t.regex(
    stderr,
    /^a\.json: .*JSON.*\nb\.json: Vpcs is a number; it must be an array\nc\.json: subnet-1: VpcId is a number; it must be a string\nc\.json: subnet-1: CidrBlock "10\.0\.0\.0\/33" is no IPv4 CIDR block\n$/,
  );
});

for (const args of [[], ["chekc"], ["check", "--snapshot", "x"], ["check", "--format", "xml"]]) {
  test(`wrong usage is one line: node network ${args.join(" ")}`, async (t) => {
    const { code, stdout, stderr } = await network(...args);
    t.is(code, 2);
    t.is(stdout, "");
    t.regex(stderr, /^[^\n]+\. See: node network[^\n]* --help\n$/);
  });
}

test("a subnet stands for every address in it, with the default group and the subnet's own kind of address", async (t) => {
  const folder = await temporaryFolder(t);
  const flows = path.join(folder, "flows.jsonl");
  const from = (source: string, destination: string) =>
    JSON.stringify({ source, destination, protocol: "tcp", port: 443 });
  const [behindNat, isolated] = ["subnet-03761b5c625efb4af", "subnet-09de87bd086777dad"];
  await writeFile(
    flows,
    [from(behindNat, "8.8.8.8"), from(isolated, "8.8.8.8"), from(isolated, "10.1.2.100")].join("\n"),
  );
  const { stdout } = await network("check", "--snapshot", `${lab}/aws_configs`, "--flows", flows, "--json");
  const verdicts = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).verdict);
  t.deepEqual(verdicts, ["reachable", "not-reachable", "reachable"]);
});

for (const [title, more, code] of [
  ["without exclusions keeps the internet out", { VpcBlockPublicAccessExclusions: [] }, 1],
  ["proves nothing where nobody told the exclusions", {}, 3],
] as const) {
  test(`VPC Block Public Access of a snapshot ${title}: ${code}`, async (t) => {
    const folder = await temporaryFolder(t);
    const { cp } = await import("node:fs/promises");
    await cp(`${lab}/aws_configs`, path.join(folder, "configs"), { recursive: true });
    const options = { VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: "block-bidirectional" }, ...more };
    await writeFile(path.join(folder, "configs/us-east-1/Options.json"), JSON.stringify(options));
    const flows = path.join(folder, "flows.jsonl");
    const flow = { source: "10.1.1.100", destination: "8.8.8.8", protocol: "tcp", port: 443 };
    await writeFile(flows, JSON.stringify(flow));
    t.is((await network("check", "--snapshot", path.join(folder, "configs"), "--flows", flows)).code, code);
  });
}

test("a program that looks up what it has not made proves nothing, and says what would: 3", async (t) => {
  const program = path.join(project, "tests/scenarios/default-vpc-looked-up");
  const { code, stdout, stderr } = await network("check", "--program", program, "--preview");
  t.is(code, 3);
  t.is(
    stderr,
    "note: What this program names and does not make, a snapshot tells: save the EC2 Describe* responses of the account as JSON files and add --snapshot DIR.\n",
  );
  t.regex(stdout, /is the account's, not this program's; a snapshot of the account tells it\./);
});
