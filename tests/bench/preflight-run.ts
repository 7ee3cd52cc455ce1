import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { loadModule } from "../../worker/load-module.ts";

export interface PackRun {
  /** Of the SDK of policies. */
  sdkSeconds: number;
  /** Of all that the pack loads beyond that. */
  loadSeconds: number;
  /** Of the first judgement, by code that has not run before. */
  firstSeconds: number;
  ownSeconds: number;
  largerSeconds: number;
  /** Of JSON.parse of the larger one's resources. */
  parseSeconds: number;
}

/** @param ownFile resources of a program as JSON @param largerFile of the same program with more of them */
export async function judge(ownFile: string, largerFile: string): Promise<PackRun> {
  const sdkSeconds = await seconds(() => import("@pulumi/policy"));
  let preflight: typeof import("../../network/preflight.ts") | undefined;
  const loadSeconds = await seconds(async () => {
    await loadModule(new URL("../../policy/network-reachability.ts", import.meta.url));
    preflight = await loadModule(new URL("../../network/preflight.ts", import.meta.url));
  });
  const text = readFileSync(largerFile, "utf8");
  const parseSeconds = await best(() => JSON.parse(text));
  const [own, larger] = [JSON.parse(readFileSync(ownFile, "utf8")), JSON.parse(text)];
  const judged = (resources: never) => {
    const { violations } = preflight?.preflight(resources, preflight.noSettings, { region: "eu-west-1" }) ?? {};
    if (violations?.length !== 0) throw new Error(`the program is not good: ${JSON.stringify(violations)}`);
  };
  const firstSeconds = await seconds(() => judged(own as never));
  return {
    sdkSeconds,
    loadSeconds,
    firstSeconds,
    ownSeconds: await best(() => judged(own as never)),
    largerSeconds: await best(() => judged(larger as never)),
    parseSeconds,
  };
}

async function best(task: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) least = Math.min(least, await seconds(task));
  return least;
}

async function seconds(task: () => unknown): Promise<number> {
  const start = performance.now();
  await task();
  return (performance.now() - start) / 1000;
}
