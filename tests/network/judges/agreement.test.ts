import test from "ava";
import fc from "fast-check";
import type { Scalar } from "../../../network/reachability/address.ts";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { faultOf, holds } from "./agree.ts";
import { type Judgement, judge } from "./concrete.ts";
import { type AskedFlow, cuts, type FlowPlan, flowOf, flowPlan, packetOf } from "./flows.ts";
import { printed, printedFlow } from "./printed.ts";
import { topologies } from "./topologies.ts";

/*
 * The core against a naive evaluator of one packet, on every cell that the rules of a network cut its packets into: rules
 * are constant on a cell, so that agreement on one packet of each is agreement on all.
 * JUDGE_RUNS: how many networks (2000); JUDGE_SEED and JUDGE_PATH: those that a failure tells, to see it again.
 */

const { JUDGE_RUNS = "2000", JUDGE_SEED, JUDGE_PATH } = process.env;
const runs = Number(JUDGE_RUNS);
const replay = {
  ...(JUDGE_SEED !== undefined && { seed: Number(JUDGE_SEED) }),
  ...(JUDGE_PATH !== undefined && { path: JUDGE_PATH }),
};
/** Each is a test of its own, so that a long run is not taken for one that hangs. */
const parts = JUDGE_SEED === undefined ? Math.ceil(runs / 250) : 1;

/** The first packet of a flow's cells that core and judge see differently; undefined: there is none. */
function disagreement(topology: Topology, index: TopologyIndex, flow: AskedFlow): string | undefined {
  const { outcomes } = analyze(index, flow);
  const cells = cuts(topology, flow);
  for (const sourcePort of cells.sourcePort) {
    let judgement: Judgement | undefined;
    for (const natPort of cells.natPort) {
      const packet = packetOf(flow, sourcePort, natPort);
      // Where no NAT gateway chose a port, the judgement is that of every port.
      if (!judgement || judgement.readsNatPort) judgement = judge(topology, packet);
      const { destinationPort } = packet;
      const values = {
        source: cells.source[0] as Scalar,
        destination: flow.address,
        sourcePort,
        destinationPort,
        natPort,
      };
      const own = outcomes.filter((outcome) => holds(outcome, values));
      const fault = faultOf(own, judgement);
      if (fault === undefined) continue;
      const said = own.flatMap(({ blockers, unknowns }) => [...blockers, ...unknowns].map(({ message }) => message));
      return [
        `${fault}.`,
        `flow: ${printedFlow(flow)}, source port ${sourcePort}, NAT port ${natPort}`,
        `core: ${said.join(" ") || "nothing against it"}`,
        `judge: ${judgement.why}`,
      ].join("\n");
    }
  }
  return undefined;
}

function firstDisagreement(topology: Topology, plans: readonly FlowPlan[]): string | undefined {
  const index = new TopologyIndex(topology);
  for (const plan of plans) {
    const flow = flowOf(topology, plan);
    const found = flow && disagreement(topology, index, flow);
    if (found !== undefined) return found;
  }
  return undefined;
}

const flowPlans = fc.array(flowPlan, { minLength: 3, maxLength: 5 });

for (let part = 1; part <= parts; part += 1) {
  test(`the core agrees with the judge on every cell of every flow, part ${part} of ${parts}`, (t) => {
    const { failed, counterexample, seed, counterexamplePath } = fc.check(
      fc.property(topologies, flowPlans, (topology, plans) => firstDisagreement(topology, plans) === undefined),
      { numRuns: Math.ceil(runs / parts), ...replay },
    );
    if (!failed || !counterexample) return t.pass();
    const [topology, plans] = counterexample;
    const how = `JUDGE_SEED=${seed} JUDGE_PATH=${counterexamplePath}`;
    return t.fail(`${firstDisagreement(topology, plans)}\n${printed(topology)}\n${how}`);
  });
}
