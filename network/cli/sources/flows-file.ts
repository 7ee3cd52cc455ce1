import { Failure } from "../../../worker/failure.ts";
import { FlowsError, readFlows } from "../../adapters/flows.ts";
import { analyze, TopologyIndex } from "../../reachability/index.ts";
import type { Topology } from "../../reachability/topology.ts";
import { type Judgement, judgementOf } from "../formats/judgement.ts";

/**
 * The flows of a file, each judged when it is asked for.
 * @throws Failure `usage` with the line of each fault, before the first is judged
 */
export function judgeFile(file: string, topology: Topology): Iterable<Judgement> {
  const flows = read(file, topology);
  const index = new TopologyIndex(topology);
  return (function* () {
    for (const { question, flow } of flows) yield judgementOf(question, analyze(index, flow));
  })();
}

function read(file: string, topology: Topology) {
  try {
    return readFlows(file, topology);
  } catch (error) {
    if (error instanceof FlowsError) throw new Failure("usage", error.message);
    throw error;
  }
}
