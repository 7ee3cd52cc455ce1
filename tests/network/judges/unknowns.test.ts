import test from "ava";
import fc from "fast-check";
import type { Analysis } from "../../../network/reachability/index.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { ask, points, resultAt } from "./compare.ts";
import { type FlowPlan, flowOf, flowPlan } from "./flows.ts";
import { type Site, sitesOf } from "./holes.ts";
import { printed, printedFlow } from "./printed.ts";
import { topologies } from "./topologies.ts";

/*
 * Unknown is three-valued and sound: what is decided of a network with holes holds however they are filled.
 * HOLE_RUNS: how many networks (250); HOLE_SEED and HOLE_PATH: those of a run that failed.
 */

const runs = Number(process.env.HOLE_RUNS ?? 250);
const { HOLE_SEED, HOLE_PATH } = process.env;
const replay = {
  ...(HOLE_SEED !== undefined && { seed: Number(HOLE_SEED) }),
  ...(HOLE_PATH !== undefined && { path: HOLE_PATH }),
};
const parts = HOLE_SEED === undefined ? 5 : 1;
/** All fillings of the holes where there are no more, else so many of them. */
const mostFillings = 24;

/** Sites chosen by numbers, no two of which lie within each other. */
function choose(sites: readonly Site[], numbers: readonly number[]): Site[] {
  const chosen: Site[] = [];
  for (const number of numbers) {
    const site = sites[number % sites.length];
    const isApart = (other: Site) => !other.name.startsWith(site?.name ?? "") && !site?.name.startsWith(other.name);
    const overlaps = (other: Site) => (site?.name.split(" ")[0] ?? "") === other.name.split(" ")[0] && !isApart(other);
    if (site && !chosen.some(overlaps)) chosen.push(site);
  }
  return chosen;
}

/** Fillings as one index for each site; all of them, or a sample. */
function* fillings(sites: readonly Site[], seed: number): Generator<number[]> {
  const total = sites.reduce((product, { fillings: values }) => product * values.length, 1);
  for (let index = 0; index < Math.min(total, mostFillings); index++) {
    let rest = total <= mostFillings ? index : (index * 7919 + seed) % total;
    yield sites.map(({ fillings: values }) => {
      const own = rest % values.length;
      rest = Math.floor(rest / values.length);
      return own;
    });
  }
}

/** What a filling makes of what was decided without it. */
function contradiction(decided: Analysis, filled: Analysis): string | undefined {
  if (decided.verdict !== "unknown" && decided.verdict !== filled.verdict)
    return `${decided.verdict} becomes ${filled.verdict}`;
  for (const point of points(decided, filled)) {
    const [before, after] = [resultAt(decided, point), resultAt(filled, point)];
    if (before !== "unknown" && before !== after)
      return `${before} becomes ${after} at ports ${point.sourcePort}, ${point.natPort}`;
  }
  return undefined;
}

let decidedFlows = 0;
let undecidedFlows = 0;

function faultOf(topology: Topology, plans: readonly FlowPlan[], numbers: readonly number[]): string | undefined {
  const sites = choose(sitesOf(topology), numbers);
  const holey = sites.reduce((made, site) => site.with(made, new Unknown(`the ${site.name}`)), topology);
  const flows = plans.flatMap((plan) => flowOf(topology, plan) ?? []);
  const decided = flows.map((flow) => ask(holey, flow));
  for (const { verdict } of decided) {
    if (verdict === "unknown") undecidedFlows += 1;
    else decidedFlows += 1;
  }
  for (const filling of fillings(sites, numbers[0] ?? 0)) {
    const filled = sites.reduce((made, site, index) => site.with(made, site.fillings[filling[index] ?? 0]), topology);
    for (const [index, flow] of flows.entries()) {
      const before = decided[index] as Analysis;
      const fault = contradiction(before, ask(filled, flow));
      if (fault === undefined) continue;
      const values = sites.map((site, other) => `${site.name} = ${fc.stringify(site.fillings[filling[other] ?? 0])}`);
      return `${fault}\nflow: ${printedFlow(flow)}\nholes: ${values.join("; ")}`;
    }
  }
  return undefined;
}

const flowPlans = fc.array(flowPlan, { minLength: 3, maxLength: 5 });
const numbers = fc.array(fc.noBias(fc.nat(9999)), { minLength: 1, maxLength: 5 });

for (let part = 1; part <= parts; part += 1) {
  test(`what is decided of a network with holes holds however they are filled, part ${part} of ${parts}`, (t) => {
    const { failed, counterexample, seed, counterexamplePath } = fc.check(
      fc.property(topologies, flowPlans, numbers, (...network) => faultOf(...network) === undefined),
      { numRuns: Math.ceil(runs / parts), ...replay },
    );
    if (!failed || !counterexample) return t.pass();
    const how = `HOLE_SEED=${seed} HOLE_PATH=${counterexamplePath}`;
    return t.fail(`${faultOf(...counterexample)}\n${printed(counterexample[0])}\n${how}`);
  });
}

test.after("both occur: holes that matter and holes that do not", (t) => {
  t.true(decidedFlows > 0 && undecidedFlows > 0, `${decidedFlows} decided, ${undecidedFlows} not`);
});
