import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import { recordProgram } from "../../network/adapters/pulumi-program.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Measure, measure, median, secondsOf } from "./measure.ts";
import type { PackRun } from "./preflight-run.ts";

const project = path.resolve(import.meta.dirname, "../..");
const run = promisify(execFile);
const added = 1000;

interface Settings {
  t: Pick<ExecutionContext, "teardown">;
  rounds: number;
}

/**
 * Benches of the preflight:
 * - the check of this project's program, cold, against the program's own run under the SDK's mocks in one process,
 * - what 1,000 resources more cost the check, against what they cost that run,
 * - the policy pack: loading it beside loading the SDK of policies alone, and judging 100 resources more.
 */
export function preflightBenches(settings: Settings): Record<string, () => Promise<Measure[]>> {
  return { program: () => program(settings), pack: () => pack(settings) };
}

async function program({ t, rounds }: Settings): Promise<Measure[]> {
  const larger = await largerProgram(t);
  const times = { check: [], mocks: [], largerCheck: [], largerMocks: [] } as Record<string, number[]>;
  const node = (...args: string[]) => secondsOf(() => run(process.execPath, args, { cwd: project }));
  for (let round = 0; round < rounds; round++) {
    times.check?.push(await node("network", "check"));
    times.mocks?.push(await node("--import", "tsx", "tests/bench/plain-program.ts", path.join(project, "index.ts")));
    times.largerCheck?.push(await node("network", "check", "--program", larger));
    times.largerMocks?.push(
      await node("--import", "tsx", "tests/bench/plain-program.ts", path.join(larger, "index.ts")),
    );
  }
  const of = (name: string) => median(times[name] ?? []);
  const [check, mocks] = [of("check"), of("mocks")];
  const anchor = { name: "the program under mocks", value: mocks };
  return [
    measure("program", check, "s", anchor, { most: 1.5 }),
    measure("program-cold", check, "s", anchor, { most: 4, of: "value" }),
    measure(
      "program-1000",
      of("largerCheck") - check,
      "s",
      { name: "1,000 resources under mocks", value: of("largerMocks") - mocks },
      { most: 0.5, of: "value" },
    ),
  ];
}

async function pack({ t, rounds }: Settings): Promise<Measure[]> {
  const folder = await temporaryFolder(t);
  const files = [path.join(folder, "own.json"), path.join(folder, "larger.json")] as const;
  for (const [file, directory] of [
    [files[0], project],
    [files[1], await largerProgram(t)],
  ] as const) {
    const { resources } = await recordProgram({ directory, ids: "unknown" });
    await writeFile(file, JSON.stringify(resources));
  }
  const runs: PackRun[] = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await run(process.execPath, [path.join(import.meta.dirname, "preflight-run.js"), ...files]);
    runs.push(JSON.parse(stdout));
  }
  const of = (pick: (one: PackRun) => number) => median(runs.map(pick));
  return [
    measure(
      "pack-load",
      of((one) => one.loadSeconds + one.firstSeconds),
      "s",
      { name: "loading @pulumi/policy", value: of((one) => one.sdkSeconds) },
      { most: 2, of: "value" },
    ),
    measure(
      "pack-100",
      of((one) => (one.largerSeconds - one.ownSeconds) * 1000 * (100 / added)),
      "ms/100 resources",
      { name: "JSON.parse of them", value: of((one) => one.parseSeconds * 1000 * (100 / added)) },
      { most: 10, of: "value" },
    ),
  ];
}

/** This project's program, and rules of a group beside it. */
async function largerProgram(t: Settings["t"]): Promise<string> {
  const folder = path.join(await temporaryFolder(t), "larger");
  await mkdir(folder);
  for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml"])
    await copyFile(path.join(project, file), path.join(folder, file));
  await writeFile(
    path.join(folder, "index.ts"),
    `import * as aws from ${JSON.stringify(path.join(project, "node_modules/@pulumi/aws/index.js"))};
export * from ${JSON.stringify(path.join(project, "index.ts"))};
const vpc = new aws.ec2.Vpc("more", { cidrBlock: "10.99.0.0/16" });
const group = new aws.ec2.SecurityGroup("more", { vpcId: vpc.id });
for (let index = 0; index < ${added - 2}; index++)
  new aws.vpc.SecurityGroupIngressRule(\`more-\${index}\`, {
    securityGroupId: group.id,
    cidrIpv4: \`10.99.\${index >> 8}.\${index & 255}/32\`,
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
  });
`,
  );
  return folder;
}
