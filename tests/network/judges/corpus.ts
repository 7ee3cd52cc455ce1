import fc from "fast-check";
import type { Scalar } from "../../../network/reachability/address.ts";
import { type Judgement, judge } from "./concrete.ts";
import { type AskedFlow, cuts, flowOf, flowPlan, packetOf } from "./flows.ts";
import { type Plan, plan } from "./plans.ts";
import { topologyOf } from "./topologies.ts";

/** A packet of a flow and what the judge says of it. */
export interface Cell {
  readonly sourcePort: number;
  readonly natPort: number;
  readonly destinationPort: Scalar;
  readonly judgement: Judgement;
}

export interface Network {
  readonly plan: Plan;
  readonly choices: readonly number[];
  readonly flows: readonly { readonly flow: AskedFlow; readonly cells: readonly Cell[] }[];
}

/**
 * The same generated networks every time, judged once, when this file is loaded: before a mutant of the core is switched
 * on. Make a topology of the plan anew for every use, because the core remembers what it has compiled of one.
 */
export function corpusOf(size: number): Network[] {
  const network = fc.tuple(
    plan,
    fc.array(flowPlan, { minLength: 4, maxLength: 6 }),
    fc.array(fc.noBias(fc.nat(9999)), { minLength: 2, maxLength: 2 }),
  );
  return fc.sample(network, { numRuns: size, seed: 20_240_607 }).map(([made, plans, choices]) => {
    const topology = topologyOf(made);
    const flows = plans.flatMap((one) => flowOf(topology, one) ?? []);
    return { plan: made, choices, flows: flows.map((flow) => ({ flow, cells: cellsOf(topology, flow) })) };
  });
}

function cellsOf(topology: ReturnType<typeof topologyOf>, flow: AskedFlow): Cell[] {
  const { sourcePort, natPort } = cuts(topology, flow);
  return sourcePort.flatMap((port) => {
    let judgement: Judgement | undefined;
    return natPort.map((chosen) => {
      const packet = packetOf(flow, port, chosen);
      if (!judgement || judgement.readsNatPort) judgement = judge(topology, packet);
      return { sourcePort: port, natPort: chosen, destinationPort: packet.destinationPort, judgement };
    });
  });
}
