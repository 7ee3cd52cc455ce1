import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Measure, measure, median, secondsOf } from "./measure.ts";
import { services, subnetsPerVpc, writeAccount } from "./network-account.ts";
import type { AccountRun, LabsRun } from "./network-run.ts";

const project = path.resolve(import.meta.dirname, "../..");
const labsFolder = path.join(project, "tests/fixtures/labs");
const run = promisify(execFile);

interface Settings {
  t: Pick<ExecutionContext, "teardown">;
  /** A tenth of the account, once. */
  quick: boolean;
  rounds: number;
}

/**
 * Benches of `node network`. Their goals bound the values; the anchors, measured in the same run, tell a slow machine from
 * slow code:
 * - verdicts are held against writing the same verdicts as JSON,
 * - loading against reading and parsing the same files, memory against the size of those files,
 * - the command against starting Node with nothing to do,
 * - the time of a verdict in the slowest account against that in the fastest; here the ratio is the goal.
 */
export function networkBenches(settings: Settings): Record<string, () => Promise<Measure[]>> {
  return {
    verdicts: () => verdicts(settings),
    account: () => account(settings),
    check: () => check(settings),
  };
}

async function verdicts({ rounds }: Settings): Promise<Measure[]> {
  const runs: LabsRun[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await inProcess<LabsRun>("labs", labsFolder));
  const rate = median(runs.map((one) => one.verdicts / one.seconds));
  const written = median(runs.map((one) => one.verdicts / one.stringifySeconds));
  return [
    measure(
      "verdicts",
      rate,
      "verdicts/s",
      { name: "JSON.stringify of them", value: written },
      { least: 20_000, of: "value" },
    ),
  ];
}

async function account({ t, quick, rounds }: Settings): Promise<Measure[]> {
  const folder = await temporaryFolder(t);
  const sizes = quick ? [1, 10] : [1, 10, 100];
  const runs = new Map<number, AccountRun[]>(sizes.map((vpcs) => [vpcs, []]));
  for (const vpcs of sizes) await writeAccount(path.join(folder, String(vpcs)), vpcs);
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    for (const [vpcs, known] of runs)
      known.push(expected(vpcs, await inProcess<AccountRun>("account", path.join(folder, String(vpcs)))));
  }
  const largest = Math.max(...sizes);
  const of = (pick: (one: AccountRun) => number, vpcs = largest) => median((runs.get(vpcs) ?? []).map(pick));
  const times = sizes.map((vpcs) => of((one) => one.secondsPerVerdict, vpcs) * 1e6);
  const megabytes = await sizeOf(path.join(folder, String(largest)));
  const subnets = sizes.map((vpcs) => (vpcs * subnetsPerVpc).toLocaleString("en-US")).join(", ");
  return [
    measure(
      "account-load",
      of((one) => one.loadSeconds),
      "s",
      { name: "JSON.parse of the files", value: of((one) => one.parseSeconds) },
      { most: 1.5, of: "value" },
    ),
    measure(
      "account-verdicts",
      of((one) => one.answerSeconds),
      "s",
      { name: "JSON.stringify of them", value: of((one) => one.stringifySeconds) },
      { most: 10, of: "value" },
    ),
    measure(
      "account-memory",
      of((one) => one.rssMegabytes),
      "MB",
      { name: "size of the files", value: megabytes },
      { most: 500, of: "value" },
    ),
    measure(
      "account-scaling",
      Math.max(...times),
      "us/verdict",
      { name: `fastest of ${subnets} subnets`, value: Math.min(...times) },
      { most: 1.5 },
    ),
  ];
}

/** A bench that measures how fast nothing is found would be a fast one. */
function expected(vpcs: number, run: AccountRun): AccountRun {
  const { counts, verdicts: all } = run;
  const asked = vpcs * subnetsPerVpc * services.length;
  const reached = (counts.reachable ?? 0) / asked;
  if (all !== asked || counts.unknown || reached < 0.9)
    throw new Error(`the account: ${JSON.stringify(counts)} of ${asked}`);
  return run;
}

async function check({ rounds }: Settings): Promise<Measure[]> {
  const lab = path.join(labsFolder, "aws_vpc_endpoints");
  const command = [
    "network",
    "check",
    "--snapshot",
    path.join(lab, "aws_configs"),
    "--flows",
    path.join(lab, "probes.jsonl"),
  ];
  const [ours, nothing]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await secondsOf(() => run(process.execPath, command, { cwd: project })));
    nothing.push(await secondsOf(() => run(process.execPath, ["-e", "0"])));
  }
  return [
    measure("check", median(ours), "s", { name: "node -e 0", value: median(nothing) }, { most: 0.6, of: "value" }),
  ];
}

/** A measure of tests/bench/network-run.ts in a process of its own: a heap and a compiler that have seen nothing else. */
async function inProcess<Result>(...args: string[]): Promise<Result> {
  const { stdout } = await run(process.execPath, [path.join(import.meta.dirname, "network-run.js"), ...args]);
  return JSON.parse(stdout);
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
}
