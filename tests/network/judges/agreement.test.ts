import test from "ava";
import fc from "fast-check";
import type { Scalar } from "../../../network/reachability/address.ts";
import type { Flow } from "../../../network/reachability/flow.ts";
import { type Analysis, analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { type Judgement, judge } from "./concrete.ts";
import { cuts, flowOf, flowPlan, packetOf } from "./flows.ts";
import { topologies } from "./topologies.ts";

/*
 * The core against a naive evaluator of one packet, on every cell that the rules of a network cut its packets into: rules
 * are constant on a cell, so that agreement on one packet of each is agreement on all.
 * JUDGE_RUNS: how many networks (2000); JUDGE_SEED: those of a run that failed.
 */

const runs = Number(process.env.JUDGE_RUNS ?? 2000);
const seed = process.env.JUDGE_SEED === undefined ? {} : { seed: Number(process.env.JUDGE_SEED) };
/** Each is a test of its own, so that a run shows where it is. */
const parts = 8;

/** What the core does not decide yet, by the code of the explanation that it gives for an unknown outcome. */
const undecidedByTheCore: readonly string[] = ["VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "ENI_SOURCE_DEST_CHECK_RESTRICTION"];

type Dimension = "source" | "destination" | "sourcePort" | "destinationPort" | "natPort";
type Outcome = Analysis["outcomes"][number];

const holds = ({ set }: Outcome, values: Record<Dimension, Scalar>) =>
  (Object.keys(values) as Dimension[]).every((name) => set[name].from <= values[name] && values[name] <= set[name].to);

/** What is wrong with what the core says of a packet; undefined: nothing. */
function faultOf(outcomes: readonly Outcome[], { answer, hasChoices }: Judgement): string | undefined {
  const results = new Set(outcomes.map(({ result }) => result));
  if (results.size === 0) return "no outcome of the core holds the packet";
  if (results.size > 1) return "outcomes of the core that hold the packet contradict each other";
  const [result] = results;
  if (result === answer) return undefined;
  const isCertain = answer === "reachable" || answer === "not-reachable";
  if (!isCertain) return result === "reachable" ? `the core proves what is ${answer}` : undefined;
  if (result !== "unknown") return `the core says ${result}, and the judge ${answer}`;
  if (hasChoices) return undefined;
  const isUndecided = outcomes.every(({ unknowns }) => unknowns.some(({ code }) => undecidedByTheCore.includes(code)));
  return isUndecided ? undefined : `the core does not know, and the judge says ${answer}`;
}

/** Every packet of a flow that its cells have. */
function check(topology: Topology, index: TopologyIndex, flow: Flow): void {
  const { outcomes } = analyze(index, flow);
  const cells = cuts(topology, flow);
  for (const source of cells.source) {
    for (const sourcePort of cells.sourcePort) {
      let judgement: Judgement | undefined;
      for (const natPort of cells.natPort) {
        const packet = packetOf(flow, sourcePort, natPort);
        if (!judgement?.readsNatPort) judgement ??= judge(topology, packet);
        else judgement = judge(topology, packet);
        const { destinationPort } = packet;
        const own = outcomes.filter((one) =>
          holds(one, { source, destination: flow.address, sourcePort, destinationPort, natPort }),
        );
        const fault = faultOf(own, judgement);
        if (fault === undefined) continue;
        const said = own.map(({ result, blockers, unknowns }) => ({ result, blockers, unknowns }));
        throw new Error(
          `${fault}: ${judgement.why}\n${fc.stringify({ flow, sourcePort, natPort })}\n${fc.stringify(said)}`,
        );
      }
    }
  }
}

for (let part = 1; part <= parts; part += 1) {
  test(`the core agrees with the judge on every cell of every flow, part ${part} of ${parts}`, (t) => {
    fc.assert(
      fc.property(topologies, fc.array(flowPlan, { minLength: 3, maxLength: 5 }), (topology, plans) => {
        const index = new TopologyIndex(topology);
        for (const plan of plans) {
          const flow = flowOf(topology, plan);
          if (flow) check(topology, index, flow);
        }
      }),
      { numRuns: Math.ceil(runs / parts), ...seed },
    );
    t.pass();
  });
}
