import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { readFlows } from "../../network/adapters/flows.ts";
import { readSnapshot } from "../../network/adapters/snapshot.ts";
import type { Flow, Place } from "../../network/reachability/flow.ts";
import { type Analysis, analyze, TopologyIndex } from "../../network/reachability/index.ts";
import { isKnown } from "../../network/reachability/known.ts";
import type { Collection, Topology } from "../../network/reachability/topology.ts";
import { services } from "./network-account.ts";

type SubnetPlace = Extract<Place, { type: "subnet" }>;

/** The second passes are for the compiler: a verdict's time is that of code that has run before. */
const leastVerdicts = 24_000;

export interface LabsRun {
  verdicts: number;
  seconds: number;
  /** Of JSON.stringify of the same verdicts. */
  stringifySeconds: number;
}

export interface AccountRun {
  verdicts: number;
  /** Verdict to how many. */
  counts: Record<string, number>;
  loadSeconds: number;
  answerSeconds: number;
  /** Peak of the process after loading and answering. */
  rssMegabytes: number;
  /** Of code that is warm, on an index that is new. */
  secondsPerVerdict: number;
  parseSeconds: number;
  stringifySeconds: number;
}

export const measures = { labs, account };

/** Every probe of every lab, over and over, each pass on new indices: none profits from what an earlier one found out. */
function labs(folder: string): LabsRun {
  const all = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const topology = readSnapshot(path.join(folder, name, "aws_configs"));
      const flows = readFlows(path.join(folder, name, "probes.jsonl"), topology).map(({ flow }) => flow);
      return { topology, flows };
    });
  const pass = () => {
    const indexed = all.map(({ topology, flows }) => ({ index: new TopologyIndex(topology), flows }));
    return seconds(() => {
      for (const { index, flows } of indexed) for (const flow of flows) analyze(index, flow);
    });
  };
  const perPass = all.reduce((sum, { flows }) => sum + flows.length, 0);
  const passes = Math.ceil(leastVerdicts / perPass);
  repeat(passes, pass);
  const spent = repeat(passes, pass);
  const verdicts = all.flatMap(({ topology, flows }) => {
    const index = new TopologyIndex(topology);
    return flows.map((flow) => analyze(index, flow));
  });
  return {
    verdicts: passes * perPass,
    seconds: spent,
    stringifySeconds: repeat(passes, () => secondsToWrite(verdicts)),
  };
}

function account(folder: string): AccountRun {
  let topology = undefined as unknown as Topology;
  let index = undefined as unknown as TopologyIndex;
  const loadSeconds = seconds(() => {
    topology = readSnapshot(folder);
    index = new TopologyIndex(topology);
  });
  const sources = sourcesOf(topology);
  const counts: Record<string, number> = {};
  const answerAll = () => {
    for (const source of sources) {
      for (const service of services) {
        const { verdict } = analyze(index, flowTo(source, service));
        counts[verdict] = (counts[verdict] ?? 0) + 1;
      }
    }
  };
  const answerSeconds = seconds(answerAll);
  const rssMegabytes = process.resourceUsage().maxRSS / 1024;
  const firstCounts = { ...counts };
  const verdicts = sources.length * services.length;
  const passes = Math.ceil(leastVerdicts / verdicts);
  const pass = () => {
    index = new TopologyIndex(topology);
    return seconds(answerAll);
  };
  if (passes > 1) repeat(passes, pass);
  const warm = repeat(passes, pass);
  const every10th = sources.filter((_, number) => number % 10 === 0);
  const some = every10th.flatMap((source) => services.map((service) => analyze(index, flowTo(source, service))));
  return {
    verdicts,
    counts: firstCounts,
    loadSeconds,
    answerSeconds,
    rssMegabytes,
    secondsPerVerdict: warm / (passes * verdicts),
    parseSeconds: seconds(() => parseFiles(folder)),
    stringifySeconds: secondsToWrite(some) * (verdicts / some.length),
  };
}

const repeat = (times: number, work: () => number) =>
  Array.from({ length: times }, work).reduce((sum, one) => sum + one, 0);

function secondsToWrite(verdicts: readonly Analysis[]): number {
  return seconds(() => {
    for (const { verdict, explanations, forwardPath, returnPath } of verdicts) {
      JSON.stringify({ verdict, explanations, forwardPath, returnPath });
    }
  });
}

function parseFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    if (name.endsWith(".json")) JSON.parse(readFileSync(path.join(folder, name), "utf8"));
  }
}

function seconds(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

/** All of a collection that the files hold. */
function every<Resource>(collection: Collection<Resource>): Resource[] {
  if (!isKnown(collection)) throw new Error(collection.reason);
  return [...collection.values()];
}

/** Every subnet, with the group that jobs have. */
function sourcesOf({ subnets, securityGroups }: Topology): SubnetPlace[] {
  const jobs = every(securityGroups).filter(({ name }) => name === "jobs");
  const groups = new Map(jobs.map(({ vpcId, id }) => [vpcId, id]));
  return every(subnets).map(({ id, vpcId, cidrBlocks, mapPublicIpOnLaunch }) => {
    const block = isKnown(cidrBlocks) ? cidrBlocks[0] : undefined;
    if (!block) throw new Error(`${id} has no block`);
    return {
      type: "subnet",
      id,
      vpcId,
      address: { from: Number(block.from) + 4, to: Number(block.to) - 1 },
      securityGroupIds: [groups.get(vpcId) ?? ""],
      hasPublicAddress: mapPublicIpOnLaunch === true,
    };
  });
}

function flowTo(source: SubnetPlace, name: string): Flow {
  const https = { from: 443, to: 443 };
  return { source, destination: { type: "service", name }, family: 4, protocol: "tcp", ports: https };
}
